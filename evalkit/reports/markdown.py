"""report.md: the report as a person reads it in a browser or an editor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.compare.words import operating_words
from evalkit.findings import BY_SOURCE
from evalkit.measures.space import NORMALISED
from evalkit.reports import format as written
from evalkit.reports.columns import columns, ifeval_columns, level_columns
from evalkit.reports.comparing import (
    change_line,
    compared_columns,
    explored_heading,
    flag_lines,
    method_lines,
    open_lines,
)
from evalkit.reports.constraints import constraint_columns, crossed, worst_first
from evalkit.reports.differences import grouped_differences
from evalkit.reports.spending import spending_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from evalkit.findings import Comparison, Estimate, Report, Row, Summary
    from evalkit.reports.columns import Column
    from evalkit.types import Cell

# What could start emphasis, code, a link, HTML, an entity or another table cell. An underscore inside a word and
# brackets that no address follows cannot, and stay readable in the source.
_SPECIAL = re.compile(r"[\\`*<>|&~]|(?<!\w)_|_(?!\w)|\](?=[(\[:])")


class MarkdownWriter:
    """Writes report.md."""

    filename: ClassVar[str] = "report.md"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write verdicts first, then what ran, the table, and how to read it."""
        stream.write("\n\n".join(_blocks(report)) + "\n")


def escape(text: str) -> str:
    """Keep text on one line and from being read as Markdown or HTML; it must not stand at the start of a line."""
    return _SPECIAL.sub(r"\\\g<0>", written.printable(text))


def table(summary: Summary) -> str:
    """Write the rows as a Markdown table."""
    return as_table(columns(summary)) if summary.rows else "No condition was run."


def as_table(shown_columns: Sequence[Column]) -> str:
    """Write columns as a Markdown table."""
    return "\n".join(table_lines(shown_columns, escape))


def table_lines(shown_columns: Sequence[Column], escaped: Callable[[str], str]) -> list[str]:
    """Return a Markdown table: the headings, the rule below them, then a line for each row.

    Args:
        shown_columns: At least one.
        escaped: Keeps a text inside its cell.
    """
    rule = [
        "---" if column.kind in ("provider", "axis", "constraint", "measure", "model", "verdict") else "---:"
        for column in shown_columns
    ]
    cells = [
        [escaped(cell) for cell in column.cells]
        if column.kind in ("provider", "axis", "constraint", "model")
        else column.cells
        for column in shown_columns
    ]
    lines = [[escaped(column.heading) for column in shown_columns], rule, *zip(*cells, strict=True)]
    return [f"| {' | '.join(line)} |" for line in lines]


def _blocks(report: Report) -> Iterator[str]:
    summary = report.summary
    yield f"# {escape(summary.suite_name)}"
    yield bullets(_verdicts(report))
    yield from _compared(report)
    yield "## What ran"
    yield bullets(_what_ran(report))
    yield "## What was measured"
    yield table(summary)
    yield from _other_levels(summary)
    yield from _constraints(summary)
    yield from explored_blocks(report.comparison)
    says = _extremes(summary)
    if says:
        yield "## What it says"
        yield says
    yield "## Requested and applied"
    yield _requested_and_applied(summary)
    yield "## What was left out"
    yield bullets(_left_out(summary))
    yield "## How to read it"
    yield bullets(_reading(summary))


def _other_levels(summary: Summary) -> Iterator[str]:
    """Show adherence counted in other ways."""
    others, ifeval = level_columns(summary), ifeval_columns(summary)
    if others:
        yield "### Loose, and by instruction"
        yield as_table(others)
    if ifeval:
        yield "### IFEval"
        yield as_table(ifeval)


def _constraints(summary: Summary) -> Iterator[str]:
    """Show which constraint fails where, the worst first."""
    listed = worst_first(summary)
    if not listed:
        return
    yield "## Which constraint fails where"
    yield (
        "Over all rows, the least met first. Each case counts once, and in it each condition; constraints of one name "
        "count together, whatever their arguments. report.json and constraints.csv have them for every row."
    )
    yield as_table(constraint_columns(summary, listed))
    for axis, shown_columns in crossed(summary).items():
        yield f"### By {escape(axis)}"
        yield as_table(shown_columns)


def bullets(lines: Iterable[str]) -> str:
    """Write lines as a list."""
    return "\n".join(f"- {line}" for line in lines)


def _verdicts(report: Report) -> Iterator[str]:
    for gate in report.gates:
        yield f"**{gate.verdict.replace('_', ' ')}**: {escape(gate.name)} ({escape(gate.why)})"
    if not report.gates:
        yield "This suite has no gates, so nothing passed or failed."
    for change in report.changes:
        yield f"{escape(change_line(change))}"
    if report.summary.missing:
        yield f"**incomplete**: {written.count(report.summary.missing, 'sample')} of this run still missing"


def _compared(report: Report) -> Iterator[str]:
    """Show the rows that gates compared."""
    rows = [row for gate in report.gates for row in gate.compared]
    if not rows:
        return
    yield "## What the gates compared"
    for gate in report.gates:
        if gate.compared:
            yield f"{escape(gate.name)}:"
            yield as_table(compared_columns(gate.compared))
            lines = [*open_lines(gate.compared), *flag_lines(gate.compared), *method_lines(gate.compared)]
            if gate.operating is not None:
                lines.append(f"in the long run: {operating_words(gate.operating)}")
            yield bullets(map(escape, lines))
    yield "In parentheses: p corrected for all rows that the gates of the run compared (Holm)."


