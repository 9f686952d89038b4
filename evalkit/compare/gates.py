"""Holds a run against the gates of its suite."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from evalkit.compare.evidence import Evidence
from evalkit.compare.failures import incomplete
from evalkit.compare.judge_comparisons import Selected, judge_comparisons
from evalkit.compare.judge_thresholds import judge_thresholds
from evalkit.compare.part import Part, overall, some_of
from evalkit.compare.sides import row_label
from evalkit.findings import JudgedGate, Report
from evalkit.gate import BASELINE, Gate
from evalkit.measured import OF_CONSTRAINT
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.findings import GateVerdict, Row, Summary
    from evalkit.types import Scalar

    _Chosen: TypeAlias = "tuple[list[Row], int]"

DEFAULT_GATE = Gate("adherence", no_worse_than=BASELINE)
"""What is asked of a run against a baseline whose suite does not say: whether it got worse at all."""


def compare(
    summary: Summary,
    gates: Sequence[Gate],
    environment: Mapping[str, Mapping[str, Scalar]] = EMPTY,
    evidence: Evidence | None = None,
) -> Report:
    """Judge every gate.

    A gate looks at each row that its `where` selects and that could be run. Against a threshold, on the interval, a row
    passes when the whole interval lies on the right side, fails when it lies on the wrong side, and is undecided in
    between. Against another row it is worse only when that is shown, and not worse only when that is. The gate fails if
    any row fails, and passes only if every row does. Nothing to judge is undecided, never a pass; nor is anything
    judged when too many draws failed.

    Args:
        summary: The rows.
        gates: The suite's.
        environment: What each provider ran on, for the report.
        evidence: What they are judged by besides; None knows of the summary alone.

    Raises:
        BaselineError: A line of the baseline says what no baseline says.
    """
    known = evidence or Evidence()
    why = incomplete(summary.rows, summary.missing, known.max_failed)
    if why is not None:
        judged = tuple(_undecided(gate, f"the run is incomplete: {why}") for gate in gates)
    else:
        judged = _judge(summary, gates, known)
    return Report(summary, judged, environment=environment, incomplete=why)


def gates_of(gates: Sequence[Gate], *, against_baseline: bool) -> tuple[Gate, ...]:
    """Return a suite's gates, with one more where a baseline is given and none asks for one.

    Args:
        gates: The suite's.
        against_baseline: Whether there is a baseline.
    """
    if not against_baseline or any(gate.no_worse_than == BASELINE for gate in gates):
        return tuple(gates)
    return (*gates, DEFAULT_GATE)


def _judge(summary: Summary, gates: Sequence[Gate], evidence: Evidence) -> tuple[JudgedGate, ...]:
    there = frozenset((row.provider, row.condition) for row in summary.rows if not _unsupported(row))
    chosen = [_choose(summary, gate) for gate in gates]
    refused = {number: _why_not(gate, *chosen[number]) for number, gate in enumerate(gates)}
    looked = {number: gate for number, gate in enumerate(gates) if refused[number] is None}
    thresholds = judge_thresholds(
        {number: (gate, chosen[number][0]) for number, gate in looked.items() if _has_threshold(gate)}, evidence
    )
    comparisons = judge_comparisons(
        {
            number: Selected(gate, tuple((row.provider, row.condition) for row in chosen[number][0]), there)
            for number, gate in looked.items()
            if gate.compares
        },
        evidence,
    )
    judged: list[JudgedGate] = []
    for number, gate in enumerate(gates):
        why = refused[number]
        if why is None:
            parts = thresholds.get(number), comparisons.get(number)
            undrawn = _undrawn(summary, gate, evidence)
            judged.append(_put_together(gate, *parts, undrawn, _rest(gate, *chosen[number])))
        else:
            judged.append(_undecided(gate, why))
    return tuple(judged)


def _has_threshold(gate: Gate) -> bool:
    return gate.at_least is not None or gate.at_most is not None


def _choose(summary: Summary, gate: Gate) -> _Chosen:
    """Return the rows that a gate looks at, and how many it selects.

    A constraint that only some system prompts demand is looked at under these.
    """
    selected = [row for row in summary.rows if row.condition.matches(gate.where)]
    name = gate.measure.removeprefix(OF_CONSTRAINT)
    if name != gate.measure:
        selected = [
            row for row in selected if not row.constraints or any(d.constraint == name for d in row.constraints)
        ]
    return [row for row in selected if not _unsupported(row)], len(selected)


def _why_not(gate: Gate, rows: Sequence[Row], selected: int) -> str | None:
    """Say why a gate has nothing to judge; None where it has."""
    if not rows:
        return "every condition that it selects is unsupported" if selected else "it selects no condition of this run"
    if gate.measure.startswith(OF_CONSTRAINT) or any(gate.measure in row.measures for row in rows):
        return None
    return f"the run has no measure `{gate.measure}`"


def _unsupported(row: Row) -> bool:
    """Tell whether no case of the row could be run; where some could, the row speaks of those."""
    return row.unsupported is not None and not any(
        count for outcome, count in row.completions.items() if outcome != "unsupported"
    )


def _undrawn(summary: Summary, gate: Gate, evidence: Evidence) -> list[str]:
    """Name the selected rows of which nothing was drawn at all, so that the summary does not have them."""
    there = {(row.provider, row.condition) for row in summary.rows}
    due = () if evidence.new is None else evidence.new.keys()
    return [f"{row_label(key)}: nothing was drawn" for key in due if key not in there and key[1].matches(gate.where)]


def _rest(gate: Gate, rows: Sequence[Row], selected: int) -> list[str]:
    """Say what a reader of a verdict must know besides."""
    said: list[str] = []
    if len(rows) < selected:
        said.append(f"{selected - len(rows)} of {selected} conditions are unsupported and not judged")
    if gate.on == "estimate":
        said.append("a gate on the estimate has no error rate")
    return said


def _put_together(
    gate: Gate, threshold: Part | None, comparison: Part | None, undrawn: Sequence[str], rest: Sequence[str]
) -> JudgedGate:
    parts = [part for part in (threshold, comparison) if part is not None]
    if undrawn:
        parts.append(Part("open", some_of(undrawn), (some_of(undrawn),)))
    standing = overall([part.standing for part in parts])
    # What fails a gate is all that must be said; what it lacks to pass may be more than one thing.
    telling = [part for part in parts if part.standing == standing]
    verdict: GateVerdict
    if standing == "bad":
        verdict = "failed" if threshold is not None and threshold.standing == "bad" else "worse"
    elif standing == "good":
        verdict = "not_worse" if threshold is None else "passed"
    else:
        verdict = "undecided"
    judged = JudgedGate(
        gate.name,
        verdict,
        "; ".join([*(part.why for part in telling), *rest]),
        open_rows=tuple(dict.fromkeys(row for part in telling for row in part.open_rows)) if standing == "open" else (),
        compared=() if comparison is None else comparison.compared,
        operating=None if comparison is None else comparison.operating,
        besides=(*(words for part in telling for words in part.besides), *rest),
    )
    return replace(judged, alarming=_alarms(gate, judged.verdict))


def _undecided(gate: Gate, why: str) -> JudgedGate:
    return JudgedGate(gate.name, "undecided", why, alarming=_alarms(gate, "undecided"))


def _alarms(gate: Gate, verdict: GateVerdict) -> bool:
    """Tell whether a verdict fails the run."""
    return verdict in ("failed", "worse") or (gate.alarm == "unproven" and verdict == "undecided")
