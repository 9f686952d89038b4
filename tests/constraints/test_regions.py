"""The first and last parts of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.regions import Part, first_parts, last_parts, nth_part

TEXT = "Dr. Lee came. She spoke.\n\nWe left.\nAll of us."


@pytest.mark.parametrize(
    ("part", "number", "first", "last"),
    [
        ("word", 2, "Dr. Lee", "of us."),
        ("sentence", 1, "Dr. Lee came.", "All of us."),
        ("sentence", 2, "Dr. Lee came. She spoke.", "We left.\nAll of us."),
        ("line", 1, "Dr. Lee came. She spoke.", "All of us."),
        ("paragraph", 1, "Dr. Lee came. She spoke.", "We left.\nAll of us."),
        ("paragraph", 9, TEXT, TEXT),
        ("word", 99, TEXT, TEXT),
    ],
    ids=str,
)
def test_the_first_and_last_parts_are_found(part: Part, number: int, first: str, last: str) -> None:
    """In a script that shows its parts the bounds are exact; a text with fewer parts counts as a whole."""
    head, tail = first_parts(TEXT, part, number, whole=True), last_parts(TEXT, part, number)
    assert (head.start, head.sure_start, head.doubt, TEXT[: head.end]) == (0, 0, None, first)
    assert (head.end, tail.start) == (head.sure_end, tail.sure_start)
    assert (TEXT[tail.start : tail.end], tail.doubt) == (last, None)


def test_a_script_without_spaces_leaves_bounds_open() -> None:
    """Two words may be two characters or two runs of them."""
    region = first_parts("漢字漢字 abc", "word", 2, whole=True)
    assert (region.sure_end, region.end) == (2, 8)
    assert region.doubt is not None
    region = last_parts("abc 漢字漢字", "word", 2)
    assert (region.start, region.sure_start) == (0, 6)


def test_marks_that_punkt_does_not_know_leave_bounds_open() -> None:
    """A sentence may end at each."""
    region = first_parts("一。二。三。", "sentence", 1, whole=True)
    assert (region.sure_end, region.end) == (2, 6)
    region = last_parts("一。二。三。", "sentence", 1)
    assert (region.start, region.sure_start) == (0, 4)


@given(text=st.text(st.sampled_from("ab. \n漢。")), number=st.integers(1, 4), whole=st.booleans())
@pytest.mark.parametrize("part", ["word", "sentence", "line", "paragraph"])
def test_what_is_sure_lies_within_what_is_possible(part: Part, text: str, number: int, whole: bool) -> None:
    """The bounds are in order."""
    for region in (first_parts(text, part, number, whole=whole), last_parts(text, part, number)):
        assert region.start <= region.sure_start
        assert region.end is None or region.sure_end <= region.end <= len(text)


@pytest.mark.parametrize(
    ("part", "number", "found"),
    [("paragraph", 2, "We left.\nAll of us."), ("line", -1, "All of us."), ("sentence", 2, "She spoke.")],
)
def test_one_part_is_found_from_either_end(part: Part, number: int, found: str) -> None:
    """1 is the first, -1 the last."""
    place = nth_part(TEXT, part, number, whole=True)
    assert not isinstance(place, str)
    assert TEXT[place[0] : place[1]] == found
    assert nth_part(TEXT, part, 9, whole=True) == ""
    assert nth_part(TEXT, part, -9, whole=True) == ""


@pytest.mark.parametrize("number", [2, -1])
def test_sentences_that_cannot_be_told_apart_are_not_numbered(number: int) -> None:
    """The second sentence of Japanese is unknown, the first is not."""
    text = "一。二。 Yes. No."
    assert "cannot be counted" in str(nth_part(text, "sentence", number, whole=True))
    assert not isinstance(nth_part(text, "sentence", 1, whole=True), str)


def test_a_very_long_text_is_read_from_its_end_for_its_last_sentence() -> None:
    """Its number of sentences does not matter then."""
    text = "It is so. " * 20_000 + "The end."
    region = last_parts(text, "sentence", 1)
    assert text[region.start :] == "The end."
    assert last_parts("a " * 100_000, "sentence", 1).doubt is not None
    assert isinstance(nth_part(text, "sentence", -1, whole=True), str)
    assert first_parts(text, "sentence", 2, whole=True).end == len("It is so. It is so.")
