"""What a reader of a report looks for first, the worst at the top: gates, what moved, rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.findings import Compared, Estimate, JudgedGate, Report, Row

_VERDICTS = ("worse", "failed", "undecided", "not_worse", "passed")
_MAIN = "adherence"


def gates_by_urgency(report: Report) -> list[JudgedGate]:
    """Return the gates, those that fail the run first, then those that are open."""
    return sorted(report.gates, key=lambda gate: (not gate.alarming, _VERDICTS.index(gate.verdict)))


def compared_by_gates(report: Report) -> list[Compared]:
    """Return each row that gates compared once, the worst first: by verdict, then by how far it fell."""
    rows: dict[object, Compared] = {}
    for each in (row for gate in report.gates for row in gate.compared):
        key = (each.row, each.against, each.measure, each.margin)
        if key not in rows or _rank(each) < _rank(rows[key]):
            rows[key] = each
    return sorted(rows.values(), key=_rank)


def found_to_explore(report: Report) -> list[Compared]:
    """Return what the table to explore found to differ, what got worse first, then the largest first."""
    rows = () if report.comparison is None else report.comparison.rows
    return sorted((row for row in rows if row.verdict != "undecided"), key=lambda row: (_gain(row) > 0, -_size(row)))


def rows_by_adherence(report: Report) -> list[Row]:
    """Return the rows, the least adherence first, those without a number last."""
    return sorted(report.summary.rows, key=lambda row: _number(row.measures.get(_MAIN)))


def _rank(row: Compared) -> tuple[int, float]:
    return _VERDICTS.index(row.verdict), _gain(row)


def _gain(row: Compared) -> float:
    """Return how much better it got, negative where it got worse; 0 where that is not known."""
    found = row.difference.estimate
    if found is None or not math.isfinite(found):
        return 0.0
    return found if row.better == "higher" else -found


def _size(row: Compared) -> float:
    return abs(_gain(row))


def _number(value: Estimate | None) -> float:
    known = None if value is None else value.estimate
    return math.inf if known is None or not math.isfinite(known) else known
