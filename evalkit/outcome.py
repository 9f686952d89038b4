"""What a run was judged to be: the part of its report that outlives the night, without any completion."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias, cast

from evalkit.gate import Alarms
from evalkit.measured import OF_CONSTRAINT
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from evalkit.baselines.baseline import Baseline
    from evalkit.findings import Change, Compared, Estimate, JudgedGate, Report, Row
    from evalkit.measured import RowKey
    from evalkit.types import AxisValue, Json, Suite

State: TypeAlias = Literal["good", "worse", "failed", "changed", "undecided", "incomplete"]
_DIGITS = 6
_Old: TypeAlias = "dict[tuple[RowKey, str], tuple[float | None, float | None]]"


@dataclass(frozen=True, slots=True)
class Held:
    """Which baseline a run was held against.

    Attributes:
        name: The baseline's.
        check: Of all that its file says; another one is another baseline under the same name.
        run: The run that it was made of.
    """

    name: str
    check: str
    run: str


@dataclass(frozen=True, slots=True)
class GateMark:
    """What became of one gate; see `evalkit.findings.JudgedGate`.

    Attributes:
        compares: Whether it held rows against others, so that its alarms are within the budget `Alarms.per_run`.
    """

    name: str
    verdict: str
    alarming: bool
    compares: bool


@dataclass(frozen=True, slots=True)
class ChangeMark:
    """One test or fact of a silent change; see `evalkit.findings.Change`."""

    provider: str
    what: str
    corrected: float | None
    changed: bool | None


@dataclass(frozen=True, slots=True)
class Point:
    """One measure of one row, as it was found.

    Attributes:
        estimate: None when nothing was decided.
        low: Lower end of the 95 % interval; None when there is none.
        high: Upper end.
        old: The baseline's number, over what both have; None where nothing was compared.
        limit: The worst that a gate accepts: `old`, worse by its margin; None where no gate asks.
    """

    estimate: float | None
    low: float | None
    high: float | None
    old: float | None = None
    limit: float | None = None


@dataclass(frozen=True, slots=True)
class RowMark:
    """One provider under one condition, as it was found.

    Attributes:
        served: Models that said they answered.
        cases: Cases with at least one decided completion.
        draws: How many completions ended in each outcome.
        points: By measure; of a constraint by `constraint:NAME`, where one constraint alone has that name.
    """

    provider: str
    condition: Condition
    served: tuple[str, ...]
    cases: int
    draws: Mapping[str, int]
    points: Mapping[str, Point]

    @property
    def key(self) -> RowKey:
        """What tells it from other rows."""
        return self.provider, self.condition


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run was judged to be, once.

    Attributes:
        run: The run's id.
        judged_at: When, UTC, ISO 8601.
        exit_code: What the command ended with, or would have.
        state: In a word; see `state_of`.
        suite_hash: Of the suite that judged it.
        baseline: What it was held against; None for nothing.
        incomplete: Why nothing was judged; None where it was.
        stopped: Why drawing had ended before all was drawn.
        partial: Rows of which not all cases were to be drawn, so that their numbers are not remembered.
        missing: Draws that were never made.
        unjudged: Votes of judges that it lacked.
        cost_usd: Of the whole run; None when no price is known.
        unpriced: Answers whose price is not known.
        alarms: How often its gates and tests of change may be alarmed for nothing.
    """

    run: str
    judged_at: str
    exit_code: int
    state: State
    suite_hash: str
    baseline: Held | None = None
    incomplete: str | None = None
    stopped: tuple[str, ...] = ()
    partial: int = 0
    missing: int = 0
    unjudged: int = 0
    cost_usd: float | None = None
    unpriced: int = 0
    alarms: Alarms = field(default_factory=Alarms)
    gates: tuple[GateMark, ...] = ()
    changes: tuple[ChangeMark, ...] = ()
    rows: tuple[RowMark, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether its numbers are of all that was to be drawn and judged, but for what a suite lets fail."""
        return self.state != "incomplete"

    @property
    def alarming(self) -> tuple[str, ...]:
        """Names of the gates that failed it."""
        return tuple(gate.name for gate in self.gates if gate.alarming)

    @property
    def changed(self) -> tuple[ChangeMark, ...]:
        """What showed that a model had changed."""
        return tuple(change for change in self.changes if change.changed)


def outcome_of(
    report: Report,
    suite: Suite,
    *,
    judged_at: str,
    exit_code: int,
    baseline: Baseline | None = None,
    whole: Collection[RowKey] | None = None,
) -> RunOutcome:
    """Take from a report what is to be remembered of a run.

    Args:
        report: Of the whole run; one of some conditions only would be remembered as all there is.
        suite: By which it was judged.
        judged_at: Now, UTC, ISO 8601.
        exit_code: What the command ends with.
        baseline: What the run was held against.
        whole: Rows of which all cases were to be drawn; the others' numbers stand beside no other night's. None for
            all.
    """
    summary = report.summary
    known = [spent.cost_usd for spent in summary.spent.values() if spent.cost_usd is not None]
    old = _old(report)
    kept = [row for row in summary.rows if whole is None or _key(row) in whole]
    return RunOutcome(
        run=summary.run,
        judged_at=judged_at,
        exit_code=exit_code,
        state=state_of(report),
        suite_hash=suite.hash,
        baseline=None if baseline is None else Held(baseline.of.name, baseline.check, baseline.of.run),
        incomplete=report.incomplete,
        stopped=report.stopped,
        partial=len(summary.rows) - len(kept),
        missing=summary.missing,
        unjudged=summary.unjudged,
        cost_usd=sum(known) if known else None,
        unpriced=sum(spent.unpriced for spent in summary.spent.values()),
        alarms=suite.alarms,
        gates=tuple(_gate(gate) for gate in report.gates),
        changes=tuple(_change(change) for change in report.changes),
        rows=tuple(_row(row, old) for row in kept),
    )


def state_of(report: Report) -> State:
    """Say in a word what a report comes to, the most urgent first.

    `failed` is an alarming gate that no drop has failed: a threshold, or what was to be shown not to be worse and was
    not.
    """
    if report.incomplete is not None or report.stopped or report.summary.unjudged:
        return "incomplete"
    if any(gate.alarming and gate.verdict == "worse" for gate in report.gates):
        return "worse"
    if any(gate.alarming for gate in report.gates):
        return "failed"
    if any(change.changed for change in report.changes):
        return "changed"
    return "undecided" if any(gate.verdict == "undecided" for gate in report.gates) else "good"


def _gate(gate: JudgedGate) -> GateMark:
    return GateMark(gate.name, gate.verdict, gate.alarming, bool(gate.compared))


def _change(change: Change) -> ChangeMark:
    return ChangeMark(change.provider, change.what, change.corrected, change.changed)


def _old(report: Report) -> _Old:
    """Return what the baseline has of each row and measure, and the limit of the gate that asks; None where none."""
    explored: Iterable[Compared] = () if report.comparison is None else report.comparison.rows
    old: _Old = {(each.row, each.measure): (each.old, None) for each in explored if each.row == each.against}
    for gate in report.gates:
        for each in gate.compared:
            if each.row == each.against:
                old[each.row, each.measure] = (each.old, _limit(each))
    return old


def _limit(compared: Compared) -> float | None:
    if compared.old is None:
        return None
    return compared.old + (compared.margin if compared.better == "lower" else -compared.margin)


def _row(row: Row, old: _Old) -> RowMark:
    names = Counter(demand.constraint for demand in row.constraints)
    estimates = dict(row.measures) | {
        f"{OF_CONSTRAINT}{demand.constraint}": standing.strict
        for demand, standing in row.constraints.items()
        if names[demand.constraint] == 1
    }
    return RowMark(
        provider=row.provider,
        condition=row.condition,
        served=row.served,
        cases=row.cases,
        draws={outcome: number for outcome, number in row.completions.items() if number},
        points={name: _point(value, *old.get((_key(row), name), (None, None))) for name, value in estimates.items()},
    )


def _key(row: Row) -> RowKey:
    return row.provider, row.condition


def _point(value: Estimate, old: float | None, limit: float | None) -> Point:
    return Point(*(_rounded(each) for each in (value.estimate, value.low, value.high, old, limit)))


def _rounded(number: float | None) -> float | None:
    return None if number is None or not math.isfinite(number) else round(number, _DIGITS)


def outcome_json(outcome: RunOutcome) -> dict[str, Json]:
    """Return an outcome as compact plain data; run, time and baseline stand beside it in the store."""
    return {
        "exit": outcome.exit_code,
        "state": outcome.state,
        "suite": outcome.suite_hash,
        "of": None if outcome.baseline is None else outcome.baseline.run,
        "incomplete": outcome.incomplete,
        "stopped": list(outcome.stopped),
        "partial": outcome.partial,
        "missing": outcome.missing,
        "unjudged": outcome.unjudged,
        "cost_usd": outcome.cost_usd,
        "unpriced": outcome.unpriced,
        "alarms": [outcome.alarms.per_run, outcome.alarms.change, outcome.alarms.runs_per_month],
        "gates": [[gate.name, gate.verdict, gate.alarming, gate.compares] for gate in outcome.gates],
        "changes": [[each.provider, each.what, each.corrected, each.changed] for each in outcome.changes],
        "rows": [
            {
                "provider": row.provider,
                "condition": [list(pair) for pair in row.condition.values],
                "served": list(row.served),
                "cases": row.cases,
                "draws": dict(row.draws),
                "points": {name: _point_json(point) for name, point in row.points.items()},
            }
            for row in outcome.rows
        ],
    }


def _point_json(point: Point) -> list[float | None]:
    """Leave out what nobody compared, at the end."""
    numbers = [point.estimate, point.low, point.high, point.old, point.limit]
    while len(numbers) > 3 and numbers[-1] is None:
        numbers.pop()
    return numbers


def read_outcome(run: str, judged_at: str, name: str, check: str, plain: Mapping[str, Json]) -> RunOutcome:
    """Build an outcome from what `outcome_json` returned and what stands beside it.

    Args:
        run: The run's id.
        judged_at: When.
        name: The baseline's; empty for none.
        check: Of the baseline's file.
        plain: The rest.
    """
    per_run, change, runs_per_month = plain["alarms"]
    return RunOutcome(
        run=run,
        judged_at=judged_at,
        exit_code=plain["exit"],
        state=plain["state"],
        suite_hash=plain["suite"],
        baseline=Held(name, check, plain["of"]) if name else None,
        incomplete=plain["incomplete"],
        stopped=tuple(plain["stopped"]),
        partial=plain["partial"],
        missing=plain["missing"],
        unjudged=plain["unjudged"],
        cost_usd=plain["cost_usd"],
        unpriced=plain["unpriced"],
        alarms=Alarms(per_run, change, runs_per_month),
        gates=tuple(GateMark(*each) for each in plain["gates"]),
        changes=tuple(ChangeMark(*each) for each in plain["changes"]),
        rows=tuple(_read_row(each) for each in plain["rows"]),
    )


def _read_row(plain: Mapping[str, Json]) -> RowMark:
    return RowMark(
        provider=plain["provider"],
        condition=Condition(tuple((axis, _frozen(value)) for axis, value in plain["condition"])),
        served=tuple(plain["served"]),
        cases=plain["cases"],
        draws=plain["draws"],
        points={name: Point(*numbers) for name, numbers in plain["points"].items()},
    )


def _frozen(value: Json) -> AxisValue:
    """Return a list as the tuple that it was."""
    return tuple(cast("list[str]", value)) if isinstance(value, list) else value
