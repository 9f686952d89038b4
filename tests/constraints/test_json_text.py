"""JSON read with the places of its values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.json_text import NotJsonError, UnknownJsonError, places, pointer_of, read_json, steps_of
from evalkit.verdicts import Span


def test_white_space_and_a_fence_may_stand_around_the_document() -> None:
    """The document's own place is told."""
    document = read_json(' ```json\n\n {"a": 1} \n\n``` ', fence=True)
    assert (document.value, document.start, document.end) == ({"a": 1}, 11, 19)


@pytest.mark.parametrize(
    ("text", "reason", "place"),
    [
        ("", "empty, so not JSON", Span(0, 0)),
        ("[1,", "not JSON from character 4 on: expecting value", Span(3, 3)),
        ("[NaN]", "`NaN` is not JSON", Span(0, 5)),
        ("{} x", "the text goes on after the JSON document", Span(2, 4)),
        ("```\n{}", "the code fence is not closed at the end", Span(0, 0)),
    ],
    ids=["empty", "open", "nan", "after", "fence"],
)
def test_what_is_not_json_says_where(text: str, reason: str, place: Span) -> None:
    """The place is in the text as given."""
    with pytest.raises(NotJsonError) as caught:
        read_json(text, fence=True)
    assert (str(caught.value), caught.value.place) == (reason, place)


@pytest.mark.parametrize("text", ["[" * 5_000 + "]" * 5_000, "9" * 4_001], ids=["deep", "long"])
def test_what_python_cannot_read_is_unknown(text: str) -> None:
    """No verdict on the text follows from a limit of the parser."""
    with pytest.raises(UnknownJsonError):
        read_json(text, fence=False)


def test_members_are_found_between_white_space_of_any_kind() -> None:
    """JSON's own four blanks."""
    text = '{\r\n\t"a" :\n[ 1 ,\t2 ] , "b":3}'
    document = read_json(text, fence=False)
    assert [text[span.start : span.end] for span in places(text, document, ["a", 1])] == ["2"]
    assert [text[span.start : span.end] for span in places(text, document, ["b"])] == ["3"]


@given(st.lists(st.text()))
def test_a_pointer_is_split_as_it_was_written(steps: list[str]) -> None:
    """Slashes and tildes in a key are escaped."""
    assert steps_of(pointer_of(steps)) == tuple(steps)
