"""How gates behave in the long run."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, log

import pytest

from evalkit.compare.asked_by import asked_by
from evalkit.compare.gate_prospects import Planned, Sizes, cases_needed, foresee_gates, operating_of, pooled
from evalkit.compare.prospects import prospects
from evalkit.gate import Alarms, Gate
from evalkit.types import Condition
from measured_rows import Rows, adherence, row, scores

GATE = Gate("adherence", no_worse_than="baseline", margin=0.1)
OLD = row(adherence(*[scores(1.0, 1.0, 1.0, 0.0)] * 12))
SIZES = Sizes(1, 12, 4, 4)
PLANNED = Planned(
    tuple(("local", Condition((("turns", turns),))) for turns in (0, 4)), tuple(f"{index:03}" for index in range(12)), 4
)


def test_one_row_behaves_as_its_comparison_does() -> None:
    """There is nothing to add up."""
    found = operating_of(GATE, OLD, SIZES, level=0.05, bounds={})
    assert found == prospects(OLD, asked_by(GATE, {}), cases=12, repeats=4, old_repeats=4, level=0.05, alarm="harm")


def test_errors_of_harm_add_up_over_rows() -> None:
    """Any row that is wrongly worse is a false alarm; finding harm is up to each row."""
    one, four = (
        operating_of(replace(GATE, margin=0.05), OLD, replace(SIZES, rows=rows), level=0.05, bounds={})
        for rows in (1, 4)
    )
    assert one is not None
    assert four is not None
    assert four.false_alarms == pytest.approx(1 - (1 - one.false_alarms) ** 4)
    assert four.error_at_margin == pytest.approx(1 - (1 - one.error_at_margin) ** 4)
    assert (four.power, four.detectable) == (one.power, one.detectable)


def test_proof_is_needed_of_every_row() -> None:
    """The more rows, the rarer are nights on which all are shown not to be worse."""
    gate = replace(GATE, margin=0.3, alarm="unproven")
    one, three = (operating_of(gate, OLD, replace(SIZES, rows=rows), level=0.05, bounds={}) for rows in (1, 3))
    assert one is not None
    assert three is not None
    assert one.power is not None
    assert 0.1 < one.power < 1
    assert three.power == pytest.approx(one.power**3)
    assert three.error_at_margin == pytest.approx(one.error_at_margin * one.power**2)


@pytest.mark.parametrize(
    ("gate", "sizes"),
    [
        (Gate("unique_ratio", no_worse_than="baseline", scope="population"), SIZES),
        (GATE, replace(SIZES, rows=0)),
        (GATE, replace(SIZES, cases=0)),
    ],
    ids=["one number a case", "no rows", "no cases"],
)
def test_what_cannot_be_known_is_not_made_up(gate: Gate, sizes: Sizes) -> None:
    """None is not known; it is not 0."""
    assert operating_of(gate, OLD, sizes, level=0.05, bounds={}) is None


@pytest.mark.parametrize(("margin", "level"), [(0.05, 0.05), (0.1, 0.0125), (0.5, 0.05)])
def test_so_many_cases_it_takes_whatever_the_repeats(margin: float, level: float) -> None:
    """With one case less, the chance that none of them is among the share that got worse is above the level."""
    gate = Gate("adherence", no_worse_than={"system": "x"}, margin=margin)
    needed = cases_needed(gate, level)
    assert needed == ceil(log(level) / log(1 - margin))
    assert needed is not None
    assert (1 - margin) ** needed <= level < (1 - margin) ** (needed - 1)


def test_no_number_of_cases_is_named_where_none_is_meant() -> None:
    """Of these very cases repeats are the sample, and at margin 0 no sameness shows that it is no worse."""
    assert cases_needed(GATE, 0.05) is None
    assert cases_needed(Gate("adherence", no_worse_than={"system": "x"}), 0.05) is None


def test_rows_are_put_together() -> None:
    """To tell how their scores vary; no rows are none."""
    found = pooled([OLD, OLD])
    assert found is not None
    assert len(found.cases) == 24
    assert pooled([]) is None


def test_without_a_baseline_every_row_is_taken_to_be_there() -> None:
    """The family is every row of every gate that compares on the interval."""
    gates = [
        GATE,
        Gate("adherence", no_worse_than={"turns": 0}, where={"turns": (4,)}),
        replace(GATE, on="estimate"),
        Gate("adherence", at_least=0.5),
    ]
    found = foresee_gates(gates, PLANNED, Alarms(0.06), {}, None)
    assert [each.gate for each in found] == gates[:2]
    assert [each.sizes.rows for each in found] == [2, 1]
    assert {each.level for each in found} == {0.06 / 3}
    assert not any(each.known for each in found)
    assert all(each.operating is not None for each in found)


def test_a_baseline_says_what_there_is_to_compare_with() -> None:
    """Rows and cases that it lacks are not counted, and its own repeats are."""
    old = replace(OLD, condition=PLANNED.rows[0][1], cases=OLD.cases[:9])
    (found,) = foresee_gates([GATE], replace(PLANNED, repeats=8), Alarms(), {}, Rows([old], name="main"))
    assert found.sizes == Sizes(1, 9, 8, 4)
    assert found.known
    assert found.left_out == ("local, turns 4: baseline main has no such row",)
