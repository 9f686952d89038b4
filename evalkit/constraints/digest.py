"""Tells sets of constraints apart by what they demand, so that no score is taken for one of another kind."""

from __future__ import annotations

import dataclasses
import json
from hashlib import blake2b
from typing import TYPE_CHECKING, cast

from evalkit.constraints.composite import describe, version_of
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.protocols import Constraint
    from evalkit.types import Json, Scalar

DIGITS = 12


def constraints_digest(
    case: Sequence[Constraint], system: Sequence[Constraint], rules: Mapping[str, Scalar] = EMPTY
) -> str:
    """Return a digest of what a completion is judged by: names, arguments and versions of constraints.

    Neither the order of the constraints nor that of keys in their arguments matters, and an argument that is as it is
    when left out is left out, so that a constraint may come to have more of them. Code of the user's counts by its name
    and its version, not by what its file says.

    Args:
        case: Demanded by the case.
        system: Demanded by the system prompt.
        rules: How the suite has them judged, as far as that changes verdicts.
    """
    parts = {"case": _sorted(map(_plain, case)), "system": _sorted(map(_plain, system)), "rules": dict(rules)}
    return digest_of(_written(parts))


def digest_of(text: str) -> str:
    """Return the digest of a text: twelve hexadecimal digits."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGITS // 2).hexdigest()


def _written(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _sorted(values: Iterable[Json]) -> list[str]:
    return sorted(_written(value) for value in values)


def _plain(value: object) -> Json:
    """Return a constraint, or a value inside one, as plain data."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in cast("Sequence[object]", value)]
    if isinstance(value, set | frozenset):
        return _sorted(_plain(each) for each in cast("Iterable[object]", value))
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in cast("dict[object, object]", value).items()}
    if hasattr(value, "score"):
        constraint = cast("Constraint", value)
        return [describe(constraint), version_of(constraint), _arguments(constraint)]
    return [type(value).__name__, _arguments(value)]


def _arguments(value: object) -> dict[str, Json]:
    """Return what a constraint was built with, less what is as when left out."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return {name: _plain(each) for name, each in vars(value).items()} if hasattr(value, "__dict__") else {}
    given = ((each, getattr(value, each.name)) for each in dataclasses.fields(value) if each.init)
    return {each.name: _plain(argument) for each, argument in given if not _left_out(each, argument)}


def _left_out(field: dataclasses.Field[object], argument: object) -> bool:
    if field.default is not dataclasses.MISSING:
        return argument == field.default
    return field.default_factory is not dataclasses.MISSING and argument == field.default_factory()
