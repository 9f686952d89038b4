"""report.html: the report as one file for a browser, without scripts and without anything from elsewhere."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.reports.columns import Column, columns
from evalkit.reports.comparing import change_line, compared_columns, flag_lines, open_lines
from evalkit.reports.constraints import constraint_columns, worst_first
from evalkit.reports.differences import grouped_differences
from evalkit.reports.format import (
    absent_numbers,
    count,
    grouped_errors,
    grouped_left_out,
    grouped_unsupported,
    knob_lines,
    methods,
    outcomes,
    throughout,
)
from evalkit.reports.headline import headline
from evalkit.reports.html_examples import example_html, examples
from evalkit.reports.html_parts import MOST_ROWS, Bars, bullets, table, text
from evalkit.reports.html_style import STYLE
from evalkit.reports.moved import compared_by_gates, found_to_explore, gates_by_urgency, rows_by_adherence
from evalkit.reports.spending import spending_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evalkit.findings import Report, Summary
    from evalkit.types import Cell

_ALLOWED = f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"


class HtmlWriter:
    """Writes report.html."""

    filename: ClassVar[str] = "report.html"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:
        """Write the verdict first, then what moved, the rows with their intervals, and examples of what was broken."""
        document = "\n".join(_document(report, cells)) + "\n"
        # Half a surrogate pair was made visible before; what else the stream may lack is written as its number.
        encoding = getattr(stream, "encoding", None) or "utf-8"
        if not encoding.lower().startswith("utf"):
            document = document.encode("ascii", "xmlcharrefreplace").decode("ascii")
        stream.write(document)


def _document(report: Report, cells: Iterable[Cell]) -> Iterator[str]:
    said, name = headline(report), text(report.summary.suite_name, 120)
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"/>'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_ALLOWED}"/>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1"/>'
    yield '<meta name="referrer" content="no-referrer"/><meta name="color-scheme" content="light dark"/>'
    yield f"<title>{name}: {said.state}</title><style>{STYLE}</style></head><body><main>"
    yield f'<h1>{name}</h1><p class="verdict {said.state}"><strong>{said.state}</strong>: {text(said.words)}.</p>'
    for title, body in _sections(report, cells):
        if body:
            yield f"<section><h2>{title}</h2>{body}</section>"
    yield "</main></body></html>"


def _sections(report: Report, cells: Iterable[Cell]) -> Iterator[tuple[str, str]]:
    summary = report.summary
    yield "Gates", _gates(report)
    yield "Did the model change?", bullets(change_line(change) for change in report.changes)
    yield "What moved", _moved(report)
    yield "Rows", _rows(report)
    yield "Which constraint fails where", _constraints(summary)
    yield "Examples of broken constraints", "".join(example_html(each, summary.run) for each in examples(report, cells))
    yield "Notes", bullets([*report.stopped, *summary.notes])
    applied = [*knob_lines(summary), *grouped_differences(summary)]
    yield "Requested and applied", bullets(applied) or "<p>No setting was applied otherwise than requested.</p>"
    yield "What it cost", bullets(spending_lines(summary))
    yield "What was left out", bullets(_left_out(summary))
    yield "How to read it", bullets(_reading(report))


def _gates(report: Report) -> str:
    gates = gates_by_urgency(report)
    if not gates:
        return "<p>This suite has no gates, so nothing passed or failed.</p>"
    shown = [
        Column("verdict", "verdict", tuple(gate.verdict.replace("_", " ") for gate in gates)),
        Column("axis", "gate", tuple(gate.name for gate in gates)),
        Column("axis", "why", tuple(gate.why for gate in gates)),
        Column("axis", "fails the run", tuple("yes" if gate.alarming else "no" for gate in gates)),
    ]
    return table("Gates, those that fail the run first", shown)


def _moved(report: Report) -> str:
    parts: list[str] = []
    compared, found = compared_by_gates(report), found_to_explore(report)
    if compared:
        rows = compared[:MOST_ROWS]
        others = len(compared) - len(rows)
        parts.append(table("What the gates compared, the worst first", compared_columns(rows), others=others))
        parts.append(bullets([*open_lines(rows), *flag_lines(rows)]))
    if report.comparison is not None:
        asked = f"{len(found):,} of {count(len(report.comparison.rows), 'comparison')}"
        caption = f"Moved against {report.comparison.name}: {asked}; to look at, not to judge by"
        rows = found[:MOST_ROWS]
        shown = compared_columns(rows, explored=True) if rows else []
        parts.append(table(caption, shown, others=len(found) - len(rows)) if shown else bullets([caption]))
        parts.append(bullets(report.comparison.left_out))
    return "".join(parts)


def _rows(report: Report) -> str:
    summary = report.summary
    ordered = rows_by_adherence(report)
    if not ordered:
        return "<p>No condition was run.</p>"
    kept = ordered[:MOST_ROWS]
    bars = Bars("adherence", [row.measures.get("adherence") for row in kept])
    shown = columns(replace(summary, rows=tuple(kept)))
    same = throughout(summary)
    said = bullets([f"the same in every row: {same}"] if same else [])
    return table("Rows, the least adherence first", shown, bars, others=len(ordered) - len(kept)) + said


def _constraints(summary: Summary) -> str:
    listed = worst_first(summary)
    if not listed:
        return ""
    kept = listed[:MOST_ROWS]
    bars = Bars("met", [standing.strict for _, _, standing in kept])
    shown = constraint_columns(summary, kept)
    return table("Constraints over all rows, the least met first", shown, bars, others=len(listed) - len(kept))


def _left_out(summary: Summary) -> Iterator[str]:
    yield outcomes(summary)
    yield from (f"error: {line}" for line in grouped_errors(summary))
    yield from (f"unsupported: {line}" for line in grouped_unsupported(summary))
    yield from (f"not run: {line}" for line in grouped_left_out(summary.left_out))
    if summary.missing:
        yield f"{count(summary.missing, 'sample')} still missing"


def _reading(report: Report) -> Iterator[str]:
    summary = report.summary
    yield f"suite version {summary.suite_version}, hash {summary.suite_hash[:12]}; run {summary.run}"
    for row in {row.provider: row for row in summary.rows}.values():
        served = ", ".join(row.served) or "nobody that said its name"
        yield f"{row.provider} asked for {row.model}; answered by {served}"
    yield "brackets and bars hold 95 % intervals with the case as the unit; repeats of one are no independent cases"
    yield from (f"interval: {method}" for method in methods(summary))
    yield from (f"no number: {line}" for line in absent_numbers(summary))
