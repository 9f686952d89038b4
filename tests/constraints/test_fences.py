"""One code fence around a document."""

from __future__ import annotations

import pytest

from evalkit.constraints.fences import bare, framed


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (" {} \n", "{}"),
        ("```json\n{}\n```", "{}"),
        ("```\r\n{}\r\n```\r\n", "{}"),
        ("````\n```\n````", "```"),
        ("", ""),
        (" \n", ""),
    ],
    ids=["bare", "fenced", "both line ends", "longer fence", "empty", "blank"],
)
def test_the_document_stands_inside_the_fence(text: str, document: str) -> None:
    """White space around the whole does not count."""
    found = framed(text, fence=True)
    assert found is not None
    assert text[found.start : found.end] == document


@pytest.mark.parametrize("text", ["```\n{}", "`{}`", "```\n{}\n``", "```\n{}\n```\nDone"])
def test_a_fence_that_is_not_closed_at_the_end_is_none(text: str) -> None:
    """Nothing may follow it either."""
    assert framed(text, fence=True) is None


def test_a_fence_counts_only_where_it_may_stand() -> None:
    """Otherwise it is a part of the document."""
    found = framed("```\n{}\n```", fence=False)
    assert found is not None
    assert (found.start, found.end, found.fenced) == (0, 10, False)


def test_white_space_inside_a_fence_is_left_out_where_it_does_not_count() -> None:
    """At both ends; a document of nothing else has a place too."""
    text = "```\n\n {} \n\n```"
    found = framed(text, fence=True)
    assert found is not None
    assert bare(text, found) == (6, 8)
    empty = framed("```\n \n```", fence=True)
    assert empty is not None
    start, end = bare("```\n \n```", empty)
    assert start == end
