"""cells.csv: one line for each measure of each row, for spreadsheets and data frames."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.types import OUTCOMES, shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.findings import Report
    from evalkit.types import Cell

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class CsvWriter:
    """Writes cells.csv."""

    filename: ClassVar[str] = "cells.csv"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write a header and the lines; what is not known is an empty field."""
        axes = list(dict.fromkeys(axis for row in report.summary.rows for axis, _ in row.condition.values))
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(
            ["provider", "model", "served", *axes, "measure", "estimate", "low", "high", "scope", "method", "cases",
             *OUTCOMES, "decided", "undecided", "unsupported_reason"]
        )  # fmt: skip
        for row in report.summary.rows:
            values = [_text(shown(row.condition.get(axis))) for axis in axes]
            counts = [row.completions.get(outcome, 0) for outcome in OUTCOMES]
            for name, value in row.measures.items():
                writer.writerow(
                    [_text(row.provider), _text(row.model), _text(" ".join(row.served)), *values, name,
                     value.estimate, value.low, value.high, value.scope, value.method, row.cases, *counts,
                     row.decided, row.undecided, _text(row.unsupported or "")]
                )  # fmt: skip


def _text(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula; numbers stay numbers."""
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text.startswith(_FORMULA) else text
    return text
