"""Words made ready for comparison."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evalkit.constraints.tokens import tokens
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("It’s **Kafka**, _really_.", ["it's", "kafka", "really"]),  # noqa: RUF001 - the typographic forms
        ("well‑known Straße", ["well-known", "strasse"]),  # noqa: RUF001 - the typographic forms
        ("cafe\u0301 CAFÉ", ["café", "café"]),
        ("漢字 Kafkaで", ["漢", "字", "kafka", "で"]),
        ("漢éaK2字x_ 漢-log字", ["漢", "éak2", "字", "x", "漢", "log", "字"]),
        ("か\u3099が", ["が", "が"]),
        ("3.5 and/or", ["3.5", "and", "or"]),
        ("\ufeffso\u00adft\r\n\x00\ud800 x", ["soft", "x"]),
    ],
    ids=["empty", "typography", "folding", "accents", "unspaced", "mixed", "voiced", "signs", "invisible"],
)
def test_words_are_compared_in_one_form(text: str, words: list[str]) -> None:
    """Case, accents, typography and Markdown are evened out; unspaced scripts give characters."""
    assert tokens(text).words == words


@given(st.text(st.sampled_from("aé漢か_'-.3 ’\u0301\u3099"), max_size=12))  # noqa: RUF001 - the typographic forms
def test_places_are_the_words_own(text: str) -> None:
    """Each word read alone from its place is the same word, and places are in order."""
    read = tokens(text)
    for word, start, end in zip(read.words, read.starts, read.ends, strict=True):
        assert tokens(text[start:end]).words == [word]
    assert read.starts == sorted(read.starts)


@given(
    st.text(st.sampled_from("aé漢か_'-.3 \u0301"), max_size=12), st.text(st.sampled_from("a漢-.3 \u0301"), max_size=4)
)
@example("3__", "3")
@example("漢a_\u0301", "a")
@settings(max_examples=1000)
def test_words_of_a_cut_text_stay(text: str, more: str) -> None:
    """What a cut text has for certain, every continuation has."""
    sure = tokens(text, whole=False).words
    assert tokens(text + more).words[: len(sure)] == sure


@given(st.text(max_size=20))
@example("\u1b3e\u1b35")
@example("\u1025\u102e")
def test_the_normal_form_changes_no_word(text: str) -> None:
    """Composed and decomposed texts have the same words."""
    assert tokens(unicodedata.normalize("NFD", text)).words == tokens(unicodedata.normalize("NFC", text)).words


@given(st.text(st.sampled_from("aé漢か_'-.3 \u0301"), max_size=12))
def test_words_that_stay_are_counted_without_reading_again(text: str) -> None:
    """As many as a cut text has."""
    assert tokens(text).settled(len(text)) == len(tokens(text, whole=False).words)


def test_a_span_reaches_from_word_to_word() -> None:
    """From the first word's start to the last one's end."""
    assert tokens("a *b* c").span(1, 2) == Span(3, 7)
