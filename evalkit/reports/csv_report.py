"""cells.csv: one line for each measure of each row, for spreadsheets and data frames."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.findings import Estimate
from evalkit.reports.differences import row_differences, written_difference
from evalkit.reports.format import printable, state_of
from evalkit.reports.plain import plain
from evalkit.types import OUTCOMES, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evalkit.findings import Report, Row, Summary
    from evalkit.types import AxisValue, Cell, Condition

# The last four are full-width forms, which some spreadsheets take for the plain ones.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_AFTER_AXES = (
    "measure", "estimate", "low", "high", "scope", "method", "cases", *OUTCOMES, "decided", "undecided", "rule_share",
    "input_tokens", "cost_usd", "requested_is_not_applied", "unsupported_state", "unsupported_reason",
    "left_out_reason",
)  # fmt: skip
_BEFORE_AXES = ("provider", "model", "served", "other_models")
_NO_MEASURE = Estimate(None, None, None, "")


class CsvWriter:
    """Writes cells.csv."""

    filename: ClassVar[str] = "cells.csv"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write a header and the lines; what is not known is an empty field, and every text is on one line.

        A combination that was left out has a line without a measure, which says why.
        """
        summary = report.summary
        conditions = [*(row.condition for row in summary.rows), *(each.condition for each in summary.left_out)]
        axes = list(dict.fromkeys(axis for condition in conditions for axis, _ in condition.values))
        headings = {axis: _heading(axis) for axis in axes}
        names = [*_BEFORE_AXES, *headings.values(), *_AFTER_AXES]
        lines = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        lines.writerow({name: _text(name) for name in names})
        for row in summary.rows:
            lines.writerows({**_axes(row.condition, headings), **line} for line in _lines(row, summary))
        for each in summary.left_out:
            reason = _text(f"{each.axis}: {each.reason}")
            lines.writerow({**_axes(each.condition, headings), "left_out_reason": reason})


def _heading(axis: str) -> str:
    """Name an axis's column; an axis may not take a name that the file needs."""
    return f"axis_{axis}" if axis in _BEFORE_AXES or axis in _AFTER_AXES else axis


def _axes(condition: Condition, headings: dict[str, str]) -> dict[str, str]:
    return {headings[axis]: _axis_value(value) for axis, value in condition.values}


def _axis_value(value: AxisValue) -> str:
    if value is None:
        return ""
    return _text(value) if isinstance(value, str) else shown(value)


def _lines(row: Row, summary: Summary) -> Iterator[dict[str, str | float | None]]:
    differing = "; ".join(written_difference(each) for each in row_differences(row))
    shared: dict[str, str | float | None] = {
        "provider": _text(row.provider),
        "model": _text(row.model),
        "served": _text("; ".join(row.served)),
        "other_models": _text("; ".join(row.other_models)),
        "cases": row.cases,
        **{outcome: row.completions.get(outcome, 0) for outcome in OUTCOMES},
        "decided": row.decided,
        "undecided": row.undecided,
        "rule_share": row.rule_share,
        "input_tokens": row.input_tokens,
        "cost_usd": row.cost_usd,
        "requested_is_not_applied": _text(differing),
        "unsupported_state": "" if row.unsupported is None else state_of(row, summary),
        "unsupported_reason": _text(row.unsupported or ""),
    }
    for name, value in (row.measures or {"": _NO_MEASURE}).items():
        yield {
            **shared,
            "measure": _text(name),
            "estimate": plain(value.estimate),
            "low": plain(value.low),
            "high": plain(value.high),
            "scope": value.scope,
            "method": _text(value.method),
        }


def _text(text: str) -> str:
    """Put a text on one line, and keep a spreadsheet from taking it for a formula.

    >>> _text("=1+1")
    "'=1+1"
    """
    line = printable(text)
    return f"'{line}" if line.startswith(_FORMULA) else line
