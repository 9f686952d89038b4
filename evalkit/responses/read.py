"""Reads files of responses, in the layout of IFEval and in evalkit's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, cast

from evalkit.errors import Location, SuiteError, suggestion
from evalkit.json_lines import LONGEST_LINE, json_lines, kind_of_json
from evalkit.load.cursor import is_list, is_mapping
from evalkit.types import EMPTY, Completion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.types import AxisValue, Json, Outcome

_CASE = ("case", "key")
_TEXT = ("response", "text")
_KNOWN = (*_CASE, *_TEXT, "prompt", "repeat", "condition", "provider", "outcome", "error")
_OUTCOMES: tuple[Outcome, ...] = ("complete", "truncated", "refusal", "error")
_MOST_REPEATS = 1_000_000


@dataclass(frozen=True, slots=True)
class Response:
    """One text with what is said of where it belongs.

    Attributes:
        line: Its line in the file, from 1.
        completion: The text; an error where there is none.
        case: The id of its case; None when it does not say.
        prompt: The prompt that it answers; None when it does not say.
        repeat: Which answer of several it is, from 0; None when it does not say.
        condition: Values of axes; what is missing must follow from the suite.
        provider: Who gave it; None when it does not say.
        fault: Why the line could not be read; then it belongs nowhere.
    """

    line: int
    completion: Completion
    case: str | None = None
    prompt: str | None = None
    repeat: int | None = None
    condition: Mapping[str, AxisValue] = field(default_factory=lambda: EMPTY)
    provider: str | None = None
    fault: str | None = None


def read_responses(stream: BinaryIO, name: str, *, longest: int = LONGEST_LINE) -> Iterator[Response]:
    """Yield the responses of a file, holding one at a time.

    Args:
        stream: The file, from its beginning.
        name: How messages call it.
        longest: Bytes of a line; what is longer is skipped and has a `fault`.

    Raises:
        SuiteError: A line has none of the two layouts; the error says where. A text that is missing is no such error.
    """
    for line in json_lines(stream, name, longest=longest):
        if line.fault is not None:
            yield Response(line.number, Completion("error", error=line.fault), fault=line.fault)
        else:
            yield _Reader(Location(name, line.number, 1)).response(line.value)


@dataclass(frozen=True, slots=True)
class _Reader:
    """One line; every complaint points at it."""

    place: Location

    def response(self, value: Json) -> Response:
        if not is_mapping(value):
            self._fail(
                f"a response must be an object, got {kind_of_json(value)}", '{"prompt": "...", "response": "..."}'
            )
        case = next((value[key] for key in _CASE if value.get(key) is not None), None)
        if case is not None and (isinstance(case, bool) or not isinstance(case, str | int)):
            self._fail(f"`case` must be a text or a whole number, got {kind_of_json(case)}", '"case": "kafka"')
        prompt = value.get("prompt")
        if prompt is not None and not isinstance(prompt, str):
            self._fail(f"`prompt` must be a text, got {kind_of_json(prompt)}", '"prompt": "..."')
        if case is None and prompt is None:
            self._fail("neither `case` nor `prompt` says what the response answers", '"prompt": "..."', value)
        provider = value.get("provider")
        if provider is not None and (not isinstance(provider, str) or not provider.strip()):
            self._fail(f"`provider` must be a name, got {kind_of_json(provider)}", '"provider": "gpt-4"')
        return Response(
            self.place.line,
            self._completion(value),
            None if case is None else str(case),
            prompt,
            self._repeat(value.get("repeat")),
            self._condition(value.get("condition")),
            provider,
        )

    def _completion(self, value: dict[str, Any]) -> Completion:
        given = [key for key in _TEXT if key in value]
        outcome, error = value.get("outcome", "complete"), value.get("error")
        if outcome not in _OUTCOMES:
            self._fail(
                f"`outcome` must be one of {', '.join(_OUTCOMES)}, got {str(outcome)[:40]}", '"outcome": "complete"'
            )
        if error is not None or outcome == "error":
            return Completion("error", error=str(error) if error else "the file says that there was an error")
        if not given and outcome != "refusal":
            self._fail("there is no `response`", '{"prompt": "...", "response": "..."}', value)
        text = value[given[0]] if given else ""
        if not isinstance(text, str):
            return Completion("error", error=f"the response is {kind_of_json(text)}, not a text")
        return Completion(outcome, text=text)

    def _repeat(self, value: Json) -> int | None:
        if value is None:
            return None
        if type(value) is not int or not 0 <= value < _MOST_REPEATS:
            self._fail(f"`repeat` must be a whole number from 0 to {_MOST_REPEATS - 1:,}", '"repeat": 0')
        return value

    def _condition(self, value: Json) -> Mapping[str, AxisValue]:
        if value is None:
            return EMPTY
        if not is_mapping(value):
            self._fail(f"`condition` must be an object, got {kind_of_json(value)}", '"condition": {"temperature": 0.8}')
        return {axis: cast("AxisValue", tuple(each) if is_list(each) else each) for axis, each in value.items()}

    def _fail(self, message: str, example: str, value: dict[str, Any] | None = None) -> NoReturn:
        near = None
        for key in value or ():
            near = near or (None if key in _KNOWN else suggestion(key, _KNOWN))
        hint = near if near is not None and near.startswith("did") else f"for example {example}"
        raise SuiteError(message, location=self.place, hint=hint)
