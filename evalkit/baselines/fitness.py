"""Says whether a run can be a baseline: what is missing in it, and whether there is anything to hold others against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.errors import BaselineError
from evalkit.reports.format import count

if TYPE_CHECKING:
    from evalkit.measured import Measured


@dataclass(frozen=True, slots=True)
class Fitness:
    """What a run has and lacks.

    Attributes:
        due: Draws that the run is made of, less those that are unsupported.
        drawn: Those of them that were made, failed ones included.
        errors: Those that failed.
        scores: Draws with an adherence.
    """

    due: int
    drawn: int
    errors: int
    scores: int

    @property
    def missing(self) -> int:
        """Draws that were never made."""
        return self.due - self.drawn

    @property
    def failed(self) -> float:
        """Share of the draws that ended in an error."""
        return self.errors / self.due if self.due else 0.0


def fitness(measured: Measured) -> Fitness:
    """Count what a run has, one row in memory at a time."""
    due = drawn = errors = scores = 0
    for key in measured.keys():  # noqa: SIM118 - no mapping
        row = measured.row(key)
        for case in () if row is None else row.cases:
            due += case.planned
            drawn += sum(amount for outcome, amount in case.outcomes.items() if outcome != "unsupported")
            errors += case.outcomes.get("error", 0)
            adherence = case.scores.get("adherence")
            scores += 0 if adherence is None else adherence.scored
    return Fitness(due, drawn, errors, scores)


def refuse_unfit(found: Fitness, run: str, *, max_failed: float, unjudged: int = 0, allow_incomplete: bool) -> None:
    """Refuse a run that cannot be a baseline, or that only a user can say should be one.

    Args:
        found: What it has and lacks.
        run: The run's id.
        max_failed: Share of the draws that may have failed.
        unjudged: Votes of judges that it lacks.
        allow_incomplete: The user has said that it should be one though it is incomplete.

    Raises:
        BaselineError: It cannot, or should not.
    """
    if not found.scores:
        raise BaselineError(
            f"run {run} has no decided score, so that nothing could be held against it",
            hint=f"`evalkit show {run}` says what became of its samples",
        )
    if allow_incomplete:
        return
    lacks: list[str] = []
    if found.missing:
        lacks.append(f"{found.missing:,} of {count(found.due, 'draw')} missing")
    if found.failed > max_failed:
        lacks.append(
            f"{found.errors:,} of {count(found.due, 'draw')} failed, above the share of {max_failed:g} that may"
        )
    if unjudged:
        lacks.append(f"{count(unjudged, 'vote')} of judges missing")
    if lacks:
        raise BaselineError(
            f"run {run} is incomplete: {'; '.join(lacks)}",
            hint=f"`evalkit run --resume {run}` completes it; --allow-incomplete takes it as it is",
        )
