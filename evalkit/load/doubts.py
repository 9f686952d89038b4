"""Finds, before anything is asked, constraints of one case that no text can meet together, or that every text meets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

from evalkit.constraints.composite import describe
from evalkit.constraints.contradictions import always_met, clash, never_met
from evalkit.load.cursor import is_mapping
from evalkit.types import Doubt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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
    """Return what is doubtful in a suite's constraints, each thing once, in the order of the file.

    A case's constraints are held against each other, and against those of each system prompt that it is asked under.
    """
    shared = _listed(top, "constraints")
    systems = {name: _of_system(suite, name, top) for name in _used(suite)}
    found: dict[Doubt, None] = {}
    for name, placed in systems.items():
        found.update(dict.fromkeys(_doubts(placed, f"system {name}")))
    for case, cursor in zip(suite.cases, top.child("cases").list(), strict=True):
        cursors = [*shared, *_listed(cursor, "constraints")]
        placed = [_Placed(*pair) for pair in zip(case.constraints, cursors, strict=True)]
        found.update(dict.fromkeys(_doubts(placed, f"case {case.id}")))
        for name, demanded in systems.items():
            pairs = product(placed[:_MOST_COMPARED], demanded[:_MOST_COMPARED])
            found.update(dict.fromkeys(_clashes(pairs, f"case {case.id} under system {name}")))
    return tuple(found)


def _used(suite: Suite) -> list[str]:
    return [str(name) for name in suite.axes.get("system", ()) if name is not None and str(name) in suite.systems]


def _of_system(suite: Suite, name: str, top: Cursor) -> list[_Placed]:
    entry = top.child("systems").child(name)
    if not is_mapping(entry.value):
        return []
    cursors: list[Cursor] = []
    for rule in _listed(entry, "rules"):
        cursors += _listed(rule, "constraints") if is_mapping(rule.value) else ()
    cursors += _listed(entry, "constraints")
    return [_Placed(*pair) for pair in zip(suite.systems[name].constraints, cursors, strict=True)]


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
    yield from _clashes(combinations(possible[:_MOST_COMPARED], 2), whose)


def _clashes(pairs: Iterable[tuple[_Placed, _Placed]], whose: str) -> Iterator[Doubt]:
    for one, other in pairs:
        why = clash(one.constraint, other.constraint)
        if why is not None:
            words = f"no answer to {whose} can meet both {one.name} ({one.place}) and {other.name}: {why}"
            yield Doubt(other.place, words, hopeless=True)
