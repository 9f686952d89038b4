"""Tables of the simulations, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

_Each = TypeVar("_Each")
_Key = TypeVar("_Key", bound="Hashable")


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the report.

    Attributes:
        text: What was simulated and what the columns mean.
        lines: The table.
        misses: Demands that were not met.
    """

    text: str
    lines: Sequence[str]
    misses: Sequence[str]


def heading_of(names: Sequence[str]) -> list[str]:
    """Return the first two lines of a table."""
    return [row_of(names), row_of(["---"] * len(names))]


def row_of(cells: Sequence[str]) -> str:
    """Return one line of a table."""
    return f"| {' | '.join(cells)} |"


def grouped(found: Iterable[_Each], key: Callable[[_Each], _Key]) -> dict[_Key, list[_Each]]:
    """Put together what has the same key, in order of appearance."""
    groups: dict[_Key, list[_Each]] = {}
    for each in found:
        groups.setdefault(key(each), []).append(each)
    return groups


def listed(values: Sequence[float]) -> str:
    """Write numbers as people list them.

    >>> listed([0, 0.5, 1])
    '0, 0.5 and 1'
    """
    *head, last = (f"{value:g}" for value in values)
    return f"{', '.join(head)} and {last}" if head else last
