"""`evalkit score`: judging again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_changed_constraint_changes_verdicts_without_a_call(evalkit: CommandLine) -> None:
    """A stricter limit is applied to the stored texts; how many verdicts changed is said."""
    evalkit("run", "suites/small.yaml")
    assert "0 of 24 completions are judged differently" in evalkit("score", "last").stderr
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/small.yaml", suite.replace("max_words: 8", "max_words: 1"))
    done = evalkit("score", "last")
    changed = int(done.stderr.split(" of 24 completions")[0].splitlines()[-1])
    assert changed > 0
    assert "1/1" not in evalkit("runs").stdout


def test_suite_without_a_case_of_the_run_is_refused(evalkit: CommandLine) -> None:
    """Every case of the run must still be in the suite."""
    evalkit("run", "suites/small.yaml")
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/small.yaml", suite.replace("id: two", "id: three"))
    assert "has no case `two`" in evalkit("score", "last", expect=2).stderr


def test_moved_suite_is_asked_for(evalkit: CommandLine) -> None:
    """When the suite's file is gone, --suite names it."""
    evalkit("run", "suites/small.yaml")
    (evalkit.folder / "suites/small.yaml").rename(evalkit.folder / "suites/renamed.yaml")
    assert "--suite FILE" in evalkit("score", "last", expect=2).stderr
    evalkit("score", "last", "--suite", "suites/renamed.yaml")
