"""The table of nights, and the lines below it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.history import History, Night
from evalkit.outcome import Point
from evalkit.reports.nights import (
    charted_rows,
    looks_lines,
    night_columns,
    night_lines,
    row_heading,
    written_point,
)
from evalkit.types import Condition

if TYPE_CHECKING:
    from evalkit.measured import RowKey


def _cells(history: History) -> dict[str, tuple[str, ...]]:
    return {column.heading: column.cells for column in night_columns(history)}


def test_each_night_has_its_verdict_its_numbers_and_its_cost(history: History) -> None:
    """What was not measured is a dash, never a zero."""
    cells = _cells(history)
    assert cells["night"][1] == "2026-10-02 02:00"
    assert cells["verdict"] == (
        "good", "! worse", "x incomplete", "~ changed", "? not judged", "/ good", "good", "undecided"
    )  # fmt: skip
    assert cells["exit"] == ("0", "1", "3", "0", "–", "0", "0", "4")  # noqa: RUF001 - the dash of reports
    assert cells["system dense"][:3] == ("0.90 [0.80, 1.00]", "0.40 [0.30, 0.50]", "–")  # noqa: RUF001 - as above
    assert cells["cost"][3] == "at least $0.2500"
    assert cells["cost"][6] == "–"  # noqa: RUF001 - as above
    assert cells["baseline"][5:] == ("–", "main, another one", "main")  # noqa: RUF001 - as above


def _many() -> History:
    keys: list[RowKey] = [("local", Condition((("temperature", value / 10),))) for value in range(6)]
    points = {key: Point(0.9 - number / 10, None, None, 0.9) for number, key in enumerate(keys)}
    night = Night("run", "2026-10-01T02:00", state="good", exit_code=0, points=points)
    lacking = replace(night, points={keys[0]: points[keys[0]]})
    return History("suite", "adherence", (night, lacking), tuple(keys), averaged=6)


def test_many_rows_have_their_mean_and_the_lowest() -> None:
    """A night that lacks a row has no mean, because it would be of something else."""
    cells = _cells(_many())
    assert cells["mean of 6 rows"] == ("0.65", "–")  # noqa: RUF001 - the dash of reports
    assert cells["lowest row"][0] == "0.40 temperature 0.5"


def test_charts_are_of_the_rows_that_fell_most() -> None:
    """Of more than there is room for, in the order that rows have."""
    history = _many()
    assert charted_rows(history, 2) == list(history.rows[4:])
    assert charted_rows(history, 6) == list(history.rows)


def test_a_single_row_is_named_by_the_measure(history: History) -> None:
    """Others by provider and axes, as far as these vary."""
    key = history.rows[0]
    assert row_heading(history, key) == "system dense"
    assert row_heading(replace(history, rows=(key,)), key) == "adherence"
    hosted: RowKey = ("hosted", key[1])
    assert row_heading(replace(history, rows=(key, hosted)), hosted) == "hosted"


def test_what_happened_is_said_with_its_day(history: History) -> None:
    """Alarms, changes, nights without a number, and from when on which baseline was the one."""
    told = "\n".join(night_lines(history))
    assert "alarm: 2026-10-02, run 20261002-0200-abcd: adherence no worse than baseline by 0.05" in told
    assert "the model changed: 2026-10-04, run 20261004-0200-abcd: local, texts (p 0.0012)" in told
    assert "no number: 2026-10-03, run 20261003-0200-abcd: 60 of 80 draws failed or are missing" in told
    assert "no number: 2026-10-06, run 20261006-0200-abcd: not all cases were to be drawn" in told
    assert "baseline: from 2026-10-01, run 20261001-0200-abcd, on main, made of run 20261001-0200-aaaa" in told
    assert "baseline: from 2026-10-07, run 20261007-0200-abcd, on main, made of run 20261006-0200-ffff" in told
    assert told.count("baseline: from") == 2
    assert "suite: 2026-10-08, run 20261008-0200-abcd: another version than before" in told
    assert "`evalkit report 20261005-0200-abcd` judges one" in told


def test_of_many_alarms_the_newest_are_listed(history: History) -> None:
    """The others are counted."""
    alarms = tuple(
        replace(history.nights[1], started_at=f"2026-10-{day:02}T02:00:00.000+00:00") for day in range(1, 21)
    )
    told = [line for line in night_lines(replace(history, nights=alarms)) if line.startswith("alarm")]
    assert told[0] == "alarm: 8 more before these"
    assert len(told) == 13
    assert told[-1].startswith("alarm: 2026-10-20")


def test_what_chance_alone_brings_is_said(history: History) -> None:
    """As many nights are as many looks; a trend is not tested, and that is said whatever there is."""
    told = list(looks_lines(history))
    assert told[0].startswith("gates failed in 1 of 7 nights;")
    assert "0.25 on average" in told[0]
    assert told[1].startswith("the model was found changed in 1 of 7 nights;")
    assert "not tested" in told[2]
    assert len(list(looks_lines(replace(history, alarms_expected=None, changes_expected=None)))) == 1


def test_a_number_without_an_interval_stands_alone() -> None:
    """And what is not known is a dash."""
    assert written_point(Point(12.0, None, None)) == "12.00"
    assert written_point(None) == "–"  # noqa: RUF001 - the dash of reports
