"""Checks that constraints make of their own arguments, whoever builds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from evalkit.errors import ArgumentError, suggestion

if TYPE_CHECKING:
    from collections.abc import Collection


def check_limit(argument: str, value: object, *, least: int = 0) -> None:
    """Demand a whole number of at least `least`; True and False are not numbers.

    Raises:
        ArgumentError: It is not one; `path` names the argument.
    """
    if type(value) is not int:  # bool is an int to isinstance
        raise ArgumentError(f"`{argument}` must be a whole number, got {value!r}", path=(argument,))
    if value < least:
        raise ArgumentError(f"`{argument}` must be at least {least}, got {value}", path=(argument,))


def check_text(argument: str, value: object) -> None:
    """Demand a text with something in it besides white space.

    Raises:
        ArgumentError: It is not one; `path` names the argument.
    """
    _check_text(f"`{argument}`", (argument,), value)


def check_texts(argument: str, value: object) -> None:
    """Demand a tuple of texts, at least one, each with something in it besides white space.

    Raises:
        ArgumentError: It is not one; `path` leads to the text at fault.
    """
    if not isinstance(value, tuple):
        raise ArgumentError(f"`{argument}` must be a tuple of texts, got {value!r}", path=(argument,))
    if not value:
        raise ArgumentError(f"`{argument}` must not be empty, got []", path=(argument,))
    for index, text in enumerate(cast("tuple[object, ...]", value)):
        _check_text(f"every text in `{argument}`", (argument, index), text)


def _check_text(subject: str, path: tuple[str | int, ...], value: object) -> None:
    if not isinstance(value, str):
        raise ArgumentError(f"{subject} must be a text, got {value!r}", path=path)
    if not value.strip():
        raise ArgumentError(f"{subject} must hold more than white space, got {value!r}", path=path)


def check_share(argument: str, value: object, *, above: float | None = None) -> None:
    """Demand a number from 0 to 1; True and False are not numbers.

    Args:
        argument: Its name.
        value: What was given.
        above: The number that it must exceed; None allows 0.

    Raises:
        ArgumentError: It is not one; `path` names the argument.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ArgumentError(f"`{argument}` must be a number, got {value!r}", path=(argument,))
    if above is not None and not above < value <= 1:
        raise ArgumentError(f"`{argument}` must be above {above:g} and at most 1, got {value}", path=(argument,))
    if not 0 <= value <= 1:
        raise ArgumentError(f"`{argument}` must be from 0 to 1, got {value}", path=(argument,))


def check_choice(argument: str, value: object, choices: Collection[str]) -> None:
    """Demand one of several names.

    Raises:
        ArgumentError: It is not one; `path` names the argument.
    """
    if value not in choices:
        raise ArgumentError(
            f"`{argument}` must be one of {', '.join(choices)}, got {value!r}",
            path=(argument,),
            hint=suggestion(str(value), choices),
        )


def check_bounds(at_least: object, at_most: object) -> None:
    """Demand at least one of two bounds, each a number, the lower not above the upper.

    Raises:
        ArgumentError: One is no number, both are missing, or no number lies between them; `path` names the argument.
    """
    for argument, value in (("at_least", at_least), ("at_most", at_most)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ArgumentError(f"`{argument}` must be a number, got {value!r}", path=(argument,))
    if at_least is None and at_most is None:
        raise ArgumentError("`at_least` or `at_most` is needed", path=())
    if isinstance(at_least, int | float) and isinstance(at_most, int | float) and at_least > at_most:
        raise ArgumentError(f"`at_least` must not be above `at_most`, got {at_least} and {at_most}", path=("at_least",))
