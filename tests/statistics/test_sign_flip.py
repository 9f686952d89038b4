"""The sign-flip test: published numbers, scipy's permutation test, and properties."""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.sign_flip import sign_flip, sign_flip_counts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Literal

    from numpy.typing import NDArray

PUBLISHED = [0.2, 0.1, 0, 0.3, -0.1, 0.25, 0.05, 0.15]
DIFFERENCES = st.lists(st.floats(-1, 1), max_size=12)
EIGHTHS = st.lists(st.integers(-8, 8).map(lambda eighths: eighths / 8), max_size=30)


def _reference(differences: Sequence[float], alternative: Literal["less", "greater", "two-sided"]) -> float:
    stats: Any = import_module("scipy.stats")  # its types want a whole number of resamples

    def mean(drawn: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
        means: NDArray[np.float64] = drawn.mean(axis=axis)
        return means.round(12)  # ties would differ by rounding

    tested = stats.permutation_test(
        (np.array(differences),), mean, permutation_type="samples", n_resamples=math.inf, alternative=alternative
    )
    return float(tested.pvalue)


def test_the_published_example_comes_out() -> None:
    """Eight differences, one of them 0 and one against the rest, have p = 0.0625."""
    tested = sign_flip(PUBLISHED)
    assert tested.p_two_sided == 0.0625
    assert (tested.p_above, tested.nonzero, tested.method) == (0.03125, 7, "lattice")


def test_five_of_five_cannot_be_significant_on_two_sides() -> None:
    """All differences of one sign reach the smallest p, which at five is above 0.05."""
    tested = sign_flip([0.1, 0.2, 0.3, 0.4, 0.5])
    assert tested.p_two_sided == tested.smallest_two_sided_p == 0.0625
    assert tested.p_above == tested.smallest_p == 0.03125


@pytest.mark.parametrize("scale", [1.0, math.pi / 4], ids=["lattice", "no lattice"])
@pytest.mark.parametrize("seed", range(3))
def test_scipy_gives_the_same(scale: float, seed: int) -> None:
    """An independent implementation counts the same, with ties and zeros."""
    drawn = (np.random.default_rng(seed).integers(-4, 6, size=10) / 6 * scale).tolist()
    tested = sign_flip(drawn)
    assert tested.p_below == pytest.approx(_reference(drawn, "less"), abs=1e-12)
    assert tested.p_above == pytest.approx(_reference(drawn, "greater"), abs=1e-12)
    assert tested.p_two_sided == pytest.approx(_reference(drawn, "two-sided"), abs=1e-12)


@pytest.mark.parametrize(
    ("differences", "method"),
    [
        ([0.1, -0.2] * 200, "lattice"),
        ([math.sqrt(n) for n in range(2, 40)], "enumeration"),
        ([1.0, 0.0, -1.0] * 100, "enumeration"),
        ([math.sqrt(n) for n in range(2, 252)], "rounded"),
        ([math.sqrt(n) for n in range(2, 400)], "saddlepoint"),
        ([1.0, -1.0] * 15_000, "saddlepoint"),
    ],
    ids=["lattice", "few", "few kinds", "dozens", "hundreds", "thousands on a lattice"],
)
def test_it_counts_where_it_can(differences: list[float], method: str) -> None:
    """The way of counting follows from what it would cost."""
    shift = 0.0123456789 if method == "enumeration" else 0.0
    assert sign_flip(differences, shift=shift).method == method


def test_a_shift_that_is_met_is_no_difference() -> None:
    """What equals the shift but for rounding has no sign: 0.85 - 0.8 is not quite 0.05."""
    tested = sign_flip([0.85 - 0.8, 0.9 - 0.85, 0.05], shift=0.05)
    assert (tested.nonzero, tested.p_below, tested.p_above) == (0, 1.0, 1.0)


@pytest.mark.parametrize("differences", [[], [0.0, 0.0]], ids=["none", "all zero"])
def test_without_a_difference_nothing_is_shown(differences: list[float]) -> None:
    """The p is 1, and could not have been less."""
    tested = sign_flip(differences)
    assert (tested.p_below, tested.p_above, tested.p_two_sided) == (1.0, 1.0, 1.0)
    assert (tested.smallest_p, tested.smallest_two_sided_p, tested.nonzero) == (1.0, 1.0, 0)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf], ids=str)
