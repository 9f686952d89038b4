"""The nights of a suite in order of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import UsageError
from evalkit.gate import Alarms
from evalkit.history import NOT_JUDGED, histories, history_of
from evalkit.outcome import ChangeMark, GateMark, Held, Point, RowMark, RunOutcome
from evalkit.store.outcomes import StoredNight
from evalkit.types import Condition

if TYPE_CHECKING:
    from evalkit.measured import RowKey

HOT: RowKey = ("mine", Condition((("temperature", 1.0),)))
COLD: RowKey = ("mine", Condition((("temperature", 0.0),)))
MAIN, RENEWED = Held("main", "0000aaaa", "r1"), Held("main", "0000bbbb", "r2")


def _rows(**estimates: float | None) -> tuple[RowMark, ...]:
    keys = {"hot": HOT, "cold": COLD}
    return tuple(
        RowMark(*keys[name], (), 2, {}, {"adherence": Point(value, None, None), "distinct_1": Point(1, None, None)})
        for name, value in estimates.items()
    )


def _night(day: int, *, suite: str = "made", finished: bool = True, judged: bool = True, **parts: Any) -> StoredNight:  # noqa: ANN401 - any field of an outcome
    fields: dict[str, Any] = {"exit_code": 0, "state": "good", "suite_hash": "hash", "rows": _rows(hot=0.5, cold=0.9)}
    outcome = RunOutcome(f"run{day}", f"2026-10-{day:02}T03:00", **{**fields, **parts})
    return StoredNight(f"run{day}", suite, f"2026-10-{day:02}T02:00", finished, {}, outcome if judged else None)


def test_each_night_has_the_numbers_of_its_rows() -> None:
    """In order of time, with the mean over rows that all nights share."""
    history = history_of("made", [_night(1), _night(2, rows=_rows(hot=0.7, cold=1.0))], "adherence")
    assert history.rows == (HOT, COLD)
    assert [point and point.estimate for point in history.series(HOT)] == [0.5, 0.7]
    assert [history.mean(night) for night in history.nights] == [pytest.approx(0.7), pytest.approx(0.85)]


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        pytest.param({"state": "incomplete", "incomplete": "too many failed"}, "too many failed", id="failures"),
        pytest.param({"state": "incomplete", "stopped": ("a", "b")}, "a; b", id="stopped"),
        pytest.param({"state": "incomplete", "unjudged": 2}, "draws or judgements are missing", id="unjudged"),
        pytest.param({"rows": (), "partial": 2}, "not all cases were to be drawn", id="part"),
        pytest.param({"judged": False, "finished": False}, "it did not end", id="running or killed"),
        pytest.param({"judged": False}, "nothing is remembered of what it was judged to be", id="older"),
    ],
)
def test_a_night_without_all_its_draws_has_no_number(parts: dict[str, Any], why: str) -> None:
    """It says why instead, and its mean is not known; the nights around it keep theirs."""
    history = history_of("made", [_night(1), _night(2, **parts), _night(3)], "adherence")
    night = history.nights[1]
    assert night.why == why
    assert not night.points
    assert history.mean(night) is None
    assert [history.mean(each) is None for each in history.nights] == [False, True, False]


def test_what_was_never_judged_is_no_verdict() -> None:
    """Neither good nor bad, without an exit code."""
    (night,) = history_of("made", [_night(1, judged=False)], "adherence").nights
    assert (night.state, night.exit_code, night.cost_usd) == (NOT_JUDGED, None, None)


def test_a_baseline_is_another_one_when_its_file_is() -> None:
    """Against the last night that had one; the first one is no change, nor is a night without."""
    held = [MAIN, None, MAIN, RENEWED, RENEWED]
    history = history_of("made", [_night(day, baseline=each) for day, each in enumerate(held, 1)], "adherence")
    assert [night.renewed for night in history.nights] == [False, False, False, True, False]


def test_a_changed_suite_is_marked_once() -> None:
    """On the night from which on it is another one, across nights that were not judged."""
    nights = [_night(1), _night(2, judged=False), _night(3, suite_hash="new"), _night(4, suite_hash="new")]
    assert [night.revised for night in history_of("made", nights, "adherence").nights] == [False, False, True, False]


def test_alarms_and_changes_are_those_of_the_night() -> None:
    """Names of gates that failed, and what showed a change."""
    gates = (GateMark("no worse", "worse", alarming=True, compares=True), GateMark("fine", "passed", False, False))
    changes = (ChangeMark("mine", "texts", 0.001, True), ChangeMark("mine", "length", 0.5, False))
    (night,) = history_of("made", [_night(1, gates=gates, changes=changes, state="worse")], "adherence").nights
    assert night.alarms == ("no worse",)
    assert [change.what for change in night.changed] == ["texts"]


def test_false_alarms_to_expect_add_up_over_nights() -> None:
    """Of nights whose gates compare and that were whole; thresholds are no part of that budget."""
    compares = (GateMark("no worse", "not_worse", alarming=False, compares=True),)
    tested = (ChangeMark("mine", "texts", 0.5, False),)
    nights = [
        _night(1, gates=compares, changes=tested, alarms=Alarms(0.05, 0.01)),
        _night(2, gates=compares, alarms=Alarms(0.1, 0.01)),
        _night(3, gates=(GateMark("at least", "passed", alarming=False, compares=False),)),
        _night(4, gates=compares, state="incomplete"),
        _night(5, judged=False),
    ]
    history = history_of("made", nights, "adherence")
    assert history.alarms_expected == pytest.approx(0.15)
    assert history.changes_expected == pytest.approx(0.01)
    assert history_of("made", nights[2:3], "adherence").alarms_expected is None


def test_a_night_of_fewer_rows_has_no_mean() -> None:
    """The mean is over the rows of the fullest night; a mean over others would be of something else."""
    nights = [_night(1), _night(2, rows=_rows(hot=0.5)), _night(3, rows=_rows(hot=0.5, cold=None))]
    history = history_of("made", nights, "adherence")
    assert [history.mean(night) is None for night in history.nights] == [False, True, True]
    assert history.nights[1].points[HOT].estimate == 0.5


def test_rows_can_be_chosen() -> None:
    """The others are no part of the mean, either."""
    history = history_of("made", [_night(1)], "adherence", wanted=lambda key: key == COLD)
    assert history.rows == (COLD,)
    assert history.mean(history.nights[0]) == 0.9


def test_suites_stay_apart() -> None:
    """Each has its own history, and its own first baseline."""
    nights = [_night(1, suite="a", baseline=MAIN), _night(2, suite="b", baseline=RENEWED)]
    told = histories(nights, "adherence")
    assert [history.suite for history in told] == ["a", "b"]
    assert not told[1].nights[0].renewed


def test_an_unknown_measure_is_refused_with_those_there_are() -> None:
    """Unless nothing is known at all: then there is nothing to choose from."""
    with pytest.raises(UsageError, match="no run has a measure `adherance`") as raised:
        histories([_night(1)], "adherance")
    assert raised.value.hint == "did you mean `adherence`?"
    (history,) = histories([_night(1, judged=False)], "adherance")
    assert history.rows == ()
