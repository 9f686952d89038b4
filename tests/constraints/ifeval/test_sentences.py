"""Sentences as NLTK finds them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.constraints.ifeval.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Callable

PUNKT: Any = import_module("punkt").load_model("english")
_WORDS = (
    *("Dr", "e.g", "U.S", "J", "The", "However", "said", "x", "etc", "No"),
    *("3", "1,5", "É", "²", "\u0301", "漢"),
)
_MARKS = (
    *(".", ".", "!", "?", "...", ". .", "'", '"', ")", "(", "”", "“", "\u2019"),
    *(",", ":", "--", "*", "@", " ", " ", "\n\n"),
)
_KNOWN = [*sorted(PUNKT.abbrev_types)[:40], *(word for pair in sorted(PUNKT.collocations) for word in pair)]


@st.composite
def _texts(draw: st.DrawFn) -> str:
    some = draw(st.lists(st.sampled_from([*_WORDS, *_MARKS, *_KNOWN]), min_size=1, max_size=8))
    parts = draw(st.lists(st.sampled_from([*some, *_MARKS]), max_size=25))
    return draw(st.sampled_from(["", " "])).join(parts)


@settings(max_examples=400)
@given(text=_texts())
def test_sentences_stand_where_nltk_finds_them(text: str, reference: Callable[..., Any]) -> None:
    """After abbreviations, names, numbers and runs of marks, in quotes and brackets."""
    assert callable(reference)  # NLTK has its model
    tokenizer: Any = _nltk()
    assert sentences(text) == tuple(tokenizer.span_tokenize(text))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        (" \n", ()),
        (" a. B ", ((0, 3), (4, 5))),
        ("Wow!!!", ((0, 5), (5, 6))),
        ('("A." ) B', ((0, 5), (6, 9))),
    ],
)
def test_worked_examples(text: str, found: tuple[tuple[int, int], ...]) -> None:
    """Nothing is no sentence, a run of marks at the end is two, and what closes a quotation belongs to it."""
    assert sentences(text) == found


def _nltk() -> Any:  # noqa: ANN401 - ships no types
    return import_module("nltk.tokenize")._get_punkt_tokenizer("english")
