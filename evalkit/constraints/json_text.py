"""Reads JSON out of a text, and finds where in the text its values stand.

Values are decoded by Python's parser, in C. It does not tell where they stood, so a place is found afterwards by
walking along the path to it, which takes time in proportion to the text for each step of the path.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard

from evalkit.constraints.fences import bare, framed
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLANKS = re.compile(r"[ \t\n\r]*")
_LONGEST_NUMBER = 4_000  # digits; Python refuses to read more than 4,300


class NotJsonError(ValueError):
    """A text is not one JSON document; `place` is where it goes wrong."""

    def __init__(self, message: str, place: Span) -> None:
        super().__init__(message)
        self.place = place


class UnknownJsonError(ValueError):
    """A text may be JSON, but is beyond what is read."""


class _WordError(ValueError):
    """Python's parser met a word that only Python takes for JSON."""


def _refuse(word: str) -> NoReturn:
    raise _WordError(f"`{word}` is not JSON")


def _whole_number(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise UnknownJsonError(f"a number of {len(digits):,} digits is longer than can be read")
    return int(digits)


_READ = json.JSONDecoder(parse_constant=_refuse, parse_int=_whole_number)
_SKIP = json.JSONDecoder(parse_int=len, parse_float=len)


@dataclass(frozen=True, slots=True)
class JsonText:
    """One JSON document in a text.

    Attributes:
        value: What it says, in Python's terms; of a repeated key the last value counts.
        start: Where in the text it begins.
        end: One past its last character.
    """

    value: Any
    start: int
    end: int


def read_json(text: str, *, fence: bool) -> JsonText:
    """Read `text` as one JSON document with white space around it at most.

    Args:
        text: The text.
        fence: Whether one Markdown code fence may stand around the document.

    Raises:
        NotJsonError: It is not.
        UnknownJsonError: It is nested too deeply, or holds too long a number.
    """
    frame = framed(text, fence=fence)
    if frame is None:
        raise NotJsonError("the code fence is not closed at the end", Span(0, 0))
    start, end = bare(text, frame)
    document = text[start:end]
    try:
        value, read = _READ.raw_decode(document)
    except json.JSONDecodeError as error:
        place = Span(min(start + error.pos, end), min(start + error.pos + 1, end))
        where = f"not JSON from character {place.start + 1} on: {error.msg[0].lower()}{error.msg[1:]}"
        raise NotJsonError(where if document else "empty, so not JSON", place) from error
    except _WordError as error:
        raise NotJsonError(str(error), Span(start, end)) from error
    except RecursionError as error:
        raise UnknownJsonError("nested more deeply than the parser can follow") from error
    if read < len(document):
        raise NotJsonError("the text goes on after the JSON document", Span(start + read, end))
    return JsonText(value, start, end)


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value of JSON is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Tell whether a value of JSON is an array."""
    return isinstance(value, list)


def steps_of(pointer: str) -> tuple[str, ...]:
    """Split a JSON Pointer (RFC 6901) into its steps.

    Raises:
        ValueError: It is not one.
    """
    if not pointer:
        return ()
    if not pointer.startswith("/"):
        raise ValueError("a JSON Pointer is empty or begins with a slash")
    if re.search(r"~(?![01])", pointer):
        raise ValueError("in a JSON Pointer a tilde is followed by 0 or 1")
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/"))


def pointer_of(steps: Sequence[str | int]) -> str:
    """Write steps as a JSON Pointer."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)


def places(text: str, document: JsonText, steps: Sequence[str | int], *, wildcard: bool = False) -> list[Span]:
    """Return where the values stand that `steps` lead to.

    Args:
        text: The text that the document was read from.
        document: As `read_json` returned it.
        steps: Keys and indexes, from the outside in.
        wildcard: Whether a step `*` stands for every member and every element.

    Returns:
        In the text's order; nothing where no value is there.
    """
    spans = [Span(document.start, document.end)]
    for step in steps:
        spans = [inner for span in spans for inner in _children(text, span, step, wildcard=wildcard)]
    return spans


def _children(text: str, span: Span, step: str | int, *, wildcard: bool) -> Iterator[Span]:
    """Yield where the values stand that one step leads to from the value at `span`."""
    every = wildcard and step == "*"
    if text[span.start] == "{":
        members = dict(_members(text, span.start))
        found = members.values() if every else filter(None, [members.get(str(step))])
        yield from sorted(found, key=lambda place: place.start)
    elif text[span.start] == "[":
        wanted = str(step)
        if not every and not wanted.isdigit():
            return
        for index, place in enumerate(_elements(text, span.start)):
            if every or str(index) == wanted:
                yield place
                if not every:
                    return


def _members(text: str, start: int) -> Iterator[tuple[str, Span]]:
    at = _past_blanks(text, start + 1)
    while text[at] != "}":
        key, at = _READ.raw_decode(text, at)
        at = _past_blanks(text, _past_blanks(text, at) + 1)  # the colon
        _, end = _SKIP.raw_decode(text, at)
        yield key, Span(at, end)
        at = _past_blanks(text, end)
        if text[at] == ",":
            at = _past_blanks(text, at + 1)


def _elements(text: str, start: int) -> Iterator[Span]:
    at = _past_blanks(text, start + 1)
    while text[at] != "]":
        _, end = _SKIP.raw_decode(text, at)
        yield Span(at, end)
        at = _past_blanks(text, end)
        if text[at] == ",":
            at = _past_blanks(text, at + 1)


def _past_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    assert match is not None
    return match.end()
