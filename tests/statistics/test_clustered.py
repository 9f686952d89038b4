"""Means over clusters, held against published numbers, statsmodels and scipy."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.clustered import Bootstrap, cluster_bootstrap, mean_of_clusters, paired_difference

CLUSTERS = [[1.0, 1.0, 1.0], [0.0, 0.0], [1.0, 0.0, 1.0], [1.0, 1.0]]
VALUES = st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=4), min_size=2, max_size=8)


def drawn(cases: int, seed: int) -> list[list[float]]:
    """Draw cases of one to five scores that differ in how hard they are."""
    chance = np.random.default_rng(seed)
    return [
        chance.beta(9 * mean + 0.5, 9.5 - 9 * mean, chance.integers(1, 6)).tolist() for mean in chance.random(cases)
    ]


def test_the_published_clusters() -> None:
    """Miller's four clusters have the mean .7 with .204613, from .177200 by the factor for few clusters."""
    found = mean_of_clusters(CLUSTERS)
    assert found is not None
    assert found.standard_error is not None
    assert found.mean == pytest.approx(0.7)
    assert found.clusters == 4
    assert found.standard_error == pytest.approx(0.204613, abs=5e-7)
    assert found.standard_error * math.sqrt(3 / 4) == pytest.approx(0.177200, abs=5e-7)


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("cases", [2, 5, 40])
def test_statsmodels_gives_the_same_interval(cases: int, level: float) -> None:
    """A regression on a constant with errors by cluster, and t with G - 1 degrees, has the same ends."""
    clusters = drawn(cases, seed=cases)
    regression: Any = import_module("statsmodels.regression.linear_model")  # it has no types to import by name
    values = np.concatenate(clusters)
    groups = np.repeat(np.arange(cases), [len(cluster) for cluster in clusters])
    fitted = regression.OLS(values, np.ones_like(values)).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    found = mean_of_clusters(clusters, level=level)
    assert found is not None
    assert [found.low, found.high] == pytest.approx(fitted.conf_int(1 - level)[0].tolist(), rel=1e-9)


def test_the_published_pair() -> None:
    """Ten pairs of verdicts differ by .3 with .152753, less than the .223607 of two unpaired samples."""
    first, second = ([[float(verdict)] for verdict in verdicts] for verdicts in ("1101101110", "1001001100"))
    found = paired_difference(first, second)
    assert found is not None
    assert (found.mean, found.standard_error) == pytest.approx((0.3, 0.152753), abs=5e-7)
    errors = [each.standard_error for each in map(mean_of_clusters, (first, second)) if each and each.standard_error]
    assert math.hypot(*errors) == pytest.approx(0.223607, abs=5e-7)


@given(VALUES)
def test_a_run_against_nothing_is_the_mean_over_cases(cases: list[list[float]]) -> None:
    """Taking a run of zeros away, of whatever size, leaves the mean over cases and its t interval."""
    statistics: Any = import_module("scipy.stats")  # typed too narrowly for a frozen distribution
    found = paired_difference(cases, [[0.0] * (len(cases) - index) for index in range(len(cases))])
    means = [math.fsum(case) / len(case) for case in cases]
    assert found is not None
    assert found.low is not None
    assert found.mean == pytest.approx(math.fsum(means) / len(means))
    error = np.std(means, ddof=1) / math.sqrt(len(means))
    assert found.mean - found.low == pytest.approx(statistics.t.ppf(0.975, len(means) - 1) * error, abs=1e-9)


def test_cases_without_draws_are_left_out() -> None:
    """A case that one run has nothing of says nothing about the difference, nor an empty one about a mean."""
    assert paired_difference([[1.0], [], [0.0]], [[0.5], [1.0], []]) == paired_difference([[1.0]], [[0.5]])
    assert mean_of_clusters([*CLUSTERS, []]) == mean_of_clusters(CLUSTERS)
    assert cluster_bootstrap([*CLUSTERS, []]) == cluster_bootstrap(CLUSTERS)


