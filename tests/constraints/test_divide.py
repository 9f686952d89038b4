"""Dividing a text into parts, sentences included."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.divide import UndividedError, divide
from evalkit.constraints.sentences import MaxSentences

TEXT = "Dr. Lee likes Kafka. É. Zola did not! Did anyone? Yes, and a few more words follow here."
_PIECES = st.lists(st.sampled_from(["Dr. ", "Kafka. ", "É. ", "word ", "Oh! ", "Why? ", "e.g. ", '" ']), max_size=10)


def _sentences(text: str) -> list[str]:
    return [text[span.start : span.end] for span in divide(text, "sentence").parts.spans]


def test_sentences_are_punkts() -> None:
    """Abbreviations and initials end none."""
    assert _sentences(TEXT) == [
        "Dr. Lee likes Kafka.",
        "É. Zola did not!",
        "Did anyone?",
        "Yes, and a few more words follow here.",
    ]


@given(pieces=_PIECES)
def test_sentences_do_not_depend_on_the_normal_form(pieces: list[str]) -> None:
    """Each is the same sentence however its accents are written."""
    text = "".join(pieces)
    decomposed = _sentences(unicodedata.normalize("NFD", text))
    assert [unicodedata.normalize("NFC", each) for each in decomposed] == _sentences(text)


@given(pieces=_PIECES, end=st.sampled_from(["", "x", "\u0301", " Lee", ". And", '" said he.', "\n\nMore."]))
def test_settled_sentences_stay_however_the_text_goes_on(pieces: list[str], end: str) -> None:
    """They are the first sentences of every longer text."""
    text = "".join(pieces)
    parts = divide(text, "sentence").parts
    settled = parts.spans[: parts.settled]
    assert divide(text + end, "sentence").parts.spans[: len(settled)] == settled


@given(pieces=_PIECES)
def test_as_many_sentences_as_the_limit_counts(pieces: list[str]) -> None:
    """Against `max_sentences`, which counts them."""
    text = unicodedata.normalize("NFC", "".join(pieces))
    count = len(_sentences(text))
    assert MaxSentences(count).score(text, whole=True).value == 1
    assert count == 0 or MaxSentences(count - 1).score(text, whole=True).value == 0


def test_only_the_beginning_of_a_long_text_is_divided_into_sentences() -> None:
    """Fifty thousand characters of it."""
    assert not divide("a" * 50_000, "sentence").cut
    divided = divide("One. " * 10_001, "sentence")
    assert divided.cut
    assert divided.parts.spans[-1].end <= 50_000


@pytest.mark.parametrize(("text", "undecided"), [("{", False), ("[" * 100_000, True)], ids=["not JSON", "too deep"])
def test_what_cannot_be_divided_says_why(text: str, undecided: bool) -> None:
    """A fact about the text, or the end of what is read."""
    with pytest.raises(UndividedError) as raised:
        divide(text, "json", pointer="/a")
    assert raised.value.undecided is undecided
