"""Says whether a run can be a baseline: what is missing in it, and whether there is anything to hold others against."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.errors import BaselineError
from evalkit.reports.format import count

if TYPE_CHECKING:
    from evalkit.measured import Measured
    from evalkit.types import Outcome, Run


@dataclass(frozen=True, slots=True)
class Fitness:
    """What a run has and lacks.

    Attributes:
        due: Draws that the run is made of.
        outcomes: How many ended how.
        scores: Draws with an adherence.
    """

    due: int
    outcomes: Counter[Outcome]
    scores: int

    @property
    def missing(self) -> int:
        """Draws that were never made."""
        return max(0, self.due - self.outcomes.total())

    @property
    def failed(self) -> float:
        """Share of the draws that ended in an error."""
        return self.outcomes["error"] / self.due if self.due else 0.0


def fitness(measured: Measured, run: Run) -> Fitness:
    """Count what a run has, one row in memory at a time.

    Args:
        measured: What it scored.
        run: The run.
    """
    planned = scores = 0
    outcomes: Counter[Outcome] = Counter()
    for key in measured.keys():  # noqa: SIM118 - no mapping
        row = measured.row(key)
        for case in () if row is None else row.cases:
            planned += case.planned
            outcomes.update(case.outcomes)
            adherence = case.scores.get("adherence")
            scores += 0 if adherence is None else adherence.scored
    # What nothing has been drawn of has no row; and a run that ended early, as planned, lacks nothing.
    return Fitness(planned if run.finished_at else max(planned, run.planned), outcomes, scores)


def refuse_unfit(found: Fitness, run: Run, *, max_failed: float, unjudged: int = 0, allow_incomplete: bool) -> None:
    """Refuse a run that cannot be a baseline, or that only a user can say should be one.

    Args:
        found: What it has and lacks.
        run: The run.
        max_failed: Share of the draws that may have failed.
        unjudged: Votes of judges that it lacks.
        allow_incomplete: The user has said that it should be one though it is incomplete.

    Raises:
        BaselineError: It cannot, or should not.
    """
    if not found.scores:
        raise BaselineError(
            f"run {run.id} has no decided score, so that nothing could be held against it",
            hint=f"`evalkit show {run.id}` says what became of its samples",
        )
    if allow_incomplete:
        return
    lacks: list[str] = []
    if found.missing:
        lacks.append(f"{found.missing:,} of {count(found.due, 'draw')} missing")
    if found.failed > max_failed:
        errors = found.outcomes["error"]
        lacks.append(f"{errors:,} of {count(found.due, 'draw')} failed, above the share of {max_failed:g} that may")
    if unjudged:
        lacks.append(f"{count(unjudged, 'vote')} of judges missing")
    if lacks:
        raise BaselineError(
            f"run {run.id} is incomplete: {'; '.join(lacks)}",
            hint=f"`evalkit run --resume {run.id}` completes it; --allow-incomplete takes it as it is",
        )
