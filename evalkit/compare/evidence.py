"""What the gates of a run are judged by, besides its summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.gate import MAX_FAILED, Alarms
from evalkit.look import interval_levels
from evalkit.measures.space import both_labels
from evalkit.statistics.spending import overall_level
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.compare.sides import Bounds
    from evalkit.measured import Measured, RowKey
    from evalkit.protocols import Measure
    from evalkit.rounds import Looks


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the gates of a run are judged by, besides its summary.

    Attributes:
        new: The run, case by case; None judges thresholds by the intervals of the summary, and compares nothing.
        old: The baseline; None for none.
        alarms: How often the gates may be alarmed for nothing.
        max_failed: Share of the draws that may fail before nothing is judged.
        bounds: Of measures that are one number a case, by label.
        looks: How far a run in rounds has come; None for one that is not.
        in_full: Whether to say how gates behave in the long run, too, which takes a second or so each.
    """

    new: Measured | None = None
    old: Measured | None = None
    alarms: Alarms = field(default_factory=Alarms)
    max_failed: float = MAX_FAILED
    bounds: Bounds = field(default_factory=lambda: EMPTY)
    looks: Looks | None = None
    in_full: bool = True

    def at_any_look(self, p: float, *rows: RowKey) -> float:
        """Turn a p that rests on rows of the run into one that is valid though the run may have ended early."""
        if self.looks is None:
            return p
        return overall_level(p, max(map(self.looks.number_of, rows)), self.looks.fractions)

    def level(self, *rows: RowKey) -> float:
        """Return the level of an interval that rests on rows of the run and is to hold at 95 %, likewise."""
        if self.looks is None:
            return 0.95
        last = max(rows, key=self.looks.number_of)
        return interval_levels(self.looks, [last])[last]


def bounds_of(measures: Sequence[Measure]) -> Bounds:
    """Return between what the measures of a suite lie, by every label that they have."""
    return {label: each.bounds for each in measures for label in both_labels(each.label)}
