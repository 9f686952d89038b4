"""Capital and small letters."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.letter_case import AllLowercase, AllUppercase, CapitalWordCount
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "upper", "lower"),
    [
        ("", 1, 1),
        ("3.5 😀 漢字 مرحبا", 1, 1),
        ("ÉTÉ 2024", 1, 0),
        ("été", 0, 1),
        ("ΟΔΟΣ", 1, 0),
        ("οδος ς", 0, 1),
        ("ПРИВЕТ", 1, 0),
        ("ǅ", 0, 0),
        ("STRAßE", 0, 0),
        ("STRASSE", 1, 0),
        ("ⓐ", 0, 1),
        ("1.ª", 1, 1),
        ("Ա", 1, 0),
    ],
    ids=ascii,
)
def test_case_is_judged_in_every_script_that_has_it(text: str, upper: int, lower: int) -> None:
    """Letters without case, digits and signs are passed over; a title-case letter is neither."""
    assert AllUppercase().score(text, whole=True).value == upper
    assert AllLowercase().score(text, whole=True).value == lower


def test_the_words_in_the_wrong_case_are_pointed_at() -> None:
    """Each as a whole."""
    score = AllUppercase().score("USE Kafka OR nats.", whole=True)
    assert (score.reason, score.spans) == ("small letters in 2 words", (Span(4, 9), Span(13, 18)))


@given(text=st.text(st.sampled_from("aÉé ß漢1\n") | st.characters()))
def test_a_text_in_one_case_stays_so_in_either_normal_form(text: str) -> None:
    """Composed or not, and against the constraint's own meaning."""
    for constraint, changed in ((AllUppercase(), text.upper()), (AllLowercase(), text.lower())):
        values = {constraint.score(unicodedata.normalize(form, text), whole=True).value for form in ("NFC", "NFD")}
        assert len(values) == 1
        assert constraint.score(text, whole=True).value == (text == changed)


@pytest.mark.parametrize(
    ("text", "one", "two"),
    [
        ("I use the API", 2, 1),
        ("APIs API", 1, 1),
        ("WELL-KNOWN GPT-4 B2B", 3, 3),
        ("Well-KNOWN", 0, 0),
        ("3.5 漢字", 0, 0),
        ("USAはKAFKA", 2, 2),
        ("ÉTÉ Ἀ", 2, 1),
    ],
    ids=ascii,
)
def test_words_in_capitals_are_counted(text: str, one: int, two: int) -> None:
    """Of one capital at least, or of two."""
    assert CapitalWordCount(exactly=one).score(text, whole=True).value == 1
    assert CapitalWordCount(exactly=two, min_letters=2).score(text, whole=True).value == 1


@pytest.mark.parametrize(("text", "value"), [("API", None), ("API-", None), ("API ", None), ("API is", 0.0)], ids=repr)
def test_the_last_word_of_a_cut_text_may_still_grow(text: str, value: float | None) -> None:
    """`API` could become `APIs`, and `API-` could become `API-key`."""
    assert CapitalWordCount(at_most=0).score(text, whole=False).value == value


def test_a_word_in_capitals_has_one_at_least() -> None:
    """Of none it would be any word."""
    with pytest.raises(ArgumentError) as raised:
        CapitalWordCount(exactly=1, min_letters=0)
    assert raised.value.path == ("min_letters",)
