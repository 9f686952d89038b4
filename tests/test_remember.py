"""Noting in the store what a run came to."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from evalkit.conduct import Terms, conclude, draw_run, open_run
from evalkit.exits import exit_code_of
from evalkit.remember import remember, remembered
from evalkit.report import report
from evalkit.selection import Selection

if TYPE_CHECKING:
    from evalkit.conduct import Opened
    from evalkit.store import Store
    from tests.conftest import SmallProject


def _drawn(small: SmallProject, store: Store, selection: Selection | None = None, terms: Terms | None = None) -> Opened:
    opened = open_run(small.suite(), selection, terms, project=small.project, store=store)
    asyncio.run(draw_run(opened))
    return opened


def test_concluding_a_run_notes_what_it_came_to(small_project: SmallProject, store: Store) -> None:
    """The rows as the report has them, the exit code, and when."""
    opened = _drawn(small_project, store)
    finished = conclude(opened)
    (outcome,) = store.outcomes.of(opened.run.id)
    assert (outcome.exit_code, outcome.state, outcome.baseline) == (0, "good", None)
    assert [row.key for row in outcome.rows] == [(row.provider, row.condition) for row in finished.summary.rows]
    for mark, row in zip(outcome.rows, finished.summary.rows, strict=True):
        assert mark.points["adherence"].estimate == pytest.approx(row.measures["adherence"].estimate, abs=1e-6)
    assert outcome.judged_at > opened.run.started_at


def test_a_run_that_was_stopped_is_noted_as_incomplete_until_it_goes_on(
    small_project: SmallProject, store: Store
) -> None:
    """The later word replaces the earlier one."""
    opened = open_run(small_project.suite(), project=small_project.project, store=store)
    tally = asyncio.run(draw_run(opened, stop=lambda: True))
    code = exit_code_of(conclude(opened, tally))
    (outcome,) = store.outcomes.of(opened.run.id)
    assert (code, outcome.exit_code, outcome.state) == (3, 3, "incomplete")
    assert outcome.stopped
    conclude(opened, asyncio.run(draw_run(opened)))
    (outcome,) = store.outcomes.of(opened.run.id)
    assert (outcome.exit_code, outcome.state) == (0, "good")


def test_rows_of_which_cells_or_cases_are_missing_are_not_noted(small_project: SmallProject, store: Store) -> None:
    """A row stands in the history only with all cases of the suite; axes alone leave the other rows comparable."""
    everything = {"script": (0, 1, 2)}  # both cases of the first condition, one of the second
    cells = conclude_rows(_drawn(small_project, store, Selection(cells=everything)), store)
    assert cells == (["temperature 0.0, system none"], 1)
    assert conclude_rows(_drawn(small_project, store, Selection(cases=("one",))), store) == ([], 4)
    assert conclude_rows(_drawn(small_project, store, Selection(cases=("one", "two"))), store)[1] == 0
    axes = Selection(axes={"temperature": (0.0,)})
    assert len(conclude_rows(_drawn(small_project, store, axes), store)[0]) == 2


def conclude_rows(opened: Opened, store: Store) -> tuple[list[str], int]:
    """Conclude a run, and return the rows that are noted and how many are not."""
    conclude(opened)
    (outcome,) = store.outcomes.of(opened.run.id)
    return [row.condition.label for row in outcome.rows], outcome.partial


def test_the_exit_code_is_the_one_that_the_options_make(small_project: SmallProject, store: Store) -> None:
    """An undecided gate is 4 where decisions are required."""
    suite = (small_project.folder / "suites/small.yaml").read_text(encoding="utf-8")
    small_project.write("suites/small.yaml", suite + "gates: [{measure: adherence, at_least: 0.5}]\n")
    opened = _drawn(small_project, store)
    conclude(opened, require_decision=True)
    assert [outcome.exit_code for outcome in store.outcomes.of(opened.run.id)] == [4]


def test_it_is_known_what_is_remembered(small_project: SmallProject, store: Store) -> None:
    """Only what was noted, and only against nothing where there was no baseline."""
    opened = _drawn(small_project, store)
    assert not remembered(opened.run, store, None)
    finished = report(opened.run, store)
    noted = remember(finished, opened.run, store, opened.prepared.suite, exit_code=0)
    assert remembered(opened.run, store, None)
    assert store.outcomes.of(opened.run.id) == [noted]
