"""Comparison without regard to case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.casing import fold, spellings

_TEXTS = st.text(st.sampled_from("aSßİ\u0131Σςﬁé\u0301K") | st.characters())


@given(text=_TEXTS, continuation=_TEXTS)
def test_folding_a_text_and_its_continuation_apart_gives_the_same(text: str, continuation: str) -> None:
    """No character's folding depends on its neighbours."""
    together = fold(text + continuation, ignore_case=True).text
    assert together == fold(text, ignore_case=True).text + fold(continuation, ignore_case=True).text


@given(text=_TEXTS)
def test_every_character_is_found_where_it_stands(text: str) -> None:
    """The folding of one character maps back to exactly that character."""
    folded = fold(text, ignore_case=True)
    start = 0
    for index, character in enumerate(text):
        end = start + len(character.casefold())
        assert folded.span(start, end) == (index, index + 1)
        start = end
    assert start == len(folded.text)


def test_a_place_that_splits_a_character_is_no_place() -> None:
    """One `s` is not to be found in half of `ß`."""
    folded = fold("aß", ignore_case=True)
    assert folded.text == "ass"
    assert folded.span(1, 3) == (1, 2)
    assert folded.span(1, 2) is None
    assert folded.span(2, 3) is None


def test_case_that_matters_is_left_alone() -> None:
    """Without folding a text stays as it is."""
    assert fold("Straße", ignore_case=False).text == "Straße"


@pytest.mark.parametrize(
    ("text", "ways"),
    [("Kafka", ("kafka",)), ("é", ("é", "e\u0301")), ("e\u0301", ("e\u0301", "é")), ("ẞ", ("ss",))],
    ids=["plain", "composed", "decomposed", "sharp s"],
)
def test_an_accent_may_be_written_either_way(text: str, ways: tuple[str, ...]) -> None:
    """What a suite demands is found composed or decomposed."""
    assert spellings(text, ignore_case=True) == ways
