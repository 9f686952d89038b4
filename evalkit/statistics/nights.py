"""Simulated nights: what a comparison would meet if the chances of its cases were known.

A case meets what is demanded with a chance of its own; a draw scores 1 or 0, or with a grain above 1 the share of so
many independent parts. The difference of a unit, which is a case or a pair of draws as in `evalkit.pairing`, then has a
distribution over few values that is known exactly, and a whole night is a draw of how often each value occurs.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    from evalkit.gate import Scope

    Chances: TypeAlias = NDArray[np.float64]

FINEST = 80
"""Values from 0 to 1 that differences are told apart by; finer ones are shared out over their neighbours."""


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often the cases are drawn.

    Attributes:
        new: Draws of each case at night.
        old: Draws of each case on the side that it is held against.
        grain: Independent parts that a draw's score is the share of; 1 for scores that are 0 or 1.
    """

    new: int
    old: int
    grain: int = 1

    def units(self, scope: Scope, cases: int) -> int:
        """Return how many differences there are."""
        return cases * (min(self.new, self.old) if scope == "suite" else 1)


@dataclass(frozen=True, slots=True)
class Lattice:
    """Distributions of differences that have their values in common.

    Attributes:
        steps: The values as whole numbers, rising; shape (values,).
        per_one: Steps from 0 to 1.
        chances: Of each value; shape (groups, values).
    """

    steps: NDArray[np.int64]
    per_one: int
    chances: Chances

    @property
    def values(self) -> Chances:
        """The differences themselves."""
        return self.steps / self.per_one


