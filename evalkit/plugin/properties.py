"""What a report of a test run keeps of an item, such as JUnit's properties: plain text and numbers."""

from __future__ import annotations

from math import fsum, isfinite
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evalkit.findings import Estimate
    from evalkit.plugin.planned import CellKey
    from evalkit.types import Cell, Run

Property: TypeAlias = "str | int | float"
STATE = "state"
"""The property of an item that says what it came to: `passed`, `failed`, `undecided` or `error`."""


def case_properties(
    run: Run, key: CellKey, state: str, cell: Cell | None, adherence: Estimate | None
) -> dict[str, Property]:
    """Return what is to be kept of a case.

    Args:
        run: The run.
        key: Which case, by whom, under which condition.
        state: What its item comes to.
        cell: Its draws; None where there are none.
        adherence: What they come to; None where nothing was decided.

    Returns:
        What is known, by name: what is not known is left out.
    """
    found: dict[str, Property | None] = {
        STATE: state,
        "run": run.id,
        "provider": key.provider,
        "condition": key.condition.label,
        "case": key.case_id,
    }
    if cell is not None:
        found |= {
            "model": cell.model,
            "served_model": ", ".join(_served(cell)) or None,
            "repeats": len(cell.draws),
            "decided": sum(draw.scored.adherence is not None for draw in cell.draws),
            "errors": sum(draw.completion.outcome == "error" for draw in cell.draws),
            "cost_usd": _cost(cell),
        }
    if adherence is not None:
        found |= {"adherence": adherence.estimate, "adherence_low": adherence.low, "adherence_high": adherence.high}
    return plain(found)


def gate_properties(run: Run, gate: str, verdict: str, state: str) -> dict[str, Property]:
    """Return what is to be kept of a gate; `state` is what its item comes to."""
    return {STATE: state, "run": run.id, "gate": gate, "verdict": verdict}


def plain(found: Mapping[str, Property | None]) -> dict[str, Property]:
    """Leave out what is not known, empty, or no number that can be written.

    >>> plain({"cost_usd": None, "adherence": float("nan"), "repeats": 0})
    {'repeats': 0}
    """
    return {
        name: value
        for name, value in found.items()
        if value is not None and value != "" and not (isinstance(value, float) and not isfinite(value))
    }


def _served(cell: Cell) -> Iterable[str]:
    served = {draw.completion.served_model for draw in cell.draws}
    return sorted(each for each in served if each is not None)


def _cost(cell: Cell) -> float | None:
    """Sum the prices of all answers; None where one is not known, or where there is no answer."""
    answers = [draw.completion for draw in cell.draws if draw.completion.outcome not in ("error", "unsupported")]
    costs = [answer.cost_usd for answer in answers]
    known = [cost for cost in costs if cost is not None]
    return fsum(known) if known and len(known) == len(costs) else None
