"""Checks of arguments."""

from __future__ import annotations

import pytest

from evalkit.constraints.validation import check_bounds, check_choice, check_limit, check_share, check_text, check_texts
from evalkit.errors import ArgumentError


@pytest.mark.parametrize("value", [0, 1, 10**9])
def test_whole_numbers_are_limits(value: int) -> None:
    """From 0 on there is no end."""
    check_limit("limit", value)


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, -1], ids=repr)
def test_anything_else_is_no_limit(value: object) -> None:
    """The value met is named."""
    with pytest.raises(ArgumentError, match=str(value)):
        check_limit("limit", value)


@pytest.mark.parametrize("value", ["", " \t\n", None, 3, b"x"], ids=repr)
def test_a_text_must_hold_something(value: object) -> None:
    """White space alone demands nothing."""
    with pytest.raises(ArgumentError) as raised:
        check_text("start", value)
    assert raised.value.path == ("start",)


@pytest.mark.parametrize(
    ("value", "path"),
    [((), ("keywords",)), ("ab", ("keywords",)), (["a"], ("keywords",)), (("a", " "), ("keywords", 1))],
    ids=["empty", "text", "list", "blank entry"],
)
def test_texts_must_each_hold_something(value: object, path: tuple[str | int, ...]) -> None:
    """The path leads to the entry at fault."""
    with pytest.raises(ArgumentError) as raised:
        check_texts("keywords", value)
    assert raised.value.path == path


@pytest.mark.parametrize("value", [0, 0.5, 1])
def test_shares_reach_from_none_to_all(value: float) -> None:
    """Both ends count in."""
    check_share("at_least", value)


@pytest.mark.parametrize(
    ("value", "above"), [(-0.1, None), (1.1, None), (True, None), ("1", None), (0.5, 0.5), (1.5, 0.5)]
)
def test_anything_else_is_no_share(value: object, above: float | None) -> None:
    """A bound from below does not count in."""
    with pytest.raises(ArgumentError, match=str(value)) as raised:
        check_share("at_least", value, above=above)
    assert raised.value.path == ("at_least",)


def test_a_choice_is_one_of_its_names() -> None:
    """The hint names the nearest."""
    check_choice("by", "edit", ("edit", "bleu"))
    with pytest.raises(ArgumentError, match="must be one of edit, bleu, got 'edt'") as raised:
        check_choice("by", "edt", ("edit", "bleu"))
    assert raised.value.hint == "did you mean `edit`?"


@pytest.mark.parametrize(("at_least", "at_most"), [(1, None), (None, 1.5), (1, 1)])
def test_one_bound_is_enough(at_least: float | None, at_most: float | None) -> None:
    """Two may be the same."""
    check_bounds(at_least, at_most)


@pytest.mark.parametrize(
    ("at_least", "at_most", "path"),
    [(None, None, ()), (2, 1, ("at_least",)), ("1", None, ("at_least",)), (None, False, ("at_most",))],
)
def test_bounds_that_nothing_or_everything_meets_are_refused(
    at_least: object, at_most: object, path: tuple[str, ...]
) -> None:
    """The path leads to the bound at fault."""
    with pytest.raises(ArgumentError) as raised:
        check_bounds(at_least, at_most)
    assert raised.value.path == path
