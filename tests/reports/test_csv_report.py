"""cells.csv, as a whole."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.reports.csv_report import ComparisonWriter, ConstraintsWriter, CsvWriter
from evalkit.types import Condition

if TYPE_CHECKING:
    from evalkit.findings import Report

EXPECTED = Path(__file__).parent / "expected" / "cells.csv"


def written(report: Report) -> str:
    """Write cells.csv."""
    stream = io.StringIO()
    CsvWriter().write(report, (), stream)
    return stream.getvalue()


def lines_of(report: Report) -> list[dict[str, str]]:
    """Read back what was written."""
    return list(csv.DictReader(io.StringIO(written(report))))


def test_whole_file(report: Report) -> None:
    """One line for each measure of each row, then one for each combination left out."""
    assert written(report) == EXPECTED.read_text(encoding="utf-8")


def test_numbers_read_back_exactly(report: Report) -> None:
    """Nothing is rounded, and what is not known is empty."""
    first, second = lines_of(report)[0], lines_of(report)[9]
    assert (float(first["estimate"]), float(first["low"]), float(first["high"])) == (0.9375, 0.7001, 0.9949)
    assert (second["measure"], second["estimate"], second["low"]) == ("full_adherence", "", "")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-cmd", "'-cmd"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\n=1+1", "'=1+1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1", "a=1"),
        (-0.5, "-0.5"),
        (None, ""),
    ],
    ids=["equals", "plus", "minus", "at", "after a line break", "full width", "inside", "number", "nothing to act on"],
)
def test_no_field_is_a_formula(report: Report, value: str | float | None, field: str) -> None:
    """A text that a spreadsheet would compute is marked as text; a negative number stays a number."""
    row = replace(report.summary.rows[0], condition=Condition((("tone", value),)))
    summary = replace(report.summary, rows=(row,), left_out=())
    assert lines_of(replace(report, summary=summary))[0]["tone"] == field


def test_axis_does_not_hide_a_column(report: Report) -> None:
    """An axis with the name of a column of the file gets a name of its own."""
    row = replace(report.summary.rows[0], condition=Condition((("measure", "mine"),)))
    line = lines_of(replace(report, summary=replace(report.summary, rows=(row,), left_out=())))[0]
    assert (line["axis_measure"], line["measure"]) == ("mine", "adherence")


def test_row_without_measures_keeps_its_line(report: Report) -> None:
    """A row is never lost for want of a measure."""
    row = replace(report.summary.rows[3], measures={})
    (line,) = lines_of(replace(report, summary=replace(report.summary, rows=(row,), left_out=())))
    assert (line["provider"], line["measure"], line["unsupported"]) == ("hosted", "", "24")


def test_whole_file_of_constraints(report: Report) -> None:
    """A line for each constraint of each row; one that was never decided has empty fields and says so."""
    stream = io.StringIO()
    ConstraintsWriter().write(report, iter(()), stream)
    assert stream.getvalue() == (EXPECTED.parent / "constraints.csv").read_text(encoding="utf-8")


def test_whole_comparison(report: Report) -> None:
    """The rows that gates compared come first, each with its gate, then those to explore."""
    stream = io.StringIO()
    ComparisonWriter().write(report, (), stream)
    assert stream.getvalue() == EXPECTED.with_name("comparison.csv").read_text(encoding="utf-8")


def test_without_a_comparison_there_is_a_header(report: Report) -> None:
    """A run that was held against nothing has no lines."""
    stream = io.StringIO()
    ComparisonWriter().write(replace(report, gates=(), comparison=None), (), stream)
    assert stream.getvalue().startswith("provider,gate,measure,")
    assert stream.getvalue().count("\n") == 1
