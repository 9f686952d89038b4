"""Checks that constraints make of their own arguments, whoever builds them."""

from __future__ import annotations

from typing import cast

from evalkit.errors import ArgumentError


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
