"""Why a comparison came to its verdict."""

from __future__ import annotations

from dataclasses import replace

from evalkit.compare.family import correct
from evalkit.compare.reasons import compared_words, repeats_words
from evalkit.compare.rows import Asked, compare_row
from evalkit.findings import Needed
from measured_rows import adherence, row, scores

GOOD = row(adherence(*[scores(1.0, 1.0)] * 30))
BAD = row(adherence(*[scores(0.0, 1.0)] * 30))
ASKED = Asked("adherence", "suite", 0.1)


def test_harm_is_said_with_everything_that_it_rests_on() -> None:
    """Both sides, the difference with its interval, the margin, the corrected p, and how much was drawn."""
    (found,) = correct([compare_row(BAD, GOOD, ASKED)], 0.05)
    assert compared_words(found) == (
        "worse: 0.50 against 1.00, difference -0.500 [-0.632, -0.342], margin 0.1, p worse <0.0001, "
        "30 cases x 2 repeats"
    )


def test_no_harm_is_said_with_its_own_p() -> None:
    """The p of harm would be about another question."""
    (found,) = correct([compare_row(GOOD, GOOD, ASKED)], 0.05)
    words = compared_words(found)
    assert words.startswith("not worse: 1.00 against 1.00, difference 0.000 [")
    assert words.endswith("margin 0.1, p not worse 0.0018, 30 cases x 2 repeats")


def test_what_is_open_is_said_with_what_would_decide_it() -> None:
    """Both p, the draws without a score, that it dropped all the same, and what it would take."""
    new = row(adherence(*[scores(0.0, 1.0)] * 4, *[scores(1.0, 1.0)] * 25, scores(1.0, missing=1)))
    (found,) = correct([compare_row(new, GOOD, replace(ASKED, margin=0.05))], 0.05)
    words = compared_words(replace(found, needed=Needed(200, None)))
    assert words.startswith("undecided: ")
    assert "p worse " in words
    assert "p not worse " in words
    assert "1 and 0 draws without a score count against it" in words
    assert words.endswith("about 200 cases would decide it; more repeats of these cases never would")


def test_nothing_to_compare_is_said() -> None:
    """There are no numbers to give."""
    (found,) = correct([compare_row(row([]), GOOD, ASKED)], 0.05)
    assert compared_words(found) == ("undecided: no case was decided on both sides, there is nothing to test")


def test_a_measure_that_should_be_low_is_said_to_be_one() -> None:
    """Otherwise a rise would read as good."""
    (found,) = correct([compare_row(GOOD, BAD, replace(ASKED, better="lower"))], 0.05)
    assert "worse: 1.00 against 0.50, difference +0.500 [" in compared_words(found)
    assert "margin 0.1, lower being better" in compared_words(found)


def test_repeats_are_told_apart_where_they_differ() -> None:
    """Between the sides, and between the cases of one."""
    four = row(adherence(scores(*[1.0] * 4)))
    mixed = row(adherence(scores(1.0), scores(*[1.0] * 4)))
    assert repeats_words(four, four) == "4 repeats"
    assert repeats_words(four, mixed) == "4 repeats against 1 to 4 repeats"
    assert repeats_words(row(adherence(scores(1.0))), row([])) == "1 repeat against 0 repeats"
