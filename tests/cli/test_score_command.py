"""`evalkit score`: judging again."""

from __future__ import annotations

import json
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


def test_suite_without_a_system_of_the_run_is_refused(evalkit: CommandLine) -> None:
    """It may demand something, and nobody would know what."""
    evalkit("run", "suites/small.yaml")
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/small.yaml", suite.replace("dense", "terse"))
    assert "has no system `dense`" in evalkit("score", "last", expect=2).stderr


def test_what_a_system_prompt_demands_is_judged_again(evalkit: CommandLine) -> None:
    """A system that learns to demand something judges what was drawn under it, and only that."""
    evalkit("run", "suites/small.yaml")
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    demanding = "dense: {text: Answer in at most 8 words., constraints: [{min_words: 1}]}"
    evalkit.write("suites/small.yaml", suite.replace("dense: Answer in at most 8 words.", demanding))
    done = evalkit("score", "last", "--format", "verdicts", "--out", "judged")
    assert "12 of 24 completions are judged differently" in done.stderr
    lines = (evalkit.folder / "judged/verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = [json.loads(line) for line in lines]
    assert [each["source"] for each in verdicts].count("system") == 12
    assert {each["condition"]["system"] for each in verdicts if each["source"] == "system"} == {"dense"}
    assert {each["constraint"] for each in verdicts if each["source"] == "system"} == {"min_words"}


def test_moved_suite_is_asked_for(evalkit: CommandLine) -> None:
    """When the suite's file is gone, --suite names it."""
    evalkit("run", "suites/small.yaml")
    (evalkit.folder / "suites/small.yaml").rename(evalkit.folder / "suites/renamed.yaml")
    assert "--suite FILE" in evalkit("score", "last", expect=2).stderr
    evalkit("score", "last", "--suite", "suites/renamed.yaml")