def explored_blocks(comparison: Comparison | None) -> Iterator[str]:
    """Show everything that two sides have in common, as a table to explore."""
    if comparison is None:
        return
    yield f"## Compared with {escape(comparison.name)}"
    yield f"{escape(explored_heading(comparison))}."
    if comparison.rows:
        yield as_table(compared_columns(comparison.rows, explored=True))
        yield bullets(map(escape, [*flag_lines(comparison.rows), *method_lines(comparison.rows)]))
    if comparison.left_out:
        yield "Not compared:"
        yield bullets(map(escape, comparison.left_out))


def _what_ran(report: Report) -> Iterator[str]:
    summary = report.summary
    suite = f"{escape(summary.suite_name)}, version {summary.suite_version}, hash {escape(summary.suite_hash[:12])}"
    yield f"Suite {suite}; run {escape(summary.run)}"
    for provider in dict.fromkeys(row.provider for row in summary.rows):
        rows = [row for row in summary.rows if row.provider == provider]
        models = ", ".join(sorted({row.model for row in rows}))
        served = ", ".join(sorted({each for row in rows for each in row.served}))
        if not served and any(map(written.answered, rows)):
            served = "a model that was not named"
        answered = f"answered by {escape(served)}" if served else "nothing was answered"
        yield f"Provider {escape(provider)}: asked for {escape(models)}; {answered}"
    for provider, facts in report.environment.items():
        yield f"Environment of {escape(provider)}: {escape(written.settings(facts))}"
    same = written.throughout(summary)
    if same:
        yield f"The same in every row: {escape(same)}"
    for line in spending_lines(summary):
        yield escape(line[0].upper() + line[1:])
    for note in summary.notes:
        yield f"Note: {escape(note)}"


def _extremes(summary: Summary) -> str | None:
    """Name the rows with the highest and the lowest adherence; None where there are no two to tell apart."""
    known = [
        (value.estimate, value, row)
        for row in summary.rows
        if (value := row.measures.get("adherence")) is not None and value.estimate is not None
    ]
    if len(known) < 2:
        return None
    best, worst = max(estimate for estimate, _, _ in known), min(estimate for estimate, _, _ in known)
    if best == worst:
        return f"Adherence is {written.number(best)} in every row that has a number."
    high, highest = _rows_at(best, known, written.varied_axes(summary))
    low, lowest = _rows_at(worst, known, written.varied_axes(summary))
    if high.low is None or low.high is None:
        overlap = "Without both intervals nothing says whether they differ."
    elif high.low > low.high:
        overlap = "Their intervals do not overlap."
    else:
        overlap = "Their intervals overlap, which does not settle whether they differ."
    return (
        f"Adherence is highest for {highest}: {written.estimate(high)}, and lowest for {lowest}: "
        f"{written.estimate(low)}. {overlap} They were picked from {written.count(len(known), 'row')} after the fact, "
        "and such extremes lie further apart than two rows chosen beforehand."
    )


def _rows_at(extreme: float, known: Sequence[tuple[float, Estimate, Row]], axes: Sequence[str]) -> tuple[Estimate, str]:
    """Return the first row's estimate at an extreme, and the row's name with how many more rows are there."""
    there = [(value, row) for estimate, value, row in known if estimate == extreme]
    value, row = there[0]
    more = f" (and {written.count(len(there) - 1, 'more row')})" if len(there) > 1 else ""
    return value, f"{escape(written.row_name(row, axes))}{more}"


def _requested_and_applied(summary: Summary) -> str:
    knobs = [f"Setting {escape(line)}" for line in written.knob_lines(summary)]
    lines = [*knobs, *(f"Provider {escape(line)}" for line in grouped_differences(summary))]
    if lines:
        return bullets(lines)
    if any(written.answered(row) for row in summary.rows):
        return "Every setting was applied as it was requested."
    return "Nothing answered, so nothing is known of the settings applied."


def _left_out(summary: Summary) -> Iterator[str]:
    yield written.outcomes(summary)
    for line in written.grouped_errors(summary):
        yield f"error: {escape(line)}"
    for line in written.grouped_unsupported(summary):
        yield f"unsupported: {escape(line)}"
    for line in written.grouped_left_out(summary.left_out):
        yield f"not run: {escape(line)}"
    if any(name.endswith(NORMALISED) for row in summary.rows for name in row.measures):
        yield "not shown here: the measures with white space normalised, which report.json and cells.csv hold"


def _reading(summary: Summary) -> Iterator[str]:
    yield "adherence is the share of constraints met, full_adherence the share of completions that meet all of theirs"
    if level_columns(summary):
        yield (
            "loose is as IFEval has it: met if any of eight variants of the text meets it; instruction_accuracy is the "
            "share of all instructions that are met, so that a case counts with as many as it has"
        )
    if any(name in row.measures for row in summary.rows for name in BY_SOURCE):
        yield "adherence_system counts the constraints of system prompts alone, adherence_case those of cases"
    if ifeval_columns(summary):
        yield "SE is the standard error with the case as the unit; final accuracy is the mean of the four"
    yield "errors, refusals and unsupported cells are counted apart and not scored, unless a note says otherwise"
    yield f"cases are those with a decided completion, draws all completions; {written.NOT_KNOWN} is not known"
    yield "brackets hold 95 % intervals with the case as the unit: repeats of one case are not independent cases"
    for method in written.methods(summary):
        yield f"interval: {escape(method)}"
    for line in written.absent_numbers(summary):
        yield f"no number: {escape(line)}"
