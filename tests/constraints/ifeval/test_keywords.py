"""The checks of keywords and letters."""

from __future__ import annotations

import pytest

from evalkit.constraints.ifeval.keywords import (
    IfevalContainsAll,
    IfevalContainsNone,
    IfevalKeywordCount,
    IfevalLetterCount,
)
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "value"), [("A BLOG on kafka", 1.0), ("A blog", 0.0), ("", 0.0)], ids=["in words", "one missing", "empty"]
)
def test_keywords_are_found_within_words(text: str, value: float) -> None:
    """In either case, without a word's edge."""
    assert IfevalContainsAll(("log", "Kafka")).score(text, whole=True).value == value


def test_a_point_in_a_keyword_stands_for_any_character() -> None:
    """The benchmark does not escape it."""
    assert IfevalContainsAll(("a.m",)).score("an arm", whole=True).value == 1
    assert IfevalContainsAll(("a.m",)).score("am", whole=True).value == 0


@pytest.mark.parametrize(
    ("keyword", "text", "value"),
    [("log", "a blog", 1.0), ("log", "a log.", 0.0), ("C#", "use C# now", 1.0), ("C#", "C#x", 0.0)],
    ids=["in a word", "alone", "no edge after it", "an edge after it"],
)
def test_forbidden_words_stand_between_edges(keyword: str, text: str, value: float) -> None:
    """A keyword that ends in a sign is found only where a letter follows."""
    assert IfevalContainsNone((keyword,)).score(text, whole=True).value == value


def test_a_keyword_that_cannot_be_read_leaves_the_verdict_open() -> None:
    """Unless another one decides."""
    assert IfevalContainsAll(("(", "log")).score("a log", whole=True).value is None
    assert IfevalContainsAll(("(", "log")).score("a fog", whole=True).value == 0
    assert IfevalContainsNone(("(", "log")).score("a fog", whole=True).value is None
    assert IfevalContainsNone(("(", "log")).score("a log", whole=True).value == 0
    assert IfevalKeywordCount("(", at_least=0).score("a log", whole=True).value is None


def test_a_keyword_is_counted_without_overlaps() -> None:
    """The spans are its places."""
    score = IfevalKeywordCount(" aa ", at_least=2).score("aaaAa", whole=True)
    assert score.value == 1
    assert score.spans == (Span(0, 2), Span(2, 4))


@pytest.mark.parametrize(
    ("letter", "text", "value"), [("K", "kK\u212a", 1.0), ("i", "iI\u0130", 1.0), ("s", "sS\u017f", 0.0)]
)
def test_letters_are_counted_in_small_form(letter: str, text: str, value: float) -> None:
    """The kelvin sign is a k and the dotted capital an i; the long s is none."""
    score = IfevalLetterCount(letter, at_least=3).score(text, whole=True)
    assert score.value == value
    assert len(score.spans) == 2 + value


@pytest.mark.parametrize("letter", ["#", "!", "é", "ab", "İ"])
def test_a_letter_that_the_reference_replaces_leaves_the_verdict_open(letter: str) -> None:
    """It draws another at random, so that its verdict says nothing."""
    score = IfevalLetterCount(letter, less_than=3).score("a", whole=True)
    assert score.value is None
    assert "at random" in score.reason
