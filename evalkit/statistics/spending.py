"""A one-sided level split over planned looks at growing data, so that stopping early costs no error.

What a test finds at the looks goes, after scaling, like a Brownian motion: at the information fraction t its value is
normal with variance t, and what is added between two looks is independent of what came before. A spending function says
how much of the level may be used up by each fraction; the nominal level of each look follows, exactly but for rounding,
from integrating over all paths that have not yet been stopped.

Sources: Lan and DeMets 1983, Biometrika 70, for spending; Armitage, McPherson and Rowe 1969, Journal of the Royal
Statistical Society A 132, for the integration; Jennison and Turnbull 1999, "Group Sequential Methods", chapter 19.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

Spending: TypeAlias = Literal["pocock", "obrien_fleming"]
"""How the level is spent: nearly evenly over the looks, or hardly at all before the last ones."""

SMALLEST_RISE = 0.005
"""Least share of a fraction that a look must add to the one before it; integrating over less takes too long."""

LEAST = 1e-12
"""Least overall level that `overall_levels` tells apart; anything smaller reads as this."""

_REACH = 8.0  # standard deviations; a path further down than this does not come back
_NODES_PER_PANEL = 16
_FEWEST_PANELS = 4
_PANELS_PER_STEP = 3


def look_levels(fractions: Sequence[float], alpha: float, spending: Spending = "pocock") -> tuple[float, ...]:
    """Split a one-sided level over planned looks.

    Args:
        fractions: For each look, the share of all data that there is by then; rising, and 1 at the last.
        alpha: Chance that any look rejects when it should not; above 0 and below 1.
        spending: See `Spending`.

    Returns:
        The nominal level of each look: it rejects when its own p-value is at most this.

    Raises:
        ValueError: The fractions do not rise to 1, or `alpha` lies outside its range.

    >>> [round(level, 4) for level in look_levels([0.5, 1], 0.05)]
    [0.031, 0.0297]
    """
    times = _checked(fractions)
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie above 0 and below 1, got {alpha}")
    return _levels(times, float(alpha), spending)


def overall_level(p: float, look: int, fractions: Sequence[float], spending: Spending = "pocock") -> float:
    """Return the least level of the whole plan at which a p-value would reject at one look; see `overall_levels`."""
    return float(overall_levels(p, look, fractions, spending))


def overall_levels(
    p: ArrayLike, look: int, fractions: Sequence[float], spending: Spending = "pocock"
) -> NDArray[np.float64]:
    """Turn p-values found at one look into p-values that are valid whenever the looking stops.

    It is the inverse of `look_levels`. The least over the looks taken so far is a p-value too, and it is the one to
    report when looking goes on after a rejection.

    Args:
        p: One-sided p-values from 0 to 1.
        look: At which of the planned looks they were found, from 0.
        fractions: As for `look_levels`.
        spending: As for `look_levels`.

    Returns:
        For each, the least overall level at which it would reject: exact to 1 % from 1e-9 to 0.5, never below `LEAST`
        (unless there is one look only, where it is the p-value itself), and 1 where no level rejects.

    Raises:
        ValueError: A p-value is not a number from 0 to 1, there is no such look, or the fractions do not rise to 1.
    """
    import numpy as np  # noqa: PLC0415 - slow to import
    from scipy.special import ndtr, ndtri

    times = _checked(fractions)
    found = np.asarray(p, dtype=np.float64)
    if not np.all((found >= 0) & (found <= 1)):  # false for NaN, too
        raise ValueError(f"p must be a number from 0 to 1, got {found}")
    if not 0 <= look < len(times):
        raise ValueError(f"look must lie from 0 to {len(times) - 1}, got {look}")
    if len(times) == 1:
        return found
    nominal, overall = _inverse(times, spending)[look]
    scores = ndtri(found)
    levels = ndtr(np.interp(scores, nominal, overall))
    return np.where(scores > nominal[-1], 1.0, levels)


def crossing_chances(bounds: Sequence[float], fractions: Sequence[float]) -> tuple[float, ...]:
    """Return the chance of stopping at each look when nothing has changed.

    Args:
        bounds: For each look, the least standard normal score that stops it.
        fractions: As for `look_levels`.

    Raises:
        ValueError: The fractions do not rise to 1.
    """
    times = _checked(fractions)
    chances: list[float] = []
    paths = _Paths.at_start(times)
    for bound, time in zip(bounds, times, strict=True):
        limit = bound * math.sqrt(time)
        chances.append(math.exp(paths.log_chance_above(limit, time)[0]))
        paths = paths.below(limit, time)
    return tuple(chances)


def _checked(fractions: Sequence[float]) -> tuple[float, ...]:
    times = tuple(map(float, fractions))
    rising = all(0 < SMALLEST_RISE * later <= later - time for time, later in pairwise((0.0, *times)))
    if not rising or not times or not math.isclose(times[-1], 1.0, abs_tol=1e-9):
        raise ValueError(f"fractions must rise by at least {SMALLEST_RISE:.1%} from look to look, to 1, got {times}")
    return times


@lru_cache(maxsize=1024)
def _levels(times: tuple[float, ...], alpha: float, spending: Spending) -> tuple[float, ...]:
    from scipy.special import ndtr

    if len(times) == 1:
        return (alpha,)
    levels: list[float] = []
    paths, spent = _Paths.at_start(times), 0.0
    for time in times:
        total = _spent(alpha, time, spending)
        limit = paths.limit_with(total - spent, time)
        levels.append(float(ndtr(-limit / math.sqrt(time))))
        paths, spent = paths.below(limit, time), total
    return tuple(levels)


def _spent(alpha: float, time: float, spending: Spending) -> float:
    """Return how much of `alpha` may be used up by a fraction of the data."""
    from scipy.special import ndtr, ndtri

    if spending == "pocock":
        return alpha * math.log1p((math.e - 1) * time)
    return 2 * float(ndtr(ndtri(alpha / 2) / math.sqrt(time)))


@lru_cache(maxsize=64)
def _inverse(
    times: tuple[float, ...], spending: Spending
) -> tuple[tuple[NDArray[np.float64], NDArray[np.float64]], ...]:
    """Tabulate, for each look, the normal scores of nominal levels and of the overall levels that lead to them.

    Between the scores of the one and of the other the relation is almost a straight line, at any level.
    """
    import numpy as np  # noqa: PLC0415 - as above
    from scipy.special import ndtr, ndtri

    overall = np.linspace(ndtri(LEAST), ndtri(0.99), 100)
    levels = np.array([_levels(times, float(alpha), spending) for alpha in ndtr(overall)])  # (overall level, look)
    tables: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    nominal: NDArray[np.float64]
    for nominal in levels.T:
        # Near an overall level of 1 a look may get less than at a smaller one, which rejects already.
        rising = np.append(True, nominal[1:] > np.maximum.accumulate(nominal)[:-1]) & (nominal > 0)
        tables.append((ndtri(nominal[rising]), overall[rising]))
    return tuple(tables)


@dataclass(frozen=True, slots=True)
class _Paths:
    """Where the paths are that have not been stopped yet, as weights on points that stand for a density.

    Attributes:
        time: At which fraction.
        points: Values of the Brownian motion.
        log_weights: Logarithms of the chances to be there.
        panels: Parts that the range of values is cut into, each with some of the points: so many that what happens
            between any two looks, however near, goes smoothly within a part.
    """

    time: float
    points: NDArray[np.float64]
    log_weights: NDArray[np.float64]
    panels: int

    @classmethod
    def at_start(cls, times: Sequence[float]) -> _Paths:
        import numpy as np  # noqa: PLC0415 - as above

        narrowest = min((later - time) / later for time, later in pairwise((0.0, *times)))
        panels = math.ceil(_PANELS_PER_STEP / math.sqrt(narrowest))
        return cls(0.0, np.zeros(1), np.zeros(1), max(_FEWEST_PANELS, panels))

    def log_chance_above(self, limit: float, time: float) -> tuple[float, float]:
        """Return the logarithm of the chance to be at or above a limit at a later time, and its derivative."""
        import numpy as np  # noqa: PLC0415 - as above
        from scipy.special import log_ndtr

        step = math.sqrt(time - self.time)
        scores = (self.points - limit) / step
        tails = log_ndtr(scores)
        logs = self.log_weights + tails
        top = float(logs.max())
        shares = np.exp(logs - top)
        total = float(shares.sum())
        hazards = np.exp(-(scores**2) / 2 - tails) / (step * math.sqrt(2 * math.pi))
        return top + math.log(total), -float((shares * hazards).sum()) / total

    def limit_with(self, chance: float, time: float) -> float:
        """Find the limit that is reached with a given chance at a later time; infinite for a chance of 0.

        The logarithm is concave and falls, so that Newton's method comes down to the limit from above without fail; it
        starts from the limit for paths of which none has been stopped.
        """
        from scipy.special import ndtri

        if chance <= 0:
            return math.inf
        wanted = math.log(chance)
        limit = -float(ndtri(chance)) * math.sqrt(time)
        for _ in range(100):
            found, slope = self.log_chance_above(limit, time)
            move = (wanted - found) / slope
            limit += move
            if abs(move) <= 1e-11 * max(1.0, abs(limit)):
                break
        return limit

    def below(self, limit: float, time: float) -> _Paths:
        """Carry the paths on to a later time and drop those at or above a limit."""
        import numpy as np  # noqa: PLC0415 - as above

        step = math.sqrt(time - self.time)
        top = min(limit, _REACH * math.sqrt(time))
        bottom = min(-_REACH * math.sqrt(time), top - 1)
        nodes, weights = _quadrature()
        half = (top - bottom) / (2 * self.panels)
        middles = bottom + half * (2 * np.arange(self.panels) + 1)
        points = (middles[:, None] + half * nodes).ravel()
        scores = (points[:, None] - self.points) / step  # (new point, old point)
        density = np.exp(self.log_weights - scores**2 / 2).sum(axis=1) / (step * math.sqrt(2 * math.pi))
        chances = np.tile(half * weights, self.panels) * density
        kept = chances > 0
        return replace(self, time=time, points=points[kept], log_weights=np.log(chances[kept]))


@lru_cache(maxsize=1)
def _quadrature() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    import numpy as np  # noqa: PLC0415 - as above

    nodes, weights = np.polynomial.legendre.leggauss(_NODES_PER_PANEL)
    return nodes, weights
