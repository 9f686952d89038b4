"""Charts made of characters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.history import Night
from evalkit.outcome import Point
from evalkit.reports.chart import ASCII, HEIGHT, UNICODE, chart_lines, legend, limit_of, mark_of, strokes_for, turn_of

if TYPE_CHECKING:
    from evalkit.history import History

FLAT = Night("run", "2026-10-01T02:00", state="good", exit_code=0)


def _columns(lines: list[str], nights: int) -> list[str]:
    """Return what each night's column holds, from the bottom up."""
    body = [line.partition(ASCII.axis)[2].ljust(2 * nights) for line in lines[:HEIGHT]]
    return ["".join(line[2 * night] for line in reversed(body)) for night in range(nights)]


def test_heights_are_in_proportion() -> None:
    """A number in the middle of the range stands in the middle, its ends at both edges."""
    points = [Point(0.0, None, None), Point(0.5, 0.25, 1.0), Point(1.0, None, None)]
    columns = _columns(chart_lines(points, [FLAT] * 3, width=60, strokes=ASCII), 3)
    assert columns == ["o        ", "  ::o::::", "        o"]


def test_the_baseline_and_the_limit_run_from_night_to_night() -> None:
    """They fill the gap to the next night while they stay where they are, and end with the last night that had them."""
    points = [Point(1.0, None, None, 0.5, 0.25)] * 2 + [Point(0.0, None, None)]
    lines = chart_lines(points, [FLAT] * 3, width=60, strokes=ASCII)
    assert lines[4].endswith("|---")
    assert lines[6].endswith("|...")


def test_no_margin_draws_no_limit() -> None:
    """A limit that is the baseline's own number says nothing more than that."""
    assert limit_of(Point(0.5, None, None, 0.5, 0.5)) is None
    assert limit_of(Point(0.5, None, None, 0.5, 0.45)) == 0.45
    lines = chart_lines([Point(0.5, None, None, 0.4, 0.4)], [FLAT], width=60, strokes=ASCII)
    assert not any("." in line.partition(ASCII.axis)[2] for line in lines[:HEIGHT])


def test_a_night_without_a_number_is_empty_and_marked(history: History) -> None:
    """Its column holds nothing, so that it can not be read as a low number."""
    points = history.series(history.rows[0])
    lines = chart_lines(points, history.nights, width=60, strokes=ASCII)
    columns = _columns(lines, len(points))
    assert [column.strip() == "" for column in columns] == [point is None for point in points]
    marks, turns = (line[9:].ljust(16)[::2] for line in lines[HEIGHT : HEIGHT + 2])
    assert marks == " !x~?/  "
    assert turns == "      BS"
    assert lines[-1].split() == ["2026-10-01", "2026-10-08"]


def test_marks_are_said_as_far_as_they_occur(history: History) -> None:
    """The legend names the strokes and these marks alone."""
    told = legend(history.nights, UNICODE, compared=True, limited=False)
    assert "● estimate" in told
    assert "─ baseline" in told
    assert "margin" not in told
    assert [f"{mark} " in told for mark in "!~x/?BS"] == [True] * 7
    assert legend([FLAT], ASCII, compared=False, limited=False) == "o estimate; : its 95 % interval"


def test_the_most_urgent_mark_stands() -> None:
    """A failed gate comes before a changed model, which comes before everything else."""
    worst = replace(FLAT, state="incomplete", why="an outage", alarms=("gate",))
    assert mark_of(worst) == "!"
    assert mark_of(replace(worst, alarms=())) == "x"
    assert turn_of(replace(FLAT, renewed=True, revised=True)) == "B"


@pytest.mark.parametrize(
    ("encoding", "strokes"),
    [("utf-8", UNICODE), ("cp1252", ASCII), ("ascii", ASCII), (None, ASCII), ("no such encoding", ASCII)],
)
def test_strokes_are_those_that_the_encoding_has(encoding: str | None, strokes: object) -> None:
    """Where one is missing, all are ASCII."""
    assert strokes_for(encoding) is strokes


def test_many_nights_are_narrower_and_the_oldest_are_left_out() -> None:
    """No line is wider than there is room, and the newest night is there."""
    points = [Point(0.1, None, None)] * 199 + [Point(0.9, None, None)]
    for count, wide in ((20, 2), (60, 1), (200, 1)):
        lines = chart_lines(points[-count:], [FLAT] * count, width=80, strokes=ASCII)
        assert max(map(len, lines)) <= 80
        assert lines[0].endswith("o")
        assert len(lines[HEIGHT - 1].partition(ASCII.axis)[2].rstrip()) == (min(count, 71) - 2) * wide + 1


def test_nothing_to_draw_draws_nothing() -> None:
    """Neither nights without numbers nor undecided ones make a chart."""
    assert chart_lines([None, Point(None, None, None)], [FLAT] * 2, width=80, strokes=ASCII) == []


def test_a_row_that_never_moves_is_drawn_in_the_middle() -> None:
    """The least range is a tenth, so that nothing is divided by zero and noise does not fill the chart."""
    lines = chart_lines([Point(0.5, None, None)] * 2, [FLAT] * 2, width=80, strokes=ASCII)
    assert _columns(lines, 2) == ["    o    "] * 2
    assert lines[0].startswith("   0.55")
    assert lines[HEIGHT - 1].startswith("   0.45")
