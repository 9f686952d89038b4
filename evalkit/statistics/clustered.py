"""Means of values that come in clusters: a case with its repeats, say, or a document with its questions.

A second draw of the same case says less than another case would. So what is independent is the cluster, whatever its
size, and every error here is made from how far whole clusters stray.

These are the intervals other tools print, for comparing with them and for measures without a range. With few clusters
of scores near an end of their range they claim too much (`bounds` has what holds there): five cases without a miss have
no variance, and both t and bootstrap would be certain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from math import fsum
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.statistics.standard_errors import error_of_mean, error_of_ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

Bootstrap: TypeAlias = Literal["percentile", "bca"]
"""Which quantiles of the resampled means are the ends: the plain ones, or ones corrected for bias and skewness."""

_CHUNK = 4_000_000  # numbers held at once while resampling


@dataclass(frozen=True, slots=True)
class ClusteredMean:
    """A mean and how far it may stray, with the cluster as the unit.

    Attributes:
        mean: The estimate.
        standard_error: None where there is one cluster only.
        low: Lower end of the t interval; None where there is no standard error.
        high: Upper end.
        clusters: How many there are.
    """

    mean: float
    standard_error: float | None
    low: float | None
    high: float | None
    clusters: int


@dataclass(frozen=True, slots=True)
class Resampled:
    """The ends of a bootstrap interval."""

    low: float
    high: float


def mean_of_clusters(clusters: Sequence[Sequence[float]], *, level: float = 0.95) -> ClusteredMean | None:
    """Estimate the mean of all values, each with the same weight.

    Args:
        clusters: The values of each; empty ones are left out.
        level: Of the t interval with one degree of freedom fewer than there are clusters; above 0 and below 1.

    Returns:
        The mean with its error by clusters, which has the factor G / (G - 1) for G of them; None without values.

    Raises:
        ValueError: `level` lies outside its range.

    Source: Liang and Zeger 1986, Biometrika 73; Miller 2024, arXiv 2411.00640; for the degrees of freedom Cameron and
    Miller 2015, "A practitioner's guide to cluster-robust inference", Journal of Human Resources 50.

    >>> found = mean_of_clusters([[1, 1, 1], [0, 0], [1, 0, 1], [1, 1]])
    >>> round(found.mean, 1), round(found.standard_error, 6)
    (0.7, 0.204613)
    """
    _check(level)
    sums, sizes = _totals(clusters)
    if not sums:
        return None
    return _with_interval(fsum(sums) / fsum(sizes), error_of_ratio(sums, sizes), len(sums), level)


def paired_difference(
    first: Sequence[Sequence[float]], second: Sequence[Sequence[float]], *, level: float = 0.95
) -> ClusteredMean | None:
    """Estimate by how much the first of two runs over the same cases lies above the second.

    The draws of a case are averaged within each run before they are compared, so that every case weighs the same and
    what makes a case hard for both runs cancels.

    Args:
        first: The draws of each case in one run.
        second: Those of the same cases in the other, in the same order; not necessarily as many.
        level: As for `mean_of_clusters`.

    Returns:
        The mean difference over the cases that both runs have draws of; None when there are none.

    Raises:
        ValueError: `level` lies outside its range, or the runs do not have the same number of cases.
    """
    _check(level)
    differences = [
        fsum(one) / len(one) - fsum(other) / len(other)
        for one, other in zip(first, second, strict=True)
        if one and other
    ]
    if not differences:
        return None
    mean = fsum(differences) / len(differences)
    return _with_interval(mean, error_of_mean(differences), len(differences), level)


def cluster_bootstrap(
    clusters: Sequence[Sequence[float]],
    *,
    level: float = 0.95,
    method: Bootstrap = "bca",
    resamples: int = 9999,
    seed: int = 0,
) -> Resampled | None:
    """Return the ends between which the mean of all values falls when whole clusters are drawn anew.

    Args:
        clusters: The values of each; empty ones are left out.
        level: Share of the resampled means that the interval holds; above 0 and below 1.
        method: See `Bootstrap`.
        resamples: How often as many clusters as there are get drawn, with replacement; at least 1.
        seed: Of the drawing; the same seed gives the same interval.

    Returns:
        The interval, which is a single point when all clusters have the same mean; None below two clusters.

    Raises:
        ValueError: `level` or `resamples` lies outside its range.

    Source: Efron 1987, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82;
    Davison and Hinkley 1997, "Bootstrap Methods and Their Application", section 3.8, for clusters.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    _check(level)
    if resamples < 1:
        raise ValueError(f"resamples must be at least 1, got {resamples}")
    totals, counts = _totals(clusters)
    if len(totals) < 2:
        return None
    sums, sizes = np.array(totals), np.array(counts)
    if np.ptp(sums / sizes) == 0:
        return Resampled(totals[0] / counts[0], totals[0] / counts[0])
    means = np.concatenate(list(_resampled(sums, sizes, resamples, seed)))
    shares = (1 - level) / 2, (1 + level) / 2
    if method == "bca":
        shares = _corrected(shares, means, sums, sizes)
    low, high = np.quantile(means, shares).tolist()
    return Resampled(low, high)


