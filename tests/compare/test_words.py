"""Tests of what a comparison found, in words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.compare.rows import Asked, compare_row
from evalkit.compare.words import difference, needed_words, openness, operating_words, p_value, signed
from evalkit.findings import Estimate, Needed, Operating
from measured_rows import adherence, row, scores

if TYPE_CHECKING:
    from evalkit.gate import Better

_ROW = row(adherence(scores(1.0)))
_PLAIN = compare_row(_ROW, _ROW, Asked("adherence", "suite", 0.05))


def _differing(low: float, high: float, better: Better = "higher", margin: float = 0.05) -> str | None:
    estimate = Estimate((low + high) / 2, low, high, "")
    return openness(replace(_PLAIN, difference=estimate, better=better, margin=margin))


def test_a_drop_within_doubt_is_called_a_drop() -> None:
    """An interval wholly below 0 shows a drop; whether it exceeds the margin is another question."""
    assert _differing(-0.09, -0.01) == "it dropped; whether by more than the margin is open"
    assert _differing(-0.09, 0.0) is None
    assert _differing(0.01, 0.09) is None
    assert _differing(-0.09, -0.01, margin=0.0) is None


def test_where_lower_is_better_a_rise_is_what_is_said() -> None:
    """The interval's other end decides then."""
    assert _differing(0.01, 0.09, "lower") == "it rose; whether by more than the margin is open"
    assert _differing(-0.09, -0.01, "lower") is None


def test_decided_comparisons_are_not_open() -> None:
    """Only an undecided one has something to say."""
    assert openness(replace(_PLAIN, verdict="worse", needed=Needed(1, 1))) is None


def test_nothing_to_test_says_so() -> None:
    """Without units there is no more to say."""
    assert openness(replace(_PLAIN, units=0)) == "there is nothing to test"


@pytest.mark.parametrize(
    ("needed", "words"),
    [
        (Needed(59, 4), "about 59 cases would decide it; about 4 repeats of each case would"),
        (Needed(1059, None), "about 1,059 cases would decide it; more repeats of these cases never would"),
        (Needed(None, 9), "about 9 repeats of each case would decide it; more cases never would"),
        (Needed(None, None), "no number of cases or repeats would be expected to decide it"),
    ],
)
def test_what_would_decide_is_told_for_cases_and_repeats_apart(needed: Needed, words: str) -> None:
    """Either may never do."""
    assert needed_words(needed) == words
    assert openness(replace(_PLAIN, needed=needed)) == words


@pytest.mark.parametrize(
    ("p", "words"),
    [(None, "–"), (0.0, "<0.0001"), (0.0001, "0.0001"), (0.1, "0.10"), (0.9999, "0.99"), (1.0, "1")],  # noqa: RUF001 - as reports write it
)
def test_a_p_is_never_rounded_to_0_or_1(p: float | None, words: str) -> None:
    """What is not certain does not read as if it were."""
    assert p_value(p) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "–"), (0.0004, "0.000"), (0.05, "+0.050"), (-0.05, "-0.050"), (123.456, "+123.5")],  # noqa: RUF001 - as above
)
def test_differences_have_their_sign(value: float | None, words: str) -> None:
    """A rise is marked as one, and 0 has no sign."""
    assert signed(value) == words


def test_a_difference_without_an_interval_stands_alone() -> None:
    """Nothing is made up around it."""
    assert difference(replace(_PLAIN, difference=Estimate(-3.0, None, None, ""))) == "-3.000"
    assert difference(replace(_PLAIN, difference=Estimate(-0.1, -0.2, 0.0, ""))) == "-0.100 [-0.200, 0.000]"


def test_the_long_run_is_one_line() -> None:
    """What is not defined is left out, and what does not exist is said."""
    assert operating_words(Operating(0.0123, 0.05, 0.8, 0.061)) == (
        "false alarms on 1.2 % of nights without change, wrong on 5.0 % at a drop of the margin, power 80.0 %, "
        "a drop of 0.061 is found with a chance of 80 %"
    )
    assert operating_words(Operating(0.0, 0.05, None, None)).endswith("no drop is found with a chance of 80 %")
