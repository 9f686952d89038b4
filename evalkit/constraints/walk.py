"""Walks a constraint and all that it is made of."""

from __future__ import annotations

import dataclasses
from functools import cache, lru_cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.protocols import Constraint
    from evalkit.types import Suite

_PLAIN = (str, int, float, bool, type(None))


def every_part(constraint: Constraint) -> Iterator[Constraint]:
    """Yield a constraint and, depth first, all that it is made of.

    Those are its `parts`, or what its fields hold where somebody's own composite has no `parts`.
    """
    yield constraint
    for part in made_of(constraint) or _held(constraint):
        yield from every_part(part)


def made_of(constraint: Constraint) -> tuple[Constraint, ...]:
    """Return the constraints that a constraint says it is made of; none for most."""
    parts: object = getattr(constraint, "parts", ())  # an argument of somebody's may be called so, too
    if not isinstance(parts, tuple):
        return ()
    return tuple(part for part in cast("tuple[Constraint, ...]", parts) if hasattr(part, "score"))


def asks_judge(constraint: Constraint) -> bool:
    """Tell whether a verdict of this constraint hangs on what a model says of the text.

    Looked up once for a constraint, however many texts it judges.
    """
    return _asks_judge(_Same(constraint))


def every_constraint(suite: Suite) -> Iterator[Constraint]:
    """Yield what a suite demands, whether a case or a system prompt demands it."""
    for case in suite.cases:
        yield from case.constraints
    for system in suite.systems.values():
        yield from system.constraints


class _Same:
    """A constraint as the key of a cache: this very object, for not all of them have a hash."""

    __slots__ = ("constraint",)

    def __init__(self, constraint: Constraint) -> None:
        self.constraint = constraint

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.constraint is self.constraint

    def __hash__(self) -> int:
        return id(self.constraint)


@lru_cache(maxsize=4096)
def _asks_judge(same: _Same) -> bool:
    return any(getattr(part, "asks_judge", False) for part in every_part(same.constraint))


def _held(constraint: Constraint) -> Iterator[Constraint]:
    return _inside([getattr(constraint, name) for name in _fields(type(constraint))])


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


def _inside(values: Iterable[object]) -> Iterator[Constraint]:
    for value in values:
        if isinstance(value, _PLAIN):
            continue
        if hasattr(value, "score"):  # asking for the protocol takes a hundred times as long
            yield cast("Constraint", value)
        elif isinstance(value, tuple | list):
            yield from _inside(cast("Sequence[object]", value))
        elif isinstance(value, dict):
            yield from _inside(cast("dict[object, object]", value).values())
