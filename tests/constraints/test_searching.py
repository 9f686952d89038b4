"""Finding keywords."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.searching import keyword_spans, longest_spelling
from evalkit.verdicts import Span


@given(
    keyword=st.text(st.sampled_from("abAB."), min_size=1, max_size=3),
    text=st.text(st.sampled_from("abAB. "), max_size=30),
)
def test_places_are_those_that_a_regular_expression_finds(keyword: str, text: str) -> None:
    """Against `re.finditer`, with and without whole words."""
    for whole_words, pattern in ((False, re.escape(keyword)), (True, rf"(?<!\w){re.escape(keyword)}(?!\w)")):
        found = list(keyword_spans(text, keyword, ignore_case=True, whole_words=whole_words))
        assert found == [Span(*match.span()) for match in re.finditer(pattern, text, re.IGNORECASE)]


def test_both_spellings_of_an_accent_are_found_in_order() -> None:
    """Composed and decomposed places are told in the text's order."""
    spans = list(keyword_spans("e\u0301 é e\u0301", "é", ignore_case=True, whole_words=False))
    assert spans == [Span(0, 2), Span(3, 4), Span(5, 7)]


def test_the_last_word_of_a_cut_text_may_go_on() -> None:
    """It is passed over where whole words are wanted."""
    assert list(keyword_spans("log log", "log", ignore_case=True, whole_words=True, whole=False)) == [Span(0, 3)]


def test_the_longest_spelling_is_the_decomposed_one() -> None:
    """No place of the keyword is longer."""
    assert longest_spelling("é", ignore_case=True) == 2
