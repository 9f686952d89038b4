"""Cohen's kappa, against statsmodels and worked numbers."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.statistics.kappa import Kappa, cohen_kappa

if TYPE_CHECKING:
    from collections.abc import Sequence

TABLES = st.integers(2, 5).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, 40), min_size=size, max_size=size), min_size=size, max_size=size)
)


def reference(counts: Sequence[Sequence[int]], *, quadratic: bool) -> float:
    """Return what statsmodels says; of its standard errors, which it cannot always compute, nothing is asked."""
    array: Any = import_module("numpy").array(counts)
    raters: Any = import_module("statsmodels.stats.inter_rater")
    return float(raters.cohens_kappa(array, wt="quadratic" if quadratic else None, return_results=False))


@settings(max_examples=100, deadline=None)
@given(counts=TABLES, quadratic=st.booleans())
def test_kappa_agrees_with_statsmodels(counts: list[list[int]], *, quadratic: bool) -> None:
    """The estimate, plain and weighted; the interval holds it and ends at 1."""
    found = cohen_kappa(counts, quadratic=quadratic)
    if found.estimate is None:
        assert (found.low, found.high) == (None, None)
        return
    assert found.estimate == pytest.approx(reference(counts, quadratic=quadratic), abs=1e-9)
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low <= found.estimate <= found.high <= 1 + 1e-12


def test_a_worked_table() -> None:
    """Of 50 answers 35 agree, where chance gives a half; exact limits of 35/50 are .5539 and .8214."""
    found = cohen_kappa([[20, 5], [10, 15]])
    assert found.estimate == pytest.approx(0.4)
    assert (found.low, found.high) == pytest.approx((2 * 0.553933 - 1, 2 * 0.821401 - 1), abs=1e-4)


@pytest.mark.parametrize(("labels", "share", "hit"), [(20, 0.5, 0.9), (20, 0.8, 0.98), (50, 0.5, 0.98), (50, 0.8, 0.9)])
def test_interval_covers(labels: int, share: float, hit: float) -> None:
    """Where the large-sample interval covers 32 to 90 % of the time, this one does so 94 % of it."""
    numpy: Any = import_module("numpy")
    chances = [share * hit, share * (1 - hit), (1 - share) * (1 - hit), (1 - share) * hit]
    rows, columns = (
        (chances[0] + chances[1], chances[2] + chances[3]),
        (chances[0] + chances[2], chances[1] + chances[3]),
    )
    by_chance = rows[0] * columns[0] + rows[1] * columns[1]
    truth = (hit - by_chance) / (1 - by_chance)
    draws = numpy.random.default_rng(7).multinomial(labels, chances, 400).tolist()
    found = [cohen_kappa([draw[:2], draw[2:]]) for draw in draws]
    held = [each.low <= truth <= each.high for each in found if each.low is not None and each.high is not None]
    assert len(held) > 350
    assert sum(held) / len(held) >= 0.94


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], [[9, 0], [0, 0]]])
def test_one_answer_alone_tells_nothing_of_agreement(counts: list[list[int]]) -> None:
    """Where nothing, or only one answer, was ever given, chance explains all."""
    assert cohen_kappa(counts) == Kappa(None, None, None)


def test_full_agreement_feigns_no_certainty() -> None:
    """Ten labels without a disagreement leave room for some: 10 of 10 is at least .6915."""
    found = cohen_kappa([[5, 0], [0, 5]])
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx((0.691503 - 0.5) / 0.5, abs=1e-5)


def test_a_near_miss_weighs_less_than_a_far_one() -> None:
    """With weights, grades one apart agree more than grades two apart."""
    near, far = [[3, 2, 0], [0, 3, 2], [0, 0, 3]], [[3, 0, 2], [0, 3, 0], [2, 0, 3]]
    assert (cohen_kappa(near, quadratic=True).estimate or 0) > (cohen_kappa(far, quadratic=True).estimate or 0)
