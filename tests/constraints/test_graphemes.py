"""What readers take for one character."""

from __future__ import annotations

import unicodedata
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.graphemes import count_graphemes, grapheme_spans

_TEXTS = st.text(st.sampled_from("aé\u0301\u200d👩🏽🇫🇷각ᄀ\u11a8क\u094dष\r\n\u0600 ") | st.characters())


@pytest.mark.parametrize(
    ("text", "graphemes"),
    [
        ("", 0),
        ("Kafka", 5),
        ("e\u0301\u0323", 1),
        ("a\r\nb\n\r", 5),
        ("👩\u200d👩\u200d👧\u200d👦", 1),
        ("👍🏽", 1),
        ("🇫🇷🇩🇪", 2),
        ("🇫🇷🇩", 2),
        ("a🇫🇷\u0301🇩🇪", 3),
        ("각", 1),
        (unicodedata.normalize("NFD", "각"), 1),
        ("क्षि", 1),
        ("ที่", 1),
        ("\u200d\ud800", 2),
    ],
    ids=ascii,
)
def test_graphemes_are_counted_as_unicode_parts_them(text: str, graphemes: int) -> None:
    """Worked by hand from the rules of UAX #29, revision 45."""
    assert count_graphemes(text) == graphemes
    spans = list(grapheme_spans(text))
    assert len(spans) == graphemes
    assert "".join(text[start:end] for start, end in spans) == text


@given(text=_TEXTS)
def test_pairing_flags_first_changes_no_boundary(text: str) -> None:
    """Against the library on the text as it is."""
    regex: Any = import_module("regex")
    assert [text[start:end] for start, end in grapheme_spans(text)] == regex.findall(r"\X", text)


@given(text=_TEXTS, continuation=_TEXTS)
def test_the_count_never_falls_as_a_text_goes_on(text: str, continuation: str) -> None:
    """Only the last grapheme can change, and only grow."""
    assert count_graphemes(text + continuation) >= count_graphemes(text)
    kept = list(grapheme_spans(text))[:-1]
    assert list(grapheme_spans(text + continuation))[: len(kept)] == kept


@given(text=st.text(st.sampled_from("aéệ각한Åñ ")))
def test_the_normal_form_does_not_matter(text: str) -> None:
    """Composed or not, a reader sees the same."""
    assert len({count_graphemes(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}) == 1
