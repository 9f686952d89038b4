"""What a report explores of a run and a baseline besides its gates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.compare.sides import Wanted, comparable, compare_sides
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from evalkit.compare.evidence import Evidence
    from evalkit.compare.sides import Where
    from evalkit.findings import Comparison, Report


def explored(evidence: Evidence, report: Report, *, where: Where = EMPTY) -> Comparison | None:
    """Compare everything that a run and its baseline have in common.

    Args:
        evidence: The two sides.
        report: What the gates came to.
        where: Axis values that select conditions; empty selects all.

    Returns:
        The comparison; None without a baseline that can be compared with, and for a run of which too much failed.
    """
    new, old = evidence.new, evidence.old
    if new is None or old is None or report.incomplete is not None or comparable(new.of, old.of) is not None:
        return None
    name = f"baseline {old.of.name}"
    if evidence.looks is not None:
        name += " (for one look; the run took more, or might have)"
    return compare_sides(new, old, Wanted("suite", bounds=evidence.bounds), name=name, where=where)
