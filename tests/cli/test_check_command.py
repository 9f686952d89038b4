"""`evalkit check`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from tests.cli.conftest import CommandLine
    from vendors.server import FakeVendors


def test_size_is_printed(evalkit: CommandLine) -> None:
    """A good suite prints its axes, its size and what is known of time and cost."""
    done = evalkit("check", "suites/small.yaml")
    assert "temperature: 0.0, 1.0" in done.stdout
    assert "= 24 probes" in done.stdout
    assert "script: 24 calls to script\n  tokens in: about 300, at 4 bytes a token\n" in done.stdout
    assert "  cost: $0\n  time: not known before its first run\n" in done.stdout


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


def test_vendor_counts_where_the_key_is_at_hand(
    evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]
) -> None:
    """The counter is asked about each of four prompts, and the model nothing."""
    hosted("claude", "claude-haiku-4-5", "price: {input: 1, output: 5}")
    done = evalkit("check", "suites/small.yaml")
    assert "  tokens in: 72, counted by the vendor\n" in done.stdout
    assert "  cost: at most $0.0615; prompt caches not counted\n" in done.stdout
    assert len(vendors.counted("claude")) == len(vendors.received) == 4


def test_check_works_without_network_and_key(
    evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--offline`, a counter that is down and a missing key all leave an estimate from the texts, and say why."""
    hosted("claude", "claude-haiku-4-5")
    assert (
        "tokens in: about 150, at 4 bytes a token (offline)"
        in evalkit("check", "suites/small.yaml", "--offline").stdout
    )
    assert vendors.received == []
    vendors.counting = Fault("status", 500)
    done = evalkit("check", "suites/small.yaml")
    assert "tokens in: about 150, at 4 bytes a token (the counter failed: " in done.stdout
    asked = len(vendors.received)
    monkeypatch.delenv("EVALKIT_TEST_KEY")
    done = evalkit("check", "suites/small.yaml")
    assert "tokens in: about 150, at 4 bytes a token (EVALKIT_TEST_KEY is not set)" in done.stdout
    assert len(vendors.received) == asked


def test_programs_get_json(evalkit: CommandLine) -> None:
    """One document for all suites."""
    evalkit.write("suites/other.yaml", (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8"))
    done = evalkit("check", "suites/small.yaml", "suites/other.yaml", "--format", "json")
    document = json.loads(done.stdout)
    assert document["format"] == 1
    assert [plan["providers"]["script"]["calls"] for plan in document["suites"]] == [24, 24]


def test_contradiction_exits_2_and_is_a_warning_to_a_run(evalkit: CommandLine) -> None:
    """Nothing is bought before it is known; a run that is wanted all the same is told."""
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write(
        "suites/small.yaml", suite.replace("constraints:\n", "constraints:\n  - max_words: 3\n  - min_words: 4\n", 1)
    )
    done = evalkit("check", "suites/small.yaml", expect=2)
    assert "warning: suites/small.yaml:" in done.stderr
    assert "can meet both `max_words`" in done.stderr
    plan = json.loads(evalkit("check", "suites/small.yaml", "--format", "json", expect=2).stdout)
    assert {each["hopeless"] for each in plan["suites"][0]["doubts"]} == {True}
    assert "can meet both `max_words`" in evalkit("run", "suites/small.yaml").stderr
