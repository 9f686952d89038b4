"""Keywords that the benchmark takes for regular expressions."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from evalkit.constraints.ifeval.patterns import Unreadable, occurrences, pattern

_PARTS = st.sampled_from(
    (
        *("a", "b", "k", "é", ".", "a?", "a*", "b+", "(", ")", "|", "^", "$", "[ab]", "[^a]"),
        *(r"\.", r"\d", r"\w", r"\s", r"\b", "{", "}", "++", "a{2}"),
    )
)
_TEXTS = st.text("abkK.\u212a\u0130i1 \n{}é", max_size=12)


@settings(max_examples=600)
@given(parts=st.lists(_PARTS, min_size=1, max_size=6), text=_TEXTS)
def test_what_is_found_is_what_python_finds(parts: list[str], text: str) -> None:
    """Wherever a keyword is searched for at all, the places are those of Python's engine."""
    keyword = "".join(parts)
    found = occurrences(text, keyword)
    assume(not isinstance(found, Unreadable))
    assert not isinstance(found, Unreadable)
    assert list(found.places) == [match.span() for match in re.finditer(keyword, text, re.IGNORECASE)]


@pytest.mark.parametrize("keyword", ["log", "don't", "naïve", "C#", "a-b", "50%", "¿qué?"[:4]])
def test_most_keywords_stand_for_themselves(keyword: str) -> None:
    """They hold none of the signs of patterns."""
    ready = pattern(keyword)
    assert not isinstance(ready, Unreadable)
    assert ready.plain


@pytest.mark.parametrize(
    ("keyword", "why"),
    [
        ("(", "which it is not"),
        ("a[", "may keep"),
        ("C++", "may keep"),
        ("(a+)+b", "may keep"),
        ("(?=a)", "may keep"),
        (r"(a)\1", "may keep"),
        ("a" * 2_000 + ".", "may keep"),
        ("a*", "matches the empty text"),
    ],
)
def test_some_patterns_are_not_searched_for(keyword: str, why: str) -> None:
    """The reason says which, and why."""
    found = pattern(keyword)
    assert isinstance(found, Unreadable)
    assert why in found.why


def test_repetition_without_end_is_for_ascii_alone() -> None:
    """RE2 and Python differ beyond, as on the kelvin sign."""
    found = occurrences("a log and a loooog", "lo+g")
    assert not isinstance(found, Unreadable)
    assert len(list(found.places)) == 2
    assert isinstance(occurrences("é", "lo+g"), Unreadable)


@pytest.mark.parametrize("keyword", ["a?a?a?a?a?a?aaaaaab", "x*a*a*a*b", ".+.+.+b"])
def test_a_megabyte_takes_linear_time(keyword: str) -> None:
    """What would keep Python's engine busy for hours comes to an end."""
    began = time.process_time()
    found = occurrences("a" * 1_000_000, keyword)
    assert not isinstance(found, Unreadable)
    assert list(found.places) == []
    assert time.process_time() - began < 20
