"""Tests of what providers are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.prepare import prepare
from evalkit.rounds import Looks
from evalkit.selection import Selection
from evalkit.works import works_due, works_of

if TYPE_CHECKING:
    from tests.conftest import SmallProject


def test_a_work_in_rounds_lists_what_is_due(small_project: SmallProject) -> None:
    """Settled conditions stay at their round; positions are those of the whole sweep."""
    prepared = prepare(small_project.suite(), small_project.project, Selection())
    works, unusable = works_of(prepared, 0, seed_drawn=False)
    first = prepared.rows[0]
    (due,) = works_due(works, Looks((1, 2, 3), (frozenset({first}),)))
    assert not unusable
    assert due.probes == 2 * 1 + 3 * 2 * 2
    assert len(list(due.slots())) == due.probes
    assert [slot.position for slot in due.slots()][:4] == [0, 3, 6, 7]


def test_a_work_without_rounds_is_the_whole_sweep(small_project: SmallProject) -> None:
    """Nothing is narrowed where there is no plan."""
    prepared = prepare(small_project.suite(), small_project.project, Selection())
    works, _ = works_of(prepared, 0, seed_drawn=False)
    assert works_due(works, None) == works
    assert works[0].probes == prepared.probes == 24
