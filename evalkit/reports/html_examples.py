"""Examples of broken constraints in report.html: the words, with the places that a verdict rests on marked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from evalkit.excerpt import excerpt
from evalkit.reports.html_parts import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.findings import Report
    from evalkit.types import Cell, Draw
    from evalkit.verdicts import Verdict

MOST = 20
_OF_ONE_KIND = 2
_OPENS, _CLOSES = "\ue000", "\ue001"
"""For private use, and so never shown of a text itself."""


@dataclass(frozen=True, slots=True)
class Example:
    """One broken constraint of one completion."""

    cell: Cell
    draw: Draw
    verdict: Verdict


def examples(report: Report, cells: Iterable[Cell]) -> list[Example]:
    """Return up to twenty broken constraints of the report's rows, at most two of one constraint and provider."""
    reported = {(row.provider, row.condition) for row in report.summary.rows}
    seen: Counter[tuple[str, str]] = Counter()
    found: list[Example] = []
    for cell in cells:
        if (cell.provider, cell.condition) not in reported:
            continue
        for draw in cell.draws:
            for verdict in draw.scored.verdicts:
                kind = cell.provider, verdict.constraint
                if verdict.value is None or verdict.value >= 1 or seen[kind] == _OF_ONE_KIND:
                    continue
                seen[kind] += 1
                found.append(Example(cell, draw, verdict))
                if len(found) == MOST:
                    return found
    return found


def example_html(example: Example, run: str) -> str:
    """Write one example."""
    cell, verdict = example.cell, example.verdict
    where = ", ".join(filter(None, (cell.provider, cell.condition.label, f"case {cell.case_id}")))
    lines = excerpt(example.draw.completion.text, verdict.spans, marks=(_OPENS, _CLOSES))
    words = marked("\n".join(lines))
    return (
        f"<article><h3>{text(verdict.constraint, 160)}</h3><p>{text(where)}</p><p>{text(verdict.reason)}</p>"
        f'<pre dir="auto">{words}</pre>'
        f"<p><code>evalkit show {text(run, 100)} {example.draw.position}</code></p></article>"
    )


def marked(lines: str) -> str:
    """Escape lines and mark the places in them, each opened once and closed once."""
    parts: list[str] = []
    inside = False
    for character in lines:
        if character == _OPENS:
            parts.append("" if inside else "<mark>")
            inside = True
        elif character == _CLOSES:
            parts.append("</mark>" if inside else "")
            inside = False
        else:
            parts.append(escape(character))
    return "".join([*parts, "</mark>" if inside else ""])
