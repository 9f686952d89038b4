"""Holds a summary against the gates of its suite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.findings import JudgedGate, Report
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.findings import Estimate, GateVerdict, Row, Summary
    from evalkit.types import Gate, Scalar


def compare(summary: Summary, gates: Sequence[Gate], environment: Mapping[str, Mapping[str, Scalar]] = EMPTY) -> Report:
    """Judge every gate.

    A gate looks at each row that its `where` selects. On the interval, a row passes when the whole interval lies on
    the right side of the threshold, fails when it lies on the wrong side, and is undecided in between. The gate fails
    if any row fails, and passes only if every row does. Nothing to judge is undecided, never a pass.

    Args:
        summary: The rows.
        gates: The suite's.
        environment: What each provider ran on, for the report.
    """
    return Report(summary, tuple(_judge(summary, gate) for gate in gates), environment)


def _judge(summary: Summary, gate: Gate) -> JudgedGate:
    if gate.no_worse_than is not None:
        return JudgedGate(gate.name, "undecided", f"no {gate.no_worse_than} was given to compare with")
    selected = [row for row in summary.rows if row.condition.matches(gate.where)]
    rows = [row for row in selected if row.unsupported is None]
    if not rows:
        why = "every condition that it selects is unsupported" if selected else "it selects no condition of this run"
        return JudgedGate(gate.name, "undecided", why)
    judged = [(row, *_judge_row(row.measures.get(gate.measure), gate)) for row in rows]
    for verdict in ("failed", "undecided", "passed"):
        because = [_because(row, why) for row, found, why in judged if found == verdict]
        if because:
            more = f"; and {len(because) - 3} more" if len(because) > 3 else ""
            warning = "; a gate on the estimate has no error rate" if gate.on == "estimate" else ""
            return JudgedGate(gate.name, verdict, "; ".join(because[:3]) + more + warning)
    raise AssertionError("a row has one of three verdicts")


def _judge_row(estimate: Estimate | None, gate: Gate) -> tuple[GateVerdict, str]:
    if estimate is None or estimate.estimate is None:
        return "undecided", "nothing was decided"
    if gate.on == "estimate":
        low = high = estimate.estimate
    elif estimate.low is None or estimate.high is None:
        return "undecided", f"{estimate.estimate:.2f}, which has no interval"
    else:
        low, high = estimate.low, estimate.high
    interval = "" if estimate.low is None or estimate.high is None else f" [{estimate.low:.2f}, {estimate.high:.2f}]"
    found = f"{estimate.estimate:.2f}{interval}"
    if (gate.at_least is not None and high < gate.at_least) or (gate.at_most is not None and low > gate.at_most):
        return "failed", found
    if (gate.at_least is None or low >= gate.at_least) and (gate.at_most is None or high <= gate.at_most):
        return "passed", found
    return "undecided", found


def _because(row: Row, why: str) -> str:
    label = f"{row.provider}, {row.condition.label}" if row.condition.values else row.provider
    return f"{label}: {why}"