def _check(level: float) -> None:
    if not 0 < level < 1:  # true for NaN, too
        raise ValueError(f"level must lie above 0 and below 1, got {level}")


def _totals(clusters: Sequence[Sequence[float]]) -> tuple[list[float], list[float]]:
    """Return the sum and the number of the values of each cluster that has any."""
    filled = [cluster for cluster in clusters if cluster]
    return [fsum(cluster) for cluster in filled], [float(len(cluster)) for cluster in filled]


def _with_interval(mean: float, error: float | None, clusters: int, level: float) -> ClusteredMean:
    from scipy.special import stdtrit

    if error is None:
        return ClusteredMean(mean, None, None, None, clusters)
    half = float(stdtrit(clusters - 1, (1 + level) / 2)) * error
    return ClusteredMean(mean, error, mean - half, mean + half, clusters)


def _resampled(
    sums: NDArray[np.float64], sizes: NDArray[np.float64], resamples: int, seed: int
) -> Iterator[NDArray[np.float64]]:
    """Yield the means of samples of clusters, some at a time."""
    import numpy as np  # noqa: PLC0415 - as above

    chance, count = np.random.default_rng(seed), len(sums)
    at_once = max(1, _CHUNK // count)
    for start in range(0, resamples, at_once):
        rows = min(at_once, resamples - start)
        drawn = chance.multinomial(count, np.full(count, 1 / count), rows)  # (resample, cluster): how often it is drawn
        yield (drawn @ sums) / (drawn @ sizes)


def _corrected(
    shares: tuple[float, float],
    means: NDArray[np.float64],
    sums: NDArray[np.float64],
    sizes: NDArray[np.float64],
) -> tuple[float, float]:
    """Move the shares at which the ends lie, for how lopsided the resampled means lie around the mean itself."""
    import numpy as np  # noqa: PLC0415 - as above
    from scipy.special import ndtr, ndtri

    mean = sums.sum() / sizes.sum()
    slack = 1e-12 * float(np.abs(means).max())  # the same clusters in another order differ in the last digit
    at_most, less = np.count_nonzero(means <= mean + slack), np.count_nonzero(means < mean - slack)
    below = (at_most + less) / (2 * len(means))
    bias = ndtri(min(max(below, 0.5 / len(means)), 1 - 0.5 / len(means)))
    without = (sums.sum() - sums) / (sizes.sum() - sizes)
    strayed = without.mean() - without
    squares = float((strayed**2).sum())
    skewness = float((strayed**3).sum()) / (6 * math.pow(squares, 1.5)) if squares > 0 else 0.0
    scores = bias + ndtri(np.array(shares))
    low, high = ndtr(bias + scores / np.maximum(1 - skewness * scores, 1e-12)).tolist()
    return low, high
