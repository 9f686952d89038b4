"""The files that a test session writes at its end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from evalkit.baselines.baseline import read_baseline
from evalkit.plugin.written import Wish, write_session_run
from evalkit.store.session_runs import Problem, SessionRun

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SuiteTests
    from tests.plugin.conftest import DrawnSuite
    from tests.plugin.conftest import DrawSuite as Draw

BODY = """\
repeats: 2
axes: {temperature: [0.0, 1.0]}
constraints: [{max_words: 3}]
cases: [{id: one, prompt: Say one.}, {id: two, prompt: Say two.}]
"""
GOOD, BAD = "Use Kafka", "Use Kafka, for it is a log"


def said(drawn: DrawnSuite, wish: Wish, run: SessionRun | None = None) -> list[str]:
    """Write what is wanted of a run that has ended."""
    session = run or SessionRun("s", "small.yaml", drawn.found.id, state="ended")
    return list(write_session_run(drawn.store, session, wish, drawn.planned.project))


@pytest.fixture
def here(small_project: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ARG001 - there first
    """Work in the project, so that messages name files as they are."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_nothing_is_written_unasked(draw_suite: Draw, here: Path) -> None:
    """Nor of a suite that has no run."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    assert said(drawn, Wish()) == []
    assert said(drawn, Wish(("md",), update="main"), SessionRun("s", "small.yaml", None)) == []
    assert not (here / "reports").exists()


def test_reports_go_to_the_folder_of_the_run(draw_suite: Draw, here: Path) -> None:
    """In the formats asked for, as the command line writes them."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    folder = f"reports/runs/{drawn.found.id}"
    assert said(drawn, Wish(("json", "md"))) == [f"wrote {folder}/report.json", f"wrote {folder}/report.md"]
    assert json.loads((here / folder / "report.json").read_text())["run"] == drawn.found.id


@pytest.mark.usefixtures("here")
def test_the_first_update_makes_the_baseline(draw_suite: Draw) -> None:
    """A later one replaces what it has drawn, and says what that changes."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    lines = said(drawn, Wish(update="main"))
    assert lines == ["wrote reports/baselines/main.json", "wrote reports/baselines/main.sketches"]
    again = draw_suite(BODY, lambda _: BAD)
    lines = said(again, Wish(update="main", baseline="main"))
    assert "baseline main: script, temperature 0.0: adherence 1.00 -> 0.00, 2 cases" in lines
    assert read_baseline("main", drawn.planned.project).of.run == again.found.id


@pytest.mark.usefixtures("here")
def test_a_partial_selection_drops_no_cells(draw_suite: Draw) -> None:
    """What was not drawn stays as it was, and is counted."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    said(drawn, Wish(update="main"))
    part = draw_suite(BODY, lambda _: BAD, cells=(2,))
    lines = said(part, Wish(update="main"))
    assert "baseline main: kept 3 cells, not drawn this time" in lines
    kept = read_baseline("main", part.planned.project)
    means = {
        (key[1].get("temperature"), case.case_id): case.scores["adherence"].mean
        for key in kept.keys()  # noqa: SIM118 - no mapping
        for case in getattr(kept.row(key), "cases", ())
    }
    assert means == {(0.0, "one"): 1.0, (0.0, "two"): 1.0, (1.0, "one"): 0.0, (1.0, "two"): 1.0}


@pytest.mark.parametrize(
    ("run", "why"),
    [
        (SessionRun("s", "a", "RUN", state="stopped"), "the run is incomplete"),
        (SessionRun("s", "a", "RUN", state="open"), "the run is incomplete"),
        (
            SessionRun(
                "s", "a", "RUN", state="ended", over_budget=True, problems={"": Problem("over_budget", "no money")}
            ),
            "the run is incomplete: no money",
        ),
    ],
    ids=["stopped", "broken off", "over budget"],
)
def test_an_incomplete_run_becomes_no_baseline(draw_suite: Draw, here: Path, run: SessionRun, why: str) -> None:
    """Whatever it has drawn."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    session = SessionRun(run.session, run.suite, drawn.found.id, 0, run.state, run.problems, run.over_budget)
    assert said(drawn, Wish(update="main"), session) == [f"baseline main was not updated: {why}"]
    assert not (here / "reports/baselines").exists()


def test_nor_does_one_that_lacks_draws(draw_suite: Draw, here: Path) -> None:
    """As where a provider could not be used."""
    drawn = draw_suite(BODY, lambda sample: None if sample.case_id == "one" else GOOD)
    lines = said(drawn, Wish(update="main"))
    assert lines[0].startswith(
        f"baseline main was not updated: run {drawn.found.id} is incomplete: 4 of 8 draws missing"
    )
    assert lines[1].startswith("hint: `evalkit baseline promote main ")
    assert not (here / "reports/baselines").exists()


def test_a_read_only_checkout_is_said_to_be_one(draw_suite: Draw, here: Path) -> None:
    """Nothing is raised, and the test run goes on to its end."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    (here / "reports").write_text("a file where a folder should be")
    lines = said(drawn, Wish(("md",), update="main"))
    words = " ".join(lines)
    assert f"no report of run {drawn.found.id} was written: reports cannot be written to " in words
    assert "baseline main was not updated: reports/baselines/main.json cannot be " in words


