"""Walks a constraint and all that it is made of."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

from evalkit.protocols import Constraint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.types import Suite


def every_part(constraint: Constraint) -> Iterator[Constraint]:
    """Yield a constraint and, at any depth, those that its fields hold."""
    yield constraint
    if dataclasses.is_dataclass(constraint):
        for field in dataclasses.fields(constraint):
            yield from _inside(getattr(constraint, field.name))


def asks_judge(constraint: Constraint) -> bool:
    """Tell whether a verdict of this constraint hangs on what a model says of the text."""
    return any(getattr(part, "asks_judge", False) for part in every_part(constraint))


def every_constraint(suite: Suite) -> Iterator[Constraint]:
    """Yield what a suite demands, whether a case or a system prompt demands it."""
    for case in suite.cases:
        yield from case.constraints
    for system in suite.systems.values():
        yield from system.constraints


def _inside(value: object) -> Iterator[Constraint]:
    if isinstance(value, str):
        return
    if isinstance(value, Constraint):
        yield from every_part(value)
    elif isinstance(value, tuple | list):
        for each in cast("Sequence[object]", value):
            yield from _inside(each)
    elif isinstance(value, dict):
        yield from _inside(list(cast("dict[object, object]", value).values()))