def lattice_of(new: Chances, old: Chances, repeats: Repeats, scope: Scope) -> Lattice:
    """Return how the differences of units are distributed.

    Args:
        new: Chances of groups of cases at night, shape (groups,).
        old: Their chances on the other side.
        repeats: How often they are drawn.
        scope: What the units are.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    if scope == "population":
        return _difference(new, old, repeats.new * repeats.grain, repeats.old * repeats.grain)
    pairs = min(repeats.new, repeats.old)
    blocks = [(_part(repeats.new, pairs, each), _part(repeats.old, pairs, each)) for each in range(pairs)]
    kinds = sorted(set(blocks))
    found = [_difference(new, old, one * repeats.grain, other * repeats.grain) for one, other in kinds]
    if len(found) == 1:
        return found[0]
    per_one = min(FINEST, lcm(*(each.per_one for each in found)))
    shares = np.array([blocks.count(kind) / pairs for kind in kinds])
    chances = sum(share * _rescaled(each, per_one).chances for share, each in zip(shares, found, strict=True))
    return Lattice(np.arange(-per_one, per_one + 1), per_one, np.asarray(chances))


def _part(draws: int, pairs: int, index: int) -> int:
    """Return how many of the draws `evalkit.pairing` puts into one pair."""
    return draws // pairs + (index < draws % pairs)


def _difference(new: Chances, old: Chances, new_parts: int, old_parts: int) -> Lattice:
    """Return the distribution of one share less another one, for each group."""
    import numpy as np  # noqa: PLC0415 - as above

    ahead, behind = _binomial(new, new_parts), _binomial(old, old_parts)
    per_one = lcm(new_parts, old_parts)
    values = (np.arange(new_parts + 1)[:, None] / new_parts - np.arange(old_parts + 1) / old_parts).ravel()
    joint = (ahead[:, :, None] * behind[:, None, :]).reshape(len(new), -1)  # (groups, new times old)
    return _gathered(values, joint, min(per_one, FINEST))


def _gathered(values: Chances, chances: Chances, per_one: int) -> Lattice:
    """Share chances out over steps, so that the mean stays the same."""
    import numpy as np  # noqa: PLC0415 - as above

    steps = np.arange(-per_one, per_one + 1)
    scaled = np.round(values * per_one + per_one, 9)
    below = np.floor(scaled).astype(np.int64)
    above, share = np.minimum(below + 1, 2 * per_one), scaled - below
    onto = np.zeros((len(values), len(steps)))
    np.add.at(onto, (np.arange(len(values)), below), 1 - share)
    np.add.at(onto, (np.arange(len(values)), above), share)
    return Lattice(steps, per_one, chances @ onto)


def _rescaled(lattice: Lattice, per_one: int) -> Lattice:
    return _gathered(lattice.values, lattice.chances, per_one)


def _binomial(chances: Chances, trials: int) -> Chances:
    """Return the chance of each number of successes, shape (groups, trials + 1)."""
    import numpy as np  # noqa: PLC0415 - as above
    from scipy.special import gammaln, xlog1py, xlogy

    successes = np.arange(trials + 1)
    logarithm: Any = gammaln  # scipy has no types
    ways = logarithm(trials + 1) - logarithm(successes + 1) - logarithm(trials - successes + 1)
    met: Any = xlogy(successes, chances[:, None])
    missed: Any = xlog1py(trials - successes, -chances[:, None])
    result: Chances = np.exp(ways + met + missed)
    return result


@dataclass(frozen=True, slots=True)
class Met:
    """How often each difference occurred in simulated nights; counts of shape (nights, values)."""

    counts: NDArray[np.int64]
    steps: NDArray[np.int64]
    per_one: int


def met_counts(new: NDArray[np.int16], old: NDArray[np.int16], scope: Scope, grain: int) -> Met:
    """Count the differences of nights that were simulated draw by draw.

    Args:
        new: How many of its parts each draw met, shape (nights, cases, draws).
        old: The same of the other side, which may have other draws.
        scope: What the units are.
        grain: Parts of a draw.
    """
    import numpy as np  # noqa: PLC0415 - as above

    pairs = min(new.shape[2], old.shape[2]) if scope == "suite" else 1
    finest = lcm(*(_part(side.shape[2], pairs, index) for side in (new, old) for index in (0, pairs - 1)))
    per_one = min(FINEST, finest * grain)
    gaps = (_block_means(new, pairs) - _block_means(old, pairs)) / grain  # (nights, cases, pairs)
    places = np.rint(gaps * per_one).astype(np.int64).reshape(len(new), -1) + per_one
    width = 2 * per_one + 1
    rows = np.arange(len(new))[:, None] * width
    counts = np.bincount((places + rows).ravel(), minlength=len(new) * width).reshape(len(new), width)
    return Met(counts, np.arange(-per_one, per_one + 1), per_one)


def _block_means(draws: NDArray[np.int16], pairs: int) -> Chances:
    """Return the means of what goes into each pair, shape (nights, cases, pairs)."""
    import numpy as np  # noqa: PLC0415 - as above

    if draws.shape[2] == pairs:
        return draws.astype(np.float64)
    sizes = np.array([_part(draws.shape[2], pairs, index) for index in range(pairs)])
    sums = np.add.reduceat(draws, np.cumsum(sizes) - sizes, axis=2)
    means: Chances = sums / sizes
    return means


def dropped(chances: Chances, weights: Chances, drop: float) -> Chances:
    """Lower chances evenly, those near 0 to 0 and the others by more, until their mean has dropped.

    Args:
        chances: Of groups of cases, shape (groups,).
        weights: How much of the cases each group is; they sum to 1.
        drop: From 0 to the mean.
    """
    import numpy as np  # noqa: PLC0415 - as above

    order = np.argsort(chances, kind="stable")
    rising, heavy = chances[order], weights[order]
    left = np.cumsum(heavy[::-1])[::-1]  # weight of a group and of all above it
    before = np.concatenate([[0.0], np.cumsum(rising * heavy)[:-1]])
    most = before + rising * left  # drop of the mean if all of them lost what the group has
    index = min(int(np.searchsorted(most, drop - 1e-15)), len(rising) - 1)
    level = (drop - before[index]) / left[index] if left[index] > 0 else rising[index]
    lower: Chances = np.maximum(chances - max(level, 0.0), 0.0)
    return lower
