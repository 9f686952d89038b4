"""Reads an answer that came with status 200, trusting nothing: a proxy's page or half a document is no answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from evalkit.errors import TransientError
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one call.

    Attributes:
        body: The document, an object.
        headers: Names in lower case.
        first_byte_s: Seconds from sending to the headers; None when not known.
    """

    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    first_byte_s: float | None = None


def read_object(content: bytes | str, content_type: str) -> Mapping[str, Any]:
    """Return the JSON object that an answer with status 200 must be.

    Raises:
        TransientError: It is empty, not JSON, cut short, or no object.
    """
    if not content.strip():
        raise TransientError("the answer was empty, with status 200")
    if "json" not in content_type.lower():
        start = content[:_SHOWN] if isinstance(content, str) else content[:_SHOWN].decode("utf-8", "replace")
        raise TransientError(
            f"the answer is {content_type or 'of no type'} where JSON belongs: {' '.join(start.split())}",
            hint="a proxy may have answered in the provider's place",
        )
    try:
        plain: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise TransientError(f"the answer is not whole JSON: {error}") from error
    if not isinstance(plain, dict):
        raise TransientError(f"the answer is a JSON {type(plain).__name__} where an object belongs")
    return cast("dict[str, Any]", plain)


def missing(what: str) -> TransientError:
    """Return the error for an answer that lacks a part that it must have."""
    return TransientError(f"the answer has no {what.removesuffix(' in the answer')}")


def text_in(mapping: Mapping[str, Any], key: str, where: str) -> str:
    """Return a text that must be there.

    Raises:
        TransientError: It is not.
    """
    value: object = mapping.get(key)
    if not isinstance(value, str):
        raise missing(f"`{key}` in {where}")
    return value


def list_in(mapping: Mapping[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    """Return a list of objects that must be there.

    Raises:
        TransientError: It is not.
    """
    value: object = mapping.get(key)
    if not isinstance(value, list):
        raise missing(f"`{key}` in {where}")
    return [cast("dict[str, Any]", each) for each in cast("list[object]", value) if isinstance(each, dict)]


def maybe_list(mapping: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return a list of objects that may be there; empty when it is not."""
    value: object = mapping.get(key)
    return list_in(mapping, key, "") if isinstance(value, list) else []


def object_in(mapping: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return an object that may be there; empty when it is not."""
    value: object = mapping.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else EMPTY


def count_in(mapping: Mapping[str, Any], key: str) -> int | None:
    """Return a whole number from 0 upwards that may be there; None when it is not."""
    value: object = mapping.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def maybe_text(mapping: Mapping[str, Any], key: str) -> str | None:
    """Return a text that may be there; None when it is not."""
    value: object = mapping.get(key)
    return value if isinstance(value, str) else None
