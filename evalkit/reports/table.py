"""The table at the terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from evalkit.reports import format as written
from evalkit.reports.columns import MAIN_MEASURES, Column, columns, ifeval_columns, level_columns
from evalkit.reports.comparing import change_line, explored_heading, flag_lines, found_lines, gate_lines
from evalkit.reports.constraints import constraint_columns, worst_first
from evalkit.reports.differences import grouped_differences
from evalkit.reports.spending import spending_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from evalkit.findings import Comparison, Report, Summary

_GAP = 2
_LISTED = 8
_CONSTRAINTS = 5


def print_table(report: Report, console: Console) -> None:
    """Print the rows, and below them what a reader must know.

    On a narrow terminal columns are left out, the least essential first, and named below the table. What the console's
    encoding lacks is written as a code.
    """
    summary = report.summary
    print_lines([f"{written.printable(summary.suite_name)}, run {summary.run}", ""], console)
    kept, dropped = _fitting([encodable_column(column, console) for column in columns(summary)], console.width)
    if summary.rows:
        print_rows(kept, console)
    else:
        print_lines(["no condition was run"], console)
    _print_constraints(summary, console)
    print_lines(["", *_below(report, dropped)], console)


def _print_constraints(summary: Summary, console: Console) -> None:
    """Print the constraints that are met least; nothing where there is only one, which the rows tell of."""
    listed = worst_first(summary)
    if len(listed) < 2:
        return
    shown = listed[:_CONSTRAINTS]
    table = [encodable_column(column, console) for column in constraint_columns(summary, shown)]
    for kind in ("share", "size", "outcome"):
        if table_width(table, console.width) > console.width:
            table = [column for column in table if column.kind != kind]
    print_lines(["", f"constraints, the least met of {len(listed)} first; over all rows"], console)
    print_rows(table, console)
    if len(listed) > len(shown):
        print_lines([f"and {written.count(len(listed) - len(shown), 'more constraint')}, in report.md"], console)


def _fitting(table: Sequence[Column], width: int) -> tuple[list[Column], list[Column]]:
    """Part the columns into those that fit and those to leave out; what names a row and adherence always stay."""
    kept = list(table)
    measures = [column for column in table if column.kind == "measure"]
    others = [column for column in measures if column.heading not in MAIN_MEASURES]
    full = [column for column in measures if column.heading == "full_adherence"]
    shares = [column for column in table if column.kind == "share"]
    outcomes = [column for column in table if column.kind in ("outcome", "model")]
    cases, draws = (column for column in table if column.kind == "size")
    for column in (*reversed(others), *shares, *reversed(outcomes), draws, *full, cases):
        if table_width(kept, width) <= width:
            break
        kept.remove(column)
    return kept, [column for column in table if column not in kept]


def table_width(table: Sequence[Column], available: int) -> int:
    """Return how wide a table is where so much is available."""
    from rich.cells import cell_len

    widths = (
        min(max(map(cell_len, (column.heading, *column.cells)), default=0), _widest(column, available))
        for column in table
    )
    return sum(widths) + _GAP * (len(table) - 1)


def _widest(column: Column, available: int) -> int:
    """Let what names a row take several lines, so that one long text does not push the numbers out."""
    if column.kind == "constraint":
        return available // 4
    if column.kind not in ("provider", "axis"):
        return available
    return max(available // 5, min(len(column.heading), available // 3), 12)


def print_rows(table: Sequence[Column], console: Console) -> None:
    """Print columns side by side."""
    from rich.box import Box
    from rich.table import Table
    from rich.text import Text

    ruled = Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
    grid = Table(box=ruled, show_edge=False, pad_edge=False, padding=(0, _GAP - 1, 0, 0), header_style="bold")
    for column in table:
        grid.add_column(
            Text(column.heading),
            no_wrap=column.kind not in ("provider", "axis", "constraint"),
            overflow="fold",
            max_width=_widest(column, console.width),
            justify="right" if column.kind in ("size", "share", "outcome") else "left",
        )
    for cells in zip(*(column.cells for column in table), strict=True):
        grid.add_row(*map(Text, cells))
    console.print(grid)


def print_lines(lines: Sequence[str], console: Console) -> None:
    """Print lines, each wrapped to the console's width."""
    for line in lines:
        wrapped = textwrap.wrap(encodable(line, console), console.width, subsequent_indent="  ", break_on_hyphens=False)
        console.print("\n".join(wrapped), markup=False, highlight=False, emoji=False, soft_wrap=True)


