"""Corrects the p of comparisons for how many there are, and reaches their verdicts.

A gate speaks of the whole run, so its family keeps the chance of any error within the level (Holm). A table to explore
keeps the share of false findings among those it shows within the level (Benjamini and Hochberg). The two are never
mixed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.errors import UsageError
from evalkit.gate import MOST_PER_RUN
from evalkit.statistics.multiplicity import benjamini_hochberg, holm

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from evalkit.findings import Compared, Decision

    _Correct: TypeAlias = Callable[[Sequence[float]], list[float | None]]

EXPLORED_LEVEL = 0.05
"""Share of the findings of an exploratory table that may be false."""


def correct(rows: Sequence[Compared], level: float) -> tuple[Compared, ...]:
    """Correct a family of gates by Holm and reach the verdicts.

    The p of being worse are one family and the p of not being worse another one, each at `level`: a false *worse* and a
    false *not worse* are different errors, and the chance of any of either kind in the run stays within it. A row with
    nothing to test counts in the family as if its p were 1.

    Args:
        rows: All comparing rows of all gates of a run.
        level: Chance of any error of a kind; above 0 and at most 0.3.

    Raises:
        UsageError: The level lies outside its range.
    """
    return _decided(rows, level, holm, level / max(len(rows), 1))


def explore(rows: Sequence[Compared], level: float = EXPLORED_LEVEL) -> tuple[Compared, ...]:
    """Correct an exploratory table by Benjamini and Hochberg, likewise.

    Args:
        rows: All rows of the table.
        level: Share of the findings of a kind that may be false; above 0 and at most 0.3.

    Raises:
        UsageError: The level lies outside its range.
    """
    return _decided(rows, level, benjamini_hochberg, level)


def _decided(rows: Sequence[Compared], level: float, corrected: _Correct, reached: float) -> tuple[Compared, ...]:
    """Correct both kinds of p and reach the verdicts.

    Args:
        rows: The family.
        level: Of the family.
        corrected: The procedure.
        reached: A p that a row must be able to reach to be found by itself.

    Raises:
        UsageError: The level lies outside its range.
    """
    if not 0 < level <= MOST_PER_RUN:  # true for NaN, too
        raise UsageError(
            f"a level must lie above 0 and at most at {MOST_PER_RUN:g}, got {level:g}",
            hint="0.05 is usual; at 0 nothing could be shown, and at 1 everything would be",
        )
    worse = _known(corrected, [row.p_worse for row in rows])
    not_worse = _known(corrected, [row.p_not_worse for row in rows])
    return tuple(
        replace(
            row,
            corrected_worse=harm,
            corrected_not_worse=none,
            verdict=_verdict(harm, none, level),
            method=row.method + _out_of_reach(row, reached),
        )
        for row, harm, none in zip(rows, worse, not_worse, strict=True)
    )


def _known(corrected: _Correct, chances: Sequence[float | None]) -> list[float | None]:
    """Correct p, of which those that are not known count as 1: what there is to test was settled before the run."""
    found = corrected([1.0 if chance is None else chance for chance in chances])
    return [None if chance is None else each for chance, each in zip(chances, found, strict=True)]


def _out_of_reach(row: Compared, level: float) -> str:
    """Say where no signs of the differences could have been evidence enough; empty where there are none to have one."""
    if not row.units or not level < row.smallest_p < 1:
        return ""
    return f"; the least p of harm that these differences could give is {row.smallest_p:.3g}, above {level:.3g}"


def _verdict(harm: float | None, none: float | None, level: float) -> Decision:
    if harm is not None and harm <= level:
        return "worse"
    if none is not None and none <= level:
        return "not_worse"
    return "undecided"
