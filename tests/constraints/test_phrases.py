"""Finding set phrases."""

from __future__ import annotations

import pytest

from evalkit.constraints.phrases import book, found
from evalkit.constraints.tokens import tokens


def _found(text: str, *phrases: str, also: tuple[str, ...] = ()) -> list[str]:
    read = tokens(text)
    spans = [read.span(*place) for place in found(text, read, book(phrases, also))]
    return [text[span.start : span.end] for span in spans]


def test_choices_stand_for_every_phrase_that_they_make() -> None:
    """An empty choice leaves the part out."""
    phrase = "{I am|I'm} {so|very|} sorry"
    for text in ("I am sorry", "I’m so sorry", "i'm VERY  sorry", "I **am** sorry"):  # noqa: RUF001 - the typographic form
        assert _found(text, phrase) == [text]
    assert _found("I am really sorry", phrase) == []


def test_the_longest_phrase_is_taken() -> None:
    """Phrases do not overlap."""
    assert _found("as an AI model", "as an AI", "as an AI model", "AI model") == ["as an AI model"]


@pytest.mark.parametrize("text", ["so I. Am sorry", "I; am sorry", "I\n\nam sorry", "| I | am sorry |"])
def test_no_phrase_runs_over_an_end(text: str) -> None:
    """Sentences, paragraphs and cells of a table end phrases."""
    assert _found(text, "I am sorry") == []


@pytest.mark.parametrize(("text", "count"), [("Sorry.", 1), ("No. Sorry.", 1), ("-\n sorry", 1), ("not sorry", 0)])
def test_a_leading_phrase_begins_a_sentence_or_a_line(text: str, count: int) -> None:
    """Elsewhere it is part of another one."""
    assert len(_found(text, "^sorry")) == count


def test_a_users_phrases_are_taken_as_they_stand() -> None:
    """Braces in them are signs like any other."""
    assert _found("use {a|b} now", also=("a|b",)) == []
    assert _found("use a b now", also=("{a b}",)) == ["a b"]


def test_words_are_whole() -> None:
    """A phrase is not found inside of words."""
    assert _found("unsorry sorrys", "sorry") == []
