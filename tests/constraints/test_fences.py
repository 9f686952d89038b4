"""One code fence around a document."""

from __future__ import annotations

import pytest

from evalkit.constraints.fences import framed


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
