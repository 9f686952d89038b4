"""The history of a suite at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.reports.chart import chart_lines, legend, limit_of, strokes_for
from evalkit.reports.format import count, printable
from evalkit.reports.nights import charted_rows, looks_lines, night_columns, night_lines, row_heading
from evalkit.reports.table import encodable, encodable_column, print_lines, print_rows, table_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from evalkit.history import History
    from evalkit.reports.chart import Strokes
    from evalkit.reports.columns import Column

CHARTS = 4
"""Rows that have a chart."""
_DROPPED_FIRST = ("exit", "cost", "baseline", "run")


def print_history(history: History, console: Console) -> None:
    """Print the nights as a table, a chart for each row, and what a reader must know.

    On a narrow terminal columns are left out and named, and charts show the newest nights that fit.
    """
    name, measure = printable(history.suite), printable(history.measure)
    print_lines([f"{name}, {measure} over {count(len(history.nights), 'night')}", ""], console)
    kept, dropped = _fitting([encodable_column(column, console) for column in night_columns(history)], console.width)
    print_rows(kept, console)
    strokes = strokes_for(console.encoding)
    for line in charts(history, console.width, strokes):
        console.print(encodable(line, console), markup=False, highlight=False, emoji=False, soft_wrap=True)
    below = [*night_lines(history), *looks_lines(history)]
    if dropped:
        below.append(f"not shown at this width: {', '.join(column.heading for column in dropped)}")
    print_lines(["", *reading_lines(history, strokes), *below], console)


def charts(history: History, width: int, strokes: Strokes) -> Iterator[str]:
    """Draw the rows that have a chart, each under its name and an empty line; nothing where no night has a number."""
    for key in charted_rows(history, CHARTS):
        drawn = chart_lines(history.series(key), history.nights, width=width, strokes=strokes)
        if drawn:
            yield from ("", row_heading(history, key), *drawn)


def reading_lines(history: History, strokes: Strokes) -> Iterator[str]:
    """Say what the characters of the charts mean, and which rows have none."""
    shown = charted_rows(history, CHARTS)
    points = [point for key in shown for point in history.series(key) if point is not None]
    if not points:
        return
    yield legend(
        history.nights,
        strokes,
        compared=any(point.old is not None for point in points),
        limited=any(limit_of(point) is not None for point in points),
    )
    if len(history.rows) > len(shown):
        rest = count(len(history.rows) - len(shown), "more row")
        yield f"without a chart: {rest}; --where and --provider choose rows"


def _fitting(table: Sequence[Column], width: int) -> tuple[list[Column], list[Column]]:
    """Part the columns into those that fit and those to leave out."""
    kept = list(table)
    for heading in _DROPPED_FIRST:
        if table_width(kept, width) <= width:
            break
        kept = [column for column in kept if column.heading != heading]
    return kept, [column for column in table if column not in kept]
