"""Holds one case against the thresholds of a suite's gates.

A gate speaks of a mean over cases, and a case that lies below its threshold may be one of those that others make up
for. So a case misses a threshold only when that is shown: when its own one-sided 95 % limit lies on the wrong side.
The draws of one case are exchangeable, so that the limits are those of independent values from 0 to 1, exact for
scores that are 0 or 1: no normal approximation, which 3 draws do not bear. Draws that are due and have no score count
in favour of the case, as they do when a gate is judged. Nothing is corrected for the number of cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.compare.common import is_score
from evalkit.findings import FINAL
from evalkit.statistics.bounds import mean_interval
from evalkit.statistics.spending import look_levels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.gate import Gate
    from evalkit.measured import CaseScores, RowKey
    from evalkit.rounds import Looks
    from evalkit.types import Condition

Side: TypeAlias = Literal["at_least", "at_most"]
ONE_SIDE = 0.05
"""Chance that a case which just meets a threshold is said to miss it."""


@dataclass(frozen=True, slots=True)
class CaseThreshold:
    """One threshold of one gate, with how far a case may be from it.

    Attributes:
        gate: The gate's name.
        limit: The case's one-sided 95 % limit: the upper one for `at_least`, the lower one for `at_most`.
        scores: What the draws of the case scored.
    """

    gate: str
    measure: str
    side: Side
    threshold: float
    limit: float
    scores: CaseScores

    @property
    def missed(self) -> bool:
        """Whether the case is shown to lie on the wrong side."""
        return self.limit < self.threshold if self.side == "at_least" else self.limit > self.threshold

    @property
    def words(self) -> str:
        """Say which gate it is of, and where the limit lies."""
        reach = "at most" if self.side == "at_least" else "at least"
        return f"gate {self.gate}: this case comes to {self.limit:.3f} {reach} (one-sided 95 % limit)"


def speaks_of_cases(gate: Gate, condition: Condition) -> bool:
    """Tell whether a gate has a threshold that one case under a condition can be held against.

    It must select the condition and be about what each draw scores: a level of adherence, strict or loose, or one
    constraint. Measures that are one number for all draws of a case have no interval of one case; nor has the mean of
    IFEval's four numbers, whose draws have no score of their own. What compares belongs to the gate alone.
    """
    if gate.at_least is None and gate.at_most is None:
        return False
    return condition.matches(gate.where) and is_score(gate.measure) and gate.measure != FINAL


def case_thresholds(
    gates: Sequence[Gate], condition: Condition, scores: Mapping[str, CaseScores], *, alpha: float = ONE_SIDE
) -> Iterator[CaseThreshold]:
    """Yield the thresholds that speak of a case, held against its scores.

    Args:
        gates: The suite's.
        condition: Under which the case was drawn.
        scores: What its draws scored, by measure; a constraint that this case does not have is in no threshold.
        alpha: Chance of the limit's lying on the wrong side, one-sided.
    """
    for gate in gates:
        found = scores.get(gate.measure)
        if found is None or not found.scored or not speaks_of_cases(gate, condition):
            continue
        if gate.at_least is not None:
            limit = upper_limit(found, alpha)
            yield CaseThreshold(gate.name, gate.measure, "at_least", gate.at_least, limit, found)
        if gate.at_most is not None:
            limit = lower_limit(found, alpha)
            yield CaseThreshold(gate.name, gate.measure, "at_most", gate.at_most, limit, found)


def alpha_of(looks: Looks | None, row: RowKey) -> float:
    """Return the one-sided level of a row's limits, which must hold though a run in rounds may have ended early."""
    return ONE_SIDE if looks is None else look_levels(looks.fractions, ONE_SIDE)[looks.number_of(row)]


def upper_limit(scores: CaseScores, alpha: float = ONE_SIDE) -> float:
    """Return how high the mean of a case may be; draws without a score count as met.

    >>> from evalkit.measured import CaseScores
    >>> round(upper_limit(CaseScores(((0.0, 1),))), 3), round(upper_limit(CaseScores(((0.0, 3), (1.0, 1)))), 3)
    (0.95, 0.751)
    """
    return _limits(scores.counts, scores.missing, 1.0, alpha)[1]


def lower_limit(scores: CaseScores, alpha: float = ONE_SIDE) -> float:
    """Return how low the mean of a case may be; draws without a score count as broken."""
    return _limits(scores.counts, scores.missing, 0.0, alpha)[0]


@lru_cache(maxsize=4096)  # cases are many, and what few draws can score is little
def _limits(counts: tuple[tuple[float, int], ...], missing: int, instead: float, alpha: float) -> tuple[float, float]:
    values = [score for score, count in (*counts, (instead, missing)) for _ in range(count)]
    interval = mean_interval(values, level=1 - 2 * alpha)
    return (0.0, 1.0) if interval is None else (interval.low, interval.high)
