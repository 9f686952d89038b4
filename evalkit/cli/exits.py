"""Which exit code a report has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.findings import Report


def exit_code_of(report: Report, *, require_decision: bool = False) -> int:
    """Return 3 for an incomplete run, 1 for a failed gate, 4 for an undecided one if decisions are required, else 0."""
    errors = sum(row.completions.get("error", 0) for row in report.summary.rows)
    if report.summary.missing or report.summary.unjudged or errors:
        return 3
    verdicts = {gate.verdict for gate in report.gates}
    if verdicts & {"failed", "worse"}:
        return 1
    return 4 if require_decision and "undecided" in verdicts else 0
