"""Runs that become baselines, whoever asks for it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.baselines.baseline import read_baseline
from evalkit.baselines.promote import candidate, promote, save_or_promote
from evalkit.conduct import draw_run, open_run
from evalkit.errors import BaselineError
from evalkit.prepare import prepare
from evalkit.selection import Selection

if TYPE_CHECKING:
    from evalkit.store import Store
    from evalkit.types import Run
    from tests.conftest import SmallProject


def _drawn(small_project: SmallProject, store: Store, selection: Selection | None = None) -> Run:
    opened = open_run(small_project.suite(), selection, project=small_project.project, store=store)
    asyncio.run(draw_run(opened))
    return opened.run


def test_the_first_run_is_saved_and_the_next_one_put_in_its_place(small_project: SmallProject, store: Store) -> None:
    """With its sketches; a run that says the same changes nothing in the rows."""
    first = _drawn(small_project, store)
    done = save_or_promote("main", candidate(store, first), small_project.project)
    assert [(each.path.name, each.done) for each in done.files] == [("main.json", "wrote"), ("main.sketches", "wrote")]
    assert (done.changes, done.kept) == ((), 0)
    second = _drawn(small_project, store)
    done = save_or_promote("main", candidate(store, second), small_project.project)
    assert [(each.state, each.before == each.after) for each in done.changes] == [("moved", True)] * 4
    assert read_baseline("main", small_project.project).of.run == second.id


@pytest.mark.parametrize(("drop", "rows", "kept"), [(False, 4, 7), (True, 1, 0)], ids=["kept", "dropped"])
def test_cells_that_a_run_lacks_are_kept_unless_they_are_to_go(
    small_project: SmallProject, store: Store, drop: bool, rows: int, kept: int
) -> None:
    """As a run of one cell lacks all others."""
    save_or_promote("main", candidate(store, _drawn(small_project, store)), small_project.project)
    part = candidate(store, _drawn(small_project, store, Selection(cells={"script": (3,)})))
    done = promote("main", part, small_project.project, drop=drop, sketched=False)
    baseline = read_baseline("main", small_project.project)
    assert (len(list(baseline.keys())), done.kept) == (rows, kept)
    assert baseline.sketches() is None


def test_an_incomplete_run_is_taken_only_when_that_is_said(small_project: SmallProject, store: Store) -> None:
    """As it is then."""
    opened = open_run(small_project.suite(), project=small_project.project, store=store)
    part = prepare(small_project.suite(), small_project.project, Selection(cells={"script": (0, 2)}))
    asyncio.run(draw_run(replace(opened, prepared=part)))
    with pytest.raises(BaselineError, match="is incomplete"):
        candidate(store, opened.run)
    assert candidate(store, opened.run, allow_incomplete=True).run == opened.run


def test_what_is_not_there_cannot_be_promoted_over(small_project: SmallProject, store: Store) -> None:
    """Saving makes it."""
    with pytest.raises(BaselineError, match="main"):
        promote("main", candidate(store, _drawn(small_project, store)), small_project.project)
