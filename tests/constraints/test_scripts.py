"""What counts as a word."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.scripts import count_words, stands_alone, words_from
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("- ** … 😀", 0),
        ("well-known", 1),
        ("don't don\u2019t rock-n-roll", 3),
        ("3.5 1,000,000 2.", 3),
        ("v1.2.3", 1),
        ("and/or", 2),
        ("**bold** _soft_ snake_case", 3),
        ("end—start", 2),
        ("a--b", 2),
        ("Größe naïve e\u0301te\u0301", 3),
        ("हिन्दी में", 2),
        ("привет, мир", 2),
        ("한국어 문장", 2),
        ("مرحبا بالعالم", 2),
    ],
    ids=repr,
)
def test_words_are_counted_exactly(text: str, words: int) -> None:
    """Scripts that part words by spaces have one count."""
    count = count_words(text)
    assert (count.low, count.high, count.script) == (words, words, None)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("漢字", 1, 2), ("Kafka (カフカ)", 2, 4), ("Kafkaは速い", 1, 4), ("ที่", 1, 3), ("ລາວ ພາສາ", 2, 7)],
    ids=repr,
)
def test_words_of_unspaced_scripts_are_bounded(text: str, low: int, high: int) -> None:
    """At least one for each run of characters, at most one for each character."""
    count = count_words(text)
    assert (count.low, count.high) == (low, high)
    assert count.script in text  # type: ignore[operator] # None would fail the test as it should


@given(text=st.text(), continuation=st.text())
def test_the_count_never_falls_as_a_text_goes_on(text: str, continuation: str) -> None:
    """More text may lengthen the last word or add words, never take one away."""
    assert count_words(text + continuation).low >= count_words(text).low


@given(text=st.text())
def test_the_bounds_are_in_order(text: str) -> None:
    """The least count is at most the greatest."""
    count = count_words(text)
    assert count.low <= count.high


@given(words=st.lists(st.from_regex(r"\A[A-Za-z0-9]+\Z"), max_size=20))
def test_plain_words_between_spaces_are_counted_as_split_counts_them(words: list[str]) -> None:
    """On words of letters and digits the count is that of `str.split`."""
    assert count_words(" ".join(words)).low == len(words)


def test_every_combining_mark_continues_a_word() -> None:
    """The class of marks agrees with the Unicode database, code point by code point."""
    marks = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code))[0] == "M"]
    assert count_words(" ".join(f"a{mark}b" for mark in marks)).low == len(marks)


def test_words_are_found_from_any_one_on() -> None:
    """Places are given from the word asked for."""
    assert list(words_from("ab cd ef", 1)) == [(3, 5), (6, 8)]


@pytest.mark.parametrize(
    ("text", "span", "alone"),
    [
        ("a log.", Span(2, 5), True),
        ("blog", Span(1, 4), False),
        ("logs", Span(0, 3), False),
        ("log_1", Span(0, 3), False),
        ("cafe\u0301", Span(0, 4), False),
        ("C++11", Span(0, 3), False),
        ("Kafkaは", Span(0, 5), True),
        ("とカフカは", Span(1, 4), True),
    ],
    ids=["spaces", "before", "after", "underscore", "accent", "digit", "unspaced neighbour", "unspaced word"],
)
def test_a_word_stands_alone_when_nothing_touches_it(text: str, span: Span, alone: bool) -> None:
    """Letters, digits, underscores and accents touch; scripts without spaces do not."""
    assert stands_alone(text, span) is alone
