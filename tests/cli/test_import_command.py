"""`evalkit import`: suites of what other programs keep."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine

CONFIG = """\
prompts: ['Greet {{name}}.']
tests:
  - vars: {name: Ada}
    assert: [{type: contains, value: Ada}, {type: cost, threshold: 1}]
"""


def test_a_suite_is_written_checked_and_counted(evalkit: CommandLine) -> None:
    """What has no place is listed with it; the suite passes `evalkit check`."""
    evalkit.write("foo.yaml", CONFIG)
    done = evalkit("import", "promptfoo", "foo.yaml", "--provider", "script")
    assert done.stderr.splitlines() == [
        "foo.yaml:4:44: assertion `cost` is left out: every report says what answers cost, but no constraint judges it",
        "wrote suites/foo.yaml",
    ]
    assert done.stdout == "1 case with 1 constraint; not taken over: 1\n"
    assert "1 case" in evalkit("check", "suites/foo.yaml").stdout
    assert list((evalkit.folder / "suites").glob(".*")) == []


def test_nothing_is_overwritten_unasked(evalkit: CommandLine) -> None:
    """A suite that is there stays, unless --force says otherwise or --out names another."""
    evalkit.write("small.yaml", CONFIG)
    before = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    assert "is there already" in evalkit("import", "promptfoo", "small.yaml", expect=2).stderr
    assert (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8") == before
    evalkit("import", "promptfoo", "small.yaml", "--out", "made/here.yaml")
    evalkit("import", "promptfoo", "small.yaml", "--force")
    assert "suite: small" in (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    assert "suite: here" in (evalkit.folder / "made/here.yaml").read_text(encoding="utf-8")


def test_texts_of_a_data_set_can_be_scored(evalkit: CommandLine) -> None:
    """They are written beside the suite, in the layout that `evalkit score` reads."""
    goldens = [{"input": "Say {{ it }}.", "actual_output": "it \ud83d\ude00"}, {"input": "Two", "actual_output": "2"}]
    evalkit.write("set.json", json.dumps(goldens))
    evalkit("import", "deepeval", "set.json", "--provider", "script")
    done = evalkit("score", "suites/set.yaml", "--responses", "suites/set.responses.jsonl")
    assert "2 of 2 responses joined, to 2 of 2 cases" in done.stderr


def test_instructions_without_a_counterpart_are_undecided(evalkit: CommandLine) -> None:
    """A benchmark's prompt keeps all its instructions, and none of them is met by being left out."""
    line = {"key": "7", "prompt": "Say {{ it }}.", "instruction_id_list": ["format:no_whitespace", "words:start_verb"]}
    evalkit.write("bench.jsonl", json.dumps({**line, "kwargs": [{}, {"N": None}]}) + "\n")
    done = evalkit("import", "ifbench", "bench.jsonl", "--provider", "script")
    assert "bench.jsonl:1:1: `words:start_verb` is not judged" in done.stderr
    evalkit.write("said.jsonl", json.dumps({"prompt": "Say {{ it }}.", "response": "it"}) + "\n")
    evalkit("score", "suites/ifbench.yaml", "--responses", "said.jsonl", "--format", "verdicts", "--out", "out")
    lines = (evalkit.folder / "out/verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    assert [(line["case"], line["strict"]) for line in map(json.loads, lines)] == [("7", True), ("7", None)]


def test_a_file_that_is_none_is_refused(evalkit: CommandLine) -> None:
    """One that is not there, one that holds nothing, one that is not JSON, and a provider that is not there."""
    assert "cannot be read" in evalkit("import", "ifbench", "none.jsonl", expect=2).stderr
    evalkit.write("empty.jsonl", "\n")
    assert "could become a case" in evalkit("import", "ifbench", "empty.jsonl", expect=2).stderr
    evalkit.write("bad.jsonl", '{"key": 1,}\n')
    assert "bad.jsonl:1:11: not JSON" in evalkit("import", "ifbench", "bad.jsonl", expect=2).stderr
    assert "no provider `nobody`" in evalkit("import", "ifbench", "x", "--provider", "nobody", expect=2).stderr
    assert not (evalkit.folder / "suites/ifbench.yaml").exists()
