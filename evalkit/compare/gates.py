"""Holds a summary against the gates of its suite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.findings import JudgedGate, Report
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.findings import Estimate, GateVerdict, Row, Summary
    from evalkit.gate import Gate
    from evalkit.types import Scalar


_SHOWN = 3
"""Rows that a verdict names; the others are counted."""


def compare(summary: Summary, gates: Sequence[Gate], environment: Mapping[str, Mapping[str, Scalar]] = EMPTY) -> Report:
    """Judge every gate.

    A gate looks at each row that its `where` selects and that could be run. On the interval, a row passes when the
    whole interval lies on the right side of the threshold, fails when it lies on the wrong side, and is undecided in
    between. The gate fails if any row fails, and passes only if every row does. Nothing to judge is undecided, never a
    pass.

    Args:
        summary: The rows.
        gates: The suite's.
        environment: What each provider ran on, for the report.
    """
    return Report(summary, tuple(_judge(summary, gate) for gate in gates), environment=environment)


@dataclass(frozen=True, slots=True)
class _JudgedRow:
    """What one row means for a gate; `why` names the row."""

    verdict: GateVerdict
    why: str


def _judge(summary: Summary, gate: Gate) -> JudgedGate:
    selected = [row for row in summary.rows if row.condition.matches(gate.where)]
    rows = [row for row in selected if not _unsupported(row)]
    if not rows:
        why = "every condition that it selects is unsupported" if selected else "it selects no condition of this run"
        return JudgedGate(gate.name, "undecided", why)
    if not any(gate.measure in row.measures for row in rows):
        return JudgedGate(gate.name, "undecided", f"the run has no measure `{gate.measure}`")
    judged = [_judge_row(row, gate) for row in rows]
    verdict = _overall(judged)
    if gate.no_worse_than is not None and verdict != "failed":
        return JudgedGate(gate.name, "undecided", f"no {gate.no_worse_than} was given to compare with")
    reasons = [each.why for each in judged if each.verdict == verdict]
    why = "; ".join(reasons[:_SHOWN])
    if len(reasons) > _SHOWN:
        why += f"; and {len(reasons) - _SHOWN} more"
    if len(rows) < len(selected):
        why += f"; {len(selected) - len(rows)} of {len(selected)} conditions are unsupported and not judged"
    if gate.on == "estimate":
        why += "; a gate on the estimate has no error rate"
    return JudgedGate(gate.name, verdict, why, alarming=verdict == "failed")


def _overall(judged: Sequence[_JudgedRow]) -> GateVerdict:
    verdicts = {each.verdict for each in judged}
    return "failed" if "failed" in verdicts else "undecided" if "undecided" in verdicts else "passed"


def _unsupported(row: Row) -> bool:
    """Tell whether no case of the row could be run; where some could, the row speaks of those."""
    return row.unsupported is not None and not any(
        count for outcome, count in row.completions.items() if outcome != "unsupported"
    )


def _judge_row(row: Row, gate: Gate) -> _JudgedRow:
    estimate = row.measures.get(gate.measure)
    name = f"{row.provider}, {row.condition.label}" if row.condition.values else row.provider
    if estimate is None or estimate.estimate is None:
        return _JudgedRow("undecided", f"{name}: {'not measured' if estimate is None else estimate.method}")
    if gate.on == "interval" and (estimate.low is None or estimate.high is None):
        return _JudgedRow("undecided", f"{name}: {_number(estimate.estimate)} without an interval ({estimate.method})")
    found = f"{name}: {_number(estimate.estimate)}"
    if estimate.low is not None and estimate.high is not None:
        found += f" [{_number(estimate.low)}, {_number(estimate.high)}]"
    if row.unsupported is not None:
        found += f" ({row.unsupported})"
    return _JudgedRow(_verdict(estimate, gate), found)


def _verdict(estimate: Estimate, gate: Gate) -> GateVerdict:
    low, high = estimate.low, estimate.high
    if gate.on == "estimate":
        low = high = estimate.estimate
    assert low is not None
    assert high is not None
    if (gate.at_least is not None and high < gate.at_least) or (gate.at_most is not None and low > gate.at_most):
        return "failed"
    if (gate.at_least is None or low >= gate.at_least) and (gate.at_most is None or high <= gate.at_most):
        return "passed"
    return "undecided"


def _number(value: float) -> str:
    """Write a number with enough digits to see on which side of a threshold it lies."""
    return f"{value:.4g}"
