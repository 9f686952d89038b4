"""The posterior of a mean share over cases, from how many of each case's draws meet a demand.

Each case has a chance of its own of being met, drawn from a beta distribution; its draws are independent given that
chance. The distribution is described by its mean and by the intraclass correlation, the share of a draw's variance that
lies between cases; both are uniform from 0 to 1 beforehand. The correlation is averaged out over a grid.

The interval is narrower than the bounds that assume nothing (`bounds`), and holds the mean about as often as it says
from ten cases on; with fewer, or where chances are not spread like a beta distribution, less often.

Sources: Skellam 1948, Journal of the Royal Statistical Society B 10, for the distribution; Gelman et al. 2013,
"Bayesian Data Analysis", section 5.3, for the grid.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

_MEANS, _CORRELATIONS = 400, 60  # cells of the grid
_ZOOMS = 2  # times that the grid is laid anew, over where the posterior is
_NOTHING = 1e-9  # share of the posterior beyond an edge that is let go


@dataclass(frozen=True, slots=True)
class Posterior:
    """What is known of the mean over cases like these.

    Attributes:
        mean: Its expected value.
        low: Lower end of the interval with the same chance on either side; 0 where no draw meets the demand.
        high: Upper end; 1 where all draws meet it.
        correlation: The expected intraclass correlation. With one draw in each case it stays at 0.5, of which nothing
            is known then.
    """

    mean: float
    low: float
    high: float
    correlation: float


def beta_binomial_posterior(cases: Sequence[tuple[int, int]], *, level: float = 0.95) -> Posterior | None:
    """Return the posterior of the mean share that is met.

    Args:
        cases: For each, how many draws meet the demand, and how many there are; cases without draws are left out.
        level: Chance that the mean lies in the interval; above 0 and below 1.

    Returns:
        The posterior; None when there are no draws.

    Raises:
        ValueError: More draws are met than there are, or fewer than none; or `level` lies outside its range.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    if not 0 < level < 1:  # true for NaN, too
        raise ValueError(f"level must lie above 0 and below 1, got {level}")
    for met, draws in cases:
        if not 0 <= met <= draws:
            raise ValueError(f"a case must meet from none to all of its draws, got {met} of {draws}")
    counts = Counter(case for case in cases if case[1])
    if not counts:
        return None
    grid = _Grid((0.0, 1.0), (0.0, 1.0))
    for _ in range(_ZOOMS):
        grid = grid.narrowed(grid.chances(counts))
    chances = grid.chances(counts)
    of_means, of_correlations = chances.sum(axis=1), chances.sum(axis=0)
    edges = np.linspace(*grid.means, _MEANS + 1)
    below = np.append(0.0, of_means.cumsum())  # the chance of a mean below each edge
    low, high = np.interp([(1 - level) / 2, (1 + level) / 2], below, edges).tolist()
    return Posterior(
        float(of_means @ _middles(grid.means, _MEANS)),
        low if any(met for met, _ in counts) else 0.0,
        high if any(met < draws for met, draws in counts) else 1.0,
        float(of_correlations @ _middles(grid.correlations, _CORRELATIONS)),
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where means and correlations are looked at: in the middles of even cells."""

    means: tuple[float, float]
    correlations: tuple[float, float]

    def chances(self, counts: Counter[tuple[int, int]]) -> NDArray[np.float64]:
        """Return the posterior chance of each cell, of the shape (mean, correlation)."""
        import numpy as np  # noqa: PLC0415 - as above

        mean = _middles(self.means, _MEANS)[:, None]
        correlation = _middles(self.correlations, _CORRELATIONS)
        spread = 1 / correlation - 1  # the sum of the parameters of the beta distribution
        logs = np.zeros((_MEANS, _CORRELATIONS))
        # Of each factor of the likelihood, in how many cases it stands: the k-th draw met, missed, or either.
        met, missed, either = (_at_least(counts, index) for index in range(3))
        for before, cases in enumerate(met):
            logs += cases * np.log(mean * spread + before)
        for before, cases in enumerate(missed):
            logs += cases * np.log((1 - mean) * spread + before)
        for before, cases in enumerate(either):
            logs -= cases * np.log(spread + before)
        chances = np.exp(logs - logs.max())
        found: NDArray[np.float64] = chances / chances.sum()
        return found

    def narrowed(self, chances: NDArray[np.float64]) -> _Grid:
        """Return a grid over the cells that matter, with one more on either side."""
        return _Grid(_kept(self.means, chances.sum(axis=1)), _kept(self.correlations, chances.sum(axis=0)))


def _at_least(counts: Counter[tuple[int, int]], which: int) -> list[int]:
    """Return, for 1, 2, ... draws, how many cases have at least as many that are met (0), missed (1) or either (2)."""
    of_cases: Counter[int] = Counter()
    for (met, draws), cases in counts.items():
        of_cases[(met, draws - met, draws)[which]] += cases
    found: list[int] = []
    for draws in range(max(of_cases), 0, -1):
        found.append((found[-1] if found else 0) + of_cases[draws])
    return found[::-1]


def _middles(ends: tuple[float, float], count: int) -> NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415 - as above

    edges = np.linspace(*ends, count + 1)
    middles: NDArray[np.float64] = (edges[:-1] + edges[1:]) / 2
    return middles


def _kept(ends: tuple[float, float], chances: NDArray[np.float64]) -> tuple[float, float]:
    import numpy as np  # noqa: PLC0415 - as above

    edges = np.linspace(*ends, len(chances) + 1)
    below = np.append(0.0, chances.cumsum())
    first = int(np.searchsorted(below, _NOTHING, side="right")) - 1
    last = int(np.searchsorted(below, 1 - _NOTHING, side="left"))
    return float(edges[max(0, first - 1)]), float(edges[min(len(edges) - 1, last + 1)])
