"""Drawing in rounds: how many repeats to draw before looking, what ends it early, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from evalkit.measured import RowKey

MOST_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Precision:
    """An interval that is narrow enough.

    Attributes:
        measure: Whose interval, in every row.
        half_width: Half the distance between its ends, at most; in the measure's unit.
    """

    measure: str
    half_width: float


@dataclass(frozen=True, slots=True)
class Rounds:
    """The plan of a run that may end before all of its repeats are drawn.

    Attributes:
        ends: Repeats of each case that are drawn when each round ends, rising; the last is the suite's `repeats`.
        until: What ends it: an interval that is narrow enough; None for gates that are decided.
    """

    ends: tuple[int, ...]
    until: Precision | None = None


def planned_ends(least: int, most: int) -> tuple[int, ...]:
    """Return after how many repeats to look: at most five times, each time at about the same multiple of the last.

    Args:
        least: Repeats before the first look; at least 1.
        most: Repeats at the last, above `least`.

    >>> planned_ends(4, 64), planned_ends(1, 3)
    ((4, 8, 16, 32, 64), (1, 2, 3))
    """
    ratio = most / least
    ends = {round(least * ratio ** (number / (MOST_ROUNDS - 1))) for number in range(MOST_ROUNDS)}
    return tuple(sorted(ends))


@dataclass(frozen=True, slots=True)
class Looks:
    """How far a run in rounds has come.

    Attributes:
        ends: As in its plan.
        settled: For each look taken, the rows that are drawn no further.
    """

    ends: tuple[int, ...]
    settled: tuple[frozenset[RowKey], ...] = ()

    @property
    def fractions(self) -> tuple[float, ...]:
        """Shares of the draws that are there at each look; the last is 1."""
        return tuple(end / self.ends[-1] for end in self.ends)

    def number_of(self, row: RowKey) -> int:
        """Return the look that a row's draws lead up to, counted from 0."""
        for number, rows in enumerate(self.settled):
            if row in rows:
                return number
        return min(len(self.settled), len(self.ends) - 1)

    def due(self, row: RowKey) -> int:
        """Return how many repeats of each case of a row are due by now."""
        return self.ends[self.number_of(row)]

    def over(self, rows: Iterable[RowKey]) -> bool:
        """Tell whether no look is left that any of these rows waits for."""
        there = frozenset[tuple[str, object]]().union(*self.settled)
        return len(self.settled) == len(self.ends) or all(row in there for row in rows)
