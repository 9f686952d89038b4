"""The constraint on one value in a JSON document, and how values are compared and shown."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from evalkit.constraints.demands import Form
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.json_text import (
    NotJsonError,
    UnknownJsonError,
    is_array,
    is_object,
    places,
    pointer_of,
    read_json,
    steps_of,
)
from evalkit.constraints.structure import ValidJson
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final
    from evalkit.constraints.json_text import JsonText

_LONGEST_SHOWN = 60
_NOTHING = object()


@dataclass(frozen=True, slots=True)
class JsonField:
    """Demand that the text is JSON and has a value at a place in it.

    Attributes:
        path: Where, as a JSON Pointer (RFC 6901): `/broker/name`, `/brokers/0`; empty for the whole document.
        equals: What the value must be; None lets any value do, null included.
        one_of: What it may be, null included; empty lets any value do.
        fence: True also accepts one Markdown code fence around the document, of back-ticks on lines of their own.

    Numbers are compared by what they are (`1` is `1.0`), texts character by character, lists in order, objects without
    regard to order. Of a repeated key the last value counts. A text that is not JSON breaks the constraint. A document
    nested more deeply than Python's parser can follow, or with a number of more than 4,000 digits, is undecided. The
    span is the value, else the document, or the place where it is not JSON.

    In a text that was cut off, the verdict is broken where nothing that follows could make it JSON, as for
    `valid_json`; anything else is undecided.
    """

    name: ClassVar[str] = "json_field"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"path": "/broker", "one_of": ["Kafka", "RabbitMQ"]},
        met='{"broker": "Kafka"}',
        broken='{"broker": "Pulsar"}',
        undecided='{"broker": "Kafka"}',
    )

    path: str
    equals: Any = None
    one_of: tuple[Any, ...] = ()
    fence: bool = False

    def __post_init__(self) -> None:
        try:
            steps_of(self.path)
        except ValueError as error:
            raise ArgumentError(f"`path` is no JSON Pointer: {error}, got {self.path!r}", path=("path",)) from error
        if self.equals is not None and self.one_of:
            raise ArgumentError("`equals` cannot stand beside `one_of`", path=("equals",), hint="keep one of them")

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Form("JSON", self.fence),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the value."""
        document = read_or_score(text, fence=self.fence, whole=whole)
        if isinstance(document, Score):
            return document
        steps = steps_of(self.path)
        value = value_at(document.value, steps)
        span = place_of(text, document, steps)
        where = f"`{pointer_of(steps)}`" if steps else "the document"
        wanted = self.one_of or (() if self.equals is None else (self.equals,))
        if value is _NOTHING:
            return verdict(f"no value at {where}", (span,), met=False, whole=whole, final="neither")
        met = not wanted or any(same(value, each) for each in wanted)
        reason = f"{where} is {shown(value)}"
        if wanted:
            reason += f", wanted {' or '.join(shown(each) for each in wanted[:8])}"
        return verdict(reason, (span,), met=met, whole=whole, final="neither")


def read_or_score(text: str, *, fence: bool, whole: bool) -> JsonText | Score:
    """Read `text` as JSON, or return the score of a constraint on what is in it when that cannot be done."""
    try:
        return read_json(text, fence=fence)
    except NotJsonError as error:
        final: Final = "neither"
        if not whole and ValidJson(fence).score(text, whole=False).value == 0:
            final = "broken"
        return verdict(str(error), (error.place,), met=False, whole=whole, final=final)
    except UnknownJsonError as error:
        return Score(None, str(error))


def place_of(text: str, document: JsonText, steps: Sequence[str | int]) -> Span:
    """Return where a value stands, or the innermost thing around it that is there."""
    try:
        for count in range(len(steps), 0, -1):
            found = places(text, document, steps[:count])
            if found:
                return found[0]
    except RecursionError:
        pass
    return Span(document.start, document.end)


def value_at(value: Any, steps: Sequence[str]) -> Any:  # noqa: ANN401 - any JSON
    """Return what the steps of a JSON Pointer lead to, or a thing that is no JSON where nothing is there."""
    for step in steps:
        if is_object(value):
            value = value.get(step, _NOTHING)
        elif is_array(value):
            index = int(step) if step.isascii() and step.isdigit() and len(step) < 10 else -1
            value = value[index] if 0 <= index < len(value) and str(index) == step else _NOTHING
        else:
            return _NOTHING
    return value


def same(value: Any, other: Any) -> bool:  # noqa: ANN401 - any JSON
    """Tell whether two values are the same to JSON: to Python, true is 1."""
    return bool(canonical(value) == canonical(other))


def canonical(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a form of a value that can be hashed, and is equal for values that are the same to JSON."""
    if isinstance(value, bool) or value is None:
        return ("word", value)
    if is_object(value):
        return ("object", frozenset((key, canonical(each)) for key, each in value.items()))
    if is_array(value):
        return ("list", tuple(canonical(each) for each in value))
    return value


def shown(value: Any) -> str:  # noqa: ANN401 - any JSON
    """Write a value as JSON would, between back-ticks, shortened."""
    if is_object(value) and value:
        return f"`{{…}} of {len(value):,}`"
    if is_array(value) and value:
        return f"`[…] of {len(value):,}`"
    if isinstance(value, float) and not math.isfinite(value):
        return "a number too large to write"
    written = json.dumps(value[: _LONGEST_SHOWN * 2] if isinstance(value, str) else value, ensure_ascii=False)
    return f"`{written[:_LONGEST_SHOWN]}…`" if len(written) > _LONGEST_SHOWN else f"`{written}`"
