"""comment.md: what a reader of a pull request or of a job's summary has to know, short enough for any forge."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, TextIO
from urllib.parse import quote

from evalkit.reports.columns import Column, columns, first_rows
from evalkit.reports.comparing import change_line, compared_columns
from evalkit.reports.format import count, outcomes
from evalkit.reports.headline import headline
from evalkit.reports.inert import inert
from evalkit.reports.markdown import table_lines
from evalkit.reports.moved import compared_by_gates, decided, explored_by_size, gates_by_urgency, rows_by_adherence
from evalkit.reports.spending import spending_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.findings import JudgedGate, Report
    from evalkit.types import Cell

LIMIT = 60_000
"""Bytes of a comment, and so characters, too; GitHub takes 65,536 of them."""
_MOST_ROWS = 300
"""Rows of one table that are looked at; more would not fit."""
_MOST_COLUMNS = 14
_MOST_LINES = 20
_CELL, _REASON, _LINE = 48, 160, 240
"""Columns of what is quoted in a cell, in a cell of the gates' table, and in a line."""
_BULLETS = 6_000
"""Bytes of one list above the tables."""
_PLAIN_RUN = re.compile(r"[A-Za-z0-9._-]{1,100}")
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class _Table:
    """A table with more rows than may be shown.

    Attributes:
        columns: What tells the rows apart is a column also where only one of them is shown.
        rows: The first so many are to be shown.
        width: Columns of text of a cell.
    """

    title: str
    columns: Sequence[Column]
    rows: int
    width: int = _CELL


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
    for number, table in enumerate(tables):
        block = f"**{table.title}**\n\n{_whole_rows(table, room // (len(tables) - number) - 100)}"
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


def _tables(report: Report) -> Iterator[_Table]:
    gates = gates_by_urgency(report)
    if gates:
        yield _Table("Gates", _gate_columns(gates), len(gates), _REASON)
    compared = compared_by_gates(report)
    if compared:
        moved = sum(row.verdict != "not_worse" for row in compared)
        title = f"Compared, and worse or open: {moved:,} of {count(len(compared), 'row')}"
        yield _Table(title, compared_columns(compared), moved)
    if report.comparison is not None:
        explored = explored_by_size(report.comparison)
        found, against = decided(explored), inert(report.comparison.name, _CELL)
        title = f"Moved against {against}: {found:,} of {count(len(explored), 'comparison')}"
        shown = compared_columns(explored, explored=True) if explored else []
        yield _Table(f"{title} (to look at, not to judge by)", shown, found)
    if not compared and report.comparison is None:
        rows = rows_by_adherence(report)
        shown = columns(replace(report.summary, rows=tuple(rows))) if rows else []
        yield _Table("Rows, the least adherence first", shown, len(rows))


def _gate_columns(gates: Sequence[JudgedGate]) -> list[Column]:
    return [
        Column("verdict", "verdict", tuple(gate.verdict.replace("_", " ") for gate in gates)),
        Column("axis", "gate", tuple(gate.name for gate in gates)),
        Column("axis", "why", tuple(gate.why for gate in gates)),
        Column("verdict", "fails the run", tuple("yes" if gate.alarming else "no" for gate in gates)),
    ]


def _whole_rows(table: _Table, room: int) -> str:
    """Write as many whole rows as there is room for, in bytes, and say how many there are besides."""
    if not table.rows:
        return "No row."
    shown = first_rows(table.columns[:_MOST_COLUMNS], min(table.rows, _MOST_ROWS))
    heading, rule, *rows = table_lines(shown, lambda text: inert(text, table.width))
    kept = _fitting(rows, room - _size(heading) - _size(rule) - 2)
    dropped = table.rows - len(kept)
    if not kept:
        return f"{count(dropped, 'row')}, in report.html"
    more = [f"and {count(dropped, 'more row')}"] if dropped else []
    if len(table.columns) > _MOST_COLUMNS:
        more.append(f"{count(len(table.columns) - _MOST_COLUMNS, 'more column')}, in report.html")
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
