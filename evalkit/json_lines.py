"""Reads files of one JSON value a line, however long, and says where one is wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from evalkit.errors import Location, SuiteError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.types import Json

LONGEST_LINE = 64 * 1024 * 1024
_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not empty.

    Attributes:
        number: Counted from 1, empty lines included.
        value: What it says; meaningless where `fault` is set.
        fault: Why it cannot be read although nothing is wrong with the file: it is too long. None for all others.
    """

    number: int
    value: Json
    fault: str | None = None


def json_lines(stream: BinaryIO, name: str, *, longest: int = LONGEST_LINE) -> Iterator[Line]:
    """Yield the lines of a file one by one, holding one at a time.

    Args:
        stream: The file, from its beginning. A byte-order mark and carriage returns are no part of it.
        name: How messages call it.
        longest: Bytes of a line; what is longer is skipped, and comes with its `fault`.

    Raises:
        SuiteError: A line is not UTF-8 or not JSON; the error says where.
    """
    number = 0
    while raw := stream.readline(longest + 1):
        number += 1
        if len(raw) > longest and not raw.endswith(b"\n"):
            _skip_rest(stream, longest)
            yield Line(number, None, f"the line is longer than {longest:,} bytes")
            continue
        text = _decoded(raw, name, number)
        if number == 1:
            text = text.removeprefix(_BYTE_ORDER_MARK)
        if text.strip():
            yield Line(number, _parsed(text, name, number))


def _skip_rest(stream: BinaryIO, longest: int) -> None:
    while part := stream.readline(longest):
        if part.endswith(b"\n"):
            return


def _decoded(raw: bytes, name: str, number: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        place = Location(name, number, error.start + 1)
        raise SuiteError("not UTF-8 text", location=place, hint="save the file as UTF-8") from error


def _parsed(text: str, name: str, number: int) -> Json:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = Location(name, number, error.pos + 1)
        problem = f"{error.msg[0].lower()}{error.msg[1:]}"
        raise SuiteError(
            f"not JSON: {problem}", location=place, hint="the file must hold one JSON object in each line"
        ) from error
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
        raise SuiteError(
            "JSON that cannot be read: nested too deep, or a number with too many digits",
            location=Location(name, number, 1),
            hint="take the line out",
        ) from error


def kind_of_json(value: Json) -> str:
    """Name the kind of a value for a message: `a number`, `a list`, `null`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "a text"
    return "a number" if isinstance(value, int | float) else "a list" if isinstance(value, list) else "an object"
