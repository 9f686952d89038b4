"""The constraint that a text is JSON as a JSON Schema wants it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, cast

from evalkit.constraints.demands import Form
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.json_text import pointer_of
from evalkit.constraints.json_values import canonical, place_of, read_or_score, shown
from evalkit.constraints.schema_rules import validator_of
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

    from evalkit.constraints.demands import Alternatives

LONGEST = 50_000
"""The most characters that are judged; the validator takes up to 15 microseconds for each."""


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """Demand that the text is JSON as a JSON Schema wants it.

    Attributes:
        schema: The schema, written in YAML, or `{file: schema.json}` in a suite; of draft 2020-12 unless its `$schema`
            names an earlier one.
        fence: True also accepts one Markdown code fence around the document, of back-ticks on lines of their own.

    The reason names the first violation, in the order of the schema: its place as a JSON Pointer (RFC 6901), the value
    met, and the keyword that forbids it. Keywords of `format` are remarks, as the standard has it. Patterns are RE2's,
    and a `$ref` may only point into the schema itself: nothing is ever fetched. A text that is not JSON breaks the
    constraint. Undecided are a document of more than 50,000 characters, one nested more deeply than the validator can
    follow, and one with a number of more than 4,000 digits. The span is the value at fault, or the place where the text
    is not JSON.

    In a text that was cut off, the verdict is broken where nothing that follows could make it JSON, as for
    `valid_json`; anything else is undecided.
    """

    name: ClassVar[str] = "json_schema"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"schema": {"type": "object", "properties": {"score": {"type": "integer", "maximum": 5}}}},
        met='{"score": 4}',
        broken='{"score": 9}',
        undecided='{"score": 4}',
    )

    schema: dict[str, Any]
    fence: bool = False

    def __post_init__(self) -> None:
        if set(self.schema) == {"file"}:
            message = "`schema` names a file, which only a suite that is loaded from a file has read"
            raise ArgumentError(message, path=("schema",), hint="write the schema itself")
        self._validator()

    def __hash__(self) -> int:
        """Hash by what the schema says."""
        return hash((canonical(self.schema), self.fence))

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Form("JSON", self.fence),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the first violation in it."""
        document = read_or_score(text, fence=self.fence, whole=whole)
        if isinstance(document, Score):
            return document
        if document.end - document.start > LONGEST:
            return Score(None, f"{document.end - document.start:,} characters of JSON; {LONGEST:,} are judged")
        try:
            error: ValidationError | None = next(self._validator().iter_errors(document.value), None)
        except OverflowError:
            return Score(None, "a number is too large for the validator")
        except RecursionError:
            return Score(None, "nested more deeply than the validator can follow")
        steps = () if error is None else tuple(error.absolute_path)
        span = place_of(text, document, steps)
        if error is None:
            return verdict("the JSON is as the schema wants it", (span,), met=True, whole=whole, final="neither")
        return verdict(_said(error, pointer_of(steps)), (span,), met=False, whole=whole, final="neither")

    def _validator(self) -> Any:  # noqa: ANN401 - made by jsonschema
        try:
            return _validator(json.dumps(self.schema, allow_nan=False))
        except (TypeError, ValueError) as error:  # a date, which YAML knows and JSON does not
            raise ArgumentError(f"`schema` holds what is not JSON: {error}", path=("schema",)) from error
        except RecursionError as error:
            raise ArgumentError("`schema` is nested too deep to be read", path=("schema",)) from error


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:  # noqa: ANN401 - made by jsonschema
    return validator_of(json.loads(schema))


def _said(error: ValidationError, pointer: str) -> str:
    """Put a violation in words."""
    where = f"`{pointer}`" if pointer else "the document"
    keyword = str(error.validator)
    if keyword == "required":
        there = cast("dict[str, Any]", error.instance)
        missing = [name for name in cast("list[str]", error.validator_value) if name not in there]
        return f"{where} has no {shown(missing[0])}, which the schema requires"
    if keyword == "additionalProperties" and error.validator_value is False:
        return f"{where} is a member that the schema does not allow"
    if error.validator_value is None or keyword == "None":
        return f"{where} is {shown(error.instance)}, where the schema allows nothing"
    return f"{where} is {shown(error.instance)}, against `{keyword}: {shown(error.validator_value).strip('`')}`"
