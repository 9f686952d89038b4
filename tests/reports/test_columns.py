"""The columns of a report's table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.findings import Estimate
from evalkit.reports.columns import columns, first_rows, ifeval_columns, level_columns
from evalkit.reports.format import NOT_KNOWN

if TYPE_CHECKING:
    from evalkit.findings import Report


def headings(report: Report) -> list[str]:
    """Name the columns."""
    return [column.heading for column in columns(report.summary)]


def test_only_what_varies_or_came_up_has_a_column(report: Report) -> None:
    """One provider, one outcome and fixed axes need no column."""
    first = report.summary.rows[0]
    plain_rows = replace(report, summary=replace(report.summary, rows=(first, first)))
    assert headings(plain_rows) == [
        "cases",
        "draws",
        "adherence",
        "full_adherence",
        "adherence_system",
        "exact_agreement",
        "first_divergence",
    ]


def test_rows_of_the_only_provider_that_answered_name_it(report: Report) -> None:
    """A run that asked others, which stopped before their first row, says whose numbers these are."""
    first = report.summary.rows[0]
    (column, *_) = columns(replace(report.summary, rows=(first,), providers=("local", "hosted")))
    assert (column.kind, column.cells) == ("provider", ("local",))


def test_every_outcome_that_came_up_is_counted_apart(report: Report) -> None:
    """Truncated, refused, failed, unsupported and undecided each have their own column."""
    assert headings(report)[-6:] == ["truncated", "refusal", "error", "unsupported", "other_model", "undecided"]


def test_another_model_than_the_one_asked_for_is_named_beside_its_row(report: Report) -> None:
    """The column is there once a row needs it, and empty where the model asked for answered."""
    (column,) = [column for column in columns(report.summary) if column.kind == "model"]
    assert column.cells == ("", "", "hosted-2 | x", "")
    assert "other_model" not in headings(replace(report, summary=replace(report.summary, rows=report.summary.rows[:2])))


def test_measures_of_adherence_come_first(report: Report) -> None:
    """Adherence and full adherence lead, however the measures are ordered in the rows."""
    first = report.summary.rows[0]
    row = replace(first, measures=dict(sorted(first.measures.items(), reverse=True)))
    shuffled = replace(report, summary=replace(report.summary, rows=(row,)))
    assert headings(shuffled)[2:4] == ["adherence", "full_adherence"]


def test_unsupported_in_part_keeps_its_number(report: Report) -> None:
    """A row of which some cases ran shows what they came to."""
    measures = {"adherence": Estimate(0.5, 0.2, 0.8, "how")}
    row = replace(report.summary.rows[0], unsupported="1 of 2 cases: too long", measures=measures)
    (adherence,) = [column for column in columns(replace(report.summary, rows=(row,))) if column.heading == "adherence"]
    assert adherence.cells == ("0.50 [0.20, 0.80]",)


def test_share_of_rules_is_shown_where_density_acts(report: Report) -> None:
    """The share that was reached has a column once a row has one."""
    row = replace(report.summary.rows[0], rule_share=0.4815)
    table = columns(replace(report.summary, rows=(row,)))
    assert [column.cells for column in table if column.kind == "share"] == [("0.48",)]


def test_other_levels_of_adherence_have_a_table_of_their_own(report: Report) -> None:
    """What the main table leaves out stands there beside the rows' names, and nothing stands there twice."""
    found = [column.heading for column in level_columns(report.summary)]
    assert found == ["provider", "temperature", "system", "refresh", "adherence_loose", "instruction_accuracy"]
    plain = replace(report.summary.rows[0], measures={"adherence": Estimate(0.5, 0.2, 0.8, "how")})
    assert level_columns(replace(report.summary, rows=(plain,))) == []


def test_ifeval_is_shown_with_standard_errors(report: Report) -> None:
    """Only where a row has the mean of its four numbers; what is not known of it is a dash."""
    assert ifeval_columns(report.summary) == []
    strict = Estimate(416 / 541, 0.7, 0.8, "how", standard_error=0.0181387)
    row = replace(
        report.summary.rows[0], measures={"full_adherence": strict, "final_accuracy": Estimate(0.5, 0, 1, "")}
    )
    table = ifeval_columns(replace(report.summary, rows=(row,)))
    assert {column.heading: column.cells[0] for column in table} == {
        "prompt strict": "0.7689 (SE 0.0181)",
        "instruction strict": NOT_KNOWN,
        "prompt loose": NOT_KNOWN,
        "instruction loose": NOT_KNOWN,
        "final accuracy": "0.5000",
    }


def test_first_rows_keep_the_columns_of_all(report: Report) -> None:
    """A table that is cut to one row still says which one it is."""
    table = first_rows(columns(report.summary), 1)
    assert [column.heading for column in table] == [column.heading for column in columns(report.summary)]
    assert {len(column.cells) for column in table} == {1}
