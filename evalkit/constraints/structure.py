"""Constraints on the form of a whole text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NoReturn

from evalkit.constraints.demands import Form
from evalkit.constraints.examples import Examples
from evalkit.constraints.fences import bare, framed
from evalkit.constraints.finality import verdict
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final

_FIRST = frozenset('{["-0123456789tfn')


class _NotJsonError(ValueError):
    """Python's parser met a word that only Python takes for JSON."""


def _refuse(word: str) -> NoReturn:
    raise _NotJsonError(f"`{word}` is not JSON")


_DECODER = json.JSONDecoder(
    parse_constant=_refuse,
    parse_int=len,  # the number itself is of no interest, and Python refuses those of more than 4,300 digits
    parse_float=len,
)


@dataclass(frozen=True, slots=True)
class ValidJson:
    """Demand that the whole text is one JSON document.

    Attributes:
        fence: True also accepts one Markdown code fence around the document, of back-ticks on lines of their own.

    White space around the document does not count; a sentence before or after it breaks the constraint. `NaN` and
    `Infinity` are not JSON (RFC 8259), nor are single quotes, comments and trailing commas; a lone number or string is.
    A document nested more deeply than Python's parser can follow (about a thousand levels) is undecided. The span is
    the document, or the place where it goes wrong.

    In a text that was cut off, the verdict is broken when the text does not begin as JSON does, has `NaN` or
    `Infinity` for a value, or goes on after a closed object, list or string; anything else is undecided, and so is
    every text that begins with a fence.
    """

    name: ClassVar[str] = "valid_json"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met='{"broker": "Kafka"}',
        broken='Here it is: {"broker": "Kafka"}',
        undecided='{"broker": "Ka',
    )

    fence: bool = False

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Form("JSON", self.fence),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by parsing it."""
        frame = framed(text, fence=self.fence)
        if frame is None:
            return verdict("the code fence is not closed at the end", met=False, whole=whole, final=self.final)
        start, end = bare(text, frame)
        if frame.fenced:
            read = _read(text, start, end)
            return (
                read if whole or read.value is None else verdict(read.reason, met=False, whole=False, final="neither")
            )
        return _read(text, start, end, whole=whole)


def _read(text: str, start: int, end: int, *, whole: bool = True) -> Score:
    """Read `text[start:end]` as one JSON document."""
    document = text[start:end]
    final: Final = "neither" if not document or document[0] in _FIRST else "broken"
    try:
        _, read = _DECODER.raw_decode(document)
    except json.JSONDecodeError as error:
        place = Span(min(start + error.pos, end), min(start + error.pos + 1, end))
        reason = f"not JSON from character {place.start + 1} on: {error.msg[0].lower()}{error.msg[1:]}"
        return verdict(reason if document else "empty, so not JSON", (place,), met=False, whole=whole, final=final)
    except _NotJsonError as error:
        return verdict(str(error), met=False, whole=whole, final="broken")
    except RecursionError:
        return Score(None, "nested more deeply than the parser can follow")
    if read < len(document):
        closed = document[read - 1] in '}]"'  # a number may still grow: `1` before `.5`
        final = "broken" if closed else "neither"
        rest = Span(start + read, end)
        return verdict("the text goes on after the JSON document", (rest,), met=False, whole=whole, final=final)
    return verdict("one JSON document", (Span(start, end),), met=True, whole=whole, final="neither")
