"""Walks plain data with its positions, so that every check is one line and every complaint has a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn, TypeGuard, cast

from evalkit.errors import SuiteError, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from evalkit.load.document import Document, Path_
    from evalkit.types import Json, Scalar


def is_mapping(value: object) -> TypeGuard[dict[str, Json]]:
    """Tell whether a value is a mapping; its keys are texts, as the reader made sure."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Json]]:
    """Tell whether a value is a list."""
    return isinstance(value, list)


def kind_of(value: object) -> str:
    """Name a value's kind for a message, with the value where it is short."""
    if isinstance(value, str):
        return f"the text `{value[:60]}`"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value}"
    if value is None:
        return "nothing"
    return "a mapping" if is_mapping(value) else "a list"


@dataclass(frozen=True, slots=True)
class Cursor:
    """One value of a document and the way to it."""

    document: Document
    value: Json
    path: Path_ = ()

    @property
    def name(self) -> str:
        """What messages call the value: the last key on the way to it."""
        keys = [part for part in self.path if isinstance(part, str)]
        return keys[-1] if keys else "the file"

    def fail(self, message: str, *, hint: str | None = None, key: bool = False) -> NoReturn:
        """Raise an error that points here, or at the key that leads here."""
        one_line = " ".join(message.splitlines())
        raise SuiteError(one_line, location=self.document.at(self.path, key=key), hint=hint)

    @property
    def _subject(self) -> str:
        """What messages about a text or mapping call it: an entry of a list is not the list."""
        return f"each entry of {self.name}" if self.path and isinstance(self.path[-1], int) else self.name

    def child(self, part: str | int) -> Cursor:
        """Step into a mapping or list."""
        return Cursor(self.document, self.value[part], (*self.path, part))

    def mapping(self, allowed: Iterable[str] | None = None, *, required: Iterable[str] = ()) -> Mapping[str, Cursor]:
        """Demand a mapping whose keys are all known, and that has the required ones."""
        keys: object = self.value
        if not is_mapping(keys):
            self.fail(
                f"{self._subject} must be a mapping, got {kind_of(keys)}", hint="a mapping is lines of `key: value`"
            )
        if allowed is not None:
            known = list(allowed)
            for key in keys:
                if key not in known:
                    self.child(key).fail(f"unknown key `{key}`", hint=suggestion(key, known), key=True)
        for key in required:
            if key not in keys:
                self.fail(f"{self._subject} lacks the key `{key}`", hint=f"add a line `{key}: ...`")
        return {key: self.child(key) for key in keys}

    def list(self) -> Iterator[Cursor]:
        """Demand a list, and go through it."""
        values: object = self.value
        if not is_list(values):
            self.fail(
                f"{self.name} must be a list, got {kind_of(values)}", hint="a list is `[a, b]`, or lines with `- `"
            )
        return iter([self.child(index) for index in range(len(values))])

    def one_or_more(self) -> Iterator[Cursor]:
        """Take a single value for a list of one."""
        return self.list() if is_list(self.value) else iter([self])

    def text(self, *, empty: bool = False) -> str:
        """Demand a text."""
        if not isinstance(self.value, str):
            self.fail(f"{self._subject} must be a text, got {kind_of(self.value)}", hint=self._quote_hint())
        if not empty and not self.value.strip():
            self.fail(f"{self._subject} must not be empty", hint="give it a text, or leave it out")
        return self.value

    def whole(self, *, least: int, most: int = 2**63 - 1) -> int:
        """Demand a whole number; the store has no room for more than 63 bits."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.fail(
                f"{self.name} must be a whole number, got {kind_of(self.value)}", hint=self._example(max(least, 4))
            )
        if self.value < least:
            self.fail(f"{self.name} must be at least {least}, got {self.value}", hint=self._example(max(least, 4)))
        if self.value > most:
            self.fail(f"{self.name} must be at most {most}, got {self.value}", hint=self._example(max(least, 4)))
        return self.value

    def number(self) -> float:
        """Demand a number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.fail(f"{self.name} must be a number, got {kind_of(self.value)}", hint=self._example(0.5))
        try:
            return float(self.value)
        except OverflowError:
            self.fail(f"{self.name} is too large a number", hint=self._example(0.5))

    def choice(self, *choices: str) -> str:
        """Demand one of a few words."""
        if self.value not in choices:
            listed = " or ".join(f"`{each}`" for each in choices)
            self.fail(
                f"{self.name} must be {listed}, got {kind_of(self.value)}", hint=suggestion(str(self.value), choices)
            )
        return str(self.value)

    def scalar(self) -> Scalar:
        """Demand a text, number, boolean or null."""
        if is_mapping(self.value) or is_list(self.value):
            kind = kind_of(self.value)
            self.fail(
                f"{self._subject} must be a single value, got {kind}", hint="a text, a number, true, false or null"
            )
        return cast("Scalar", self.value)

    def _example(self, value: float) -> str:
        return f"for example `{self.name}: {value:g}`"

    def _quote_hint(self) -> str | None:
        if self.value is None:
            return "give it a text, or leave it out"
        if isinstance(self.value, bool | int | float):
            return "put quotes around it to make it a text"
        return "for example `a text`, between quotes if it holds `: ` or begins with a bracket"
