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


def reference(counts: Sequence[Sequence[int]], *, quadratic: bool) -> Any:  # noqa: ANN401 - it has no types
    """Return what statsmodels says."""
    array: Any = import_module("numpy").array(counts)
    raters: Any = import_module("statsmodels.stats.inter_rater")
    return raters.cohens_kappa(array, wt="quadratic" if quadratic else None)


@settings(max_examples=150)
@given(counts=TABLES, quadratic=st.booleans())
def test_kappa_agrees_with_statsmodels(counts: list[list[int]], *, quadratic: bool) -> None:
    """Estimate and interval, plain and weighted, wherever both are defined."""
    found = cohen_kappa(counts, quadratic=quadratic)
    if found.estimate is None or found.low is None or found.high is None:
        return
    expected = reference(counts, quadratic=quadratic)
    assert found.estimate == pytest.approx(float(expected.kappa), abs=1e-9)
    assert found.low == pytest.approx(max(-1.0, float(expected.kappa_low)), abs=1e-7)
    assert found.high == pytest.approx(min(1.0, float(expected.kappa_upp)), abs=1e-7)


def test_a_worked_table() -> None:
    """Of 50 answers 35 agree, where chance gives a half: (0.7 - 0.5) / (1 - 0.5)."""
    found = cohen_kappa([[20, 5], [10, 15]])
    assert found.estimate == pytest.approx(0.4)
    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (0.1511, 0.6489)


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], [[9, 0], [0, 0]]])
def test_one_answer_alone_tells_nothing_of_agreement(counts: list[list[int]]) -> None:
    """Where nothing, or only one answer, was ever given, chance explains all."""
    assert cohen_kappa(counts) == Kappa(None, None, None)


def test_full_agreement_feigns_no_certainty() -> None:
    """The standard error is 0 then, and an interval of no width would be wrong."""
    assert cohen_kappa([[5, 0], [0, 5]]) == Kappa(1.0, None, None)


def test_a_near_miss_weighs_less_than_a_far_one() -> None:
    """With weights, grades one apart agree more than grades two apart."""
    near, far = [[3, 2, 0], [0, 3, 2], [0, 0, 3]], [[3, 0, 2], [0, 3, 0], [2, 0, 3]]
    assert (cohen_kappa(near, quadratic=True).estimate or 0) > (cohen_kappa(far, quadratic=True).estimate or 0)
