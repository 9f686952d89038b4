"""cells.csv, constraints.csv and comparison.csv: a line for each measure of each row and the like, for spreadsheets."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.findings import Estimate
from evalkit.reports.differences import row_differences, written_difference
from evalkit.reports.format import printable, state_of
from evalkit.reports.plain import plain
from evalkit.types import OUTCOMES, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

    from evalkit.findings import Compared, Demand, Report, Row, Standing, Summary
    from evalkit.types import AxisValue, Cell, Condition, Json

# The last four are full-width forms, which some spreadsheets take for the plain ones.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_AFTER_AXES = (
    "measure", "estimate", "low", "high", "scope", "method", "cases", *OUTCOMES, "decided", "undecided", "rule_share",
    "input_tokens", "cost_usd", "requested_is_not_applied", "unsupported_state", "unsupported_reason",
    "left_out_reason", "standard_error",
)  # fmt: skip
_BEFORE_AXES = ("provider", "model", "served", "other_models")
_CONSTRAINT = (
    "constraint", "family", "source", "ifeval_id", "cases", "decided", "undecided",
    *(f"{kind}{part}" for kind in ("strict", "loose") for part in ("", "_low", "_high", "_standard_error")),
    "scope", "method",
)  # fmt: skip
_COMPARISON = (
    "gate", "measure", "against_provider", "against", "new", "old", "difference", "low", "high", "margin", "better",
    "scope", "cases", "units", "p_worse", "corrected_worse", "p_not_worse", "corrected_not_worse", "smallest_p",
    "verdict", "missing", "missing_old", "needed_cases", "needed_repeats", "method", "interval_method", "flags",
    "left_out",
)  # fmt: skip
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
        headings = _headings(conditions, {*_BEFORE_AXES, *_AFTER_AXES})
        names = [*_BEFORE_AXES, *headings.values(), *_AFTER_AXES]
        lines = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        lines.writerow({name: text_field(name) for name in names})
        for row in summary.rows:
            lines.writerows({**_axes(row.condition, headings), **line} for line in _lines(row, summary))
        for each in summary.left_out:
            reason = text_field(f"{each.axis}: {each.reason}")
            lines.writerow({**_axes(each.condition, headings), "left_out_reason": reason})


class ConstraintsWriter:
    """Writes constraints.csv."""

    filename: ClassVar[str] = "constraints.csv"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write a header and a line for each constraint of each row; what is not known is an empty field."""
        rows = report.summary.rows
        headings = _headings([row.condition for row in rows], {"provider", "model", *_CONSTRAINT})
        names = ["provider", "model", *headings.values(), *_CONSTRAINT]
        lines = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        lines.writerow({name: text_field(name) for name in names})
        for row in rows:
            shared = {
                "provider": text_field(row.provider),
                "model": text_field(row.model),
                **_axes(row.condition, headings),
            }
            lines.writerows({**shared, **_standing(*each)} for each in row.constraints.items())


