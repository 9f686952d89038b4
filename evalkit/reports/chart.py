"""A measure over nights, drawn with characters: readable without colour, in a log and in Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.history import NOT_JUDGED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.history import Night
    from evalkit.outcome import Point

HEIGHT = 9
_LABEL = 7
_LEAST_SPAN = 0.1
"""Least range that a chart shows, so that noise of a thousandth does not fill it."""


@dataclass(frozen=True, slots=True)
class Strokes:
    """What a chart is drawn with; one character each."""

    estimate: str
    interval: str
    baseline: str
    limit: str
    axis: str


UNICODE = Strokes("●", "│", "─", "┄", "┤")
ASCII = Strokes("o", ":", "-", ".", "|")

MARKS = {
    "!": "a gate failed",
    "~": "a model changed",
    "x": "incomplete, without a number",
    "/": "of part of the cases, without a number",
    "?": "not judged",
}
"""What stands below a night, the most urgent first."""
TURNS = {"B": "another baseline from here on", "S": "the suite was changed"}
"""What stands below a night from which on things are otherwise, the first that holds."""


def strokes_for(encoding: str | None) -> Strokes:
    """Return what a stream of this encoding can show."""
    try:
        "".join((UNICODE.estimate, UNICODE.interval, UNICODE.baseline, UNICODE.limit, UNICODE.axis)).encode(
            encoding or "ascii"
        )
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return UNICODE


def mark_of(night: Night) -> str:
    """Return the mark that stands below a night; a space where there is nothing to mark."""
    if night.alarms:
        return "!"
    if night.changed:
        return "~"
    if night.state == NOT_JUDGED:
        return "?"
    if night.why:
        return "x" if night.state == "incomplete" else "/"
    return " "


def turn_of(night: Night) -> str:
    """Return the mark of what is otherwise from a night on; a space where nothing is."""
    if night.renewed:
        return "B"
    return "S" if night.revised else " "


def chart_lines(points: Sequence[Point | None], nights: Sequence[Night], *, width: int, strokes: Strokes) -> list[str]:
    """Draw one row over its nights, the newest on the right.

    Each night has a column with its estimate on its interval. The baseline's number runs across the nights that were
    held against it, and the limit that a gate accepts beside it. Nights without a number have none, and a mark below.

    Args:
        points: Of each night; None where it has no number.
        nights: As many.
        width: Columns that there are; the newest nights are shown that fit.
        strokes: What to draw with.
    """
    fitting = max(1, width - _LABEL - 2)
    points, nights = points[-fitting:], nights[-fitting:]
    wide = 2 if 2 * len(points) <= fitting else 1
    span = _span(points)
    if span is None:
        return []
    columns = [_column(points, number, span, strokes, wide) for number in range(len(points))]
    lines = [
        f"{_label(level, span)} {strokes.axis}{''.join(column[level] for column in columns).rstrip()}"
        for level in reversed(range(HEIGHT))
    ]
    indent = " " * (_LABEL + 2)
    marks = ("".join(mark(night).ljust(wide) for night in nights).rstrip() for mark in (mark_of, turn_of))
    return [*lines, *(indent + line for line in marks if line), indent + _dates(nights, wide * len(nights))]


def legend(nights: Sequence[Night], strokes: Strokes, *, compared: bool, limited: bool) -> str:
    """Say what the characters of charts mean, as far as they occur.

    Args:
        nights: All that are shown.
        strokes: What was drawn with.
        compared: Whether there is a baseline's number.
        limited: Whether there is a limit beside it.
    """
    said = [f"{strokes.estimate} estimate", f"{strokes.interval} its 95 % interval"]
    if compared:
        said.append(f"{strokes.baseline} baseline")
    if limited:
        said.append(f"{strokes.limit} where the gate's margin ends")
    marks, turns = {mark_of(night) for night in nights}, {turn_of(night) for night in nights}
    said += [f"{mark} {words}" for mark, words in (*MARKS.items(), *TURNS.items()) if mark in marks | turns]
    return "; ".join(said)


def limit_of(point: Point) -> float | None:
    """Return where a margin ends; None where no gate asks, and where there is none, so that it ends at the baseline."""
    return None if point.limit == point.old else point.limit


@dataclass(frozen=True, slots=True)
class _Span:
    low: float
    high: float

    def level(self, value: float) -> int:
        """Return the line of a value, 0 at the bottom; what lies outside is drawn at the edge."""
        share = (value - self.low) / (self.high - self.low)
        return min(HEIGHT - 1, max(0, round(share * (HEIGHT - 1))))

    def at(self, level: int) -> float:
        """Return the value in the middle of a line."""
        return self.low + (self.high - self.low) * level / (HEIGHT - 1)


def _span(points: Sequence[Point | None]) -> _Span | None:
    """Return the range that holds all there is to draw; None where there is nothing."""
    there = [point for point in points if point is not None and point.estimate is not None]
    if not there:
        return None
    values = [
        value
        for point in there
        for value in (point.estimate, point.low, point.high, point.old, point.limit)
        if value is not None
    ]
    low, high = min(values), max(values)
    lacking = max(0.0, _LEAST_SPAN - (high - low)) / 2
    return _Span(low - lacking, high + lacking)


def _column(points: Sequence[Point | None], number: int, span: _Span, strokes: Strokes, wide: int) -> list[str]:
    """Draw one night from the bottom up, as wide as nights are."""
    point = points[number]
    if point is None or point.estimate is None:
        return [" " * wide] * HEIGHT
    following = points[number + 1] if number + 1 < len(points) else None
    cells = [" "] * HEIGHT
    gaps = [" "] * HEIGHT
    for value, after, stroke in (
        (limit_of(point), None if following is None else limit_of(following), strokes.limit),
        (point.old, None if following is None else following.old, strokes.baseline),
    ):
        if value is not None:
            cells[span.level(value)] = stroke
            if after is not None and span.level(after) == span.level(value):
                gaps[span.level(value)] = stroke
    if point.low is not None and point.high is not None:
        for level in range(span.level(point.low), span.level(point.high) + 1):
            cells[level] = strokes.interval
    cells[span.level(point.estimate)] = strokes.estimate
    return [cell + gap * (wide - 1) for cell, gap in zip(cells, gaps, strict=True)]


def _label(level: int, span: _Span) -> str:
    """Write a value beside its line, on every second one."""
    value = span.at(level)
    written = f"{value:.2f}" if abs(value) < 100 else f"{value:.0f}"
    return (written if level % 2 == 0 else "").rjust(_LABEL)


def _dates(nights: Sequence[Night], width: int) -> str:
    """Write the first day and the last one under the chart, as far apart as they are there."""
    first, last = nights[0].started_at[:10], nights[-1].started_at[:10]
    return first if len(nights) == 1 or first == last else f"{first}  {last}".replace("  ", " " * max(2, width - 20))
