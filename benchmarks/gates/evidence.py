"""The evidence of simulated nights, by the tests that gates use, where it could reach a level."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from evalkit.compare.rows import SIGN_FLIP_FROM
from evalkit.statistics.batched import p_above_counts
from evalkit.statistics.sign_flip import sign_flip_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalkit.gate import Scope

    Counts: TypeAlias = NDArray[np.int64]
    Numbers: TypeAlias = NDArray[np.float64]

_FAR = 0.7
"""Standard deviations below which the Dirichlet bound's p is above 0.1, because its density is log-concave."""
_FAR_FLIP = 1.0
"""The same of the sign-flip test, whose p is then at least 3/32 (Hendriks and van Zuijlen 2017)."""


def p_worse(counts: Counts, steps: Counts, per_one: int, margin: float, scope: Scope) -> Numbers:
    """Return the evidence of each night that it got worse by more than the margin; 1 where that is above 0.09."""
    cases = int(counts[0].sum()) if len(counts) else 0
    if scope == "population" and cases >= SIGN_FLIP_FROM:
        return _flipped(counts, steps, per_one, margin)
    return p_bounded(counts, -steps / per_one, margin)


def p_not_worse(counts: Counts, steps: Counts, per_one: int, margin: float) -> Numbers:
    """Return the evidence of each night that it did not get worse by the margin; 1 where that is above 0.09."""
    return p_bounded(counts, steps / per_one, -margin)


def p_bounded(counts: Counts, values: Numbers, limit: float) -> Numbers:
    """Return the evidence of each set that its mean lies above the limit, by the bound; 1 where that is above 0.09."""
    found = np.ones(len(counts))
    units = counts.sum(axis=1) + 1
    moved = values - limit
    sums = counts @ moved - 1 - limit
    squares = counts @ (moved * moved) + (1 + limit) ** 2
    spread = (squares - sums * sums / units) / (units + 1)  # variance of the weighted mean, times units
    near = sums > _FAR * np.sqrt(np.maximum(spread, 0) * units)
    if near.any():
        distinct, inverse = _distinct(counts[near])
        found[near] = p_above_counts(distinct, values, limit)[inverse]
    return found


def _flipped(counts: Counts, steps: Counts, per_one: int, margin: float) -> Numbers:
    found = np.ones(len(counts))
    share = Fraction(margin).limit_denominator(1000)
    units = steps * share.denominator + share.numerator * per_one
    sums = counts @ units
    near = -sums > _FAR_FLIP * np.sqrt(counts @ (units * units))
    if near.any():
        distinct, inverse = _distinct(counts[near])
        found[near] = sign_flip_counts(distinct, units, side="below")[inverse]
    return found


def _distinct(counts: Counts) -> tuple[Counts, NDArray[np.intp]]:
    """Return the different rows, and which of them each row is; many only where there are few values."""
    if counts.shape[1] > 5:
        return counts, np.arange(len(counts))
    base = int(counts.max()) + 1
    keys = counts @ (base ** np.arange(counts.shape[1], dtype=np.int64))
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return counts[first], inverse
