"""Whether two runs answer alike: a test of whether, case by case, their draws come from one distribution.

The maximum mean discrepancy is the distance between the means of two samples in a space of features as rich as the
kernel makes it. If nothing has changed, which of a case's draws came from which run is chance: relabelling them inside
the case, and never across cases, gives the distribution of the distance. So the p-value is exact whatever the kernel,
and cases may be as different as they like.

A small p says that the answers differ in distribution. It does not say that they are worse.

Sources: Gretton et al. 2012, "A kernel two-sample test", Journal of Machine Learning Research 13; Gao, Liang and
Guestrin 2024, "Model equality testing", arXiv 2410.20247, for adding over prompts.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb, prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import ArrayLike, NDArray

_SLACK = 1e-12
"""Relative difference below which two distances are the same but for rounding."""


@dataclass(frozen=True, slots=True)
class PooledCase:
    """The draws of one case from both runs.

    Attributes:
        kernel: How alike any two draws are, of the shape (draw, draw) and symmetric; those of the first run come first.
        first: How many draws of the first run there are.

    Raises:
        ValueError: The kernel is not square, or has fewer draws than `first`.
    """

    kernel: NDArray[np.float64]
    first: int

    def __post_init__(self) -> None:
        shape = self.kernel.shape
        if len(shape) != 2 or shape[0] != shape[1] or not 0 <= self.first <= shape[0]:
            raise ValueError(f"a kernel must be square, got {shape} with {self.first} draws of the first run")

    @property
    def second(self) -> int:
        """How many draws of the second run there are."""
        return len(self.kernel) - self.first


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """How far two runs lie apart.

    Attributes:
        squared: The squared distance without bias, averaged over cases: about 0 or below when nothing has changed.
        p: Chance of a distance at least as great when nothing has changed.
        smallest_p: Least p that relabelling draws like these could give; nothing above a level can ever reject at it.
        cases: How many cases the test rests on; those with one draw of a run, or none, are left out.
        relabellings: How many were tried.
        exact: Whether they are all there are.
    """

    squared: float
    p: float
    smallest_p: float
    cases: int
    relabellings: int
    exact: bool


def gaussian_case(first: ArrayLike, second: ArrayLike) -> PooledCase:
    """Compare the draws of one case by a Gaussian kernel, which sees any difference between distributions.

    Args:
        first: Features of the first run's draws, of the shape (draw, feature).
        second: Those of the second run's.

    Returns:
        The case, with the median distance between two draws that differ as the kernel's width.

    Raises:
        ValueError: The draws do not all have the same features.

    Source: Gretton et al. 2012, section 8, for the median.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.ndim != 2 or other.ndim != 2 or one.shape[1] != other.shape[1]:
        raise ValueError(f"features must have the shape (draw, feature), got {one.shape} and {other.shape}")
    pooled = np.concatenate([one, other])
    pooled = pooled - pooled.mean(axis=0) if len(pooled) else pooled  # the squares of large numbers would lose digits
    squares = (pooled**2).sum(axis=1)
    distances = np.maximum(squares[:, None] + squares - 2 * np.einsum("if,jf->ij", pooled, pooled), 0.0)
    distances[distances <= _SLACK * squares.max(initial=0.0)] = 0.0
    apart = distances[distances > 0]
    width = float(np.median(apart)) if len(apart) else 1.0
    return PooledCase(np.exp(-distances / (2 * width)), len(one))


def discrepancy_test(cases: Sequence[PooledCase], *, resamples: int = 1999, seed: int = 0) -> Discrepancy | None:
    """Test whether the draws of both runs come from the same distribution in every case.

    Args:
        cases: The cases that both runs have.
        resamples: How many random relabellings to try; where there are no more than that in all, each is tried once.
        seed: Of the relabelling; the same seed gives the same p.

    Returns:
        The distance with p = (1 + b) / (1 + resamples), where b relabellings come at least as far; None when no case
        has two draws of each run.

    Raises:
        ValueError: `resamples` is below 1.

    Source: Phipson and Smyth 2010, "Permutation p-values should never be zero", Statistical Applications in Genetics
    and Molecular Biology 9.
    """
    import numpy as np  # noqa: PLC0415 - as above

    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, got {resamples}")
    usable = [case for case in cases if case.first >= 2 and case.second >= 2]
    if not usable:
        return None
    observed = sum(float(_squared(case, _as_drawn(case))[0]) for case in usable)
    slack = _SLACK * len(usable) * max(float(np.abs(case.kernel).max()) for case in usable)
    exact = prod(comb(len(case.kernel), case.first) for case in usable) <= resamples
    tried, floor = np.zeros(1), 1.0
    chance = np.random.default_rng(seed)
    for case in usable:
        labels = np.array(list(_all_labels(case))) if exact else _random_labels(case, resamples, chance)
        squared = _squared(case, labels)
        # All relabellings of one case meet all of another, while the random ones go on side by side.
        tried = (tried[:, None] + squared).ravel() if exact else tried + squared
        floor *= 1.0 if np.ptp(squared) <= slack else _share_of_the_same(case)
    reached = int(np.count_nonzero(tried >= observed - slack))
    if exact:
        p = reached / len(tried)
        smallest = int(np.count_nonzero(tried >= tried.max() - slack)) / len(tried)
    else:
        p = (1 + reached) / (1 + resamples)
        smallest = max(floor, 1 / (1 + resamples))
    return Discrepancy(observed / len(usable), p, smallest, len(usable), len(tried), exact)


def _squared(case: PooledCase, labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the squared distance without bias for each labelling.

    Args:
        case: With N draws.
        labels: 1 for a draw of the first run, 0 for one of the second, of the shape (labelling, N).
    """
    import numpy as np  # noqa: PLC0415 - as above

    first, second = case.first, case.second
    kernel = case.kernel.copy()
    np.fill_diagonal(kernel, 0.0)  # how alike a draw is to itself says nothing
    # Not `@`, whose threads cost more than they save on matrices as small as these.
    to_first = np.einsum("ln,nm->lm", labels, kernel)  # (labelling, N)
    within_first = (to_first * labels).sum(axis=1)
    across = to_first.sum(axis=1) - within_first
    within_second = kernel.sum() - within_first - 2 * across
    inside = within_first / (first * (first - 1)) + within_second / (second * (second - 1))
    squared: NDArray[np.float64] = inside - 2 * across / (first * second)
    return squared


def _as_drawn(case: PooledCase) -> NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415 - as above

    return (np.arange(len(case.kernel)) < case.first).astype(np.float64)[None, :]


def _random_labels(case: PooledCase, count: int, chance: np.random.Generator) -> NDArray[np.float64]:
    import numpy as np  # noqa: PLC0415 - as above

    return chance.permuted(np.repeat(_as_drawn(case), count, axis=0), axis=1)


def _all_labels(case: PooledCase) -> Iterator[list[float]]:
    draws = range(len(case.kernel))
    for chosen in combinations(draws, case.first):
        yield [float(draw in chosen) for draw in draws]


def _share_of_the_same(case: PooledCase) -> float:
    """Return the share of relabellings that no distance can tell from a given one.

    With as many draws of one run as of the other, exchanging all of them leaves the distance as it is.
    """
    return (2 if case.first == case.second else 1) / comb(len(case.kernel), case.first)
