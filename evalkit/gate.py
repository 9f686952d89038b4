"""What a suite demands at the end of a run, and how often it may be alarmed for nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.types import EMPTY, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.types import AxisValue

Alarm: TypeAlias = Literal["harm", "unproven"]
Scope: TypeAlias = Literal["suite", "population"]
Better: TypeAlias = Literal["higher", "lower"]

ALARMS: tuple[Alarm, ...] = ("harm", "unproven")
SCOPES: tuple[Scope, ...] = ("suite", "population")
BASELINE: Literal["baseline"] = "baseline"
"""What `no_worse_than` says of a baseline; it names a condition of the same run by the axis values that differ."""
PROVIDER = "provider"
"""What names another provider among these, unless the suite has an axis of that name."""
RUNS_PER_MONTH = 30
MOST_PER_RUN = 0.3
"""Greatest chance of a false alarm in a run; above it the two verdicts could both be reached at once."""

MAX_FAILED = 0.05
"""Share of the draws that may fail before nothing is judged, where a suite says nothing."""


@dataclass(frozen=True, slots=True)
class Gate:
    """A demand on a measure, judged at the end of a run.

    Attributes:
        measure: As a row of the report names it; `constraint:NAME` for one constraint.
        at_least: Lower threshold, or None.
        at_most: Upper threshold, or None.
        no_worse_than: `baseline`; or axis values, which name another condition of the same run: the one that differs
            in these alone. None where nothing is compared.
        margin: How much worse is still acceptable, in the measure's unit.
        alarm: `harm` fails when it is shown to be worse; `unproven` fails unless it is shown to be not worse.
        scope: `suite` speaks of these very cases, `population` of cases like these. None takes the first against a
            baseline and the second elsewhere.
        better: Which way the measure is better.
        on: `interval` compares the interval's ends and may be undecided; `estimate` compares the bare estimate.
        where: Axis values that select conditions; empty selects all.
    """

    measure: str
    at_least: float | None = None
    at_most: float | None = None
    no_worse_than: Literal["baseline"] | Mapping[str, AxisValue] | None = None
    margin: float = 0.0
    alarm: Alarm = "harm"
    scope: Scope | None = None
    better: Better = "higher"
    on: Literal["interval", "estimate"] = "interval"
    where: Mapping[str, tuple[AxisValue, ...]] = field(default_factory=lambda: EMPTY)

    @property
    def compares(self) -> bool:
        """Whether it holds one row against another, instead of against a threshold."""
        return self.no_worse_than is not None

    @property
    def inference(self) -> Scope:
        """What its verdicts speak of."""
        return self.scope or ("suite" if self.no_worse_than == BASELINE else "population")

    @property
    def name(self) -> str:
        """A line for people: `adherence at least 0.8 where system dense`."""
        demand = [self.measure]
        if self.at_least is not None:
            demand.append(f"at least {self.at_least:g}")
        if self.at_most is not None:
            demand.append(f"at most {self.at_most:g}")
        if self.no_worse_than is not None:
            demand.append(f"no worse than {self._other}")
            if self.margin:
                demand.append(f"by {self.margin:g}")
        if self.where:
            chosen = (f"{axis} {' or '.join(shown(value) for value in values)}" for axis, values in self.where.items())
            demand.append("where " + ", ".join(chosen))
        return " ".join(demand)

    @property
    def _other(self) -> str:
        if self.no_worse_than is None or isinstance(self.no_worse_than, str):
            return BASELINE
        return ", ".join(f"{axis} {shown(value)}" for axis, value in self.no_worse_than.items())


@dataclass(frozen=True, slots=True)
class Alarms:
    """How often the gates of a suite may raise an alarm though nothing has changed.

    Attributes:
        per_run: Chance of any false alarm in one run, shared over the gates; above 0 and at most 0.3.
        change: Chance of a false alarm in one run that a model's answers have changed, shared over all tests of that.
        runs_per_month: Runs that a month has.
    """

    per_run: float = 0.05
    change: float = 0.05
    runs_per_month: float = RUNS_PER_MONTH

    @property
    def per_month(self) -> float:
        """False alarms to expect in a month, at most."""
        return self.per_run * self.runs_per_month
