"""report.md, as a whole."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.findings import Estimate
from evalkit.reports.markdown import MarkdownWriter, escape, table
from evalkit.types import Condition

if TYPE_CHECKING:
    from evalkit.findings import Report

EXPECTED = Path(__file__).parent / "expected" / "report.md"


def written(report: Report) -> str:
    """Write report.md."""
    stream = io.StringIO()
    MarkdownWriter().write(report, (), stream)
    return stream.getvalue()


def test_whole_report(report: Report) -> None:
    """All that a report holds is written, verdicts first."""
    assert written(report) == EXPECTED.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("full_adherence [0.07, 0.93]", "full_adherence [0.07, 0.93]"),
        ("a | b", r"a \| b"),
        ("<script>", r"\<script\>"),
        ("[a](http://x)", r"[a\](http://x)"),
        ("[a]: http://x", r"[a\]: http://x"),
        ("_soft_ **loud** `code`", r"\_soft\_ \*\*loud\*\* \`code\`"),
        ("&lt; \\|", r"\&lt; \\\|"),
        ("a\n# b", "a # b"),
    ],
    ids=["harmless", "pipe", "html", "link", "definition", "emphasis", "entity", "line break"],
)
def test_text_cannot_become_markup(text: str, source: str) -> None:
    """What could start markup is escaped, and what could not stays readable."""
    assert escape(text) == source


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_opens_a_tag_or_a_table_cell(text: str) -> None:
    """Whatever a text holds, it is one line without a bare pipe, angle bracket, backtick or link."""
    source = escape(text)
    assert len(source.splitlines()) <= 1
    without_escapes = re.sub(r"\\[\\`*_<>|&~\]]", "", source)
    assert not re.search(r"[<>|`*]|\][(\[:]", without_escapes)


def test_hostile_axis_value_keeps_the_shape_of_the_table(report: Report) -> None:
    """Every line of the table has the same number of cells."""
    lines = [re.sub(r"\\.", "", line) for line in table(report.summary).splitlines()]
    assert len({line.count("|") for line in lines}) == 1
    assert len(lines) == 2 + len(report.summary.rows)


def test_extremes_of_equal_rows_name_none(report: Report) -> None:
    """Where all rows came to the same, no row is called the best."""
    row = report.summary.rows[0]
    text = written(replace(report, summary=replace(report.summary, rows=(row, row))))
    assert "Adherence is 0.94 in every row that has a number." in text


def test_rows_that_tie_are_counted(report: Report) -> None:
    """A row at an extreme is not named as if it were alone there."""
    best, worst = report.summary.rows[:2]
    text = written(replace(report, summary=replace(report.summary, rows=(best, best, worst))))
    assert "refresh 4 (and 1 more row): 0.94" in text


@pytest.mark.parametrize(
    ("low", "sentence"),
    [
        (0.62, "Their intervals overlap, which does not settle whether they differ."),
        (0.63, "Their intervals do not overlap."),
        (None, "Without both intervals nothing says whether they differ."),
    ],
    ids=["touching", "apart", "no interval"],
)
def test_overlap_is_stated_as_it_is(report: Report, low: float | None, sentence: str) -> None:
    """Intervals that touch overlap; a missing one settles nothing."""
    best, worst = report.summary.rows[:2]
    best = replace(best, measures={"adherence": Estimate(0.9, low, None if low is None else 0.99, "how")})
    assert sentence in written(replace(report, summary=replace(report.summary, rows=(best, worst))))


def test_single_row_has_no_extremes(report: Report) -> None:
    """One row cannot be compared with anything."""
    summary = replace(report.summary, rows=report.summary.rows[:1])
    assert "What it says" not in written(replace(report, summary=summary))


def test_settings_that_were_all_applied_are_stated(report: Report) -> None:
    """A report says that requested and applied agree, so that silence never stands for it."""
    summary = replace(report.summary, rows=report.summary.rows[:2], knobs=())
    assert "Every setting was applied as it was requested." in written(replace(report, summary=summary))


def test_nothing_is_claimed_of_settings_without_an_answer(report: Report) -> None:
    """Rows that never answered say nothing of settings."""
    summary = replace(report.summary, rows=report.summary.rows[3:], knobs=())
    assert "nothing is known of the settings applied" in written(replace(report, summary=summary))


def test_provider_without_an_answer_is_not_said_to_have_given_one(report: Report) -> None:
    """A provider of which every cell is unsupported was answered by nobody."""
    summary = replace(report.summary, rows=(report.summary.rows[3],))
    text = written(replace(report, summary=summary))
    assert "Provider hosted: asked for hosted-1; nothing was answered" in text


def test_suite_without_axes_has_a_table(report: Report) -> None:
    """A single unnamed condition is a row like any other."""
    summary = replace(report.summary, rows=(replace(report.summary.rows[0], condition=Condition()),))
    assert table(summary).splitlines()[0].startswith("| cases | draws | adherence |")
