"""`evalkit runs`."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator  # noqa: TID253 - the reference for schemas

from evalkit.reports.history_json import history_schema
from evalkit.store import Store
from evalkit.store.session_runs import of_test

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine

CASES = "".join(f"  - {{id: case-{number:02}, prompt: Say thing {number}.}}\n" for number in range(20))
NIGHTLY = f"""\
suite: nightly
providers: [script]
repeats: 4
axes: {{temperature: [0.5, 1.0]}}
constraints: [max_words: 9]
gates: [{{measure: adherence, no_worse_than: baseline, margin: 0.1}}]
cases:
{CASES}"""
GOOD, BAD = "words: [1, 10]", "words: [9, 20]"
OTHER_WORDS = f"{GOOD}, vocabulary: [kafka, rabbit, topic, lag, offset, zoo]"
FAILING = f"{GOOD}, faults: {{error: 0.5}}"


def test_runs_are_listed_newest_first(evalkit: CommandLine) -> None:
    """Each run has its line; --limit keeps the newest."""
    evalkit("run", "suites/small.yaml")
    evalkit("run", "suites/small.yaml", "--repeats", "1")
    lines = evalkit("runs").stdout.splitlines()
    assert [line.split("  ")[3] for line in lines] == ["8/8", "24/24"]
    limited = evalkit("runs", "--limit", "1")
    assert len(limited.stdout.splitlines()) == 1
    assert "and 1 older" in limited.stderr


def test_what_tests_drew_is_told_apart(evalkit: CommandLine) -> None:
    """A run of a test session says so, and one of a test function which."""
    for _ in range(3):
        evalkit("run", "suites/small.yaml", "--format", "none")
    with Store(evalkit.folder / ".evalkit/runs.db") as store:
        newest, middle, _ = store.runs()
        store.session_runs.open("session", "/suites/small.yaml", newest.id)
        store.session_runs.open("session", of_test(middle.id, "tests/test_it.py::test_tone[a b]"), middle.id)
    ends = [line.rpartition("complete")[2] for line in evalkit("runs").stdout.splitlines()]
    assert ends == ["  by pytest", "  by tests/test_it.py::test_tone[a b]", ""]


def test_no_store_is_said(evalkit: CommandLine) -> None:
    """Without a store there is an error that names the command that makes one."""
    assert "evalkit run SUITE" in evalkit("runs", expect=3).stderr
    assert "evalkit run SUITE" in evalkit("runs", "--history", expect=3).stderr


def _night(evalkit: CommandLine, options: str, *more: str, expect: int) -> str:
    evalkit.write("providers/script.yaml", f"adapter: scripted\nmodel: script\noptions: {{{options}}}\n")
    against = ("--baseline", "{suite}") if "--baseline" not in more else ()
    done = evalkit("run", "suites/nightly.yaml", *against, "--format", "none", *more, expect=expect)
    return done.stderr


def _told(evalkit: CommandLine, *more: str) -> list[dict[str, Any]]:
    plain = json.loads(evalkit("runs", "--history", "nightly", "--format", "json", *more).stdout)
    validator: Any = Draft202012Validator(history_schema())  # jsonschema's types are partly unknown
    validator.validate(plain)
    (suite,) = plain["suites"]
    nights: list[dict[str, Any]] = suite["nights"]
    return nights


@pytest.mark.slow
def test_a_week_of_nights_is_told(evalkit: CommandLine) -> None:
    """A baseline, a good night, a worse one, a changed model, an outage, a part, and a renewed baseline."""
    evalkit.write("suites/nightly.yaml", NIGHTLY)
    evalkit.write("providers/script.yaml", f"adapter: scripted\nmodel: script\noptions: {{{GOOD}}}\n")
    evalkit("run", "suites/nightly.yaml", "--seed", "1", "--format", "none")
    evalkit("baseline", "save", "nightly", "last")
    _night(evalkit, GOOD, "--seed", "2", expect=0)
    _night(evalkit, BAD, "--seed", "3", expect=1)
    assert "the model changed" in _night(evalkit, OTHER_WORDS, "--seed", "4", expect=0)
    _night(evalkit, OTHER_WORDS, "--seed", "4", "--fail-on-change", expect=1)
    _night(evalkit, FAILING, "--seed", "5", expect=3)
    _night(evalkit, GOOD, "--seed", "6", "--case", "case-03", expect=0)
    evalkit("baseline", "save", "nightly", _told(evalkit)[1]["run"], "--force")
    _night(evalkit, GOOD, "--seed", "7", expect=0)

    nights = _told(evalkit)
    assert [night["exit_code"] for night in nights] == [0, 0, 1, 0, 1, 3, 0, 0]
    states = [night["state"] for night in nights]
    assert states[2:6] == ["worse", "changed", "changed", "incomplete"]
    assert [night["rows"] == [] for night in nights] == [False] * 5 + [True, True, False]
    assert [night["another_baseline"] for night in nights] == [False] * 7 + [True]
    worse = nights[2]["rows"][0]
    assert worse["estimate"] < worse["limit"] < worse["baseline_estimate"]
    assert nights[2]["alarms"] == ["adherence no worse than baseline by 0.1"]
    assert {"provider": "script", "what": "texts"}.items() <= nights[3]["changed"][0].items()

    printed = evalkit("runs", "--history", "nightly").stdout
    for words in ("nightly, adherence over 8 nights", "! worse", "~ changed", "x incomplete", "/ "):
        assert words in printed
    assert "is not tested here" in printed
    limited = _told(evalkit, "--limit", "2")
    assert [night["run"] for night in limited] == [night["run"] for night in nights[-2:]]
    hot = _told(evalkit, "--where", "temperature=1", "--provider", "script", "--measure", "full_adherence")
    assert [[row["condition"] for row in night["rows"]] for night in hot[:1]] == [[{"temperature": 1.0}]]
    lines = list(csv.DictReader(io.StringIO(evalkit("runs", "--history", "--format", "csv").stdout)))
    assert len(lines) == 2 * 6 + 2
    assert "```text" in evalkit("runs", "--history", "--format", "md").stdout


def test_a_run_of_which_nothing_is_remembered_is_listed_and_can_be_judged(evalkit: CommandLine) -> None:
    """As one that an earlier version made; `evalkit report` judges it, and only of the whole run."""
    evalkit("run", "suites/small.yaml", "--format", "none")
    with closing(sqlite3.connect(evalkit.folder / ".evalkit/runs.db")) as store, store:
        store.execute("DELETE FROM outcomes")
    listed = evalkit("runs", "--history").stdout
    assert "not judged: 1 run" in listed
    assert "0.00" not in listed
    evalkit("report", "last", "--where", "system=dense")
    assert "not judged: 1 run" in evalkit("runs", "--history").stdout
    evalkit("report", "last")
    assert "not judged" not in evalkit("runs", "--history").stdout


def test_what_is_not_there_is_said_with_what_is(evalkit: CommandLine) -> None:
    """A suite and a measure that no run has, and options that go with --history alone."""
    evalkit("run", "suites/small.yaml", "--format", "none")
    done = evalkit("runs", "--history", "smal", expect=2)
    assert "no run is of suite `smal`" in done.stderr
    assert "did you mean `small`?" in done.stderr
    assert "no run has a measure `adherance`" in evalkit("runs", "--history", "--measure", "adherance", expect=2).stderr
    assert "go with --history" in evalkit("runs", "--format", "json", expect=2).stderr
    unknown = evalkit("runs", "--history", "--where", "temperature=3", expect=2)
    assert "no run has a row" in unknown.stderr


def test_a_changed_model_needs_a_baseline_to_be_found(evalkit: CommandLine) -> None:
    """--fail-on-change without one could never fail, and is refused by every command that takes it."""
    evalkit("run", "suites/small.yaml", "--format", "none")
    for arguments in (("run", "suites/small.yaml"), ("report", "last"), ("score", "last")):
        assert "--fail-on-change goes with --baseline" in evalkit(*arguments, "--fail-on-change", expect=2).stderr
