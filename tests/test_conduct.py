"""A run from its suite to its report, by the one call."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import TYPE_CHECKING

import pytest

from evalkit.conduct import Terms, conclude, draw_run, open_run, reopen, resume_run
from evalkit.errors import BaselineError, UsageError
from evalkit.exits import exit_code_of
from evalkit.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.store import Store
    from tests.conftest import SmallProject

GATES = """\
gates:
  - {measure: adherence, at_least: 0.0, where: {system: dense}}
  - {measure: adherence, at_least: 0.0, where: {system: none}}
  - {measure: adherence, no_worse_than: {system: none}, where: {system: dense}, margin: 0.9}
"""


def _after(asked: int) -> Callable[[], bool]:
    """Ask for a stop once so many samples have been handed out."""
    seen = count()
    return lambda: next(seen) >= asked


def _numbers(small: SmallProject, store: Store, cells: dict[str, tuple[int, ...]]) -> list[tuple[int, str, int]]:
    opened = open_run(small.suite(), Selection(cells=cells), project=small.project, store=store)
    asyncio.run(draw_run(opened))
    drawn = store.drawn(opened.run.id, "script")
    return [(each.position, each.case_id, each.repeat) for each in drawn]


def test_a_run_goes_from_suite_to_report(small_project: SmallProject, store: Store) -> None:
    """Nothing is missing, and nothing stopped it."""
    opened = open_run(small_project.suite(), project=small_project.project, store=store)
    tally = asyncio.run(draw_run(opened))
    report = conclude(opened, tally)
    assert tally.done == 24
    assert report.stopped == ()
    assert report.summary.missing == 0
    assert len(list(opened.cells())) == 8
    assert exit_code_of(report) == 0


def test_only_the_cells_that_are_wanted_are_drawn(small_project: SmallProject, store: Store) -> None:
    """At the places that they have in the whole suite, so that they are the same draws."""
    everything = _numbers(small_project, store, {"script": tuple(range(8))})
    some = _numbers(small_project, store, {"script": (5, 2)})
    assert some == [each for each in everything if each[0] // 3 in (2, 5)]


def test_cells_that_are_not_wanted_are_not_missing(small_project: SmallProject, store: Store) -> None:
    """Nor is a gate judged that would need them."""
    text = (small_project.folder / "suites/small.yaml").read_text(encoding="utf-8")
    small_project.write("suites/small.yaml", text + GATES)
    # Conditions are (0, none), (0, dense), (1, none), (1, dense), with two cases each.
    opened = open_run(
        small_project.suite(), Selection(cells={"script": (2, 3, 6, 7, 0)}), project=small_project.project, store=store
    )
    report = conclude(opened, asyncio.run(draw_run(opened)))
    assert report.summary.missing == 0
    assert report.incomplete is None
    assert [row.condition.label for row in report.summary.rows] == [
        "temperature 0.0, system none",
        "temperature 0.0, system dense",
        "temperature 1.0, system dense",
    ]
    assert [(gate.name, gate.verdict) for gate in report.gates] == [
        ("adherence at least 0 where system dense", "passed"),
    ]
    assert sum("is not judged" in note for note in report.summary.notes) == 2
    assert store.run(opened.run.id).finished_at is not None


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"script": (8,)}, "has 8 cells"),
        ({"script": (1, 1)}, "each of which is drawn once"),
        ({"script": ()}, "no cell is left"),
        ({"other": (1,)}, "which is not asked"),
    ],
    ids=["beyond", "twice", "none", "another provider"],
)
def test_cells_that_are_not_there_are_refused(
    small_project: SmallProject, store: Store, cells: dict[str, tuple[int, ...]], words: str
) -> None:
    """Before a run is begun."""
    with pytest.raises(UsageError, match=words):
        open_run(small_project.suite(), Selection(cells=cells), project=small_project.project, store=store)
    assert store.runs() == []


def test_a_run_of_some_cells_goes_on_with_these(small_project: SmallProject, store: Store) -> None:
    """What was stopped draws the rest of them and no other."""
    opened = open_run(
        small_project.suite(), Selection(cells={"script": (7, 0, 3)}), project=small_project.project, store=store
    )
    tally = asyncio.run(draw_run(opened, stop=_after(4)))
    stopped = conclude(opened, tally)
    assert tally.done == 4
    assert tally.stopped
    assert stopped.stopped == ("it was stopped before everything had been asked for",)
    assert exit_code_of(stopped) == 3
    again = resume_run("last", small_project.suite(), project=small_project.project, store=store)
    rest = asyncio.run(draw_run(again))
    assert rest.done == 9
    assert rest.asked == 5
    assert {each.position // 3 for each in store.drawn(opened.run.id, "script")} == {0, 3, 7}
    assert store.run(opened.run.id).finished_at is not None


def test_a_stop_after_the_last_call_stops_nothing(small_project: SmallProject, store: Store) -> None:
    """The run is whole, whatever was asked for afterwards."""
    opened = open_run(small_project.suite(), project=small_project.project, store=store)
    tally = asyncio.run(draw_run(opened, stop=_after(24)))
    assert tally.done == 24
    assert not tally.stopped


def test_a_changed_suite_does_not_go_on(small_project: SmallProject, store: Store) -> None:
    """Its draws would not belong to the run."""
    open_run(small_project.suite(), project=small_project.project, store=store)
    text = (small_project.folder / "suites/small.yaml").read_text(encoding="utf-8")
    small_project.write("suites/small.yaml", text.replace("Say one thing.", "Say it."))
    with pytest.raises(UsageError, match="suite small has changed since run"):
        reopen("last", small_project.suite(), small_project.project, store)


def test_a_provider_that_fails_is_said(small_project: SmallProject, store: Store) -> None:
    """And makes the run incomplete, whatever else came."""
    small_project.write("providers/broken.yaml", "adapter: ./nothing.py:Nothing\nmodel: none\n")
    opened = open_run(
        small_project.suite(),
        Selection(providers=("script", "broken")),
        project=small_project.project,
        store=store,
    )
    report = conclude(opened, asyncio.run(draw_run(opened)))
    (why,) = report.stopped
    assert why.startswith("provider broken: ")
    assert exit_code_of(report) == 3


@pytest.mark.parametrize(
    ("terms", "error", "words"),
    [
        (Terms(baseline="main"), BaselineError, "no baseline `main`"),
        (Terms(baseline="{suite}"), BaselineError, "no baseline `small`"),
    ],
    ids=["missing", "by the suite's name"],
)
def test_what_cannot_be_is_refused_before_a_run_begins(
    small_project: SmallProject, store: Store, terms: Terms, error: type[Exception], words: str
) -> None:
    """Nothing is spent on it."""
    with pytest.raises(error, match=words):
        open_run(small_project.suite(), terms=terms, project=small_project.project, store=store)
    assert store.runs() == []


def test_who_is_asked_nothing_needs_no_adapter(small_project: SmallProject, store: Store) -> None:
    """A provider none of whose cells is wanted may be unusable."""
    small_project.write("providers/broken.yaml", "adapter: ./nothing.py:Nothing\nmodel: none\n")
    opened = open_run(
        small_project.suite(),
        Selection(providers=("script", "broken"), cells={"script": (0,)}),
        project=small_project.project,
        store=store,
    )
    report = conclude(opened, asyncio.run(draw_run(opened)))
    assert report.stopped == ()
    assert [row.provider for row in report.summary.rows] == ["script"]
