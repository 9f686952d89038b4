"""Tests of the evidence of many nights."""

from __future__ import annotations

import numpy as np
import pytest

from evalkit.statistics.batched import p_above_counts, p_below_counts
from evalkit.statistics.evidence import SIGN_FLIP_FROM, p_not_worse, p_worse
from evalkit.statistics.sign_flip import sign_flip

_STEPS = np.arange(-4, 5)


def _nights(units: int, shift: float, nights: int = 60) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    chance = np.random.default_rng(units)
    chances = np.exp(-((_STEPS / 4 - shift) ** 2) / 0.1)
    return chance.multinomial(units, chances / chances.sum(), nights)


@pytest.mark.parametrize("units", [5, 40, 200])
@pytest.mark.parametrize("shift", [-0.2, -0.05, 0.0])
def test_what_is_left_out_is_far_from_any_level(units: int, shift: float) -> None:
    """Nights get the bound's p, or 1 where that is above 0.09."""
    counts = _nights(units, shift)
    for found, whole in (
        (p_not_worse(counts, _STEPS, 4, 0.05), p_above_counts(counts, _STEPS / 4, -0.05)),
        (p_worse(counts, _STEPS, 4, 0.05, "suite"), p_below_counts(counts, _STEPS / 4, -0.05)),
    ):
        left_out = found == 1.0
        assert found[~left_out] == pytest.approx(whole[~left_out], rel=1e-9)
        assert whole[left_out].min(initial=1.0) > 0.09


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("margin", [0.0, 0.05, 0.013])
def test_harm_in_a_population_is_found_by_flipping_signs(margin: float, quick: bool) -> None:
    """From ten cases on, the evidence of harm is that of the sign-flip test, nearly so where it takes long."""
    counts = _nights(60, -0.1 - margin)
    found = p_worse(counts, _STEPS, 4, margin, "population", quick=quick)
    alone = [sign_flip((np.repeat(_STEPS, each) / 4 + margin).tolist()).p_below for each in counts]
    checked = found < 1
    assert checked.sum() > 10
    assert found[checked] == pytest.approx(np.array(alone)[checked], rel=0.05 if quick else 1e-6, abs=1e-6)


@pytest.mark.parametrize(("cases", "per_one"), [(30, 80), (120, 64), (400, 16)])
def test_flips_that_take_long_to_count_are_approximated(cases: int, per_one: int) -> None:
    """Where there are very many sums, the approximation is close at the levels that matter."""
    chance, steps = np.random.default_rng(cases), np.arange(-per_one, per_one + 1)
    chances = np.exp(-((steps / per_one + 0.1) ** 2) / (cases / 1000))
    counts = chance.multinomial(cases, chances / chances.sum(), 25)
    found = p_worse(counts, steps, per_one, 0.05, "population", quick=True)
    whole = p_worse(counts, steps, per_one, 0.05, "population")
    checked = whole > 1e-4
    assert found[checked] == pytest.approx(whole[checked], rel=0.05)


def test_a_high_level_leaves_nothing_out() -> None:
    """Held against a level above 0.05, every night gets its p, but for those on the wrong side of the margin."""
    counts = _nights(40, -0.05)
    found = p_worse(counts, _STEPS, 4, 0.0, "suite", level=0.3)
    assert found == pytest.approx(p_below_counts(counts, _STEPS / 4, 0.0))
    flipped = p_worse(counts, _STEPS, 4, 0.0, "population", level=0.3)
    below = counts @ _STEPS < 0
    alone = [sign_flip((np.repeat(_STEPS, each) / 4).tolist()).p_below for each in counts[below]]
    assert flipped[below] == pytest.approx(alone, rel=1e-6)
    assert (flipped[~below] > 0.5).all()


def test_few_cases_are_left_to_the_bound() -> None:
    """Below ten cases the bound looks for harm."""
    counts = _nights(SIGN_FLIP_FROM - 1, -0.6)
    found = p_worse(counts, _STEPS, 4, 0.0, "population")
    assert found == pytest.approx(p_below_counts(counts, _STEPS / 4, 0.0))


def test_differences_of_one_sign_have_one_way_to_be_so_far_out() -> None:
    """Where every case dropped, the p is that of one choice of signs, counted or approximated."""
    counts = np.zeros((1, 9), dtype=np.int64)
    counts[0, :4] = 15
    for quick in (False, True):
        assert p_worse(counts, _STEPS, 4, 0.0, "population", quick=quick)[0] == pytest.approx(0.5**60, rel=1e-3)
