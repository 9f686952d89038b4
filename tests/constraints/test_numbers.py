"""Demands on numbers."""

from __future__ import annotations

from typing import Any

import pytest

from evalkit.constraints.numbers import NumberCount, NumbersWithin
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span


@pytest.mark.parametrize(
    ("text", "every", "some"),
    [
        ("none", 1.0, 0.0),
        ("0 and 100", 1.0, 1.0),
        ("-1 and 101", 0.0, 0.0),
        ("50 and 101", 0.0, 1.0),
        ("1.500", None, None),
        ("1,000 and 500", 0.0, None),
        ("1/2", None, None),
        ("1/2 and 5", None, 1.0),
        ("100.0 1e2", 1.0, 1.0),
        ("100.00001", 0.0, 0.0),
        ("1e999999", 0.0, 0.0),
        ("20 000", None, None),
    ],
    ids=ascii,
)
def test_numbers_are_held_to_the_range(text: str, every: float | None, some: float | None) -> None:
    """The bounds count in; what can be read on both sides of one is undecided."""
    assert NumbersWithin(0, 100).score(text, whole=True).value == every
    assert NumbersWithin(0, 100, match="any").score(text, whole=True).value == some


def test_the_numbers_that_decide_are_pointed_at() -> None:
    """Outside for `every`, within for `any`."""
    score = NumbersWithin(at_most=100, units=("ms",)).score("In 2024: 20 ms, 300 ms", whole=True)
    assert (score.value, score.reason) == (0, "`300` is outside 100 or less")
    assert score.spans == (Span(16, 19),)
    score = NumbersWithin(1, 2, match="any").score("3, 2, 1", whole=True)
    assert (score.reason, score.spans) == ("`2` and `1` are within 1 to 2", (Span(3, 4), Span(6, 7)))
    assert NumbersWithin(1).score("3 and 2", whole=True).reason == "2 numbers, all within 1 or more"
    assert NumbersWithin(1, units=("ms",)).score("3", whole=True).reason == "no number with the unit `ms`"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It takes 200", None),
        ("It takes 200 ms in all", None),
        ("It takes 200 ms in all, as far as we know", 0.0),
    ],
    ids=["may grow", "not settled", "settled"],
)
def test_a_cut_text_keeps_what_is_settled(text: str, value: float | None) -> None:
    """`200` could become `2000`, `200 to 300` or `200 million`."""
    assert NumbersWithin(0, 100).score(text, whole=False).value == value


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("1, 1 and 1", 3), ("1,000", 1), ("1. a\n2. b", 0), ("1,2,3", 3)], ids=repr
)
def test_numbers_are_counted(text: str, count: int) -> None:
    """Equal ones each."""
    assert NumberCount(exactly=count).score(text, whole=True).value == 1


def test_a_count_that_can_be_read_in_several_ways_is_open() -> None:
    """`10 000` is one number or two."""
    score = NumberCount(exactly=2).score("10 000", whole=True)
    assert score.value is None
    assert "`10 000` can be read in more than one way" in score.reason
    assert NumberCount(at_least=3).score("10 000", whole=True).value == 0
    assert NumberCount(at_least=1).score("10 000", whole=True).value == 1


def test_units_narrow_the_count() -> None:
    """Only numbers with one count."""
    assert NumberCount(exactly=2, units=("MB", "GB")).score("1 MB, 2 GB, 3", whole=True).value == 1


def test_a_very_long_text_is_judged_by_its_beginning() -> None:
    """It is broken when the beginning is, and undecided otherwise."""
    assert NumbersWithin(0, 1).score("5 is too much, as they say. " * 10_000, whole=True).value == 0
    assert NumbersWithin(0, 9).score("5 is too much, as they say. " * 10_000, whole=True).value is None
    assert NumberCount(at_least=3).score("5 is too much, as they say. " * 10_000, whole=True).value == 1


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({}, ()),
        ({"at_least": 2, "at_most": 1}, ("at_least",)),
        ({"at_least": "1"}, ("at_least",)),
        ({"at_most": float("nan")}, ("at_most",)),
        ({"at_most": True}, ("at_most",)),
        ({"at_most": 1, "units": ("",)}, ("units", 0)),
        ({"at_most": 1, "units": "MB"}, ("units",)),
        ({"at_most": 1, "match": "some"}, ("match",)),
        ({"at_most": 1, "decimal_mark": ";"}, ("decimal_mark",)),
    ],
    ids=str,
)
def test_a_range_must_be_one(arguments: dict[str, Any], path: tuple[str | int, ...]) -> None:
    """The path leads to the argument at fault."""
    with pytest.raises(ArgumentError) as raised:
        NumbersWithin(**arguments)
    assert raised.value.path == path
