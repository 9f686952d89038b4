"""Which exit code a report has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.findings import Report


def exit_code_of(report: Report, *, require_decision: bool = False) -> int:
    """Return the exit code.

    It is 3 for a run that ended before all was drawn, in which more draws failed or are missing than may, or that lacks
    judgements; 1 for an alarming gate; 4 for an undecided one if decisions are required; else 0.
    """
    if report.incomplete is not None or report.stopped or report.summary.unjudged:
        return 3
    if any(gate.alarming for gate in report.gates):
        return 1
    return 4 if require_decision and any(gate.verdict == "undecided" for gate in report.gates) else 0
