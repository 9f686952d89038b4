"""`evalkit check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_size_is_printed(evalkit: CommandLine) -> None:
    """A good suite prints its axes, its size and what is known of time and cost."""
    done = evalkit("check", "suites/small.yaml")
    assert "temperature: 0.0, 1.0" in done.stdout
    assert "= 24 probes" in done.stdout
    assert "script: 24 calls to script; time not known before its first run; no cost" in done.stdout


def test_time_is_estimated_from_the_last_run(evalkit: CommandLine) -> None:
    """After a run, its pace gives the estimate."""
    evalkit("run", "suites/small.yaml")
    assert "completions/s of its last run" in evalkit("check", "suites/small.yaml").stdout


def test_left_out_combinations_are_named(evalkit: CommandLine) -> None:
    """A combination in which an axis has nothing to act on is listed with its reason."""
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    suite = suite.replace("axes:\n", "axes:\n  turns: [0, 2]\n  refresh: [never, 2]\n")
    exchange = "    - {user: Hello., assistant: Hello to you.}\n"
    evalkit.write("suites/small.yaml", suite + "conversation:\n  exchanges:\n" + exchange * 2)
    done = evalkit("check", "suites/small.yaml")
    assert "left out: refresh in 4 combinations: system none has nothing to restate" in done.stdout
    assert "left out: refresh in 2 combinations: 0 turns are fewer than refresh 2" in done.stdout


def test_unsupported_cells_are_named(evalkit: CommandLine) -> None:
    """A setting that the provider does not take is said before anything is run."""
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/small.yaml", suite.replace("axes:\n", "axes:\n  top_k: [5]\n"))
    done = evalkit("check", "suites/small.yaml")
    assert "unsupported: 8 cells: script does not take `top_k`" in done.stdout


def test_wrong_suite_exits_2_with_its_place(evalkit: CommandLine) -> None:
    """A typo is shown where it stands."""
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/small.yaml", suite.replace("max_words", "max_word"))
    done = evalkit("check", "suites/small.yaml", expect=2)
    assert "suites/small.yaml:13:" in done.stderr
    assert "did you mean `max_words`" in done.stderr
