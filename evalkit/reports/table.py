"""The table at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.reports import format as written
from evalkit.reports.markdown import count_of, outcomes_met
from evalkit.types import shown

if TYPE_CHECKING:
    from rich.console import Console

    from evalkit.findings import Report, Row, Summary

_ESSENTIAL = ("adherence", "full_adherence")
_GAP = 2


def print_table(report: Report, console: Console) -> None:
    """Print the rows, and below them what a reader must know.

    On a narrow terminal measures are left out from the right until the table fits, and named below it.
    """
    summary = report.summary
    console.print(f"{summary.suite_name}, run {summary.run}", markup=False)
    columns, dropped = _fitting(summary, console.width)
    _print_rows(columns, console)
    for line in _below(report, dropped):
        console.print(line, markup=False)


def _columns(summary: Summary) -> dict[str, list[str]]:
    """Return every column by its heading; the first ones name the row."""
    axes = written.varied_axes(summary)
    columns: dict[str, list[str]] = {}
    if len({row.provider for row in summary.rows}) > 1:
        columns["provider"] = [row.provider for row in summary.rows]
    for axis in axes:
        columns[axis] = [shown(row.condition.get(axis)) for row in summary.rows]
    columns["n"] = [f"{row.cases}x{_draws(row)}" for row in summary.rows]
    names = dict.fromkeys(name for row in summary.rows for name in row.measures if not name.endswith("_normalised"))
    for name in names:
        columns[name] = [
            "unsupported"
            if row.unsupported is not None and name == "adherence"
            else written.estimate(row.measures.get(name))
            for row in summary.rows
        ]
    for name in outcomes_met(summary):
        columns[name] = [f"{count_of(row, name):,}" for row in summary.rows]
    return columns


def _draws(row: Row) -> str:
    """Write the draws of each case: a number, or about how many."""
    total = sum(row.completions.values())
    if not row.cases:
        return str(total)
    return f"{total / row.cases:g}" if total % row.cases == 0 else f"~{total / row.cases:.1f}"


def _fitting(summary: Summary, width: int) -> tuple[dict[str, list[str]], list[str]]:
    """Leave columns out from the right, the least essential first, until the rest fits."""
    columns = _columns(summary)
    measures = [name for name in columns if any(name in row.measures for row in summary.rows)]
    optional = ["full_adherence", *outcomes_met(summary), *(name for name in measures if name not in _ESSENTIAL)]
    dropped: list[str] = []
    while optional and _width(columns) > width:
        name = optional.pop()
        if columns.pop(name, None) is not None:
            dropped.insert(0, name)
    return columns, dropped


def _width(columns: dict[str, list[str]]) -> int:
    return sum(max(map(len, [name, *cells]), default=0) + _GAP for name, cells in columns.items()) - _GAP


def _print_rows(columns: dict[str, list[str]], console: Console) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(name, no_wrap=True, overflow="fold")
    for cells in zip(*columns.values(), strict=True):
        table.add_row(*(_plain(cell) for cell in cells))
    console.print(table)


def _plain(text: str) -> str:
    """Keep rich from reading brackets as markup."""
    from rich.markup import escape

    return escape(text)


def _below(report: Report, dropped: list[str]) -> list[str]:
    summary = report.summary
    lines = [""]
    lines.append("n is cases x draws of each; brackets are 95 % intervals with the case as the unit")
    lines += [f"  {method}" for method in written.methods(summary)]
    fixed = written.fixed_axes(summary)
    if fixed:
        lines.append("throughout: " + ", ".join(f"{axis} {shown(value)}" for axis, value in fixed.items()))
    if dropped:
        lines.append(f"not shown at this width: {', '.join(dropped)}")
    counts = written.outcome_counts(summary)
    lines.append("completions: " + ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items() if count))
    lines += [f"unsupported: {reason}" for reason in dict.fromkeys(row.unsupported for row in summary.rows) if reason]
    lines += [f"requested is not applied: {line}" for line in written.grouped_differences(summary)]
    lines += [f"left out: {line}" for line in written.grouped_left_out(summary.left_out)]
    lines += [f"note: {note}" for note in summary.notes]
    lines += [f"gate {gate.verdict.replace('_', ' ')}: {gate.name} ({gate.why})" for gate in report.gates]
    if summary.missing:
        lines.append(f"incomplete: {summary.missing:,} samples are missing")
    return lines
