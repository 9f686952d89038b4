"""`evalkit baseline`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import CommandLine

SUITE = "suites/small.yaml"
FAILING = "adapter: scripted\nmodel: script\noptions: {faults: {error: 1.0}}\n"
ANSWER = "Kafka keeps an unmistakable log of records"


def _file(evalkit: CommandLine) -> Path:
    return evalkit.folder / "reports/baselines/main.json"


def _last(evalkit: CommandLine) -> str:
    return evalkit("runs", "--limit", "1").stdout.split("  ")[0]


def test_a_run_is_saved_listed_and_shown(evalkit: CommandLine) -> None:
    """Save writes two files without any text and says so; list and show read them without the store."""
    evalkit.write(
        "providers/script.yaml", f"adapter: scripted\nmodel: script\noptions: {{answers: {{'*': {ANSWER}}}}}\n"
    )
    evalkit("run", SUITE)
    run = _last(evalkit)
    said = evalkit("baseline", "save", "main", "last")
    assert said.stdout == ""
    assert [line.split(" (")[0] for line in said.stderr.splitlines()] == [
        "wrote reports/baselines/main.json",
        "wrote reports/baselines/main.sketches",
    ]
    assert ANSWER in evalkit("show", "last", "0").stdout
    files = b"".join(path.read_bytes() for path in _file(evalkit).parent.iterdir())
    assert not any(word.encode() in files for word in ANSWER.split() if len(word) > 5)
    (evalkit.folder / ".evalkit/runs.db").unlink()
    listed = evalkit("baseline", "list").stdout.split("  ")
    assert listed[:3] == ["main", "small 1", run]
    assert listed[4:7] == ["4 rows", "2 cases", "3 repeats"]
    shown = evalkit("baseline", "show", "main").stdout.splitlines()
    assert shown[0].startswith("baseline main of suite small, version 1 (")
    assert shown[2] == "4 rows, 2 cases, 3 repeats; sketches of the texts beside it"
    assert [line.split("  adherence ")[0] for line in shown[4:]] == [
        f"script  temperature {temperature}, system {system}"
        for temperature in ("0.0", "1.0")
        for system in ("dense", "none")
    ]
    assert all(line.endswith("2 cases  6 complete") for line in shown[4:])


def test_programs_get_json(evalkit: CommandLine) -> None:
    """Numbers in show are those of the run's report."""
    evalkit("run", SUITE, "--format", "json", "--out", "reports/runs/it")
    evalkit("baseline", "save", "main", "last")
    shown = json.loads(evalkit("baseline", "show", "main", "--format", "json").stdout)
    report = json.loads((evalkit.folder / "reports/runs/it/report.json").read_text(encoding="utf-8"))
    assert (shown["name"], shown["run"], shown["suite"]) == ("main", report["run"], report["suite"])
    means = {json.dumps(row["condition"]): row["measures"]["adherence"]["estimate"] for row in report["rows"]}
    assert {json.dumps(row["condition"]): row["means"]["adherence"] for row in shown["rows"]} == means
    listed = json.loads(evalkit("baseline", "list", "--format", "json").stdout)
    assert [(each["name"], each["rows"], each["repeats"]) for each in listed] == [("main", 4, [3, 3])]


def test_one_that_says_something_else_is_not_overwritten(evalkit: CommandLine) -> None:
    """The same run again is no mistake; another one needs --force. Sketches go where none are wanted."""
    evalkit("run", SUITE)
    evalkit("baseline", "save", "main", "last")
    assert evalkit("baseline", "save", "main", "last").stderr.startswith("unchanged reports/baselines/main.json\n")
    before = _file(evalkit).read_bytes()
    evalkit("run", SUITE, "--repeats", "2")
    refused = evalkit("baseline", "save", "main", "last", expect=2)
    assert "baseline `main` exists and says something else" in refused.stderr
    assert "hint: `evalkit baseline promote main RUN`" in refused.stderr
    assert _file(evalkit).read_bytes() == before
    said = evalkit("baseline", "save", "main", "last", "--force", "--no-sketches")
    assert "deleted reports/baselines/main.sketches" in said.stderr
    assert _file(evalkit).read_bytes() != before
    assert "no sketches of the texts" in evalkit("baseline", "show", "main").stdout


