"""Where keywords stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.constraints.positions import AppearsIn, PartStartsWith
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.constraints.regions import Part


@pytest.mark.parametrize(
    ("first", "last", "part", "value"),
    [
        (1, None, "sentence", 0.0),
        (2, None, "sentence", 1.0),
        (None, 1, "sentence", 0.0),
        (None, 1, "paragraph", 0.0),
        (None, 2, "paragraph", 1.0),
        (1, None, "line", 1.0),
        (3, None, "word", 0.0),
        (4, None, "word", 1.0),
        (None, 6, "word", 1.0),
        (None, 5, "word", 0.0),
    ],
)
def test_a_keyword_is_looked_for_where_it_should_stand(
    first: int | None, last: int | None, part: Part, value: float
) -> None:
    """The bounds of the part count in."""
    score = AppearsIn("Kafka", first, last, part).score("It depends. Use Kafka today.\n\nOr not at all.", whole=True)
    assert score.value == value
    assert score.spans == ((Span(16, 21),) if value else ())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Use Kafka. It is fast", 1.0),
        ("It depends. Use Kafka or", 0.0),
        ("It depends", None),
        ("It depends. Use", None),
    ],
    ids=["found", "past", "first sentence", "just begun"],
)
def test_a_cut_text_keeps_what_its_beginning_decides(text: str, value: float | None) -> None:
    """A sentence needs a few words after it to settle."""
    assert AppearsIn("Kafka", first=1).score(text, whole=False).value == value


def test_the_end_of_a_cut_text_is_not_there_yet() -> None:
    """Whatever the last line is now."""
    assert AppearsIn("Kafka", last=1, part="line").score("Kafka", whole=False).value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("カフカは速い", 1.0), ("速いカフカは", None), ("速い log カフカ", 0.0)],
    ids=["in", "open", "out"],
)
def test_words_that_a_script_hides_leave_the_place_open(text: str, value: float | None) -> None:
    """Within the first three characters for sure, beyond the third run surely not."""
    number = 2 if value == 0 else 3
    score = AppearsIn("カフカ", first=number, part="word").score(text, whole=True)
    assert score.value == value
    assert (score.value is None) == ("without spaces" in score.reason)


def test_whole_words_are_judged_by_what_stands_beyond_the_part() -> None:
    """A hyphen or a letter there touches the keyword."""
    assert AppearsIn("log", first=1, part="word", whole_words=True).score("logs it", whole=True).value == 0
    assert AppearsIn("log", first=1, part="word", whole_words=True).score("log it", whole=True).value == 1


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({}, ()),
        ({"first": 1, "last": 1}, ("last",)),
        ({"first": 0}, ("first",)),
        ({"last": True}, ("last",)),
        ({"first": 1, "part": "chapter"}, ("part",)),
        ({"keyword": "", "first": 1}, ("keyword",)),
    ],
    ids=str,
)
def test_a_place_must_be_named(arguments: dict[str, Any], path: tuple[str, ...]) -> None:
    """From one end, by a number from 1."""
    given: dict[str, Any] = {"keyword": "Kafka", **arguments}
    with pytest.raises(ArgumentError) as raised:
        AppearsIn(**given)
    assert raised.value.path == path


@pytest.mark.parametrize(
    ("start", "number", "part", "value"),
    [
        ("one", 1, "line", 1.0),
        ("two", 2, "line", 1.0),
        ("three", 2, "paragraph", 1.0),
        ("three", -1, "paragraph", 1.0),
        ("two", 2, "paragraph", 0.0),
        ("One. Two", 1, "sentence", 0.0),
        ("four", 3, "paragraph", 0.0),
    ],
)
def test_one_part_must_begin_as_demanded(start: str, number: int, part: Any, value: float) -> None:  # noqa: ANN401 - a choice
    """A part that is not there breaks the constraint."""
    assert PartStartsWith(start, number, part).score("One.\nTwo.\n\nThree.", whole=True).value == value


def test_the_span_is_in_the_whole_text() -> None:
    """Not in the part."""
    score = PartStartsWith("Two", 2, "line").score("One\nTwo words", whole=True)
    assert (score.spans, score.reason) == ((Span(4, 7),), "line 2 begins with `Two`")
    assert PartStartsWith("Two", 3, "line").score("One", whole=True).reason == "fewer than 3 lines"


@pytest.mark.parametrize(
    ("text", "value"),
    [("One", None), ("One\nTw", None), ("One\nTwo", 1.0), ("One\nTen", 0.0)],
    ids=["not yet", "partly", "met", "broken"],
)
def test_a_cut_text_decides_once_the_part_is_long_enough(text: str, value: float | None) -> None:
    """A part counted from the end never is."""
    assert PartStartsWith("Two", 2, "line").score(text, whole=False).value == value
    assert PartStartsWith("Two", -1, "line").score(text, whole=False).value is None


@pytest.mark.parametrize(
    ("arguments", "path"),
    [((" ", 1), ("start",)), (("a", 0), ("number",)), (("a", True), ("number",)), (("a", 1, "word"), ("part",))],
    ids=str,
)
def test_a_part_must_be_named(arguments: tuple[Any, ...], path: tuple[str, ...]) -> None:
    """There is no part 0, and no word that begins with a phrase."""
    with pytest.raises(ArgumentError) as raised:
        PartStartsWith(*arguments)
    assert raised.value.path == path
