"""What each of promptfoo's assertions is here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.constraints.registry import CONSTRAINTS
from evalkit.errors import SuiteError
from evalkit.importing.imported import refused
from evalkit.load.cursor import is_list, is_mapping, kind_of
from evalkit.templates import render, verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.types import Json, Scalar

_READ = frozenset({"type", "value", "metric"})
_JUDGED = frozenset(
    {"model-graded-closedqa", "model-graded-factuality", "factuality", "answer-relevance", "g-eval"}
    | {"context-faithfulness", "context-recall", "context-relevance", "select-best", "pi", "search-rubric"}
)
_OF_A_RUN = {
    "cost": "every report says what answers cost, but no constraint judges it",
    "latency": "every report of a run keeps times, but no constraint judges them",
}


@dataclass(frozen=True, slots=True)
class Asserted:
    """One assertion.

    Attributes:
        spec: The constraint as YAML writes it; None where there is none.
        unmapped: What of it there is no place for, in words.
    """

    spec: Json = None
    unmapped: tuple[str, ...] = ()


class _UnmappedError(Exception):
    """There is no constraint for it; says why."""


def asserted(given: Json, variables: Mapping[str, Scalar]) -> Asserted:
    """Return the constraint that an assertion is.

    Args:
        given: One entry of `assert`.
        variables: Of the test; they may stand in the assertion's value.
    """
    if not is_mapping(given) or not isinstance(given.get("type"), str):
        return Asserted(None, ("the assertion is left out: it has no `type`",))
    kind = str(given["type"])
    if "transform" in given:
        return Asserted(None, (f"assertion `{kind}` is left out: it looks at a transformed answer",))
    try:
        spec = _negated(kind, _rendered(given.get("value"), variables))
    except (_UnmappedError, SuiteError) as error:
        return Asserted(None, (f"assertion `{kind}` is left out: {error}",))
    why = refused(spec)
    if why is not None:
        return Asserted(None, (f"assertion `{kind}` is left out: {why}",))
    ignored = [key for key in given if key not in _READ and (key, given[key]) != ("weight", 1)]
    return Asserted(spec, tuple(f"`{key}` of assertion `{kind}` is left out" for key in ignored))


def _negated(kind: str, value: Json) -> Json:
    if kind.startswith("not-"):
        return {"not": _spec(kind.removeprefix("not-"), value)}
    return _spec(kind, value)


def _spec(kind: str, value: Json) -> Json:
    if kind in _SPECS:
        return _SPECS[kind](value)
    if kind in _JUDGED:
        raise _UnmappedError("a model has to judge it; write a `judge` for it")
    raise _UnmappedError(_OF_A_RUN.get(kind, "evalkit has no such constraint, or another form of it"))


def _rendered(value: Json, variables: Mapping[str, Scalar]) -> Json:
    """Fill the test's variables into every text of a value."""
    if isinstance(value, str):
        if value.startswith("file://"):
            raise _UnmappedError("its value is in another file")
        return render(value, variables)
    if is_list(value):
        return [_rendered(each, variables) for each in value]
    return value


def _text(value: Json) -> str:
    """Return a value as promptfoo compares it: numbers as their text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _UnmappedError(f"its value must be a text, got {kind_of(value)}")
    return str(value)


def _texts(value: Json) -> list[str]:
    if isinstance(value, str) and '"' in value:
        raise _UnmappedError("its value must be a list; write it as one")
    values = [each.strip() for each in value.split(",")] if isinstance(value, str) else value
    if not is_list(values):
        raise _UnmappedError(f"its value must be a list of texts, got {kind_of(value)}")
    return [_text(each) for each in values]


def _contains(name: str, *, ignore_case: bool, several: bool) -> Callable[[Json], Json]:
    def spec(value: Json) -> Json:
        keywords = _texts(value) if several else [_text(value)]
        return {name: {"keywords": keywords, "ignore_case": ignore_case}}

    return spec


def _equals(value: Json) -> Json:
    return {"matches": rf"\A{_literal(_text(value))}\z"}


def _starts_with(value: Json) -> Json:
    """Demand the beginning to the letter; `starts_with` would look past white space."""
    return {"matches": rf"\A{_literal(_text(value))}"}


def _regex(value: Json) -> Json:
    return {"matches": _text(value)}


def _is_json(value: Json) -> Json:
    if value is None:
        return "valid_json"
    schema: Json = value
    if isinstance(value, str):
        try:
            schema = json.loads(value)
        except ValueError as error:
            raise _UnmappedError("its schema is no JSON") from error
    if not is_mapping(schema) or "json_schema" not in CONSTRAINTS.builtins:
        raise _UnmappedError("this version has no constraint that takes its schema")
    return {"json_schema": {"schema": schema}}


def _rubric(value: Json) -> Json:
    """Ask a judge for yes or no; promptfoo's grader is shown the answer alone, too."""
    rubric = _text(value)
    if not rubric.strip():
        raise _UnmappedError("its value must hold more than white space")
    return {"judge": {"question": f"Does the text meet this demand: {verbatim(rubric)}", "sees": "text"}}


def _literal(text: str) -> str:
    return "".join(each if each.isalnum() else f"\\x{{{ord(each):x}}}" for each in text)


_SPECS: Mapping[str, Callable[[Json], Json]] = {
    "contains": _contains("contains_all", ignore_case=False, several=False),
    "icontains": _contains("contains_all", ignore_case=True, several=False),
    "contains-all": _contains("contains_all", ignore_case=False, several=True),
    "icontains-all": _contains("contains_all", ignore_case=True, several=True),
    "contains-any": _contains("contains_any", ignore_case=False, several=True),
    "icontains-any": _contains("contains_any", ignore_case=True, several=True),
    "equals": _equals,
    "starts-with": _starts_with,
    "regex": _regex,
    "is-json": _is_json,
    "llm-rubric": _rubric,
}
