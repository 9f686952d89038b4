"""Texts with their accents composed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.composed import composed


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", ""),
        ("plain", "plain"),
        ("\u00c9.", "\u00c9."),
        ("E\u0301.", "\u00c9."),
        ("a\u0323\u0302b", "\u1eadb"),
        ("\u0301a", "\u0301a"),
        ("1\u0301", "1\u0301"),
        ("x\u0301!", "x\u0301!"),
    ],
    ids=["empty", "ASCII", "composed", "one accent", "two accents", "no letter", "digit", "no such character"],
)
def test_letters_take_their_accents_in(text: str, result: str) -> None:
    """Where Unicode has a character for both."""
    assert composed(text).text == result


@given(st.text(st.sampled_from("aEé\u0301\u0323. x漢"), max_size=12))
def test_every_character_knows_where_it_came_from(text: str) -> None:
    """What begins at a place of the composed text is what begins there in the given one, composed."""
    result = composed(text)
    for index in range(len(result.text) + 1):
        rest = unicodedata.normalize("NFC", text[result.place(index) :])
        letter = result.text[index : index + 1]
        assert unicodedata.combining(letter or " ") or rest.startswith(letter)
    assert result.place(len(result.text)) == len(text)


@given(st.text(st.characters(), max_size=20))
def test_latin_text_comes_out_in_the_same_form_however_it_was_written(text: str) -> None:
    """Both normal forms are composed alike, as far as letters with accents go."""
    latin = "".join(character for character in text if ord(character) < 0x250)
    assert composed(unicodedata.normalize("NFD", latin)).text == composed(unicodedata.normalize("NFC", latin)).text
