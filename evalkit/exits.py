"""Which exit code a report has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.findings import Report


def exit_code_of(report: Report, *, require_decision: bool = False, fail_on_change: bool = False) -> int:
    """Return the exit code.

    It is 3 for a run that ended before all was drawn, in which more draws failed or are missing than may, or that lacks
    judgements; 1 for an alarming gate, and for a model that changed if that is to fail; 4 for an undecided gate if
    decisions are required; else 0.
    """
    if report.incomplete is not None or report.stopped or report.summary.unjudged:
        return 3
    if any(gate.alarming for gate in report.gates) or (fail_on_change and model_changed(report)):
        return 1
    return 4 if require_decision and any(gate.verdict == "undecided" for gate in report.gates) else 0


def model_changed(report: Report) -> bool:
    """Tell whether anything shows that a model's answers come from another distribution than the baseline's."""
    return any(change.changed for change in report.changes)