def test_what_is_no_number_is_refused(value: float) -> None:
    """Neither a difference nor the shift may be infinite or not a number."""
    with pytest.raises(ValueError, match=f"finite numbers, got {value}"):
        sign_flip([0.1, value])
    with pytest.raises(ValueError, match=f"finite numbers, got {value}"):
        sign_flip([0.1], shift=value)


@given(differences=DIFFERENCES | EIGHTHS, shift=st.sampled_from([0.0, 0.05, -0.3]))
def test_the_tails_share_the_sum_seen(differences: list[float], shift: float) -> None:
    """Together they are more than 1 by its chance; neither is below the smallest p, nor above 1."""
    tested = sign_flip(differences, shift=shift)
    assert tested.p_below + tested.p_above >= 1 + tested.smallest_p - 1e-12
    assert tested.smallest_p <= min(tested.p_below, tested.p_above)
    assert max(tested.p_below, tested.p_above) <= 1


@given(differences=DIFFERENCES | EIGHTHS)
def test_the_other_way_round_the_sides_change_places(differences: list[float]) -> None:
    """Neither the sign of all differences nor their order or unit matters."""
    tested = sign_flip(differences)
    turned = sign_flip([-value for value in reversed(differences)])
    assert (tested.p_below, tested.p_above) == pytest.approx((turned.p_above, turned.p_below), rel=1e-9)


@given(differences=EIGHTHS, shift=st.sampled_from([0.0, 0.125, 0.2]), further=st.sampled_from([0.01, 0.125, 0.5]))
def test_a_greater_shift_is_harder_to_exceed(differences: list[float], shift: float, further: float) -> None:
    """Evidence that the mean lies above a shift is evidence that it lies above a lower one."""
    moved = [value + 1.5 for value in differences]
    near, far = sign_flip(moved, shift=shift), sign_flip(moved, shift=shift + further)
    assert near.p_above <= far.p_above + 1e-12


@pytest.mark.parametrize("side", ["below", "above"])
@pytest.mark.parametrize(("greatest", "cases"), [(1, 5), (4, 100), (16, 20), (60, 50), (16, 400)], ids=str)
def test_many_sets_at_once_have_the_same_p(side: Literal["below", "above"], greatest: int, cases: int) -> None:
    """One set at a time gives the same to 1e-12, with a shift and many unchanged cases."""
    chance = np.random.default_rng(cases)
    values = list(range(-greatest - 2, greatest + 1))
    drawn = chance.integers(values[0], values[-1] + 1, size=(60, cases))
    drawn[chance.random(drawn.shape) < 0.5] = 0
    counts = np.stack([(drawn == value).sum(axis=1) for value in values], axis=1)
    tested = [sign_flip((row / 7).tolist()) for row in drawn]
    expected = [each.p_below if side == "below" else each.p_above for each in tested]
    assert sign_flip_counts(counts, values, side=side) == pytest.approx(expected, abs=1e-12)


def test_sets_may_be_empty() -> None:
    """No sets, sets without a difference, and values that are all 0."""
    assert sign_flip_counts(np.zeros((0, 3), dtype=np.int64), [-1, 0, 1], side="below").shape == (0,)
    assert sign_flip_counts(np.array([[0, 4, 0], [6, 0, 0]]), [-2, 0, 2], side="below").tolist() == [1.0, 2**-6]
    assert sign_flip_counts(np.array([[3]]), [0], side="above").tolist() == [1.0]