@pytest.mark.usefixtures("here")
def test_a_run_that_is_gone_is_said_to_be(draw_suite: Draw) -> None:
    """Somebody has deleted the store meanwhile."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    lines = said(drawn, Wish(("md",)), SessionRun("s", "a", "20200101-000000-0000", state="ended"))
    assert lines[0] == "nothing was written: no run `20200101-000000-0000`"


def test_a_test_run_writes_its_reports_and_its_baseline(suite_tests: SuiteTests) -> None:
    """Then a selection of it changes what it has drawn, and drops nothing."""
    suite_tests.run("--evalkit-report", "md,json", "--evalkit-update-baseline")
    (folder,) = (suite_tests.folder / "reports/runs").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == ["report.json", "report.md"]
    before = (suite_tests.folder / "reports/baselines/cases.json").read_text()
    found = suite_tests.run("--evalkit-update-baseline", "-k", "good")
    found.stdout.fnmatch_lines(["baseline cases: kept 1 cell, not drawn this time"])
    after = (suite_tests.folder / "reports/baselines/cases.json").read_text()
    assert '"bad"' in before
    assert '"bad"' in after


@pytest.mark.slow
def test_files_are_written_once_by_the_controller(suite_tests: SuiteTests) -> None:
    """The workers of pytest-xdist write none."""
    found = suite_tests.run("-n", "2", "--evalkit-report", "md", "--evalkit-update-baseline", apart=True)
    written = [line for line in found.outlines if line.startswith("wrote ")]
    assert [line.rpartition("/")[2] for line in written] == ["report.md", "cases.json", "cases.sketches"]


@pytest.mark.usefixtures("here")
def test_what_a_run_came_to_is_noted_unasked(draw_suite: Draw) -> None:
    """As `evalkit run` notes it, also where no report is wanted."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    assert said(drawn, Wish()) == []
    (outcome,) = drawn.store.outcomes.of(drawn.found.id)
    assert (outcome.state, outcome.exit_code, len(outcome.rows)) == ("good", 0, 2)


@pytest.mark.usefixtures("here")
def test_a_few_cases_are_not_noted(draw_suite: Draw) -> None:
    """No row has all its cases; one that has is enough."""
    part = draw_suite(BODY, lambda _: GOOD, cells=(0,))
    said(part, Wish())
    assert part.store.outcomes.of(part.found.id) == []
    row = draw_suite(BODY, lambda _: GOOD, cells=(0, 1, 2))
    said(row, Wish())
    (outcome,) = row.store.outcomes.of(row.found.id)
    assert (len(outcome.rows), outcome.partial) == (1, 1)


@pytest.mark.usefixtures("here")
def test_a_run_that_ended_early_is_noted_as_incomplete(draw_suite: Draw) -> None:
    """With the words for why, whatever share of the draws there is."""
    drawn = draw_suite(BODY, lambda _: GOOD)
    problems = {
        "script": Problem("failed", "script closed for the night"),
        "": Problem("stopped", "it was interrupted"),
    }
    ended = SessionRun("s", "small.yaml", drawn.found.id, state="stopped", problems=problems, over_budget=True)
    said(drawn, Wish(), ended)
    (outcome,) = drawn.store.outcomes.of(drawn.found.id)
    assert (outcome.state, outcome.exit_code) == ("incomplete", 3)
    assert outcome.stopped == (
        "provider script: closed for the night",
        "it was interrupted",
        "--evalkit-max-cost leaves no room for another call",
    )
