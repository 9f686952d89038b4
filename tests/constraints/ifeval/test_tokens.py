"""Words in capitals as NLTK's tokenizer finds them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.ifeval.tokens import capital_words

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS = (
    *("A", "B", "IT'S", "N'T", "'S", "'LL", "CANNOT", "canNOT", "WANNA", "MORE'N", "D'YE", "GOTTA'TIS", "'TWAS"),
    *("Ab", "É", "1", "²", "Ⓐ"),
)
_MARKS = (
    *("'", "'", "''", '"', "`", "\u2018", "\u2019", "“", "»", ".", ".", "...", "!", ",", ",", ":", ";"),
    *("@", "*", "(", "]", "<", "-", "--", "\u2013", " ", " ", "\n"),
)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    some = draw(st.lists(st.sampled_from([*_WORDS, *_MARKS]), min_size=1, max_size=8))
    parts = draw(st.lists(st.sampled_from([*some, *_MARKS]), max_size=18))
    return draw(st.sampled_from(["", "", " "])).join(parts)


@settings(max_examples=400)
@given(text=_texts())
def test_words_in_capitals_are_nltk_s(text: str, reference: Callable[..., Any]) -> None:
    """With clitics, contractions, quotes and marks in any order."""
    assert callable(reference)  # NLTK has its model
    nltk: Any = import_module("nltk")
    assert capital_words(text) == sum(token.isupper() for token in nltk.word_tokenize(text))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("I AM", 2),
        ("IT'S", 2),
        ("CANNOT", 2),
        ("X-RAY", 1),
        ("X--RAY", 2),
        ("A,B", 2),
        ("A,1", 1),
        ("U.S.", 1),
    ],
)
def test_worked_examples(text: str, count: int) -> None:
    """Clitics and contractions are two, hyphens hold together, dashes and commas part."""
    assert capital_words(text) == count
