"""The evidence of many simulated nights at once, by the tests that gates use.

Only nights that could show something are computed: where the evidence is far from a level up to 0.05, the p reads as 1.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias

from evalkit.statistics.batched import p_above_counts
from evalkit.statistics.sign_flip import sign_flip_counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from evalkit.gate import Scope

    Counts: TypeAlias = NDArray[np.int64]
    Numbers: TypeAlias = NDArray[np.float64]

SIGN_FLIP_FROM = 10
"""Cases from which on the sign-flip test looks for harm in scope `population`; the bound does below."""
SCREENED_TO = 0.05
"""Greatest level for which nights that are far from it may be left out."""

_FAR = 0.7
"""Standard deviations below which the Dirichlet bound's p is above 0.1, because its density is log-concave."""
_FAR_FLIP = 1.0
"""The same of the sign-flip test, whose p is then at least 3/32 (Hendriks and van Zuijlen 2017, arXiv 1708.00207)."""
_FEW_VALUES = 5
_LONG, _TOO_LONG = 6000, 20_000  # steps that the differences of a night sum to, whatever their signs
_MANY = 40
_CLOSE = 1e-8
_FINEST_MARGIN, _QUICK_MARGIN = 1000, 100


def p_worse(
    counts: Counts,
    steps: Counts,
    per_one: int,
    margin: float,
    scope: Scope,
    *,
    level: float = SCREENED_TO,
    quick: bool = False,
) -> Numbers:
    """Return the evidence of each night that it got worse by more than the margin.

    Args:
        counts: How many differences of each value a night has, shape (nights, values); as many in all nights.
        steps: The differences, as whole numbers.
        per_one: Steps from 0 to 1.
        margin: Of the gate, with up to three decimals.
        scope: What the units are.
        level: What the p will be held against.
        quick: Approximate the sign-flip test where counting all flips takes long, to a few per cent of p, and take the
            margin as the nearest fraction with a denominator up to 100.

    Returns:
        One p for each night; 1 where it is above 0.09 and the level is at most 0.05.
    """
    if scope == "population" and len(counts) and int(counts[0].sum()) >= SIGN_FLIP_FROM:
        return _flipped(counts, steps, per_one, margin, level=level, quick=quick)
    return p_bounded(counts, -steps / per_one, margin, level=level)


def p_not_worse(counts: Counts, steps: Counts, per_one: int, margin: float, *, level: float = SCREENED_TO) -> Numbers:
    """Return the evidence of each night that it did not get worse by the margin; see `p_worse`."""
    return p_bounded(counts, steps / per_one, -margin, level=level)


def p_bounded(counts: Counts, values: Numbers, limit: float, *, level: float = SCREENED_TO) -> Numbers:
    """Return the evidence of each set that its mean lies above the limit, by the bound; 1 where it is above 0.09.

    Args:
        counts: Shape (sets, values).
        values: From -1 to 1.
        limit: In the same unit.
        level: What the p will be held against.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    found = np.ones(len(counts))
    units = counts.sum(axis=1) + 1
    moved = values - limit
    sums = counts @ moved - 1 - limit
    squares = counts @ (moved * moved) + (1 + limit) ** 2
    spread = np.maximum(squares - sums * sums / units, 0) / (units + 1)  # variance of the weighted mean, times units
    near = (sums > _FAR * np.sqrt(spread * units)) | (level > SCREENED_TO)
    if near.any():
        distinct, inverse = _distinct(counts[near])
        found[near] = p_above_counts(distinct, values, limit)[inverse]
    return found


def _flipped(counts: Counts, steps: Counts, per_one: int, margin: float, *, level: float, quick: bool) -> Numbers:
    import numpy as np  # noqa: PLC0415 - as above

    found = np.ones(len(counts))
    share = Fraction(margin).limit_denominator(_QUICK_MARGIN if quick else _FINEST_MARGIN)
    units = steps * share.denominator + share.numerator * per_one
    sums = counts @ units
    far = _FAR_FLIP if level <= SCREENED_TO else 0.0  # on the other side of the limit the p is above a half
    near = -sums > far * np.sqrt(counts @ (units * units))
    if not near.any():
        return found
    distinct, inverse = _distinct(counts[near])
    length = int((distinct @ np.abs(units)).max()) // math.gcd(*units.tolist())
    if quick and length > (_LONG if int(counts[0].sum()) >= _MANY else _TOO_LONG):
        found[near] = _flip_tails(distinct, units)[inverse]
    else:
        found[near] = sign_flip_counts(distinct, units.tolist(), side="below")[inverse]
    return found


def _flip_tails(counts: Counts, units: Counts) -> Numbers:
    """Return nearly the same as `sign_flip_counts`, for sums below 0."""
    import numpy as np  # noqa: PLC0415 - as above

    least: Numbers = np.exp2(-(counts @ (units != 0)).astype(np.float64))
    mixed = (counts @ (units > 0)) > 0  # where all have one sign, no other choice of signs is as far out
    found: Numbers = least.copy()
    if mixed.any():
        found[mixed] = np.clip(_saddlepoint_tails(counts[mixed].astype(np.float64), units), least[mixed], 1.0)
    return found


def _saddlepoint_tails(counts: Numbers, units: Counts) -> Numbers:
    """Return the chance that differences with random signs sum to at most what they do, which is below 0.

    Source: Lugannani and Rice 1980, as in `evalkit.statistics.dirichlet`; for sums on a lattice, Daniels 1987, "Tail
    probability approximations", International Statistical Review 55.
    """
    import numpy as np  # noqa: PLC0415 - as above
    from scipy.special import ndtr

    most = np.abs(units).max()
    sizes, between = np.abs(units) / most, 2 * math.gcd(*units.tolist()) / most
    wanted = -(counts @ units) / most  # sums at least as great on the other side
    point = wanted / (counts @ (sizes * sizes))  # below the saddlepoint, from where Newton's method may overshoot
    while True:
        slopes = np.tanh(point[:, None] * sizes)  # (sets, values)
        missing = wanted - (counts * sizes * slopes).sum(axis=1)
        curvature = (counts * sizes * sizes * (1 - slopes * slopes)).sum(axis=1)
        step = np.clip(missing / curvature, -point / 2, np.maximum(point, 1.0))
        if (np.abs(step) <= _CLOSE * point).all():
            break
        point += step
    paths = point[:, None] * sizes
    cosines = paths + np.log1p(np.exp(-2 * paths)) - math.log(2)  # logarithms of hyperbolic cosines
    root = np.sqrt(2 * (point * wanted - (counts * cosines).sum(axis=1)))
    slope = -np.expm1(-between * point) / between * np.sqrt(curvature)
    below: Any = ndtr  # scipy has no types
    tails: Numbers = below(-root) + np.exp(-root * root / 2) / math.sqrt(2 * math.pi) * (1 / slope - 1 / root)
    return tails


def _distinct(counts: Counts) -> tuple[Counts, NDArray[np.intp]]:
    """Return the different rows, and which of them each row is; many only where there are few values."""
    import numpy as np  # noqa: PLC0415 - as above

    if counts.shape[1] > _FEW_VALUES:
        return counts, np.arange(len(counts))
    base = int(counts.max()) + 1
    keys = counts @ (base ** np.arange(counts.shape[1], dtype=np.int64))
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return counts[first], inverse
