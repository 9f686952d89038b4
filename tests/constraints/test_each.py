"""Constraints on each or any part of a text."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.arguments import construct
from evalkit.constraints.each import InAny, InEach
from evalkit.constraints.edges import EndsWith, StartsWith
from evalkit.constraints.keywords import ContainsAny
from evalkit.constraints.logic import Not
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.when import When
from evalkit.constraints.words import MaxWords
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.constraints.divide import Part

SHORT = MaxWords(2)


@pytest.mark.parametrize(
    ("part", "text", "value"),
    [
        ("line", "a b\n\nc d\n", 1),
        ("line", "a b\nc d e", 0),
        ("paragraph", "a\nb\n\nc d", 1),
        ("paragraph", "a\nb\nc\n\nd", 0),
        ("sentence", "One two. Three four.", 1),
        ("sentence", "One two. Three four five.", 0),
        ("section", "Before it all.\n# One\na b\n## Two\nc", 1),
        ("section", "# One\na b\n## Two\nc d e", 0),
        ("list_item", "A list follows here:\n- a b\n- c", 1),
        ("list_item", "- a\n- b c d", 0),
        ("code_block", "Words around it.\n```\na b\n```\n", 1),
        ("code_block", "```\na b c\n```\n", 0),
    ],
)
def test_each_part_is_a_text_of_its_own(part: Any, text: str, value: float) -> None:  # noqa: ANN401 - one of the parts
    """At most two words in each; what stands outside the parts does not count."""
    assert InEach(part, SHORT).score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "pointer", "value"),
    [
        ('{"a": [{"b": "x y"}, {"b": "z"}]}', "/a/*/b", 1),
        ('{"a": [{"b": "x y z"}]}', "/a/*/b", 0),
        ('{"a": "x y"}', "/a", 1),
    ],
)
def test_json_values_are_found_by_a_pointer(text: str, pointer: str, value: float) -> None:
    """A star stands for every element."""
    assert InEach("json", SHORT, pointer=pointer).score(text, whole=True).value == value


def test_a_json_text_is_taken_without_its_quotation_marks() -> None:
    """Spans lie between them; where escapes shift the characters, the whole value is the span."""
    text = r'["Kafka", "a\u0020log"]'
    starts = InEach("json", StartsWith("Kafka"), pointer="/0").score(text, whole=True)
    assert (starts.value, starts.spans) == (1, (Span(2, 7),))
    ends = InEach("json", EndsWith("a log"), pointer="/1").score(text, whole=True)
    assert (ends.value, ends.spans) == (1, (Span(10, 22),))


def test_spans_are_in_the_whole_text() -> None:
    """A part that is at fault as a whole is itself the span."""
    text = "a b\nc d e\nKafka"
    assert InEach("line", SHORT).score(text, whole=True).spans == (Span(8, 9),)
    assert InAny("line", ContainsAny(("kafka",))).score(text, whole=True).spans == (Span(10, 15),)
    assert InAny("line", ContainsAny(("log",))).score("a\nb", whole=True).spans == (Span(0, 1), Span(2, 3))


def test_the_reason_counts_the_parts_and_names_those_that_decide() -> None:
    """In the words of what was demanded of each."""
    assert InEach("line", SHORT).score("a b\nc d e", whole=True).reason == "2 lines; line 2: 3 words, limit 2"
    found = InAny("line", ContainsAny(("a",))).score("b\na", whole=True)
    assert found.reason == "2 lines; line 2: found `a`"


def test_without_any_part_each_does_not_apply_and_any_is_broken() -> None:
    """There is nothing to demand something of; and nothing that could meet it."""
    each, some = InEach("section", SHORT), InAny("section", SHORT)
    assert (each.score("Plain.", whole=True).value, each.score("Plain.", whole=True).applies) == (None, False)
    assert (some.score("Plain.", whole=True).value, some.score("Plain.", whole=True).applies) == (0, True)
    assert each.score("Plain.", whole=True).reason == some.score("Plain.", whole=True).reason == "no section"
    for demand in (each, some):
        assert (demand.score("Plain.", whole=False).value, demand.score("Plain.", whole=False).applies) == (None, None)


def test_what_is_not_json_has_no_values() -> None:
    """The reason says where it goes wrong; a cut text may become JSON."""
    each, some = InEach("json", SHORT, pointer="/a"), InAny("json", SHORT, pointer="/a")
    assert each.score("{a}", whole=True).applies is False
    assert some.score("{a}", whole=True).value == 0
    assert "not JSON" in some.score("{a}", whole=True).reason
    assert some.score('{"a": 1', whole=False).value is None


@pytest.mark.parametrize(
    ("demand", "text", "value"),
    [
        (InEach("line", SHORT), "a b c", 0),
        (InEach("line", SHORT), "a b", None),
        (InEach("paragraph", ContainsAny(("k",))), "a\n\nb", 0),
        (InEach("paragraph", ContainsAny(("k",))), "a\n", None),
        (InAny("paragraph", ContainsAny(("k",))), "a\n\nk", 1),
        (InAny("sentence", SHORT), "One two. And then there is more", 1),
        (InAny("sentence", SHORT), "One two. And", None),
        (InEach("section", SHORT), "# One\na b c", None),
        (InEach("section", SHORT), "# One\na b c\n\n# Two\nx\n\n", 0),
    ],
)
def test_a_cut_text_is_judged_by_what_stays(demand: InEach, text: str, value: float | None) -> None:
    """Complete parts, and a last line or paragraph that no further text can mend."""
    assert demand.score(text, whole=False).value == value


def test_parts_to_which_nothing_applies_are_left_out() -> None:
    """A demand on those lines that have code."""
    demand = InEach("line", When(ContainsAny(("code",)), SHORT))
    assert demand.score("code a\nprose goes on and on", whole=True).value == 1
    assert demand.score("prose goes on and on", whole=True).applies is False


def test_each_not_is_not_any() -> None:
    """On texts that have parts."""
    for text in ("a\nb c d", "a", "b c d\ne f g"):
        each = InEach("line", Not(SHORT)).score(text, whole=True).value
        assert each == Not(InAny("line", SHORT)).score(text, whole=True).value


def test_foreign_sentences_are_undecided() -> None:
    """Punkt does not see where they end."""
    score = InEach("sentence", SHORT).score("これはログです。それだけです。", whole=True)
    assert score.value is None
    assert "script" in score.reason


WRONG: list[tuple[dict[str, Any], tuple[str, ...], str]] = [
    ({"part": "chapter"}, ("part",), "`part` of `in_each` must be"),
    ({"part": "line", "level": 2}, ("level",), "is of sections"),
    ({"part": "section", "level": 0}, ("level",), "must be at least 1"),
    ({"part": "section", "level": 7}, ("level",), "must be at most 6"),
    ({"part": "json"}, (), "`pointer` of `in_each` is needed"),
    ({"part": "json", "pointer": "a"}, ("pointer",), "is no JSON Pointer"),
    ({"part": "line", "pointer": "/a"}, ("pointer",), "is of JSON, not of a line"),
]


@pytest.mark.parametrize(("arguments", "path", "message"), WRONG, ids=[message for _, _, message in WRONG])
def test_wrong_arguments_are_pointed_at(arguments: dict[str, Any], path: tuple[str, ...], message: str) -> None:
    """Each with its place."""
    with pytest.raises(ArgumentError) as raised:
        construct(CONSTRAINTS, {"in_each": {**arguments, "constraint": {"max_words": 2}}}, beside=None)
    assert raised.value.path == ("in_each", *path)
    assert message in raised.value.message


def test_reports_name_the_part_and_the_demand() -> None:
    """As people would."""
    assert InEach("list_item", Not(SHORT)).label == "in_each list item not max_words"
    assert InAny("json", SHORT, pointer="/a").label == "in_any value max_words"


HOSTILE = {
    "lines": "a\n" * 500_000,
    "paragraphs": "a\n\n" * 333_000,
    "stops": "a. " * 333_000,
    "items": "- a\n" * 250_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_megabyte_of_parts_is_read_in_good_time(text: str) -> None:
    """Only so many parts are judged, and the rest is undecided."""
    parts: tuple[Part, ...] = ("line", "paragraph", "sentence", "section", "list_item", "code_block")
    for part in parts:
        for demand in (InEach(part, SHORT), InAny(part, Not(SHORT))):
            start = time.process_time()
            demand.score(text, whole=True)
            assert time.process_time() - start < 3  # on an idle machine below 1


def test_what_was_not_read_is_undecided() -> None:
    """Ten thousand lines are judged; a broken one among them decides."""
    lines = ["a"] * 10_001
    assert InEach("line", SHORT).score("\n".join(lines[:-1]), whole=True).value == 1
    assert InEach("line", SHORT).score("\n".join(lines), whole=True).value is None
    assert InEach("line", SHORT).score("\n".join(["a b c", *lines]), whole=True).value == 0
