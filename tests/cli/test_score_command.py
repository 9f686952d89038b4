"""`evalkit score`: judging again, and judging what came from elsewhere."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

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


def test_what_changed_is_said_by_constraint(evalkit: CommandLine) -> None:
    """A stricter limit: from what to what, how often and which samples; a new constraint and one that went."""
    evalkit("run", "suites/small.yaml")
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/small.yaml", suite.replace("- max_words: 8", "- max_words: 1\n  - valid_json"))
    said = evalkit("score", "last").stderr
    assert "max_words: met before, broken now: " in said
    assert "valid_json: new for 24 completions" in said
    evalkit.write("suites/small.yaml", suite.replace("max_words: 8", "min_words: 1"))
    said = evalkit("score", "last").stderr
    assert "valid_json: no longer asked of 24 completions" in said
    assert "min_words: new for 24 completions" in said


SAID = """\
suite: said
providers: [script]
constraints: [{max_words: 2}]
cases:
  - {id: one, prompt: Say one thing.}
  - {id: two, prompt: Say another thing.}
gates:
  - {measure: adherence, at_least: 0.9, on: estimate}
"""


def _said(evalkit: CommandLine, *responses: Mapping[str, object]) -> tuple[str, str]:
    """Write the suite and a file of responses."""
    evalkit.write("suites/said.yaml", SAID)
    evalkit.write("said.jsonl", "".join(json.dumps(each) + "\n" for each in responses))
    return "suites/said.yaml", "said.jsonl"


def test_texts_from_elsewhere_are_a_run_like_any_other(evalkit: CommandLine) -> None:
    """They are judged, reported, shown and listed under the name that was given."""
    suite, said = _said(
        evalkit,
        {"prompt": "Say another thing.", "response": "two words"},
        {"prompt": "Say one thing.", "response": "one"},
    )
    done = evalkit("score", suite, "--responses", said, "--name", "gpt-4")
    assert "2 of 2 responses joined, to 2 of 2 cases" in done.stderr
    assert "complete" in evalkit("runs").stdout
    assert "gpt-4" in evalkit("report", "last", "--format", "json", "--out", "-").stdout
    assert "two words" in evalkit("show", "last", "1").stdout
    assert "seed" not in evalkit("show", "last").stdout
    (folder,) = (evalkit.folder / "reports/runs").iterdir()
    lines = [json.loads(line) for line in (folder / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [(line["case"], line["repeat"], line["strict"], line["loose"]) for line in lines] == [
        ("one", 0, True, True),
        ("two", 0, True, True),
    ]
    assert "nobody to ask" in evalkit("run", suite, "--resume", "last", expect=2).stderr


def test_exit_codes_are_those_of_a_run(evalkit: CommandLine) -> None:
    """1 for a failed gate; 3 for a case without a response or a response without a text; 2 when nothing joins."""
    one, two = {"case": "one", "response": "far too many words"}, {"case": "two", "response": "b"}
    evalkit("score", *_with(_said(evalkit, one, two)), expect=1)
    evalkit("score", *_with(_said(evalkit, two)), expect=3)
    evalkit("score", *_with(_said(evalkit, two, {"case": "one", "response": None})), expect=3)
    nothing = evalkit("score", *_with(_said(evalkit, {"case": "three", "response": "x"})), expect=2)
    assert "belongs to a case" in nothing.stderr
    assert "said.jsonl:2:1: there is no `response`" in (
        evalkit("score", *_with(_said(evalkit, two, {"case": "one"})), expect=2).stderr
    )


def _with(names: tuple[str, str]) -> tuple[str, str, str]:
    return names[0], "--responses", names[1]


def test_a_suite_and_a_run_are_told_apart(evalkit: CommandLine) -> None:
    """A suite needs texts, a run has them; options of one are refused for the other."""
    suite, said = _said(evalkit, {"case": "one", "response": "x"})
    assert "give them with --responses" in evalkit("score", suite, expect=2).stderr
    assert "--name goes with" in evalkit("score", "last", "--name", "x", expect=2).stderr
    refused = evalkit("score", suite, "--responses", said, "--suite", suite, expect=2)
    assert "--suite goes with a run" in refused.stderr
    assert "is not a name" in evalkit("score", suite, "--responses", said, "--name", "a b", expect=2).stderr
    assert "cannot be read" in evalkit("score", suite, "--responses", "none.jsonl", expect=2).stderr
    assert "no file `nothing.yaml`" in evalkit("score", "nothing.yaml", "--responses", said, expect=2).stderr


def test_a_pipe_is_read_as_a_file(evalkit: CommandLine) -> None:
    """What can be read only once is copied first."""
    suite, said = _said(evalkit, {"case": "one", "response": "x"}, {"case": "two", "response": "y"})
    pipe = evalkit.folder / "pipe"
    os.mkfifo(pipe)
    process = evalkit.start("score", suite, "--responses", "pipe")
    with pipe.open("wb") as stream:
        stream.write((evalkit.folder / said).read_bytes())
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "2 of 2 responses joined" in stderr
