"""The cells and gates that are planned of a suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.gate import BASELINE, Gate
from evalkit.plugin.planned import Planned, Wanted
from evalkit.prepare import prepare
from evalkit.selection import Selection

if TYPE_CHECKING:
    from tests.conftest import SmallProject


@pytest.fixture
def planned(small_project: SmallProject) -> Planned:
    """Plan the small suite on two providers."""
    small_project.write("providers/other.yaml", "adapter: scripted\nmodel: other\n")
    suite = small_project.suite()
    assert suite.path is not None
    prepared = prepare(suite, small_project.project, Selection(("script", "other")))
    return Planned(suite.path, suite, small_project.project, prepared)


def test_cells_go_by_provider_then_condition_then_case(planned: Planned) -> None:
    """Each provider numbers its cells alike, from 0, the cases of one condition next to one another."""
    cells = list(planned.cells())
    assert [(cell.provider, cell.number, cell.case_id) for cell in cells[:4]] == [
        ("script", 0, "one"),
        ("script", 1, "two"),
        ("script", 2, "one"),
        ("script", 3, "two"),
    ]
    assert [cell.number for cell in cells] == [*range(8), *range(8)]
    assert [cell.condition.label for cell in cells[:8:2]] == [
        "temperature 0.0, system none",
        "temperature 0.0, system dense",
        "temperature 1.0, system none",
        "temperature 1.0, system dense",
    ]
    assert len(set(cells)) == 16


def test_a_baseline_asks_for_a_gate_where_the_suite_has_none_on_it(planned: Planned) -> None:
    """The gate is one more; without a baseline there is none."""
    assert planned.gates() == ()
    given = Planned(planned.path, planned.suite, planned.project, planned.prepared, baseline="small")
    assert [gate.no_worse_than for gate in given.gates()] == [BASELINE]


def test_a_gate_needs_the_cells_of_the_conditions_that_it_selects(planned: Planned) -> None:
    """A `where` narrows them, over all providers; without one it is all."""
    gate = Gate("adherence", at_least=0.5, where={"system": ("dense",), "temperature": (1.0,)})
    assert [(cell.provider, cell.number) for cell in planned.cells_of_gate(gate)] == [
        ("script", 6),
        ("script", 7),
        ("other", 6),
        ("other", 7),
    ]
    assert planned.cells_of_gate(Gate("adherence", at_least=0.5)) == tuple(planned.cells())


def test_a_gate_needs_what_it_is_held_against(planned: Planned) -> None:
    """Another condition of the same run, which its `where` does not select."""
    gate = Gate("adherence", no_worse_than={"system": "none"}, where={"system": ("dense",), "temperature": (0.0,)})
    assert [cell.number for cell in planned.cells_of_gate(gate) if cell.provider == "script"] == [0, 1, 2, 3]


def test_plans_are_told_apart_by_what_they_are_not_by_what_they_hold(planned: Planned) -> None:
    """They are keys of mappings, though a suite holds mappings itself."""
    assert {planned: 1, Wanted(planned, ()): 2}[planned] == 1
