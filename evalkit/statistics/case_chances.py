"""What is known of the chances of cases, as simulations use it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from evalkit.statistics.nights import dropped

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]

_PARTS = 16  # of the distribution of one case's chance
_GRID = 200


@dataclass(frozen=True, slots=True)
class CaseChances:
    """What is known of a case's chance to meet what is demanded, or of several alike: a beta distribution.

    Attributes:
        mean: From 0 to 1.
        strength: The sum of the distribution's two parameters; infinite for a chance that is known, 0 for one that is
            either 0 or 1.
        cases: How many there are of them.
    """

    mean: float
    strength: float = inf
    cases: float = 1


@dataclass(frozen=True, slots=True)
class World:
    """Chances of cases on a grid, with how often each occurs; both of shape (chances,)."""

    chances: Numbers
    weights: Numbers

    @classmethod
    def of(cls, cases: Sequence[CaseChances]) -> World:
        """Put the distributions of all cases together."""
        import numpy as np  # noqa: PLC0415 - slow to import

        alike: dict[tuple[float, float], float] = {}
        for case in cases:
            alike[case.mean, case.strength] = alike.get((case.mean, case.strength), 0.0) + case.cases
        total = sum(alike.values())
        weights = np.zeros(_GRID + 1)
        for (mean, strength), count in alike.items():
            chances, shares = _parts(mean, strength)
            places = chances * _GRID
            below = np.minimum(np.floor(places).astype(np.int64), _GRID - 1)
            np.add.at(weights, below, count / total * shares * (below + 1 - places))
            np.add.at(weights, below + 1, count / total * shares * (places - below))
        used = weights > 0
        return cls((np.arange(_GRID + 1) / _GRID)[used], weights[used])

    @property
    def mean(self) -> float:
        """Mean chance over the cases."""
        return float(self.chances @ self.weights)

    def after(self, drop: float) -> Numbers:
        """Return the chances after a drop."""
        return dropped(self.chances, self.weights, drop) if drop else self.chances


def _parts(mean: float, strength: float) -> tuple[Numbers, Numbers]:
    """Return chances that stand for a beta distribution, and their shares."""
    import numpy as np  # noqa: PLC0415 - as above
    from scipy.special import betaincinv

    if strength == inf or not 0 < mean < 1:
        return np.array([mean]), np.ones(1)
    if strength == 0:
        return np.array([0.0, 1.0]), np.array([1 - mean, mean])
    inverse: Any = betaincinv  # scipy has no types
    middles = (np.arange(_PARTS) + 0.5) / _PARTS
    return np.asarray(inverse(mean * strength, (1 - mean) * strength, middles)), np.full(_PARTS, 1 / _PARTS)
