"""What comes first in a report."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.findings import Estimate
from evalkit.reports.moved import compared_by_gates, found_to_explore, gates_by_urgency, rows_by_adherence

if TYPE_CHECKING:
    from evalkit.findings import Report


def test_gates_that_fail_the_run_come_first(report: Report) -> None:
    """Then those that failed without failing the run, the open ones, and those that are met."""
    gates = [replace(gate, alarming=gate.verdict == "undecided") for gate in report.gates]
    ordered = gates_by_urgency(replace(report, gates=tuple(reversed(gates))))
    assert [gate.verdict for gate in ordered] == ["undecided", "undecided", "failed", "not_worse"]


def test_rows_that_two_gates_compared_are_listed_once(report: Report) -> None:
    """The worse finding stands; open rows come by how far they fell, and those without a number last."""
    again = replace(report.gates[3], name="again")
    rows = compared_by_gates(replace(report, gates=(*report.gates, again)))
    assert [(row.verdict, row.new) for row in rows] == [("undecided", 0.8), ("undecided", None), ("not_worse", 0.9)]


def test_what_fell_comes_before_what_rose(report: Report) -> None:
    """Of a measure that is better when it is lower, a rise is the worse; what is open is left out."""
    assert report.comparison is not None
    fell, rose, open_ = report.comparison.rows
    tokens = replace(rose, better="lower", difference=Estimate(9.0, None, None, "how"))
    explored = replace(report.comparison, rows=(open_, rose, fell, tokens))
    assert found_to_explore(replace(report, comparison=explored)) == [tokens, fell, rose]
    assert found_to_explore(replace(report, comparison=None)) == []


def test_rows_without_a_number_come_last(report: Report) -> None:
    """A number that is not finite is none."""
    first, *others = report.summary.rows
    odd = replace(first, measures={"adherence": Estimate(math.nan, None, None, "how")})
    rows = rows_by_adherence(replace(report, summary=replace(report.summary, rows=(odd, *others))))
    assert [row.measures["adherence"].estimate for row in rows[:2]] == [0.25, 0.75]
    assert rows[2] is odd
