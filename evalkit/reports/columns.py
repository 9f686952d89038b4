"""The columns of a report's table, the same at the terminal and in Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.reports.format import NORMALISED, NOT_KNOWN, estimate, number, printable, state_of, varied_axes
from evalkit.types import OUTCOMES, shown

if TYPE_CHECKING:
    from evalkit.findings import Row, Summary

Kind: TypeAlias = Literal["provider", "axis", "size", "share", "measure", "outcome", "model"]
MAIN_MEASURES = ("adherence", "full_adherence")


@dataclass(frozen=True, slots=True)
class Column:
    """One column, with a cell for each row of the summary; every text is on one line."""

    kind: Kind
    heading: str
    cells: tuple[str, ...]


def columns(summary: Summary) -> list[Column]:
    """Return what tells the rows apart, their size, their raw measures, and what kept completions from counting.

    An axis that is the same in every row has no column, and neither has the provider of a run that asks only one, or an
    outcome that never came up.
    """
    rows = summary.rows
    table: list[Column] = []
    if len({row.provider for row in rows}.union(summary.providers)) > 1:
        table.append(Column("provider", "provider", tuple(printable(row.provider) for row in rows)))
    table += [
        Column("axis", printable(axis), tuple(printable(shown(row.condition.get(axis))) for row in rows))
        for axis in varied_axes(summary)
    ]
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


def _names(summary: Summary) -> list[str]:
    """Return the raw measures, those of adherence first."""
    met = dict.fromkeys(name for row in summary.rows for name in row.measures if not name.endswith(NORMALISED))
    return [*(name for name in MAIN_MEASURES if name in met), *(name for name in met if name not in MAIN_MEASURES)]


def _measure(row: Row, name: str, summary: Summary) -> str:
    written = estimate(row.measures.get(name))
    if row.unsupported is not None and name == "adherence" and written == NOT_KNOWN:
        return state_of(row, summary)
    return written
