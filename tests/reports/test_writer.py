"""What every report format keeps to."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import UsageError
from evalkit.findings import Report, Summary
from evalkit.reports.registry import WRITERS

if TYPE_CHECKING:
    from evalkit.reports.writer import Writer

FILENAMES = {
    "json": "report.json",
    "md": "report.md",
    "comment": "comment.md",
    "junit": "junit.xml",
    "html": "report.html",
    "csv": "cells.csv",
    "constraints": "constraints.csv",
    "comparison": "comparison.csv",
    "verdicts": "verdicts.jsonl",
}


@pytest.mark.parametrize("name", WRITERS.builtins)
def test_filename_is_the_documented_one(name: str) -> None:
    """Every built-in format writes the file that its documentation names."""
    writer: Writer = WRITERS.get(name)()
    assert writer.filename == FILENAMES[name]


@pytest.mark.parametrize("name", WRITERS.builtins)
def test_report_without_rows_is_written(name: str) -> None:
    """A run without a single row still has a report in every format."""
    writer: Writer = WRITERS.get(name)()
    writer.write(Report(Summary("run", "suite", 1, "hash", ())), iter(()), io.StringIO())


def test_unknown_format_names_the_nearest() -> None:
    """A format that is misspelt is refused with the name that was probably meant."""
    with pytest.raises(UsageError, match="no report format named `jsno`") as caught:
        WRITERS.get("jsno")
    assert caught.value.hint == "did you mean `json`?"
