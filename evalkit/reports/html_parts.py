"""Pieces of report.html: text, tables, bars of intervals. Everything that comes from outside is escaped here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from evalkit.excerpt import on_one_line
from evalkit.reports.format import count, estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.findings import Estimate
    from evalkit.reports.columns import Column

MOST_ROWS = 500
MOST_COLUMNS = 40
_CELL, _LINE = 160, 600
"""Columns of what is quoted in a cell and in a line."""
_NAMES = ("provider", "axis", "constraint", "model", "verdict")
_WIDTH, _HEIGHT = 120, 14


@dataclass(frozen=True, slots=True)
class Bars:
    """A column of intervals on a scale from 0 to 1, drawn behind the named one."""

    heading: str
    estimates: Sequence[Estimate | None]


def text(value: str, columns: int = _LINE) -> str:
    r"""Write a text on one line, as text of HTML; what is hidden in it is written as its code.

    >>> text("<b> & \x1b")
    '&lt;b&gt; &amp; \\x1b'
    """
    return escape(on_one_line(value, columns))


def bullets(lines: Iterable[str], most: int = 100) -> str:
    """Write lines as a list, the first ones of many."""
    every = list(lines)
    items = "".join(f"<li>{text(line)}</li>" for line in every[:most])
    more = f"<li>and {len(every) - most:,} more</li>" if len(every) > most else ""
    return f"<ul>{items}{more}</ul>" if every else ""


def table(caption: str, columns: Sequence[Column], bars: Bars | None = None) -> str:
    """Write columns as a table whose first cells name their rows; long ones are cut, and what is left out is counted.

    Args:
        caption: What it shows.
        columns: At least one.
        bars: Drawn as one more column, before the first number.
    """
    shown = list(columns[:MOST_COLUMNS])
    rows = len(shown[0].cells)
    heads = [f'<th scope="col"{_class(column)}>{text(column.heading, _CELL)}</th>' for column in shown]
    if bars is not None:
        heads.insert(_names(shown), f'<th scope="col">{text(bars.heading, _CELL)}, 0 to 1</th>')
    body = "".join(_row(shown, number, bars) for number in range(min(rows, MOST_ROWS)))
    left = [count(rows - MOST_ROWS, "more row")] if rows > MOST_ROWS else []
    if len(columns) > MOST_COLUMNS:
        left.append(count(len(columns) - MOST_COLUMNS, "more column"))
    more = f"<p>And {' and '.join(left)}, in report.json and cells.csv.</p>" if left else ""
    return (
        f'<div class="wide" role="region" aria-label="{text(caption)}" tabindex="0"><table>'
        f"<caption>{text(caption)}</caption><thead><tr>{''.join(heads)}</tr></thead><tbody>{body}</tbody></table></div>{more}"
    )


def _row(shown: Sequence[Column], number: int, bars: Bars | None) -> str:
    cells = [_cell(column, column.cells[number], first=place == 0) for place, column in enumerate(shown)]
    if bars is not None:
        cells.insert(_names(shown), f"<td>{bar(bars.estimates[number])}</td>")
    return f"<tr>{''.join(cells)}</tr>"


def _names(shown: Sequence[Column]) -> int:
    """Return how many columns, at least one, name a row before its first number: bars stand right behind them."""
    return max(1, next((place for place, column in enumerate(shown) if column.kind not in _NAMES), len(shown)))


def _class(column: Column) -> str:
    return "" if column.kind in _NAMES else ' class="number"'


def _cell(column: Column, cell: str, *, first: bool) -> str:
    kind = _class(column)
    if column.kind == "verdict":
        kind = f' class="{"-".join(cell.split())}"' if cell.replace(" ", "").isalpha() else ""
    tag, scope = ("th", ' scope="row"') if first else ("td", "")
    return f"<{tag}{scope}{kind}>{text(cell, _CELL)}</{tag}>"


def bar(value: Estimate | None) -> str:
    """Draw an estimate with its interval on a scale from 0 to 1; what is not on it is written."""
    if value is None or value.estimate is None or not 0 <= value.estimate <= 1:
        return text(estimate(value))
    parts = [f'<line class="scale" x1="0" y1="{_HEIGHT}" x2="{_WIDTH}" y2="{_HEIGHT}"/>']
    if value.low is not None and value.high is not None and math.isfinite(value.low) and math.isfinite(value.high):
        low, high = (_WIDTH * min(1.0, max(0.0, end)) for end in (value.low, value.high))
        parts.append(f'<rect class="interval" x="{low:.1f}" y="4" width="{max(0.5, high - low):.1f}" height="6"/>')
    parts.append(f'<circle class="point" cx="{_WIDTH * value.estimate:.1f}" cy="7" r="3"/>')
    label = text(estimate(value))
    return (
        f'<svg role="img" aria-label="{label}" width="{_WIDTH}" height="{_HEIGHT + 1}" '
        f'viewBox="-4 0 {_WIDTH + 8} {_HEIGHT + 1}"><title>{label}</title>{"".join(parts)}</svg>'
    )
