"""The columns of a report's table, the same at the terminal and in Markdown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.findings import BY_SOURCE, FINAL, IFEVAL, LEVELS
from evalkit.measures.space import NORMALISED
from evalkit.reports.format import (
    NOT_KNOWN,
    estimate,
    number,
    printable,
    state_of,
    varied_axes,
    with_error,
)
from evalkit.types import OUTCOMES, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.findings import Row, Summary

Kind: TypeAlias = Literal["provider", "axis", "constraint", "size", "share", "measure", "outcome", "model", "verdict"]
MAIN_MEASURES = ("adherence", "full_adherence")
_IN_COLUMNS = (*MAIN_MEASURES, *BY_SOURCE)


@dataclass(frozen=True, slots=True)
class Column:
    """One column, with a cell for each row of the summary; every text is on one line."""

    kind: Kind
    heading: str
    cells: tuple[str, ...]


def first_rows(table: Sequence[Column], most: int) -> list[Column]:
    """Cut a table to its first rows, with all columns that told these apart from the others."""
    return [replace(column, cells=column.cells[:most]) for column in table]


def columns(summary: Summary) -> list[Column]:
    """Return what tells the rows apart, their size, their raw measures, and what kept completions from counting.

    Of the levels of adherence only the strict ones have a column; `level_columns` has the others. An axis that is the
    same in every row has no column, and neither has the provider of a run that asks only one, or an outcome that never
    came up.
    """
    rows = summary.rows
    table = row_names(summary)
    table.append(Column("size", "cases", tuple(f"{row.cases:,}" for row in rows)))
    table.append(Column("size", "draws", tuple(f"{sum(row.completions.values()):,}" for row in rows)))
    if any(row.rule_share is not None for row in rows):
        table.append(Column("share", "rule_share", tuple(number(row.rule_share) for row in rows)))
    table += [
        Column("measure", printable(name), tuple(_measure(row, name, summary) for row in rows))
        for name in _names(summary)
    ]
    table += [
        Column("outcome", outcome, tuple(f"{row.completions.get(outcome, 0):,}" for row in rows))
        for outcome in OUTCOMES
        if outcome != "complete" and any(row.completions.get(outcome, 0) for row in rows)
    ]
    if any(row.other_models for row in rows):
        others = tuple(printable(", ".join(row.other_models)) for row in rows)
        table.append(Column("model", "other_model", others))
    if any(row.undecided for row in rows):
        table.append(Column("outcome", "undecided", tuple(f"{row.undecided:,}" for row in rows)))
    return table


def row_names(summary: Summary) -> list[Column]:
    """Return the columns that tell the rows apart."""
    rows = summary.rows
    table: list[Column] = []
    if len({row.provider for row in rows}.union(summary.providers)) > 1:
        table.append(Column("provider", "provider", tuple(printable(row.provider) for row in rows)))
    table += [
        Column("axis", printable(axis), tuple(printable(shown(row.condition.get(axis))) for row in rows))
        for axis in varied_axes(summary)
    ]
    return table


def level_columns(summary: Summary) -> list[Column]:
    """Return the rows' names and the levels of adherence that `columns` leaves out; empty when there are none."""
    names = [
        name
        for name in LEVELS
        if name not in (*_IN_COLUMNS, FINAL) and any(name in row.measures for row in summary.rows)
    ]
    measured = [
        Column("measure", name, tuple(estimate(row.measures.get(name)) for row in summary.rows)) for name in names
    ]
    return [*row_names(summary), *measured] if names else []


def ifeval_columns(summary: Summary) -> list[Column]:
    """Return the rows' names and the numbers of IFEval with standard errors; empty when not all is IFEval."""
    if not any(FINAL in row.measures for row in summary.rows):
        return []
    measured = [
        Column("measure", heading, tuple(with_error(row.measures.get(name)) for row in summary.rows))
        for name, heading in {**IFEVAL, FINAL: "final accuracy"}.items()
    ]
    return [*row_names(summary), *measured]


def _names(summary: Summary) -> list[str]:
    """Return the raw measures that have a column, those of adherence first."""
    met = dict.fromkeys(name for row in summary.rows for name in row.measures if not name.endswith(NORMALISED))
    return [*(name for name in _IN_COLUMNS if name in met), *(name for name in met if name not in LEVELS)]


def _measure(row: Row, name: str, summary: Summary) -> str:
    written = estimate(row.measures.get(name))
    if row.unsupported is not None and name == "adherence" and written == NOT_KNOWN:
        return state_of(row, summary)
    return written
