"""Sums with random signs: each way of counting, held against enumeration and against counting them all."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.random_signs import (
    Tails,
    countable,
    enumerable,
    enumerated_tails,
    lattice_saddlepoint_tails,
    lattice_tails,
    rounded_tails,
    saddlepoint_tails,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS = st.lists(st.tuples(st.integers(1, 9), st.booleans()), max_size=9)
UNIT = np.float64(np.pi / 1000)


def _by_hand(sizes: NDArray[np.float64], flipped: float) -> Tails:
    total = sizes.sum() - 2 * flipped
    sums = np.array([float(np.dot(signs, sizes)) for signs in product((1, -1), repeat=len(sizes))])
    return Tails(below=float((sums <= total + 1e-9).mean()), above=float((sums >= total - 1e-9).mean()))


def _drawn(shape: str, count: int) -> NDArray[np.int64]:
    chance = np.random.default_rng(count)
    sizes = {
        "uniform": chance.integers(1, 500, size=count),
        "skewed": 1 + 500 * chance.beta(0.3, 2, size=count),
        "log-normal": 1 + 50 * np.exp(1.5 * chance.normal(size=count)),
        "nearly equal": 500 - chance.integers(0, 8, size=count),
    }
    return sizes[shape].astype(np.int64)


@given(signed=STEPS)
def test_counting_on_a_lattice_misses_no_sum(signed: list[tuple[int, bool]]) -> None:
    """Both tails are those of an enumeration of all signs."""
    steps = np.array([size for size, _ in signed], dtype=np.int64)
    flipped = sum(size for size, minus in signed if minus)
    expected, tails = _by_hand(steps.astype(float), flipped), lattice_tails(steps, flipped)
    assert (tails.below, tails.above) == pytest.approx((expected.below, expected.above), abs=1e-14)


@given(signed=STEPS)
def test_counting_by_halves_misses_no_sum(signed: list[tuple[int, bool]]) -> None:
    """The same for sizes without a common unit, equal ones and tied sums among them."""
    sizes = np.array([size * UNIT for size, _ in signed])
    flipped = sum(size for size, minus in signed if minus) * UNIT
    expected, tails = _by_hand(sizes, flipped), enumerated_tails(sizes, flipped, slack=1e-12)
    assert (tails.below, tails.above) == pytest.approx((expected.below, expected.above), abs=1e-14)


def test_many_equal_sizes_are_enumerated() -> None:
    """300 sizes of three kinds have few different sums; the result is that on the lattice."""
    steps = np.repeat([3, 250, 1000], [240, 30, 30])
    assert enumerable(steps * UNIT, slack=1e-12)
    flipped = 3 * 100 + 250 * 10 + 1000 * 12
    expected, tails = lattice_tails(steps, flipped), enumerated_tails(steps * UNIT, flipped * UNIT, slack=1e-9)
    assert (tails.below, tails.above) == pytest.approx((expected.below, expected.above), rel=1e-9)


@pytest.mark.parametrize(("count", "affordable"), [(0, True), (40, True), (41, False), (100_000, False)], ids=str)
def test_only_few_different_sizes_are_enumerated(count: int, affordable: bool) -> None:
    """Forty are, one more is not, and to find out takes no time for many."""
    assert enumerable(np.sqrt(np.arange(1.0, count + 1)), slack=1e-12) == affordable


def test_what_would_take_long_is_not_counted() -> None:
    """The time of counting goes with the number of sizes times their sum."""
    assert countable(np.full(400, 672))
    assert not countable(np.full(20_000, 1))


@pytest.mark.parametrize("shape", ["uniform", "skewed", "log-normal"])
@pytest.mark.parametrize("minus", [0.5, 0.4, 0.3])
def test_rounding_changes_little(shape: str, minus: float) -> None:
    """Rounded sizes give the exact chance to 0.3 %."""
    steps = _drawn(shape, 100)
    flips = np.random.default_rng(3).random(100) < minus
    expected, tails = lattice_tails(steps, int(steps[flips].sum())), rounded_tails(steps * UNIT, flips)
    assert (tails.below, tails.above) == pytest.approx((expected.below, expected.above), rel=3e-3)


@pytest.mark.parametrize(
    ("shape", "error"), [("uniform", 0.001), ("skewed", 0.005), ("log-normal", 0.005), ("nearly equal", 0.03)]
)
@pytest.mark.parametrize("deviations", [-5, -1, 0, 0.3, 2, 4, 5.8])
def test_the_saddlepoint_is_as_close_as_it_says(shape: str, error: float, deviations: float) -> None:
    """From the middle to chances of 1e-9, on both sides."""
    steps = _drawn(shape, 400)
    most = int(steps.sum())
    flipped = (most - int(deviations * np.sqrt(np.square(steps).sum()))) // 2
    expected = lattice_tails(steps, flipped)
    tails = saddlepoint_tails(steps * UNIT, (most - 2 * flipped) * UNIT, slack=1e-9)
    assert (tails.below, tails.above) == pytest.approx((expected.below, expected.above), rel=error, abs=1e-10)


@pytest.mark.parametrize("greatest", [1, 4, 100])
@pytest.mark.parametrize("deviations", [-5, -1, 0, 0.3, 2, 4, 5.8])
def test_the_saddlepoint_heeds_the_lattice(greatest: int, deviations: float) -> None:
    """Where neighbouring sums are apart, the chance of the sum itself is counted in on both sides."""
    steps = np.random.default_rng(5).integers(1, greatest + 1, size=300)
    flipped = (int(steps.sum()) - int(deviations * np.sqrt(np.square(steps).sum()))) // 2
    expected, tails = lattice_tails(steps, flipped), lattice_saddlepoint_tails(steps, flipped)
    assert (tails.below, tails.above) == pytest.approx((expected.below, expected.above), rel=1e-4)


@pytest.mark.parametrize("flipped", [0, 300])
def test_the_outermost_sum_has_one_way(flipped: int) -> None:
    """Where all signs are the same, the approximations are exact, too."""
    ones = np.ones(300, dtype=np.int64)
    tails = lattice_saddlepoint_tails(ones, flipped)
    assert min(tails.below, tails.above) == 0.5**300
    assert max(tails.below, tails.above) == 1
