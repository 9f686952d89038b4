"""Ranges that counts are judged by."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalkit.constraints.counting import MOST_SPANS, Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.demands import Amount
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("given_range", "made", "words"),
    [
        ((2, None, None), Range(2, 2), "exactly 2 wanted"),
        ((0, None, None), Range(0, 0), "exactly 0 wanted"),
        ((None, 2, None), Range(2, None), "at least 2 wanted"),
        ((None, None, 0), Range(0, 0), "exactly 0 wanted"),
        ((None, None, 60), Range(0, 60), "limit 60"),
        ((None, 40, 60), Range(40, 60), "40 to 60 wanted"),
        ((None, 5, 5), Range(5, 5), "exactly 5 wanted"),
    ],
    ids=str,
)
def test_a_range_is_made_of_what_is_given(given_range: tuple[Any, Any, Any], made: Range, words: str) -> None:
    """Either the number itself, or its bounds."""
    assert range_of(*given_range) == made
    assert str(made) == words


@pytest.mark.parametrize(
    ("given_range", "path", "message"),
    [
        ((None, None, None), (), "missing"),
        ((None, 0, None), ("at_least",), "at least 1, got 0"),
        ((None, 3, 2), ("at_least",), "got 3 and 2"),
        ((1, 2, None), ("at_least",), "beside"),
        ((1, None, 2), ("at_most",), "beside"),
        ((-1, None, None), ("exactly",), "got -1"),
        ((None, None, True), ("at_most",), "got True"),
        ((None, 1.5, None), ("at_least",), "got 1.5"),
    ],
    ids=str,
)
def test_a_range_that_says_nothing_or_too_much_is_refused(
    given_range: tuple[Any, Any, Any], path: tuple[str, ...], message: str
) -> None:
    """The path leads to the argument at fault."""
    with pytest.raises(ArgumentError, match=message) as raised:
        range_of(*given_range)
    assert raised.value.path == path


@given(
    bounds=st.lists(st.integers(0, 9), min_size=3, max_size=3).map(sorted),
    low=st.integers(0, 9),
    high=st.integers(0, 9) | st.none(),
    more=st.integers(0, 9),
)
def test_a_verdict_holds_for_every_count_that_is_possible(
    bounds: list[int], low: int, high: int | None, more: int
) -> None:
    """Decided is what no count between the bounds, nor any later one, contradicts; nothing else is withheld."""
    settled, least, most = bounds
    assume(high is None or low <= high)
    count, wanted = Count(least, most, settled, "doubt"), Range(low, high)
    held = {low <= each and (high is None or each <= high) for each in range(least, most + 1)}
    value = judge_count(count, wanted, "word", whole=True).value
    assert value == (float(held.pop()) if len(held) == 1 else None)
    cut = judge_count(count, wanted, "word", whole=False).value
    if cut is not None:
        assert cut == (low <= settled + more and (high is None or settled + more <= high))


def test_the_reason_names_the_count_and_the_range() -> None:
    """A count that is not known is written as the range that it lies in, with the reason why."""
    assert judge_count(Count(1, 1, 1), Range(0, 2), "word", whole=True).reason == "1 word, limit 2"
    score = judge_count(Count(1, 3, 1, "hidden"), Range(2, 2), "word", whole=True)
    assert (score.value, score.reason) == (None, "1 to 3 words, exactly 2 wanted; hidden")


def test_what_stands_beyond_the_limit_is_pointed_at() -> None:
    """Where there are too many, the span is made from the limit; otherwise the places stand."""
    places = (Span(0, 1),)
    beyond = judge_count(
        Count(3, 3, 3), Range(0, 2), "word", whole=True, places=places, beyond=lambda limit: (Span(limit, 9),)
    )
    assert beyond.spans == (Span(2, 9),)
    assert judge_count(Count(1, 1, 1), Range(0, 2), "word", whole=True, places=places).spans == places


def test_a_range_is_a_demand_for_an_amount() -> None:
    """Contradictions are found among such demands."""
    assert range_of(None, 2, 5).demands("words") == ((Amount("words", low=2, high=5),),)


def test_only_the_first_hundred_places_are_pointed_at() -> None:
    """A verdict on a megabyte of commas stays small."""
    assert len(first_spans((at, at + 1) for at in range(1000))) == MOST_SPANS
