"""Checks of arguments."""

from __future__ import annotations

import pytest

from evalkit.constraints.validation import check_limit, check_text, check_texts
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
