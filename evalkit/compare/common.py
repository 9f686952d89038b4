"""Which cases of two rows belong together, and which are left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.findings import LEVELS
from evalkit.measured import OF_CONSTRAINT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.measured import MeasuredCase, MeasuredRow

_NAMED = 5
"""Cases that words name; the others are counted."""


@dataclass(frozen=True, slots=True)
class Common:
    """What two rows have in common.

    Attributes:
        cases: The new one and the old one of each case, in the new side's order.
        left_out: Cases that are not among them, and why, in words.
    """

    cases: tuple[tuple[MeasuredCase, MeasuredCase], ...]
    left_out: tuple[str, ...]


def is_score(measure: str) -> bool:
    """Tell whether each draw has a score on the measure; others are one number for all draws of a case."""
    return measure in LEVELS or measure.startswith(OF_CONSTRAINT)


def common_cases(new: MeasuredRow, old: MeasuredRow, measure: str) -> Common:
    """Pair the cases of two rows by their id.

    Cases that were judged by other constraints are left out, because their scores would mean other things. That does
    not matter for measures that look at the texts alone. Nor does it for `adherence_case` between two system prompts of
    one suite, whose own constraints are the only ones that can differ.

    Args:
        new: The row that is judged.
        old: The one it is held against.
        measure: What is compared.
    """
    whatever = not is_score(measure) or (
        measure == "adherence_case" and new.condition.get("system") != old.condition.get("system")
    )
    there = {case.case_id: case for case in old.cases}
    here = {case.case_id for case in new.cases}
    paired = [(case, there[case.case_id]) for case in new.cases if case.case_id in there]
    alike = [pair for pair in paired if whatever or pair[0].constraints == pair[1].constraints]
    judged_otherwise = (
        [] if whatever else [one.case_id for one, other in paired if one.constraints != other.constraints]
    )
    why = "than before" if new.key == old.key else "on the two sides"
    words = (
        ("only on the new side", [case.case_id for case in new.cases if case.case_id not in there]),
        ("only on the old side", [case.case_id for case in old.cases if case.case_id not in here]),
        (f"judged by other constraints {why}", judged_otherwise),
    )
    return Common(tuple(alike), tuple(_named(ids, each) for each, ids in words if ids))


def _named(ids: Sequence[str], why: str) -> str:
    cases = "1 case" if len(ids) == 1 else f"{len(ids)} cases"
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    return f"{cases} {why}: {', '.join(ids[:_NAMED])}{more}"
