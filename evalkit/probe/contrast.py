"""Whether a setting does anything: draws at one value against draws at another, in stages, with stated error rates.

The two kinds of draws are compared by how often two draws of the same prompt are equal. A setting that is connected
makes that agreement high at its narrow end and low at its wide end; one that is ignored leaves it the same.

- *connected*: an exact permutation test within the prompts. The chance of a false alarm is spent over the stages.
- *ignored*: the difference is bounded on both sides by less than `SMALLEST_DIFFERENCE`, and draws at the wide end
  differ often enough that a difference of that size could be seen. The chance that it is larger after all is spent
  likewise.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from evalkit.probe.findings import Bounds
from evalkit.statistics.chernoff import largest_difference, upper_bound
from evalkit.statistics.permutation import agreement, agreement_test

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALLEST_DIFFERENCE = 0.5
"""A difference in agreement that matters: the share of pairs of draws that are equal, from 0 to 1."""

_ALIKE = 0.9
_ENOUGH_PAIRS = 16


@dataclass(frozen=True, slots=True)
class Stage:
    """A look at the draws.

    Attributes:
        draws: Of each prompt at each end, by then.
        connected: Chance of a false alarm spent on this look.
        bound: Chance of a bound that does not hold spent on this look, for each side.
    """

    draws: int
    connected: float
    bound: float


STAGES = (Stage(3, 0.0004, 0.002), Stage(10, 0.0003, 0.005), Stage(20, 0.0003, 0.003))
FALSE_ALARM = sum(stage.connected for stage in STAGES)
"""Chance of *connected* for a setting that does nothing, over all looks."""
FALSE_ALL_CLEAR = sum(stage.bound for stage in STAGES)
"""Chance of *ignored* for a setting that changes the agreement by `SMALLEST_DIFFERENCE` or more, over all looks."""
LEVEL = 1 - 2 * FALSE_ALL_CLEAR
"""Level of the interval, which holds at all looks at once."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a look at the draws says.

    Attributes:
        chance: Of a difference at least as great when the setting does nothing.
        bounds: Of the difference.
        why: In words, without what the values were.
        hopeless: True when the draws at the wide end are so much alike that more of them would show nothing either.
    """

    verdict: Literal["connected", "ignored", "undecided"]
    chance: float
    bounds: Bounds | None
    why: str
    draws: int
    hopeless: bool = False

    @property
    def error_rate(self) -> float | None:
        """Chance of the verdict when it is false, at most."""
        return {"connected": FALSE_ALARM, "ignored": FALSE_ALL_CLEAR, "undecided": None}[self.verdict]


def judge(narrow: Sequence[Sequence[str]], wide: Sequence[Sequence[str]], stage: Stage) -> Judged:
    """Judge draws at the narrow end against draws at the wide end.

    Args:
        narrow: Texts for each prompt.
        wide: Texts for the same prompts.
        stage: Which look it is; prompts with fewer than two texts at an end are left out.
    """
    kept = [(one, other) for one, other in zip(narrow, wide, strict=True) if min(len(one), len(other)) >= 2]
    draws = sum(len(one) + len(other) for one, other in kept)
    if not kept:
        return Judged("undecided", 1.0, None, "no prompt has two answers at both ends", draws)
    same = fmean(agreement(one) or 0.0 for one, _ in kept)
    free = fmean(agreement(other) or 0.0 for _, other in kept)
    pairs = len(kept) * min(len(each) // 2 for both in kept for each in both)
    chance = agreement_test([one for one, _ in kept], [other for _, other in kept])
    high = largest_difference(same, free, pairs, alpha=stage.bound)
    low = -largest_difference(free, same, pairs, alpha=stage.bound)
    bounds = Bounds("agreement at the first value less that at the second", same - free, low, high, LEVEL)
    shown = f"two draws of one prompt agree {same:.2f} of the time against {free:.2f}"
    if chance <= stage.connected:
        return Judged("connected", chance, bounds, f"{shown}, p {chance:.1g}", draws)
    visible = 1 - upper_bound(free, pairs, alpha=stage.bound)
    if visible < SMALLEST_DIFFERENCE:
        why = f"{shown}: too few of those at the second value are seen to differ for an effect to show"
        return Judged("undecided", chance, bounds, why, draws, hopeless=pairs >= _ENOUGH_PAIRS and free > _ALIKE)
    if low > -SMALLEST_DIFFERENCE and high < SMALLEST_DIFFERENCE:
        why = f"{shown}, a difference below {SMALLEST_DIFFERENCE:g}"
        return Judged("ignored", chance, bounds, why, draws)
    return Judged("undecided", chance, bounds, f"{shown}, p {chance:.1g}", draws)
