"""Levels, counts and quantiles that other functions share."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.levels import check_counts, check_inside, normal_quantile


@pytest.mark.parametrize("value", [0, 1, -0.1, 1.5, math.nan], ids=str)
def test_a_level_of_0_or_1_is_refused_by_name(value: float) -> None:
    """The message says which argument it is and what it was."""
    with pytest.raises(ValueError, match=f"alpha must lie above 0 and below 1, got {value}"):
        check_inside("alpha", value)


def test_a_level_between_is_fine() -> None:
    """Small ones as well."""
    check_inside("alpha", 1e-9)


def test_a_negative_count_is_refused_by_name() -> None:
    """The others are not."""
    with pytest.raises(ValueError, match="only_new must not be below 0, got -1"):
        check_counts(only_old=0, only_new=-1)


@given(chance=st.floats(1e-12, 1 - 1e-12))
def test_quantiles_agree_with_scipy(chance: float) -> None:
    """An independent implementation gives the same, far out as well."""
    from scipy.special import ndtri

    assert normal_quantile(chance) == pytest.approx(float(ndtri(chance)), rel=1e-9, abs=1e-9)
