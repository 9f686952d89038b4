"""Lines and paragraphs."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.divisions import count_breaks, line_spans, paragraph_spans, trimmed

_TEXTS = st.lists(st.sampled_from(["a", "b c", " ", "\t", "\n", "\n\n", "-"])).map("".join)


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


@given(text=_TEXTS)
def test_lines_are_those_that_splitting_finds(text: str) -> None:
    """Against `str.split`, blank lines left out."""
    assert _pieces(text, list(line_spans(text))) == [line.strip() for line in text.split("\n") if line.strip()]


@given(text=_TEXTS)
def test_paragraphs_are_those_that_splitting_finds(text: str) -> None:
    """Against a regular expression for blank lines."""
    parts = [part.strip() for part in re.split(r"\n[ \t]*\n", text) if part.strip()]
    assert _pieces(text, list(paragraph_spans(text))) == parts


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\u2028", "\x85", "\x0b", "\x0c"], ids=repr)
@given(text=_TEXTS)
def test_the_kind_of_line_ending_changes_nothing(ending: str, text: str) -> None:
    """Windows, old Macs and Unicode end lines in their own ways."""
    changed = text.replace("\n", ending)
    for parts in (line_spans, paragraph_spans):
        assert len(list(parts(changed))) == len(list(parts(text)))
    assert count_breaks(changed) == count_breaks(text)


def test_the_paragraph_separator_parts_paragraphs_by_itself() -> None:
    """That is what it is for."""
    assert len(list(paragraph_spans("a\u2029b"))) == 2


@pytest.mark.parametrize("text", ["", "\ufeff", "\u200b\n\u2060", " \t\n"], ids=repr)
def test_what_cannot_be_seen_is_no_line(text: str) -> None:
    """A byte-order mark alone fills no line."""
    assert list(line_spans(text)) == []


def test_a_text_is_trimmed_of_white_space() -> None:
    """White space alone leaves nothing."""
    assert (trimmed(" a b\n"), trimmed(" \n"), trimmed("")) == ((1, 4), (0, 0), (0, 0))
