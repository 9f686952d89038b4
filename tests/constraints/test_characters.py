"""The number of characters, and of one letter."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.characters import CharacterCount, LetterCount, Unit
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("unit", "count"), [("graphemes", 7), ("code_points", 9), ("utf8_bytes", 16)], ids=["graphemes", "points", "bytes"]
)
def test_characters_are_counted_in_the_unit_asked_for(unit: Unit, count: int) -> None:
    """An accent and a flag are one character each, of several code points and bytes."""
    text = " cafe\u0301 \n🇫🇷\n"
    assert CharacterCount(exactly=count, unit=unit).score(text, whole=True).value == 1


def test_white_space_can_be_left_out() -> None:
    """Around the text it never counts."""
    for text in ("a b\tc\n", "é b\tc\n"):
        assert CharacterCount(exactly=5).score(text, whole=True).value == 1
        assert CharacterCount(exactly=3, ignore_white_space=True).score(text, whole=True).value == 1


def test_the_span_is_what_stands_beyond_the_limit() -> None:
    """It does not begin inside a character."""
    assert CharacterCount(at_most=1).score(" e\u0301e\u0301x ", whole=True).spans == (Span(3, 6),)


def test_half_a_character_has_bytes_too() -> None:
    """A lone surrogate takes three, as it would where it is stored at all."""
    assert CharacterCount(exactly=3, unit="utf8_bytes").score("\ud800", whole=True).value == 1


def test_an_unknown_unit_is_refused() -> None:
    """The units are named."""
    wrong: Any = "letters"
    with pytest.raises(ArgumentError, match="graphemes, code_points, utf8_bytes, got 'letters'"):
        CharacterCount(1, unit=wrong)


@pytest.mark.parametrize(
    ("letter", "text", "count"),
    [
        ("e", "Eel, élan, e\u0301lan", 2),
        ("é", "Eel, élan, E\u0301lan", 2),
        ("e\u0301", "Élan", 1),
        ("!", "a!!", 2),
        ("ß", "Straße SS", 1),
        ("👍", "👍👍🏽", 1),
        ("\u03c3", "ΟΔΟΣ οδος", 2),
    ],
    ids=ascii,
)
def test_letters_are_counted_as_a_reader_sees_them(letter: str, text: str, count: int) -> None:
    """An accent makes another letter, its encoding does not."""
    assert LetterCount(letter, exactly=count).score(text, whole=True).value == 1


@given(text=st.text(st.sampled_from("eEéÉaß \n")))
def test_neither_normal_form_nor_line_endings_change_a_count(text: str) -> None:
    """Against plain counting in the composed form."""
    count = sum(character in "eE" for character in text)
    for form in ("NFC", "NFD"):
        changed = unicodedata.normalize(form, text).replace("\n", "\r\n")
        assert LetterCount("e", exactly=count).score(changed, whole=True).value == 1


def test_case_can_matter() -> None:
    """With `ignore_case: false` only the letter itself counts."""
    for text in ("Eel", "Eelé"):
        assert LetterCount("e", exactly=1, ignore_case=False).score(text, whole=True).value == 1


def test_the_letter_at_the_end_of_a_cut_text_waits() -> None:
    """An accent may follow."""
    assert LetterCount("e", at_least=2).score("eel", whole=False).value == 1
    assert LetterCount("e", at_least=2).score("ee", whole=False).value is None
    assert LetterCount("e", at_most=0).score("e", whole=False).value is None


@pytest.mark.parametrize("letter", ["", " ", "ab", "e\u0301x"], ids=ascii)
def test_a_letter_is_one_character(letter: str) -> None:
    """Words have a constraint of their own."""
    with pytest.raises(ArgumentError) as raised:
        LetterCount(letter, exactly=1)
    assert raised.value.path == ("letter",)
