"""Intervals for proportions: published numbers, statsmodels and properties."""

from __future__ import annotations

from importlib import import_module
from math import comb
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.bounds import clopper_pearson
from evalkit.statistics.proportions import jeffreys, newcombe, wilson

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.statistics.bounds import Interval

COUNTS = st.integers(1, 60).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


def _ends(interval: Interval | None) -> tuple[float, float]:
    assert interval is not None
    return interval.low, interval.high


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (8, 10, 0.490162, 0.943318),
        (10, 10, 0.722467, 1),
        (0, 5, 0, 0.434482),
        (17, 20, 0.639581, 0.947631),
        (416, 541, 0.731606, 0.802494),
    ],
    ids=str,
)
def test_wilson_gives_the_published_numbers(successes: int, trials: int, low: float, high: float) -> None:
    """With all or no successes it does not claim certainty."""
    assert _ends(wilson(successes, trials)) == pytest.approx((low, high), abs=1e-6)


def test_jeffreys_gives_the_published_numbers() -> None:
    """The posterior's quantiles inside, the ends of the range at the ends."""
    assert _ends(jeffreys(8, 10)) == pytest.approx((0.497226, 0.955941), abs=1e-6)
    assert _ends(jeffreys(0, 5))[0] == 0
    assert _ends(jeffreys(5, 5))[1] == 1


def test_newcombe_gives_the_published_numbers() -> None:
    """45 of 50 against 38 of 50 is open; Wald's interval is nearly so."""
    assert _ends(newcombe(45, 50, 38, 50)) == pytest.approx((-0.009397, 0.285551), abs=1e-6)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
@pytest.mark.parametrize(("successes", "trials"), [(1, 3), (2, 7), (45, 50), (540, 541)], ids=str)
def test_statsmodels_gives_the_same(successes: int, trials: int, level: float) -> None:
    """An independent implementation of all three."""
    statsmodels: Any = import_module("statsmodels.stats.proportion")  # it has no types to import by name
    for made, method in ((wilson, "wilson"), (jeffreys, "jeffreys")):
        expected = statsmodels.proportion_confint(successes, trials, alpha=1 - level, method=method)
        assert _ends(made(successes, trials, level=level)) == pytest.approx(expected, abs=1e-9)
    expected = statsmodels.confint_proportions_2indep(
        successes, trials, 11, 20, method="newcomb", compare="diff", alpha=1 - level
    )
    assert _ends(newcombe(successes, trials, 11, 20, level=level)) == pytest.approx(expected, abs=1e-9)


def test_without_trials_nothing_is_known() -> None:
    """None, not an interval from 0 to 1."""
    assert wilson(0, 0) is None
    assert jeffreys(0, 0) is None
    assert newcombe(0, 0, 3, 5) is None
    assert newcombe(3, 5, 0, 0) is None


@pytest.mark.parametrize("made", [wilson, jeffreys])
def test_impossible_arguments_are_refused(made: Callable[..., Interval | None]) -> None:
    """More successes than trials, fewer than none, and levels of 0 and 1, each by its value."""
    for successes, trials in ((6, 5), (-1, 5)):
        with pytest.raises(ValueError, match=f"got {successes} of {trials}"):
            made(successes, trials)
    for level in (0, 1):
        with pytest.raises(ValueError, match=f"level must lie above 0 and below 1, got {level}"):
            made(3, 5, level=level)


@pytest.mark.parametrize("made", [wilson, jeffreys])
@given(counts=COUNTS, level=st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_successes_and_failures_are_mirror_images(
    made: Callable[..., Interval | None], counts: tuple[int, int], level: float
) -> None:
    """The interval lies in the range, holds the share, and that of the failures is its mirror image."""
    successes, trials = counts
    low, high = _ends(made(successes, trials, level=level))
    assert 0 <= low <= successes / trials <= high <= 1
    assert _ends(made(trials - successes, trials, level=level)) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(first=COUNTS, second=COUNTS)
def test_a_difference_turned_round_changes_its_sign(first: tuple[int, int], second: tuple[int, int]) -> None:
    """The interval holds the difference, and that of the difference the other way round is its mirror image."""
    low, high = _ends(newcombe(*first, *second))
    assert -1 <= low <= first[0] / first[1] - second[0] / second[1] <= high <= 1
    assert _ends(newcombe(*second, *first)) == pytest.approx((-high, -low), abs=1e-12)


def _coverage(made: Callable[[int, int], Interval | None], trials: int, proportion: float) -> float:
    """Return how often an interval holds a proportion, summed over all numbers of successes."""
    held = 0.0
    for successes in range(trials + 1):
        low, high = _ends(made(successes, trials))
        chance = comb(trials, successes) * proportion**successes * (1 - proportion) ** (trials - successes)
        held += chance * (low <= proportion <= high)
    return held


@pytest.mark.parametrize(
    ("trials", "proportion", "of_wilson", "of_clopper_pearson"),
    [(10, 0.9, 0.9298, 0.9872), (100, 0.95, 0.9659, 0.9826)],
    ids=str,
)
def test_coverage_is_as_published(trials: int, proportion: float, of_wilson: float, of_clopper_pearson: float) -> None:
    """Wilson's falls short in places, the exact one never."""
    assert _coverage(wilson, trials, proportion) == pytest.approx(of_wilson, abs=5e-5)
    assert _coverage(clopper_pearson, trials, proportion) == pytest.approx(of_clopper_pearson, abs=5e-5)


@pytest.mark.parametrize(
    ("made", "worst"),
    [(wilson, (0.84, 0.86, 0.91)), (jeffreys, (0.9, 0.87, 0.9)), (clopper_pearson, (0.98, 0.96, 0.96))],
    ids=["wilson", "jeffreys", "clopper-pearson"],
)
def test_the_worst_coverage_is_what_the_guide_says(
    made: Callable[[int, int], Interval | None], worst: tuple[float, ...]
) -> None:
    """For 5, 10 and 20 trials and shares from 0.5 to 0.99."""
    shares = [0.5 + 0.005 * step for step in range(99)]
    found = [min(_coverage(made, trials, share) for share in shares) for trials in (5, 10, 20)]
    assert found == pytest.approx(worst, abs=0.006)
