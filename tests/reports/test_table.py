"""The table at the terminal, as a whole."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.findings import Demand, Estimate
from evalkit.reports.table import print_table
from evalkit.types import Condition, LeftOut
from tests.reports.conftest import WORDS

if TYPE_CHECKING:
    from evalkit.findings import Report

EXPECTED = Path(__file__).parent / "expected"


def printed(report: Report, width: int) -> str:
    """Print to a stream that is no terminal; rich pads lines with spaces, which nobody sees."""
    from rich.console import Console

    stream = io.StringIO()
    print_table(report, Console(file=stream, width=width))
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


@pytest.mark.parametrize("width", [80, 160])
def test_whole_table(report: Report, width: int) -> None:
    """All that a report holds is printed, and what does not fit is named."""
    assert printed(report, width) == (EXPECTED / f"table_{width}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [60, 80, 100, 120, 160, 200])
def test_no_line_is_wider_than_the_terminal(report: Report, width: int) -> None:
    """Whatever the width, the terminal never breaks a line by itself, and no number is cut."""
    text = printed(report, width)
    assert max(map(len, text.splitlines())) <= width
    for number in ("0.94 [0.70, 0.99]", "0.25 [0.05, 0.62]", "0.75 [0.45, 0.94]"):
        assert number in text


def test_what_names_a_row_always_stays(report: Report) -> None:
    """An axis is never left out, even one that has the name of a measure."""
    rows = tuple(
        replace(row, condition=Condition((("full_adherence", number),)))
        for number, row in enumerate(report.summary.rows)
    )
    text = printed(replace(report, summary=replace(report.summary, rows=rows)), 48)
    assert text.splitlines()[2].split() == ["provider", "full_adherence", "adherence"]


def test_wide_terminal_leaves_nothing_out(report: Report) -> None:
    """With room for all columns, none is reported as missing."""
    assert "not shown" not in printed(report, 300)


def test_ascii_stream_gets_ascii(report: Report) -> None:
    """Where the encoding has no dash, a plain one is printed, and other characters as codes."""
    from rich.console import Console

    named = replace(report, summary=replace(report.summary, suite_name="größer"))
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    print_table(named, Console(file=stream, width=160))
    stream.flush()
    text = raw.getvalue().decode("ascii")
    assert text.startswith(r"gr\xf6\xdfer, run")
    assert " - " in text


def test_terminal_gets_no_code_from_a_text(report: Report) -> None:
    """An escape sequence in a text reaches no terminal, and neither does rich's own markup in one."""
    row = replace(report.summary.rows[0], provider="[red]x[/red]\x1b[2J")
    summary = replace(report.summary, rows=(row, report.summary.rows[2]))
    text = printed(replace(report, summary=summary), 200)
    assert r"[red]x[/red]\x1b[2J" in text
    assert "\x1b" not in text


def test_many_reasons_are_counted(report: Report) -> None:
    """Beyond eight reasons the rest is a number, and where to read them is said."""
    condition = report.summary.rows[0].condition
    left_out = tuple(LeftOut(condition, "refresh", f"reason {number}") for number in range(20))
    text = printed(replace(report, summary=replace(report.summary, left_out=left_out)), 160)
    assert text.count("left out: refresh") == 8
    assert "left out: and 12 more, which report.md lists\n" in text


def test_report_without_rows_says_so(report: Report) -> None:
    """A selection that holds no condition prints a sentence and not an empty table."""
    assert "no condition was run" in printed(replace(report, summary=replace(report.summary, rows=())), 80)


def test_the_constraints_met_least_are_printed_and_the_rest_counted(report: Report) -> None:
    """Five of them, with where each is met least; a single constraint is what the rows show anyway."""
    everywhere = report.summary.pooled[0]
    words = everywhere.constraints[WORDS]
    many = {Demand(f"rule {number}"): words for number in range(9)}
    text = printed(
        replace(report, summary=replace(report.summary, pooled=(replace(everywhere, constraints=many),))), 80
    )
    assert "constraints, the least met of 9 first; over all rows\n" in text
    assert text.count("rule ") == 5
    assert "and 4 more constraints, in report.md\n" in text
    one = replace(everywhere, constraints={WORDS: words})
    assert "constraints" not in printed(replace(report, summary=replace(report.summary, pooled=(one,))), 80)


def test_numbers_of_ifeval_have_a_line_for_each_row(report: Report) -> None:
    """With their standard errors, after what names the row."""
    final = Estimate(0.812843, 0.78, 0.84, "how", standard_error=0.0152)
    rows = tuple(replace(row, measures={**row.measures, "final_accuracy": final}) for row in report.summary.rows[:1])
    text = printed(replace(report, summary=replace(report.summary, rows=rows)), 400)
    assert "IFEval: prompt strict 0.8750 (SE 0.0625), instruction strict 0.9400, prompt loose" in text
    assert "final accuracy 0.8128 (SE 0.0152)\n" in text
