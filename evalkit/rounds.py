"""Drawing in rounds: how many repeats to draw before looking, and what ends it early."""

from __future__ import annotations

from dataclasses import dataclass

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
