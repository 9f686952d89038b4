"""The history of a suite as a table with lines below it, the same at the terminal and in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.history import NOT_JUDGED
from evalkit.reports.chart import mark_of
from evalkit.reports.columns import Column
from evalkit.reports.format import NOT_KNOWN, count, dollars, number, printable
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.history import History, Night
    from evalkit.measured import RowKey
    from evalkit.outcome import Held, Point

ROWS = 3
"""Rows that a table has a column for; of more it has the mean and the lowest."""
_LISTED = 12


def night_columns(history: History) -> list[Column]:
    """Return what a night was judged to be, its numbers, its cost and its baseline; a line for each night."""
    nights = history.nights
    table = [
        Column("model", "night", tuple(_moment(night) for night in nights)),
        Column("model", "run", tuple(night.run for night in nights)),
        Column("verdict", "verdict", tuple(_verdict(night) for night in nights)),
        Column("share", "exit", tuple(_exit(night) for night in nights)),
    ]
    if len(history.rows) <= ROWS:
        table += [
            Column("measure", row_heading(history, key), tuple(map(written_point, history.series(key))))
            for key in history.rows
        ]
    else:
        heading = f"mean of {count(history.averaged, 'row')}"
        table.append(Column("share", heading, tuple(number(history.mean(night)) for night in nights)))
        table.append(Column("model", "lowest row", tuple(_lowest(history, night) for night in nights)))
    table.append(Column("share", "cost", tuple(_cost(night) for night in nights)))
    if any(night.baseline for night in nights):
        table.append(Column("model", "baseline", tuple(_baseline(night) for night in nights)))
    return table


def _moment(night: Night) -> str:
    return night.started_at[:16].replace("T", " ")


def _verdict(night: Night) -> str:
    return f"{mark_of(night)} {night.state}".strip()


def _exit(night: Night) -> str:
    return NOT_KNOWN if night.exit_code is None else str(night.exit_code)


def _cost(night: Night) -> str:
    if night.cost_usd is None:
        return NOT_KNOWN
    return ("at least " if night.unpriced else "") + dollars(night.cost_usd)


def _baseline(night: Night) -> str:
    if night.baseline is None:
        return NOT_KNOWN
    return printable(night.baseline.name) + (", another one" if night.renewed else "")


def written_point(point: Point | None) -> str:
    """Write a number with its interval, as reports do."""
    if point is None or point.low is None or point.high is None:
        return number(None if point is None else point.estimate)
    return f"{number(point.estimate)} [{number(point.low)}, {number(point.high)}]"


def _lowest(history: History, night: Night) -> str:
    found = [(point.estimate, key) for key, point in night.points.items() if point.estimate is not None]
    if not found:
        return NOT_KNOWN
    _, key = min(found, key=lambda each: each[0])
    return f"{written_point(night.points[key])} {row_heading(history, key)}"


def row_heading(history: History, key: RowKey) -> str:
    """Name a row by its provider and the axes that vary, or by the measure where there is but one row."""
    if len(history.rows) == 1:
        return printable(history.measure)
    providers = {provider for provider, _ in history.rows}
    named = [key[0]] if len(providers) > 1 else []
    named += [f"{axis} {shown(value)}" for axis, value in key[1].values if axis in _varied(history.rows)]
    return printable(", ".join(named) or key[0])


def _varied(rows: Sequence[RowKey]) -> set[str]:
    seen: dict[str, set[str]] = {}
    for _, condition in rows:
        for axis, value in condition.values:
            seen.setdefault(axis, set()).add(repr(value))  # as text, because 1 and true are equal in Python
    return {axis for axis, values in seen.items() if len(values) > 1}


def charted_rows(history: History, most: int) -> list[RowKey]:
    """Return the rows to draw, in their order: of too many those that once lay furthest below their baseline.

    Rows that were never compared count by their lowest number.
    """
    if len(history.rows) <= most:
        return list(history.rows)
    chosen = set(sorted(history.rows, key=lambda key: _lowest_ever(history.series(key)))[:most])
    return [key for key in history.rows if key in chosen]


def _lowest_ever(points: Sequence[Point | None]) -> tuple[float, float]:
    there = [(point.estimate, point.old) for point in points if point is not None and point.estimate is not None]
    falls = [estimate - old for estimate, old in there if old is not None]
    return min(falls, default=0.0), min((estimate for estimate, _ in there), default=0.0)


def night_lines(history: History) -> Iterator[str]:
    """Say what happened in which night: alarms, changes, what is incomplete, other baselines, other suites."""
    nights = history.nights
    yield from _told(nights, lambda night: "; ".join(night.alarms), "alarm")
    yield from _told(nights, _changes, "the model changed")
    yield from _told(nights, lambda night: night.why if night.state != NOT_JUDGED else "", "no number")
    yield from _baselines(nights)
    yield from _told(nights, lambda night: "another version than before" if night.revised else "", "suite")
    unjudged = [night for night in nights if night.state == NOT_JUDGED]
    if unjudged:
        yield (
            f"not judged: {count(len(unjudged), 'run')}, of which nothing is remembered;"
            f" `evalkit report {unjudged[-1].run}` judges one"
        )


def _told(nights: Sequence[Night], says: Callable[[Night], str], label: str) -> Iterator[str]:
    """Put the night before what is said of it; of many the newest."""
    lines = [f"{label}: {_named(night)}: {printable(words)}" for night in nights if (words := says(night))]
    if len(lines) > _LISTED:
        yield f"{label}: {len(lines) - _LISTED} more before these"
    yield from lines[-_LISTED:]


def _named(night: Night) -> str:
    return f"{night.started_at[:10]}, run {night.run}"


def _changes(night: Night) -> str:
    return "; ".join(
        f"{change.provider}, {change.what}" + ("" if change.corrected is None else f" (p {change.corrected:.2g})")
        for change in night.changed
    )


def _baselines(nights: Sequence[Night]) -> Iterator[str]:
    """Say from which night on which baseline was the one."""
    before: Held | None = None
    for night in nights:
        held = night.baseline
        if held is not None and held != before:
            yield printable(f"baseline: from {_named(night)}, on {held.name}, made of run {held.run}")
            before = held


def looks_lines(history: History) -> Iterator[str]:
    """Say how many alarms such a number of looks brings by themselves, and that nothing here tests a trend."""
    nights = [night for night in history.nights if night.state != NOT_JUDGED]
    if history.alarms_expected is not None:
        failed = sum(1 for night in nights if night.alarms)
        yield (
            f"gates failed in {failed} of {count(len(nights), 'night')}; had nothing ever changed, those that compare"
            f" would have failed in up to {history.alarms_expected:.2g} on average"
        )
    if history.changes_expected is not None:
        changed = sum(1 for night in nights if night.changed)
        yield (
            f"the model was found changed in {changed} of {count(len(nights), 'night')}; had it never changed, up to"
            f" {history.changes_expected:.2g} on average"
        )
    yield "each night is judged by itself; whether a row rises or falls over the nights is not tested here"