def test_promoting_part_of_a_suite_keeps_the_rest(evalkit: CommandLine) -> None:
    """Cells that the run lacks stay, with the run that they are of; --replace drops them."""
    evalkit("run", SUITE)
    first = _last(evalkit)
    evalkit("baseline", "save", "main", "last")
    evalkit("run", SUITE, "--case", "one", "--set", "temperature=1", "--repeats", "2")
    said = evalkit("baseline", "promote", "main", "last")
    assert sorted(line.split(": ")[1].split(" ")[0] for line in said.stdout.splitlines()) == [
        "adherence", "adherence", "kept", "kept"
    ]  # fmt: skip
    assert f"kept 6 cells that run {_last(evalkit)} lacks; --replace drops them" in said.stderr
    rows = json.loads(_file(evalkit).read_text(encoding="utf-8"))["rows"]
    cells = {(row["condition"]["temperature"], case["case"]): case for row in rows for case in row["cases"]}
    assert [case.get("run") for case in cells.values()] == [first, first, None, first]
    assert [case["draws"] for case in cells.values()] == [3, 3, 2, 3]
    assert "6 cells kept from earlier runs" in evalkit("baseline", "show", "main").stdout
    said = evalkit("baseline", "promote", "main", "last", "--replace")
    assert said.stdout.count("removed") == 4
    assert "2 rows, 1 case, 2 repeats" in evalkit("baseline", "show", "main").stdout


def test_cells_of_another_version_are_not_kept(evalkit: CommandLine) -> None:
    """A part of a later version of the suite cannot stand beside the rest of an earlier one."""
    evalkit("run", SUITE)
    evalkit("baseline", "save", "main", "last")
    path = evalkit.folder / SUITE
    evalkit.write(SUITE, path.read_text(encoding="utf-8").replace("version: 1", "version: 2"))
    evalkit("run", SUITE, "--case", "one")
    refused = evalkit("baseline", "promote", "main", "last", expect=2)
    assert "baseline main has 4 cells that run" in refused.stderr
    assert "they are of suite small, version 1, and the run is of small, version 2" in refused.stderr


def test_what_cannot_be_saved_or_promoted_is_refused(evalkit: CommandLine) -> None:
    """A name is no path; and what is not there cannot be promoted over, but saved."""
    evalkit("run", SUITE, "--repeats", "1")
    assert "`../main` cannot name a baseline" in evalkit("baseline", "save", "../main", "last", expect=2).stderr
    assert not (evalkit.folder / "reports/main.json").exists()
    refused = evalkit("baseline", "promote", "main", "last", expect=2)
    assert "`evalkit baseline save main RUN` makes it of a run" in refused.stderr


def test_a_run_without_scores_is_refused(evalkit: CommandLine) -> None:
    """When every call failed, there is nothing to hold a run against, whatever is allowed."""
    evalkit.write("providers/script.yaml", FAILING)
    evalkit("run", SUITE, expect=3)
    refused = evalkit("baseline", "save", "main", "last", "--allow-incomplete", expect=2)
    assert "has no decided score" in refused.stderr


def test_an_incomplete_run_needs_to_be_allowed(evalkit: CommandLine) -> None:
    """With half of the calls failed, the refusal says how many; --allow-incomplete takes it."""
    evalkit.write("providers/script.yaml", FAILING.replace("1.0", "0.5"))
    evalkit("run", SUITE, expect=3)
    refused = evalkit("baseline", "save", "main", "last", expect=2)
    assert " is incomplete: " in refused.stderr
    assert "of 24 draws failed, above the share of 0.05 that may" in refused.stderr
    evalkit("baseline", "save", "main", "last", "--allow-incomplete")
    assert "error" in evalkit("baseline", "show", "main").stdout


def test_one_that_cannot_be_read_does_not_hide_the_others(evalkit: CommandLine) -> None:
    """List goes on and exits with 2; show refuses it with its line."""
    evalkit("run", SUITE)
    evalkit("baseline", "save", "good", "last")
    evalkit("baseline", "save", "main", "last")
    _file(evalkit).write_text(_file(evalkit).read_text(encoding="utf-8").replace('"draws":3', '"draws":4', 1))
    said = evalkit("baseline", "list", expect=2)
    assert said.stdout.startswith("good  ")
    assert "error: reports/baselines/main.json:3:" in said.stderr
    assert "this line was edited" in evalkit("baseline", "show", "main", expect=2).stderr


def test_no_baselines_is_said(evalkit: CommandLine) -> None:
    """Without any, stdout is empty, and JSON an empty list."""
    said = evalkit("baseline", "list")
    assert said.stdout == ""
    assert said.stderr == "no baselines; `evalkit baseline save NAME RUN` makes one\n"
    assert json.loads(evalkit("baseline", "list", "--format", "json").stdout) == []
