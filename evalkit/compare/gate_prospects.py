"""How a gate that compares behaves in the long run, over all of its rows: known before a run, and said after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from evalkit.compare.asked_by import asked_by
from evalkit.compare.matching import match_baseline, match_condition
from evalkit.compare.prospects import prospects
from evalkit.findings import Operating
from evalkit.gate import BASELINE
from evalkit.statistics.sample_size import least_cases_for_not_worse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.compare.matching import Matched
    from evalkit.compare.sides import Bounds
    from evalkit.gate import Alarms, Gate
    from evalkit.measured import Measured, MeasuredRow, RowKey
    from evalkit.rounds import Rounds


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much a comparison rests on.

    Attributes:
        rows: That one gate compares.
        cases: Of each.
        repeats: Of each case, at most.
        old_repeats: The same of the other side.
    """

    rows: int
    cases: int
    repeats: int
    old_repeats: int


@dataclass(frozen=True, slots=True)
class GateProspects:
    """What a gate that compares can find, before anything is drawn.

    Attributes:
        level: Of one of its verdicts, after the budget was shared over the family.
        operating: How it behaves in the long run; None where that is not known.
        cases_needed: Cases below which *not worse* is out of reach whatever the repeats, even without any difference;
            None where repeats are the sample, and at margin 0, where nothing but a gain would show it.
        left_out: Rows that have no other one to be compared with.
        known: Whether it rests on a baseline's own scores, and not on what is usual.
    """

    gate: Gate
    sizes: Sizes
    level: float
    operating: Operating | None
    cases_needed: int | None
    left_out: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be drawn.

    Attributes:
        rows: Every provider under every condition.
        cases: Their ids.
        repeats: Of each case under each condition, at most.
        rounds: How it may end before; None when it never does.
    """

    rows: tuple[RowKey, ...]
    cases: tuple[str, ...]
    repeats: int
    rounds: Rounds | None = None


def foresee_gates(
    gates: Sequence[Gate], planned: Planned, alarms: Alarms, bounds: Bounds, old: Measured | None
) -> list[GateProspects]:
    """Say of each gate that compares what it can find.

    Args:
        gates: Of the suite.
        planned: What is to be drawn.
        alarms: How often they may be alarmed for nothing.
        bounds: Of measures that are one number a case.
        old: A baseline; None takes it to have every row, drawn as often, and scores as they usually are.

    Raises:
        BaselineError: A line of the baseline says what no baseline says.
    """
    comparing = [gate for gate in gates if gate.compares and gate.on == "interval"]
    matched = [_matched(gate, planned, old) for gate in comparing]
    family = sum(len(each.pairs) for each in matched)
    found: list[GateProspects] = []
    for gate, each in zip(comparing, matched, strict=True):
        level = alarms.per_run / max(family, 1)
        before = _before(gate, each, old)
        sizes = _sizes(each, planned, before)
        found.append(
            GateProspects(
                gate,
                sizes,
                level,
                operating_of(gate, before, sizes, level=level, bounds=bounds, rounds=planned.rounds),
                cases_needed(gate, level),
                each.left_out,
                known=before is not None,
            )
        )
    return found


def _matched(gate: Gate, planned: Planned, old: Measured | None) -> Matched:
    rows = [key for key in planned.rows if key[1].matches(gate.where)]
    against = gate.no_worse_than
    if against is None or isinstance(against, str):
        there = frozenset(planned.rows) if old is None else frozenset(old.keys())
        return match_baseline(rows, there, BASELINE if old is None else old.of.name)
    return match_condition(rows, frozenset(planned.rows), against)


def _before(gate: Gate, matched: Matched, old: Measured | None) -> MeasuredRow | None:
    """Put what a baseline has of all rows of a gate into one; None where there is nothing yet."""
    if old is None or gate.no_worse_than != BASELINE:
        return None
    return pooled(row for row in (old.row(key) for _, key in matched.pairs) if row is not None)


def pooled(rows: Iterable[MeasuredRow]) -> MeasuredRow | None:
    """Put the cases of several rows into one, to tell how scores vary; None where there are no rows."""
    there = list(rows)
    return replace(there[0], cases=tuple(case for row in there for case in row.cases)) if there else None


def _sizes(matched: Matched, planned: Planned, before: MeasuredRow | None) -> Sizes:
    rows = len(matched.pairs)
    if before is None:
        return Sizes(rows, len(planned.cases), planned.repeats, planned.repeats)
    common = [case for case in before.cases if case.case_id in set(planned.cases)]
    repeats = round(median(case.planned for case in common)) if common else 0
    return Sizes(rows, round(len(common) / rows) if rows else 0, planned.repeats, repeats)


def cases_needed(gate: Gate, level: float) -> int | None:
    """Return the cases below which no repeats show that cases like these did not get worse.

    That is so because as many cases as that may be alike though a share as large as the margin got worse.

    Args:
        gate: The gate.
        level: Of one verdict.

    >>> from evalkit.gate import Gate
    >>> cases_needed(Gate("adherence", no_worse_than="baseline", margin=0.05, scope="population"), 0.05)
    59
    """
    if gate.inference == "suite" or not 0 < gate.margin < 1:
        return None
    return least_cases_for_not_worse(gate.margin, alpha=level)


def operating_of(
    gate: Gate, before: MeasuredRow | None, sizes: Sizes, *, level: float, bounds: Bounds, rounds: Rounds | None = None
) -> Operating | None:
    """Return how a gate behaves in the long run; None where that is not known.

    Its rows are taken to be alike and independent, and each is judged at its share of the budget, which Holm's
    procedure only betters. *Worse* is what any row is, so that alarms and errors of that kind add up; *not worse* is
    what all are, so that an error is one row's at the margin while the others have not changed. The power to find harm
    and the least drop that is found are those of a single row.

    Args:
        gate: The gate.
        before: What its rows scored, all together; None takes what is usual.
        sizes: How much it rests on.
        level: Of one verdict, after the budget was shared over the family.
        bounds: Of measures that are one number a case.
        rounds: After how many repeats it looks.
    """
    if not sizes.rows:
        return None
    one = prospects(
        before,
        asked_by(gate, bounds),
        cases=sizes.cases,
        repeats=sizes.repeats,
        old_repeats=sizes.old_repeats,
        level=level,
        alarm=gate.alarm,
        rounds=rounds,
    )
    if one is None:
        return None
    alarms = _any(one.false_alarms, sizes.rows)
    if gate.alarm == "harm":
        return Operating(alarms, _any(one.error_at_margin, sizes.rows), one.power, one.detectable)
    proven = one.power or 0.0
    error = one.error_at_margin * proven ** (sizes.rows - 1)
    return Operating(alarms, error, proven**sizes.rows, one.detectable)


def _any(chance: float, rows: int) -> float:
    """Return the chance that anything happens that happens in each row with this chance."""
    return chance if rows == 1 else 1 - (1 - chance) ** rows
