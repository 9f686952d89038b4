"""Adjusted p: published numbers, statsmodels, scipy and properties."""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.multiplicity import benjamini_hochberg, holm

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISHED = [0.001, 0.012, 0.021, 0.04, 0.3]
FAMILIES = st.lists(st.none() | st.floats(0, 1), max_size=12)


def _known(p_values: list[float | None]) -> list[float]:
    return [value for value in p_values if value is not None]


def test_holm_gives_the_published_numbers() -> None:
    """Two of five stand at 0.05."""
    adjusted = _known(holm(PUBLISHED))
    assert adjusted == pytest.approx([0.005, 0.048, 0.063, 0.08, 0.3])
    assert sum(value <= 0.05 for value in adjusted) == 2


def test_benjamini_hochberg_gives_the_published_numbers() -> None:
    """Four of five stand at 0.05."""
    adjusted = _known(benjamini_hochberg(PUBLISHED))
    assert adjusted == pytest.approx([0.005, 0.03, 0.035, 0.05, 0.3])
    assert sum(value <= 0.05 + 1e-12 for value in adjusted) == 4


@pytest.mark.parametrize("seed", range(20))
def test_statsmodels_and_scipy_give_the_same(seed: int) -> None:
    """Independent implementations, ties and order included."""
    chance = np.random.default_rng(seed)
    p_values: list[float] = np.round(chance.random(12) ** 3, 2)[: chance.integers(1, 13)].tolist()
    multitest: Any = import_module("statsmodels.stats.multitest")
    stats: Any = import_module("scipy.stats")
    assert holm(p_values) == pytest.approx(list(multitest.multipletests(p_values, method="holm")[1]))
    assert benjamini_hochberg(p_values) == pytest.approx(list(stats.false_discovery_control(p_values)))


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@given(p_values=FAMILIES)
def test_what_was_not_tested_is_no_member(
    adjust: Callable[[list[float | None]], list[float | None]], p_values: list[float | None]
) -> None:
    """None stays where it is, and the rest come out as without it; no p gets less, and their order stays."""
    adjusted = adjust(p_values)
    assert [value is None for value in adjusted] == [value is None for value in p_values]
    alone = adjust([value for value in p_values if value is not None])
    assert _known(adjusted) == _known(alone)
    pairs = sorted(zip(_known(p_values), _known(adjusted), strict=True))
    assert all(raw <= corrected * (1 + 1e-12) <= 1 + 1e-11 for raw, corrected in pairs)
    assert [corrected for _, corrected in pairs] == sorted(_known(adjusted))


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
def test_a_family_may_be_empty_or_single(adjust: Callable[[list[float | None]], list[float | None]]) -> None:
    """Nothing to correct."""
    assert adjust([]) == []
    assert adjust([None]) == [None]
    assert adjust([None, 0.03]) == [None, 0.03]


@pytest.mark.parametrize("adjust", [holm, benjamini_hochberg])
@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan], ids=str)
def test_what_is_no_p_is_refused(adjust: Callable[[list[float | None]], list[float | None]], value: float) -> None:
    """The message names the value."""
    with pytest.raises(ValueError, match=f"between 0 and 1, got {value}"):
        adjust([0.5, value])