def encodable(text: str, console: Console) -> str:
    """Write the dash for "not known" in ASCII, and other characters as codes, where the encoding lacks them."""
    try:
        text.encode(console.encoding)
    except UnicodeEncodeError:
        plainer = text.replace(written.NOT_KNOWN, "-")
        return plainer.encode(console.encoding, "backslashreplace").decode(console.encoding)
    return text


def encodable_column(column: Column, console: Console) -> Column:
    """Write what the console's encoding lacks as codes."""
    cells = tuple(encodable(cell, console) for cell in column.cells)
    return Column(column.kind, encodable(column.heading, console), cells)


def _below(report: Report, dropped: Sequence[Column]) -> Iterator[str]:
    summary = report.summary
    yield from _listed("setting", written.knob_lines(summary))
    yield "brackets hold 95 % intervals with the case as the unit"
    yield from _listed("IFEval", _ifeval(summary))
    hidden = [column.heading for column in level_columns(summary) if column.kind == "measure"]
    yield from _listed("interval", written.methods(summary, hidden=hidden))
    yield from _listed("no number", written.absent_numbers(summary, hidden=hidden))
    same = written.throughout(summary)
    if same:
        yield written.printable(f"in every row: {same}")
    if dropped:
        yield f"not shown at this width: {', '.join(column.heading for column in dropped)}"
    if hidden:
        yield f"in report.md besides: {', '.join(hidden)}"
    yield written.outcomes(summary)
    yield from map(written.printable, spending_lines(summary))
    yield from _listed("error", written.grouped_errors(summary))
    yield from _listed("unsupported", written.grouped_unsupported(summary))
    yield from _listed("requested is not applied", grouped_differences(summary))
    yield from _listed("left out", written.grouped_left_out(summary.left_out))
    for note in summary.notes:
        yield written.printable(f"note: {note}")
    for gate in report.gates:
        why = "; ".join(gate.besides) if gate.compared else gate.why
        yield written.printable(f"gate {gate.verdict.replace('_', ' ')}: {gate.name}{f' ({why})' if why else ''}")
        yield from (f"  {line}" for line in gate_lines(gate, _LISTED))
    yield from map(change_line, report.changes)
    yield from _explored(report.comparison)
    if summary.missing:
        yield f"incomplete: {written.count(summary.missing, 'sample')} of this run still missing"


def _explored(comparison: Comparison | None) -> Iterator[str]:
    """Write what differs from another side, the clearest first; report.md has the rest."""
    if comparison is None:
        return
    yield explored_heading(comparison)
    yield from _listed("found", found_lines(comparison))
    yield from _listed("flagged", list(flag_lines(comparison.rows)))
    yield from _listed("not compared", comparison.left_out)


def _ifeval(summary: Summary) -> list[str]:
    """Write the numbers of IFEval, a line for each row."""
    table = ifeval_columns(summary)
    names = [column.cells for column in table if column.kind != "measure"]
    found = [(column.heading, column.cells) for column in table if column.kind == "measure"]
    lines = [", ".join(f"{heading} {cells[row]}" for heading, cells in found) for row in range(len(summary.rows))]
    prefixes = [" ".join(cells[row] for cells in names) for row in range(len(summary.rows))]
    return [f"{prefix}: {line}" if prefix else line for prefix, line in zip(prefixes, lines, strict=True) if found]


def _listed(label: str, lines: Sequence[str]) -> Iterator[str]:
    """Put a label before each line; beyond a few the rest is counted."""
    for line in lines[:_LISTED]:
        yield written.printable(f"{label}: {line}")
    if len(lines) > _LISTED:
        yield f"{label}: and {len(lines) - _LISTED:,} more, which report.md lists"
