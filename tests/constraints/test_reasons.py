"""Pieces of wording."""

from __future__ import annotations

import pytest

from evalkit.constraints.reasons import counted, listed, quoted


@pytest.mark.parametrize(("count", "words"), [(0, "0 words"), (1, "1 word"), (2, "2 words"), (1200, "1,200 words")])
def test_a_count_agrees_with_its_noun(count: int, words: str) -> None:
    """One is singular, everything else plural."""
    assert counted(count, "word") == words


def test_a_long_quote_is_shortened_on_one_line() -> None:
    """Its beginning and end are kept."""
    assert quoted("a\nb") == "`a b`"
    assert quoted("a" * 100 + "z") == f"`{'a' * 30}…{'a' * 29}z`"


def test_white_space_alone_is_made_visible() -> None:
    """An empty-looking quote would say nothing."""
    assert quoted("\n") == r"`'\n'`"


@pytest.mark.parametrize(
    ("texts", "words"),
    [(["a"], "`a`"), (["a", "b", "c"], "`a`, `b` and `c`"), (list("abcdefghij"), "2 more")],
    ids=["one", "three", "many"],
)
def test_a_list_reads_as_a_sentence_would(texts: list[str], words: str) -> None:
    """The last is joined by a word, and a long list is cut short."""
    assert listed(texts).endswith(words)
