"""Cells made by hand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from evalkit.types import Cell, Completion, Condition, Draw
from evalkit.verdicts import Scored, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.verdicts import Source


def verdict(
    value: float | None,
    loose: float | None = None,
    *,
    name: str = "said",
    family: str | None = None,
    source: Source = "case",
    ifeval_id: str | None = None,
) -> Verdict:
    """Make a verdict; the loose one is the same where none is given."""
    same = value if loose is None else loose
    return Verdict(name, value, same, "why", family=family, source=source, ifeval_id=ifeval_id)


def draw(verdicts: Sequence[Verdict]) -> Draw:
    """Make a draw with these verdicts, scored as `score` does."""
    values = [each.value for each in verdicts if each.value is not None]
    full = None
    if values and (len(values) == len(verdicts) or min(values) < 1):
        full = float(min(values) == 1)
    scored = Scored(tuple(verdicts), math.fsum(values) / len(values) if values else None, full)
    return Draw(0, Completion("complete", "text"), scored, 0)


def cell(
    *draws: Sequence[Verdict], case: str = "one", condition: Condition | None = None, provider: str = "local"
) -> Cell:
    """Make a cell of draws, each given as its verdicts."""
    return Cell(provider, "model", condition or Condition(), case, {}, None, tuple(map(draw, draws)))