def test_one_cluster_has_a_mean_without_an_error() -> None:
    """How far another cluster would stray cannot be known from one, nor be resampled."""
    for found in (mean_of_clusters([[1.0, 0.0]]), paired_difference([[1.0]], [[0.5, 0.5]])):
        assert found is not None
        assert (found.mean, found.standard_error, found.low, found.high, found.clusters) == (0.5, None, None, None, 1)
    assert cluster_bootstrap([[1.0, 0.0]]) is None


def test_without_values_there_is_nothing() -> None:
    """No cases, or none with a value, have no mean."""
    assert mean_of_clusters([]) is mean_of_clusters([[]]) is None
    assert paired_difference([], []) is paired_difference([[1.0]], [[]]) is None
    assert cluster_bootstrap([]) is None


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_clusters_that_agree_leave_no_width(method: Bootstrap) -> None:
    """Without variance t and bootstrap are both certain, which is why nothing rests on them near the ends."""
    clusters = [[0.1, 0.1, 0.1], [0.1], [0.1, 0.1]]
    resampled = cluster_bootstrap(clusters, method=method)
    assert resampled is not None
    assert (resampled.low, resampled.high) == pytest.approx((0.1, 0.1))
    found = mean_of_clusters(clusters)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.1, 0.1))


@pytest.mark.parametrize("method", ["percentile", "bca"])
def test_scipy_resamples_to_the_same_ends(method: Bootstrap) -> None:
    """With one skewed value a case, both programs' 95 % intervals agree within their random error."""
    statistics: Any = import_module("scipy.stats")  # typed too narrowly for the method as a variable
    values = np.random.default_rng(5).exponential(size=25)
    theirs = statistics.bootstrap(
        (values,), np.mean, n_resamples=20_000, method=method, rng=np.random.default_rng(1)
    ).confidence_interval
    ours = cluster_bootstrap(values[:, None].tolist(), method=method, resamples=20_000)
    assert ours is not None
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.02)


def test_whole_clusters_are_resampled() -> None:
    """Repeating every value of a case ten times leaves the interval of the cases where it was."""
    cases = [[value] for value in np.random.default_rng(2).random(12).tolist()]
    ours = cluster_bootstrap(cases)
    repeated = cluster_bootstrap([case * 10 for case in cases])
    assert ours is not None
    assert repeated is not None
    assert (repeated.low, repeated.high) == pytest.approx((ours.low, ours.high), rel=1e-9)


@given(VALUES, st.sampled_from(["percentile", "bca"]))
def test_the_ends_lie_between_the_worst_and_the_best_cluster(clusters: list[list[float]], method: Bootstrap) -> None:
    """Resampling adds nothing that was not there, and the ends stand in order."""
    means = [math.fsum(cluster) / len(cluster) for cluster in clusters]
    found = cluster_bootstrap(clusters, method=method, resamples=99)
    assert found is not None
    assert min(means) - 1e-9 <= found.low <= found.high + 1e-9 <= max(means) + 2e-9


def test_the_seed_fixes_the_interval() -> None:
    """The same seed gives the same ends, another seed slightly different ones."""
    clusters = drawn(10, seed=4)
    assert cluster_bootstrap(clusters, seed=1) == cluster_bootstrap(clusters, seed=1)
    assert cluster_bootstrap(clusters, seed=1) != cluster_bootstrap(clusters, seed=2)


@pytest.mark.parametrize("level", [0.0, 1.0, math.nan])
def test_levels_that_are_none_are_refused(level: float) -> None:
    """An interval that holds nothing, or everything, is no interval."""
    with pytest.raises(ValueError, match="level must lie above 0 and below 1"):
        mean_of_clusters(CLUSTERS, level=level)
    with pytest.raises(ValueError, match="level must lie above 0 and below 1"):
        paired_difference(CLUSTERS, CLUSTERS, level=level)
    with pytest.raises(ValueError, match="level must lie above 0 and below 1"):
        cluster_bootstrap(CLUSTERS, level=level)


def test_no_resamples_are_refused() -> None:
    """Quantiles of nothing do not exist."""
    with pytest.raises(ValueError, match="resamples must be at least 1"):
        cluster_bootstrap(CLUSTERS, resamples=0)
