"""The history for spreadsheets."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.reports.history_csv import write_history_csv

if TYPE_CHECKING:
    from evalkit.history import History


def _lines(history: History) -> list[dict[str, str]]:
    stream = io.StringIO()
    write_history_csv([history], stream)
    return list(csv.DictReader(io.StringIO(stream.getvalue())))


def test_each_row_of_each_night_has_a_line(history: History) -> None:
    """A night without a number has one, without numbers, which says why."""
    lines = _lines(history)
    assert len(lines) == 2 * 5 + 3
    assert (lines[0]["condition"], lines[0]["estimate"], lines[0]["limit"]) == ("system dense", "0.9", "0.85")
    incomplete = next(line for line in lines if line["state"] == "incomplete")
    assert (incomplete["estimate"], incomplete["provider"]) == ("", "")
    assert incomplete["why_no_number"] == "60 of 80 draws failed or are missing"


def test_no_field_is_taken_for_a_formula(history: History) -> None:
    """A suite's name may begin with anything."""
    assert _lines(replace(history, suite="=1+1"))[0]["suite"] == "'=1+1"
