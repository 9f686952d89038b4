"""comment.md: what a reader of a pull request or of a job's summary has to know, short enough for any forge."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, TextIO
from urllib.parse import quote

from evalkit.reports.columns import Column, columns
from evalkit.reports.comparing import change_line, compared_columns
from evalkit.reports.format import count, outcomes
from evalkit.reports.headline import headline
from evalkit.reports.inert import inert
from evalkit.reports.markdown import table_lines
from evalkit.reports.moved import compared_by_gates, found_to_explore, gates_by_urgency, rows_by_adherence
from evalkit.reports.spending import spending_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.findings import Report
    from evalkit.types import Cell

LIMIT = 60_000
"""Bytes of a comment, and so characters, too; GitHub takes 65,536 of them."""
_MOST_ROWS = 300
"""Rows of one table that are looked at; more would not fit."""
_MOST_COLUMNS = 14
_MOST_LINES = 20
_CELL, _LINE = 48, 240
"""Columns of what is quoted in a cell and in a line."""
_BULLETS = 6_000
"""Bytes of one list above the tables."""
_PLAIN_RUN = re.compile(r"[A-Za-z0-9._-]{1,100}")
_LONGEST_NAME = 200


class CommentWriter:
    """Writes comment.md."""

    filename: ClassVar[str] = "comment.md"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write the verdict first, then what moved, and what it cost; always less than `LIMIT`."""
        stream.write(comment(report))


def comment(report: Report) -> str:
    """Return the comment."""
    head, foot = "\n\n".join(_head(report)), "\n".join(_foot(report))
    tables = list(_tables(report))
    room = LIMIT - _size(head) - _size(foot) - 100
    blocks = [head]
    for number, (title, shown, others) in enumerate(tables):
        block = f"**{title}**\n\n{_whole_rows(shown, others, room // (len(tables) - number) - 100)}"
        room -= _size(block) + 2
        blocks.append(block)
    return "\n\n".join([*blocks, foot]) + "\n"


def marker(suite_name: str) -> str:
    """Return the hidden line by which a comment of a suite is known again.

    >>> marker("kafka-brokers"), marker("a --> b")
    ('<!-- evalkit:kafka-brokers -->', '<!-- evalkit:a%20-%2D%3E%20b -->')
    """
    name = quote(suite_name, safe="", errors="replace").replace("--", "-%2D")
    if len(name) > _LONGEST_NAME:
        digest = hashlib.sha256(suite_name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        name = f"{name[:_LONGEST_NAME]}.{digest}"
    return f"<!-- evalkit:{name} -->"


def _head(report: Report) -> Iterator[str]:
    said = headline(report)
    yield marker(report.summary.suite_name)
    yield f"### evalkit: {said.state}, {inert(report.summary.suite_name, _CELL)}"
    yield f"**Verdict:** {inert(said.words, _LINE)}."
    changed = [change_line(change) for change in report.changes if change.changed]
    if changed:
        yield "\n".join(_bullets("change", changed))
    if len(report.stopped) > 1:
        yield "\n".join(_bullets("stopped", report.stopped))


def _bullets(word: str, quoted: Sequence[str]) -> Iterator[str]:
    lines = [f"- {word}: {inert(line, _LINE)}" for line in quoted[:_MOST_LINES]]
    kept = _fitting(lines, _BULLETS)
    yield from kept
    if len(kept) < len(quoted):
        yield f"- and {len(quoted) - len(kept):,} more"


def _tables(report: Report) -> Iterator[tuple[str, list[Column], int]]:
    """Yield each table with its title and how many rows it would have more."""
    gates = gates_by_urgency(report)
    if gates:
        yield "Gates", _gate_columns(report), max(0, len(gates) - _MOST_ROWS)
    compared, found = compared_by_gates(report), found_to_explore(report)
    moved = [row for row in compared if row.verdict != "not_worse"]
    if compared:
        title = f"Compared, and worse or open: {len(moved):,} of {count(len(compared), 'row')}"
        yield title, compared_columns(moved[:_MOST_ROWS]) if moved else [], max(0, len(moved) - _MOST_ROWS)
    if report.comparison is not None:
        against = inert(report.comparison.name, _CELL)
        title = f"Moved against {against}: {len(found):,} of {count(len(report.comparison.rows), 'comparison')}"
        shown = compared_columns(found[:_MOST_ROWS], explored=True) if found else []
        yield f"{title} (to look at, not to judge by)", shown, max(0, len(found) - _MOST_ROWS)
    if not compared and report.comparison is None:
        rows = rows_by_adherence(report)
        shown = columns(replace(report.summary, rows=tuple(rows[:_MOST_ROWS]))) if rows else []
        yield "Rows, the least adherence first", shown, max(0, len(rows) - _MOST_ROWS)


def _gate_columns(report: Report) -> list[Column]:
    gates = gates_by_urgency(report)[:_MOST_ROWS]
    return [
        Column("verdict", "verdict", tuple(gate.verdict.replace("_", " ") for gate in gates)),
        Column("axis", "gate", tuple(gate.name for gate in gates)),
        Column("axis", "why", tuple(gate.why for gate in gates)),
        Column("verdict", "fails the run", tuple("yes" if gate.alarming else "no" for gate in gates)),
    ]


def _whole_rows(shown: Sequence[Column], others: int, room: int) -> str:
    """Write as many whole rows as there is room for, and say how many there are besides.

    Args:
        shown: The table; empty for one without a row.
        others: Rows that it would have more.
        room: In bytes.
    """
    if not shown:
        return "No row."
    heading, rule, *rows = table_lines(shown[:_MOST_COLUMNS], _cell)
    kept = _fitting(rows, room - _size(heading) - _size(rule) - 2)
    dropped = len(rows) - len(kept) + others
    if not kept:
        return f"{count(dropped, 'row')}, in report.html"
    more = [f"and {dropped:,} more"] if dropped else []
    if len(shown) > _MOST_COLUMNS:
        more.append(f"{count(len(shown) - _MOST_COLUMNS, 'more column')}, in report.html")
    return "\n".join([heading, rule, *kept]) + (f"\n\n{'; '.join(more)}" if more else "")


def _fitting(lines: Sequence[str], room: int) -> list[str]:
    """Return the first lines that fit into so many bytes."""
    kept: list[str] = []
    for line in lines:
        room -= _size(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept


def _cell(text: str) -> str:
    return inert(text, _CELL)


def _foot(report: Report) -> Iterator[str]:
    summary = report.summary
    for line in spending_lines(summary):
        yield f"- {inert(line, _LINE)}"
    answers = sum(spent.answers for spent in summary.spent.values())
    if summary.spent:
        yield f"- answers: {answers:,}; samples still missing: {summary.missing:,}"
    yield f"- {outcomes(summary)}"
    if _PLAIN_RUN.fullmatch(summary.run):
        yield f"- more: `evalkit report {summary.run}`, `evalkit show {summary.run}`, or report.html and report.md"
    else:
        yield f"- more: report.html and report.md of run {inert(summary.run, _CELL)}"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
