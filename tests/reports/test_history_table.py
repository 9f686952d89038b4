"""The history at the terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.console import Console  # noqa: TID253 - what is printed is looked at

from evalkit.reports.history_table import print_history

if TYPE_CHECKING:
    from evalkit.history import History


def _printed(history: History, *, width: int = 160, encoding: str = "utf-8") -> str:
    bytes_ = io.BytesIO()
    stream = io.TextIOWrapper(bytes_, encoding=encoding, errors="strict")
    print_history(history, Console(file=stream, width=width, highlight=False, soft_wrap=False))
    stream.flush()
    return bytes_.getvalue().decode(encoding)


def test_nights_charts_and_words_are_there(history: History) -> None:
    """A heading, a line for each night, a chart for each row, what characters mean, and what happened."""
    printed = _printed(history)
    assert printed.startswith("brokers | <script>, adherence over 8 nights\n")
    assert sum(line.startswith("2026-10-") and "02:00" in line for line in printed.splitlines()) == 8
    assert printed.count("┤") >= 18
    assert "● estimate; │ its 95 % interval; ─ baseline; ┄ where the gate's margin ends" in printed
    assert "alarm: 2026-10-02" in printed
    assert "\x1b" not in printed


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_every_encoding_shows_it(history: History, encoding: str) -> None:
    """What an encoding lacks is written otherwise, never an error; the lines are the same in number."""
    wide = _printed(history).splitlines()
    assert len(_printed(history, encoding=encoding).splitlines()) == len(wide)


def test_a_narrow_terminal_names_what_it_leaves_out(history: History) -> None:
    """Numbers stay, and no line of the table or a chart is wider than the terminal."""
    printed = _printed(history, width=80)
    assert "not shown at this width: run, exit" in printed
    assert "0.40 [0.30, 0.50]" in printed
    assert max(map(len, printed.splitlines())) <= 80


def test_more_rows_than_charts_are_counted(history: History) -> None:
    """With the options that choose."""
    key = history.rows[0]
    rows = tuple((f"provider{number}", key[1]) for number in range(6))
    nights = tuple(replace(night, points=dict.fromkeys(rows, night.points[key])) for night in history.nights[:2])
    printed = _printed(replace(history, nights=nights, rows=rows, averaged=6))
    assert "without a chart: 2 more rows; --where and --provider choose rows" in printed
    assert printed.count("0.95 ┤") + printed.count("1.00 ┤") == 4


def test_nothing_judged_has_no_chart(history: History) -> None:
    """The nights are listed all the same."""
    printed = _printed(replace(history, nights=(history.nights[4],), rows=(), averaged=0))
    assert "not judged" in printed
    assert "estimate" not in printed
