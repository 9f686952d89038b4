"""What draws scored, case by case, without their texts: what runs and baselines are compared by."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING

from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Protocol, TypeAlias

    from evalkit.types import Condition, Outcome, SettingValue

    RowKey: TypeAlias = "tuple[str, Condition]"

SCORING = 1
"""Version of how verdicts become scores; it rises when the same verdicts would come to other numbers."""
OF_CONSTRAINT = "constraint:"
"""What stands before a constraint's name where it is a measure."""


@dataclass(frozen=True, slots=True)
class CaseScores:
    """What the draws of one case scored on one measure. Their order is not kept: draws of one case are exchangeable.

    Attributes:
        counts: Each score met, from 0 to 1 and rising, with how many draws have it.
        missing: Draws that were due and have no score: refusals, errors, verdicts that are undecided, and those never
            drawn.
        weight: How much the case counts in a mean over cases: 1, or for a share of instructions how many it has.
    """

    counts: tuple[tuple[float, int], ...]
    missing: int = 0
    weight: float = 1.0

    @property
    def scored(self) -> int:
        """Draws with a score."""
        return sum(count for _, count in self.counts)

    @property
    def mean(self) -> float | None:
        """Mean over the draws with a score; None when there are none."""
        scored = self.scored
        return fsum(score * count for score, count in self.counts) / scored if scored else None


@dataclass(frozen=True, slots=True)
class MeasuredCase:
    """One case of one row.

    Attributes:
        constraints: Digest of the constraints that judged it, the system prompt's included, and their versions; twelve
            hexadecimal digits.
        planned: Draws due.
        outcomes: How many draws ended in each outcome; those not drawn are in none.
        scores: What the draws scored, by measure: the levels of adherence, and `constraint:NAME`.
        values: Measures that are one number for all draws of the case together, by label, as far as they are defined.
        characters: Mean length of the texts; None when there are none.
        latency_s: Mean seconds to an answer, to the millisecond; None when not known.
        run: Whose draws they are, where a baseline has kept them from an earlier run than its own; None for its own.
    """

    case_id: str
    constraints: str
    planned: int
    outcomes: Mapping[Outcome, int]
    scores: Mapping[str, CaseScores]
    values: Mapping[str, float] = field(default_factory=lambda: EMPTY)
    characters: float | None = None
    latency_s: float | None = None
    run: str | None = None


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """One provider under one condition, with its cases in the suite's order.

    Attributes:
        requested: Settings asked for, less the seed.
        applied: Settings really used, as a row of the report has them.
        served: Models that say they answered.
    """

    provider: str
    model: str
    condition: Condition
    requested: Mapping[str, SettingValue]
    applied: Mapping[str, SettingValue]
    served: tuple[str, ...]
    cases: tuple[MeasuredCase, ...]

    @property
    def key(self) -> RowKey:
        """What tells it from the other rows."""
        return self.provider, self.condition


@dataclass(frozen=True, slots=True)
class MeasuredOf:
    """Whose rows they are.

    Attributes:
        name: Of the baseline, or the run's id.
        run: The run's id.
        scoring: `SCORING` at the time.
        date: When the run began: UTC, ISO 8601; None when not known.
    """

    name: str
    run: str
    suite_name: str
    suite_version: int
    suite_hash: str
    scoring: int = SCORING
    date: str | None = None


if TYPE_CHECKING:

    class Measured(Protocol):
        """Rows of a run or of a baseline, of which only one need be in memory."""

        @property
        def of(self) -> MeasuredOf:
            """Whose they are."""
            ...

        def keys(self) -> Iterator[RowKey]:
            """Yield what rows there are, in order."""
            ...

        def row(self, key: RowKey) -> MeasuredRow | None:
            """Return one row whole; None when there is none."""
            ...
