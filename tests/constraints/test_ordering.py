"""The order in which things stand."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.ordering import InOrder, SortedList
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@given(text=st.text(st.sampled_from("xyz ")))
def test_keywords_are_in_order_when_their_first_places_are(text: str) -> None:
    """Against `str.find`."""
    places = [text.find(letter) for letter in "xyz"]
    met = -1 not in places and places == sorted(places)
    assert InOrder(("x", "y", "z")).score(text, whole=True).value == met


def test_the_two_in_the_wrong_order_are_pointed_at() -> None:
    """In the text's order, named in the demanded one."""
    score = InOrder(("one", "two", "three")).score("one, three, two", whole=True)
    assert (score.value, score.reason) == (0, "`three` does not stand after `two`")
    assert score.spans == (Span(5, 10), Span(12, 15))


def test_a_missing_keyword_is_named() -> None:
    """What is found is pointed at."""
    score = InOrder(("one", "two")).score("one", whole=True)
    assert (score.value, score.reason, score.spans) == (0, "`two` is missing", (Span(0, 3),))


@pytest.mark.parametrize(
    ("keywords", "text", "value"),
    [
        (("one", "two"), "one two", 1.0),
        (("one", "two"), "one", None),
        (("one", "two"), "two and", 0.0),
        (("one", "two"), "two", 0.0),
        (("blog file", "log"), "a blog", None),
        (("log file", "log"), "a log on paper", 0.0),
    ],
    ids=["found", "open", "too late", "no room", "may begin before", "no more"],
)
def test_a_cut_text_keeps_an_order_that_cannot_change(
    keywords: tuple[str, ...], text: str, value: float | None
) -> None:
    """A keyword that is missing may still begin inside the text that is there."""
    assert InOrder(keywords).score(text, whole=False).value == value


@pytest.mark.parametrize(
    ("keywords", "path"),
    [(("a",), ("keywords",)), (("a", "b", "A"), ("keywords", 2)), (("a", ""), ("keywords", 1)), ((), ("keywords",))],
    ids=str,
)
def test_an_order_is_one_of_several_keywords(keywords: tuple[str, ...], path: tuple[str | int, ...]) -> None:
    """None of them twice."""
    with pytest.raises(ArgumentError) as raised:
        InOrder(keywords)
    assert raised.value.path == path


@given(words=st.lists(st.text(st.sampled_from("abcB"), min_size=1, max_size=4), min_size=1, max_size=6))
def test_plain_words_are_sorted_as_python_sorts_them(words: list[str]) -> None:
    """Against `sorted`, in both directions."""
    lowered = [word.lower() for word in words]
    text = "\n".join(f"- {word}" for word in words)
    assert SortedList().score(text, whole=True).value == (lowered == sorted(lowered))
    assert SortedList("descending").score(text, whole=True).value == (lowered == sorted(lowered, reverse=True))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("No list.", 0.0),
        ("- one", 1.0),
        ("1. a\n2. b", 1.0),
        ("1) b\r\n2) a", 0.0),
        ("* **b**\n* a", 0.0),
        ("- b\n  - d\n  - e\n- c\n  - a", 1.0),
        ("- b\n  - e\n  - d\n- c", 0.0),
        ("- b\n\nThen:\n\n- a", 1.0),
        ("- b\n\n- a", 0.0),
        ("- Newark\n- New York", None),
        ("- item 2\n- item 10", None),
        ("- Zebra\n- Äpfel", None),
        ("- Äpfel a\n- Äpfel b", 1.0),
        ("- b\n- é\n- c\n- a", 0.0),
    ],
    ids=repr,
)
def test_lists_are_sorted_each_for_itself(text: str, value: float | None) -> None:
    """What depends on an alphabet's rules is undecided, unless something else is out of order."""
    assert SortedList().score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "value"), [("- b\n- a", None), ("- b\n- a\n", 0.0), ("- a\n- b\n", None)], ids=["open", "ended", "sorted"]
)
def test_a_cut_text_keeps_two_ended_items_in_the_wrong_order(text: str, value: float | None) -> None:
    """The last item may still grow, and further ones may follow."""
    assert SortedList().score(text, whole=False).value == value


def test_an_unknown_order_is_refused() -> None:
    """There are two."""
    wrong: Any = "random"
    with pytest.raises(ArgumentError, match="ascending or descending, got 'random'"):
        SortedList(wrong)
