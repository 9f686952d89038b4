"""Cohen's kappa against statsmodels, and its interval against simulation."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.kappa import Pair, agreement_beyond_chance

cohens_kappa: Any = import_module("statsmodels.stats.inter_rater").cohens_kappa  # ships no types
LABELS = ("no", "maybe", "yes")


def pairs_of(table: np.ndarray) -> list[Pair]:
    """Write a table of counts out as pairs, each a cluster of its own."""
    found: list[Pair] = []
    for one, row in enumerate(table):
        for other, count in enumerate(row):
            found += [Pair(LABELS[one], LABELS[other], (one, other, index)) for index in range(int(count))]
    return found


TABLES = st.lists(st.lists(st.integers(0, 9), min_size=3, max_size=3), min_size=3, max_size=3).map(np.array)


@given(table=TABLES)
def test_kappa_is_that_of_statsmodels(table: np.ndarray) -> None:
    """Both for names and for a scale with linear weights; the interval holds it and stays within -1 and 1."""
    pairs = pairs_of(table)
    for scale, weights in ((None, None), (LABELS, "linear")):
        found = agreement_beyond_chance(pairs, scale=scale)
        if found is None:
            assert not table.sum()
            continue
        rated = {label for pair in pairs for label in (pair.first, pair.second)}
        if found.kappa is None:
            assert len(rated) == 1
            continue
        reference = cohens_kappa(table, wt=weights, return_results=False)
        assert found.kappa == pytest.approx(max(-1, reference), abs=1e-12)
        assert found.low is not None
        assert found.high is not None
        assert -1 <= found.low <= found.kappa <= found.high <= 1
        assert found.pairs == table.sum()


def test_worked_numbers() -> None:
    """Two raters, 50 applicants: .7 observed, .5 by chance, kappa .4 (the textbook example)."""
    found = agreement_beyond_chance(pairs_of(np.array([[20, 0, 5], [0, 0, 0], [10, 0, 15]])))
    assert found is not None
    assert (found.observed, found.expected, found.kappa) == pytest.approx((0.7, 0.5, 0.4))
    assert found.confusion["no", "yes"] == 5


def test_raters_that_agree_on_everything_are_still_uncertain() -> None:
    """Ten labels without a disagreement do not prove that there is none; one label used alone proves nothing."""
    found = agreement_beyond_chance(pairs_of(np.diag([5, 0, 5])))
    assert found is not None
    assert found.kappa == 1
    assert found.low == pytest.approx((0.691503 - 0.5) / 0.5, abs=1e-5)
    only = agreement_beyond_chance(pairs_of(np.diag([5, 0, 0])))
    assert only is not None
    assert (only.kappa, only.low, only.high) == (None, None, None)


def test_pairs_of_one_cluster_count_as_one() -> None:
    """Repeating every answer of a case ten times makes nothing more certain."""
    once = [Pair(LABELS[index % 3 % 2], LABELS[index % 2], index) for index in range(12)]
    often = [Pair(pair.first, pair.second, pair.cluster) for pair in once for _ in range(10)]
    one, ten = agreement_beyond_chance(once), agreement_beyond_chance(often)
    assert one is not None
    assert ten is not None
    assert (ten.kappa, ten.low, ten.high) == pytest.approx((one.kappa, one.low, one.high), abs=0.01)


@pytest.mark.parametrize(("labels", "share", "hit"), [(20, 0.5, 0.9), (20, 0.8, 0.98), (50, 0.5, 0.98), (50, 0.8, 0.9)])
def test_interval_covers(labels: int, share: float, hit: float) -> None:
    """Where the usual interval covers 26 to 90 %, this one covers at least 94 %."""
    chances = np.array([share * hit, 0, share * (1 - hit), 0, 0, 0, (1 - share) * (1 - hit), 0, (1 - share) * hit])
    table = chances.reshape(3, 3)
    expected = float((table.sum(0) * table.sum(1)).sum())
    truth = (hit - expected) / (1 - expected)
    draws = np.random.default_rng(7).multinomial(labels, chances, 400)
    found = [agreement_beyond_chance(pairs_of(draw.reshape(3, 3))) for draw in draws]
    held = [
        each.low <= truth <= each.high
        for each in found
        if each is not None and each.low is not None and each.high is not None
    ]
    assert len(held) > 350
    assert np.mean(held) >= 0.94
