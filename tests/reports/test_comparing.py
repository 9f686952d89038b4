"""Tables and lines of comparisons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.reports.comparing import (
    change_line,
    compared_columns,
    explored_heading,
    flag_lines,
    found_lines,
    gate_lines,
    method_lines,
    open_lines,
)
from tests.reports.conftest import changes, compared, comparison

if TYPE_CHECKING:
    from evalkit.findings import Compared, Report


def _headings(rows: list[Compared], *, explored: bool = False) -> list[str]:
    return [column.heading for column in compared_columns(rows, explored=explored)]


def test_a_single_row_needs_no_name() -> None:
    """Provider and axes have a column where they vary; missing draws where there are any."""
    one = replace(compared(0.5, 0.5, 0.5, 0.5), corrected_worse=0.5, corrected_not_worse=0.5)
    assert _headings([one]) == ["verdict", "new", "old", "difference", "cases", "p worse", "p not worse"]


def test_what_varies_has_a_column() -> None:
    """Axes, providers, margins, missing draws and corrections are shown where they tell something."""
    one = compared(0.5, 0.5, 0.5, 0.5, flags=("x",))
    other = replace(compared(0.5, 0.5, 0.5, 0.5, temperature=0.8, margin=0.1), row=("b", one.row[1]))
    assert _headings([one, replace(other, row=("b", compared(0.5, 0.5, 0.5, 0.5, temperature=0.8).row[1]))]) == [
        "verdict",
        "provider",
        "temperature",
        "new",
        "old",
        "difference",
        "margin",
        "cases",
        "missing",
        "p worse",
        "p not worse",
    ]


def test_an_exploratory_table_says_lower_and_higher() -> None:
    """Nothing in it is called worse, for no better direction and no margin is meant."""
    table = compared_columns(comparison().rows, explored=True)
    assert table[0].cells == ("lower", "higher", "open")
    assert "p lower" in [column.heading for column in table]


def test_the_same_flag_is_said_once() -> None:
    """In every row, in some of them, or in the one that it names."""
    rows = [compared(0.5, 0.5, 0.5, 0.5, temperature=0.1 * index, flags=("a",)) for index in range(3)]
    rows[0] = replace(rows[0], flags=("a", "b"))
    rows[1] = replace(rows[1], flags=("a", "c"))
    rows[2] = replace(rows[2], flags=("a", "c"))
    assert list(flag_lines(rows)) == ["a (in every row)", "local, temperature 0.0: b", "c (in 2 of 3 rows)"]


def test_what_is_open_names_its_row_and_measure() -> None:
    """A decided row has no line."""
    rows = [compared(0.5, 0.8, 0.5, 0.5), compared(None, None, None, None, measure="x"), compared(1, 1, 0, 1, "worse")]
    assert list(open_lines(rows)) == [
        "local, adherence: it dropped; whether by more than the margin is open",
        "local, x: there is nothing to test",
    ]


def test_methods_are_told_once() -> None:
    """With all measures that they hold for; where there was no test there is no method."""
    rows = [compared(0.5, 0.5, 0.5, 0.5, measure=name) for name in "abb"] + [compared(None, None, None, None)]
    assert list(method_lines(rows)) == ["Dirichlet bound over 24 pairs of draws of 3 cases: a, b"]


def test_what_was_found_stands_by_its_evidence() -> None:
    """The least corrected p comes first, and what is open is only counted."""
    lines = found_lines(comparison())
    assert [line.split(":")[0] for line in lines] == ["lower", "higher"]
    assert "3 comparisons, 2 found" in explored_heading(comparison())


def test_a_gate_s_rows_begin_with_what_is_worse(report: Report) -> None:
    """Beyond the given number they are counted."""
    gate = replace(report.gates[-1], compared=(*report.gates[-1].compared, compared(0.1, 0.9, 0, 1, "worse")))
    lines = list(gate_lines(gate, 2))
    assert [line.split(":")[0] for line in lines] == [
        "worse",
        "undecided",
        "and 2 more rows, which report.md lists",
        "in the long run",
    ]


def test_a_change_says_whether_it_is_shown() -> None:
    """Shown, not shown and not known are three things."""
    assert [change_line(each).split(":")[0] for each in changes()] == [
        "answers differ in distribution",
        "answers not seen to differ",
        "not tested for a change",
    ]
