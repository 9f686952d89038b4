"""Regular expressions."""

from __future__ import annotations

import pytest

from evalkit.constraints.pattern import Matches
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("pattern", "text", "span"),
    [
        (r"\d+", "é 600 7", Span(2, 5)),
        ("(?i)kafka", "the KAFKA", Span(4, 9)),
        ("^a.c$", "abc", Span(0, 3)),
        ("^a.c$", "abcd", None),
        (r"\p{L}+", "1 größe", Span(2, 7)),
        ("x*", "abc", Span(0, 0)),
        (".", "\ud800", Span(0, 1)),
    ],
    ids=["after a wide character", "flag", "anchored", "not anchored", "class", "empty match", "half a character"],
)
def test_a_pattern_is_searched_for(pattern: str, text: str, span: Span | None) -> None:
    """The first match decides; its place counts characters, not bytes."""
    score = Matches(pattern).score(text, whole=True)
    assert score.value == (span is not None)
    assert score.spans == (() if span is None else (span,))


@pytest.mark.parametrize(
    ("pattern", "text", "value"),
    [
        ("Kafka", "Kafka", 1.0),
        ("Kafka$", "Kafka", None),
        (r"Kafka\z", "Kafka", None),
        (r"Kafka\b", "Kafka", None),
        (r"Kafka\b", "Kafka ", 1.0),
        (r"Kafk\B", "Kafka", 1.0),
        ("(?m)a$", "a\nb", 1.0),
        (r"a\$", "a$", 1.0),
        (r"a\\$", "a\\", None),
        ("x", "Kafka", None),
    ],
    ids=[
        "plain",
        "end of line",
        "end of text",
        "word edge at the end",
        "word edge inside",
        "no edge inside",
        "line end inside",
        "escaped dollar",
        "escaped backslash",
        "no match",
    ],
)
def test_a_match_in_a_cut_text_holds_unless_it_depends_on_what_follows(
    pattern: str, text: str, value: float | None
) -> None:
    """Only anchors at the very end of the text leave a match open."""
    assert Matches(pattern).score(text, whole=False).value == value


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("(abc", "missing )"),
        ("ab[z-a]", "invalid character class range: `z-a` at character 4"),
        ("(?<=a)b", "invalid perl operator"),
        ("a{2000}", "invalid repetition size"),
        ("é(", "missing )"),
    ],
    ids=["open group", "range", "look-behind", "repetition", "wide"],
)
def test_a_bad_pattern_is_refused_in_re2s_words(pattern: str, words: str) -> None:
    """The message says what is wrong, and where when that is known."""
    with pytest.raises(ArgumentError) as raised:
        Matches(pattern)
    assert words in raised.value.message
    assert raised.value.path == ("pattern",)


def test_half_a_character_is_no_pattern() -> None:
    """A lone surrogate cannot be searched for."""
    with pytest.raises(ArgumentError, match="lone surrogate"):
        Matches("a\ud800")


def test_a_large_pattern_reads_only_the_beginning_of_a_very_long_text() -> None:
    """What it finds there counts; what it does not leaves the verdict open."""
    large = Matches("(?:[ab]{10}c){90}|z")
    assert large.score("z" + "ab" * 500_000, whole=True).value == 1
    score = large.score("ab" * 500_000 + "z", whole=True)
    assert score.value is None
    assert "as far as it is read" in score.reason
