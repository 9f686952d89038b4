"""Writes a suite as YAML that people can read and change."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from evalkit.load.cursor import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.importing.imported import ImportedCase
    from evalkit.types import Json

_PLAIN_KEY = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_WORDS_OF_YAML = frozenset({"null", "true", "false"})
# What YAML takes for a line break or does not take at all; JSON leaves it as it is.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")
_BLOCK = re.compile("[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]+")


def suite_text(
    name: str,
    cases: Sequence[ImportedCase],
    *,
    provider: str,
    description: str,
    max_tokens: int | None = None,
) -> str:
    """Return the text of a suite.

    Args:
        name: The suite's.
        cases: At least one.
        provider: The profile to ask.
        description: One line.
        max_tokens: Of each answer; None leaves it to the provider.
    """
    lines = [
        f"suite: {_scalar(name)}",
        "version: 1",
        f"description: {_scalar(description)}",
        f"providers: [{_scalar(provider)}]",
    ]
    if max_tokens is not None:
        lines.append(f"max_tokens: {max_tokens}")
    lines.append("cases:")
    for case in cases:
        lines += _case(case)
    return "\n".join(lines) + "\n"


def _case(case: ImportedCase) -> Iterator[str]:
    yield f"  - id: {_scalar(case.id)}"
    yield f"    prompt: {_text(case.prompt)}"
    if case.variables:
        yield "    variables:"
        for name, value in case.variables.items():
            yield f"      {_key(name)}: {_flow(value)}"
    if case.constraints:
        yield "    constraints:"
        for spec in case.constraints:
            yield f"      - {_entry(spec)}"


def _entry(spec: Json) -> str:
    """Write a constraint: `max_words: 60` rather than `{max_words: 60}`."""
    if is_mapping(spec) and len(spec) == 1:
        name, arguments = next(iter(spec.items()))
        return f"{_key(name)}: {_flow(arguments)}"
    return _flow(spec)


def _text(text: str) -> str:
    """Write a text in lines of its own where YAML gives it back exactly so, else between quotes."""
    lines = text.split("\n")
    block = len(lines) > 1 and lines[-1] and all(
        not line or (_BLOCK.fullmatch(line) and line.strip()) for line in lines
    )  # fmt: skip
    if not block or not lines[0] or lines[0][0].isspace():
        return _scalar(text)
    return "|-\n" + "\n".join(f"      {line}" if line else "" for line in lines)


def _flow(value: Json) -> str:
    if is_mapping(value):
        return "{" + ", ".join(f"{_key(key)}: {_flow(each)}" for key, each in value.items()) + "}"
    if is_list(value):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) and name not in _WORDS_OF_YAML else _scalar(name)


def _scalar(value: Json) -> str:
    """Write one value as JSON does, which YAML reads too, once what only JSON takes has been escaped."""
    if isinstance(value, str) and _PLAIN_KEY.fullmatch(value) and value.lower() not in _WORDS_OF_YAML:
        return value
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _TO_ESCAPE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
