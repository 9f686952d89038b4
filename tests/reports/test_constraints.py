"""Tables of which constraint fails where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.findings import Pooled
from evalkit.reports.constraints import constraint_columns, crossed, worst_first
from tests.reports.conftest import TITLE, WORDS, standing

if TYPE_CHECKING:
    from evalkit.findings import Report, Summary
    from evalkit.reports.columns import Column


def cells(table: list[Column], heading: str) -> tuple[str, ...]:
    """Return one column."""
    (found,) = [column.cells for column in table if column.heading == heading]
    return found


def with_pooled(report: Report, *pooled: Pooled) -> Summary:
    """Return the summary with other pooled numbers and a single provider."""
    return replace(report.summary, pooled=pooled, rows=(), providers=("local",))


def test_the_least_met_come_first_and_the_undecided_last(report: Report) -> None:
    """Over all providers; what nothing was decided of is not the worst."""
    found = [(provider, standing.strict.estimate) for provider, _, standing in worst_first(report.summary)]
    assert found == [("hosted", 0.0), ("local", 0.25), ("local", 0.625), ("local", None)]


def test_the_place_where_a_constraint_is_met_least_is_named(report: Report) -> None:
    """It is one value of one axis; where all values give the same share, none is."""
    table = constraint_columns(report.summary, worst_first(report.summary))
    assert cells(table, "least met at") == ("", "", "temperature 0.8: 0.38", "")


def test_what_all_constraints_share_has_no_column(report: Report) -> None:
    """One provider, one source, nothing undecided and no axis."""
    summary = with_pooled(report, Pooled("local", None, None, {WORDS: standing(0.5)}))
    table = constraint_columns(summary, worst_first(summary))
    assert [column.heading for column in table] == ["constraint", "cases", "met", "loose"]


def test_undecided_verdicts_are_counted_beside(report: Report) -> None:
    """The column is there once a constraint needs it."""
    summary = with_pooled(
        report, Pooled("local", None, None, {WORDS: standing(0.5, undecided=4), TITLE: standing(1.0)})
    )
    assert cells(constraint_columns(summary, worst_first(summary)), "undecided") == ("4", "0")


def test_a_constraint_is_crossed_with_every_value_of_an_axis(report: Report) -> None:
    """A dash stands where a provider has no number; 1 and true are two values."""
    places = [Pooled("local", "strict", value, {WORDS: standing(share)}) for value, share in ((1, 0.5), (True, 0.25))]
    table = crossed(with_pooled(report, *places))["strict"]
    assert [(column.heading, column.cells) for column in table] == [
        ("constraint", ("max_words",)),
        ("1", ("0.50 [0.40, 0.60]",)),
        ("true", ("0.25 [0.15, 0.35]",)),
    ]
    assert cells(crossed(report.summary)["temperature"], "0.8")[2] == "–"  # noqa: RUF001 - the dash of reports