class ComparisonWriter:
    """Writes comparison.csv."""

    filename: ClassVar[str] = "comparison.csv"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write a header and a line for each row that a gate compared, then for each one to explore.

        The latter have no gate, and are corrected apart.
        """
        compared = [(gate.name, row) for gate in report.gates for row in gate.compared]
        compared += [("", row) for row in (report.comparison.rows if report.comparison else ())]
        headings = _headings([row.row[1] for _, row in compared], {"provider", *_COMPARISON})
        names = ["provider", *headings.values(), *_COMPARISON]
        lines = csv.DictWriter(stream, names, restval="", lineterminator="\n")
        lines.writerow({name: text_field(name) for name in names})
        for gate, row in compared:
            shared = {"gate": text_field(gate), "provider": text_field(row.row[0]), **_axes(row.row[1], headings)}
            lines.writerow({**shared, **_compared(row)})


def _compared(row: Compared) -> dict[str, Json]:
    numbers: dict[str, Json] = {
        "new": row.new,
        "old": row.old,
        "difference": row.difference.estimate,
        "low": row.difference.low,
        "high": row.difference.high,
        "margin": row.margin,
        "cases": row.cases,
        "units": row.units,
        "p_worse": row.p_worse,
        "corrected_worse": row.corrected_worse,
        "p_not_worse": row.p_not_worse,
        "corrected_not_worse": row.corrected_not_worse,
        "smallest_p": row.smallest_p,
        "missing": row.missing,
        "missing_old": row.missing_old,
        "needed_cases": row.needed.cases if row.needed else None,
        "needed_repeats": row.needed.repeats if row.needed else None,
    }
    return {
        **{name: plain(value) for name, value in numbers.items()},
        "measure": text_field(row.measure),
        "against_provider": text_field(row.against[0]),
        "against": text_field(row.against[1].label),
        "better": row.better,
        "scope": row.scope,
        "verdict": row.verdict,
        "method": text_field(row.method),
        "interval_method": text_field(row.difference.method),
        "flags": text_field("; ".join(row.flags)),
        "left_out": text_field("; ".join(row.left_out)),
    }


def _standing(demand: Demand, standing: Standing) -> dict[str, Json]:
    line: dict[str, Json] = {
        "constraint": text_field(demand.constraint),
        "family": text_field(demand.family or ""),
        "source": demand.source,
        "ifeval_id": text_field(demand.ifeval_id or ""),
        "cases": standing.cases,
        "decided": standing.decided,
        "undecided": standing.undecided,
        "scope": standing.strict.scope,
        "method": text_field(standing.strict.method),
    }
    for kind, value in (("strict", standing.strict), ("loose", standing.loose)):
        line |= {
            kind: plain(value.estimate),
            f"{kind}_low": plain(value.low),
            f"{kind}_high": plain(value.high),
            f"{kind}_standard_error": plain(value.standard_error),
        }
    return line


def _headings(conditions: Iterable[Condition], taken: Set[str]) -> dict[str, str]:
    """Name the axes' columns; an axis may not take a name that the file needs."""
    axes = dict.fromkeys(axis for condition in conditions for axis, _ in condition.values)
    return {axis: f"axis_{axis}" if axis in taken else axis for axis in axes}


def _axes(condition: Condition, headings: dict[str, str]) -> dict[str, str]:
    return {headings[axis]: _axis_value(value) for axis, value in condition.values}


def _axis_value(value: AxisValue) -> str:
    if value is None:
        return ""
    return text_field(value) if isinstance(value, str) else shown(value)


def _lines(row: Row, summary: Summary) -> Iterator[dict[str, str | float | None]]:
    differing = "; ".join(written_difference(each) for each in row_differences(row))
    shared: dict[str, str | float | None] = {
        "provider": text_field(row.provider),
        "model": text_field(row.model),
        "served": text_field("; ".join(row.served)),
        "other_models": text_field("; ".join(row.other_models)),
        "cases": row.cases,
        **{outcome: row.completions.get(outcome, 0) for outcome in OUTCOMES},
        "decided": row.decided,
        "undecided": row.undecided,
        "rule_share": row.rule_share,
        "input_tokens": row.input_tokens,
        "cost_usd": row.cost_usd,
        "requested_is_not_applied": text_field(differing),
        "unsupported_state": "" if row.unsupported is None else state_of(row, summary),
        "unsupported_reason": text_field(row.unsupported or ""),
    }
    for name, value in (row.measures or {"": _NO_MEASURE}).items():
        yield {
            **shared,
            "measure": text_field(name),
            "estimate": plain(value.estimate),
            "low": plain(value.low),
            "high": plain(value.high),
            "scope": value.scope,
            "method": text_field(value.method),
            "standard_error": plain(value.standard_error),
        }


def text_field(text: str) -> str:
    """Put a text on one line, and keep a spreadsheet from taking it for a formula.

    >>> text_field("=1+1")
    "'=1+1"
    """
    line = printable(text)
    return f"'{line}" if line.startswith(_FORMULA) else line
