"""Words as NLTK counts them."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.ifeval.words import count_words

_CHARACTERS = st.sampled_from("aé\u017f_‿²½ⅧⒶ\u0661漢かไทยि\u0301\u200d\u200c -'😀\ud800\xa0") | st.characters(
    max_codepoint=0x3FFF
)


@settings(max_examples=300)
@given(st.text(_CHARACTERS, max_size=12))
def test_words_are_those_of_nltk(text: str) -> None:
    """Accents and joiners belong to words, fractions and powers do not; unassigned characters are nobody's promise."""
    tokenizer: Any = import_module("nltk.tokenize").RegexpTokenizer(r"\w+")
    assigned = "".join(
        character for character in text if character.isprintable() or character in "\ud800\xa0\u200c\u200d"
    )
    assert count_words(assigned) == len(tokenizer.tokenize(assigned))


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("well-known", 2), ("snake_case", 1), ("हिन्दी", 1), ("x²", 1), ("½", 0), ("e\u0301e", 1)],
)
def test_worked_examples(text: str, count: int) -> None:
    """A hyphen parts, an underscore does not, and the vowel signs of Hindi belong to its words."""
    assert count_words(text) == count
