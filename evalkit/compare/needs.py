"""Which rows a gate needs to be judged, and whether a run of selected cells has all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.compare.matching import match_condition
from evalkit.gate import BASELINE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from evalkit.gate import Gate
    from evalkit.measured import RowKey


def rows_needed(gate: Gate, rows: Collection[RowKey]) -> frozenset[RowKey]:
    """Return the rows that a gate is judged by, those that it holds others against included.

    Args:
        gate: The gate.
        rows: Every provider under every condition of the sweep.
    """
    selected = [row for row in rows if row[1].matches(gate.where)]
    against = gate.no_worse_than
    if against is None or against == BASELINE or isinstance(against, str):
        return frozenset(selected)
    pairs = match_condition(selected, rows, against).pairs
    return frozenset((*selected, *(other for _, other in pairs)))


def split_covered(
    gates: Iterable[Gate], rows: Sequence[RowKey], covered: Collection[RowKey]
) -> tuple[tuple[Gate, ...], tuple[Gate, ...]]:
    """Return the gates that can be judged by the rows that a run has whole, and the others.

    Args:
        gates: Of the suite.
        rows: Every provider under every condition of the sweep.
        covered: Those of which the run draws every case.
    """
    there = frozenset(covered)
    judged: list[Gate] = []
    others: list[Gate] = []
    for gate in gates:
        (judged if rows_needed(gate, rows) <= there else others).append(gate)
    return tuple(judged), tuple(others)
