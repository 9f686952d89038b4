"""Finds, before anything is asked, constraints of one case that no text can meet together, or that every text meets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from evalkit.constraints.composite import describe
from evalkit.constraints.contradictions import always_met, clash, never_met
from evalkit.types import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.load.cursor import Cursor
    from evalkit.protocols import Constraint
    from evalkit.types import Suite

_MOST_COMPARED = 200


@dataclass(frozen=True, slots=True)
class _Placed:
    """A constraint and where the suite writes it."""

    constraint: Constraint
    cursor: Cursor

    @property
    def name(self) -> str:
        return f"`{describe(self.constraint)}`"

    @property
    def place(self) -> str:
        return str(self.cursor.document.at(self.cursor.path))


def find_doubts(suite: Suite, top: Cursor) -> tuple[Doubt, ...]:
    """Return what is doubtful in a suite's constraints, each thing once, in the order of the file."""
    shared = _listed(top, "constraints")
    found: dict[Doubt, None] = {}
    for case, cursor in zip(suite.cases, top.child("cases").list(), strict=True):
        cursors = [*shared, *_listed(cursor, "constraints")]
        placed = [_Placed(*pair) for pair in zip(case.constraints, cursors, strict=True)]
        found.update(dict.fromkeys(_doubts(placed, f"case {case.id}")))
    return tuple(found)


def _listed(cursor: Cursor, key: str) -> Sequence[Cursor]:
    return list(cursor.child(key).list()) if key in cursor.value else []


def _doubts(placed: Sequence[_Placed], whose: str) -> Iterator[Doubt]:
    possible: list[_Placed] = []
    for each in placed:
        why = never_met(each.constraint)
        if why is not None:
            yield Doubt(each.place, f"no text can meet {each.name}: {why}", hopeless=True)
            continue
        possible.append(each)
        if always_met(each.constraint):
            yield Doubt(each.place, f"every text meets {each.name}, so it says nothing", hopeless=False)
    if len(possible) > _MOST_COMPARED:
        unread = (
            f"{whose} has {len(possible)} constraints; only the first {_MOST_COMPARED} were held against each other"
        )
        yield Doubt(possible[0].place, unread, hopeless=False)
    for one, other in combinations(possible[:_MOST_COMPARED], 2):
        why = clash(one.constraint, other.constraint)
        if why is not None:
            words = f"no answer to {whose} can meet both {one.name} ({one.place}) and {other.name}: {why}"
            yield Doubt(other.place, words, hopeless=True)
