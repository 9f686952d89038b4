"""McNemar's exact test and Tango's score test: published numbers, references and properties."""

from __future__ import annotations

from importlib import import_module
from math import sqrt
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.paired_binary import mcnemar, tango, tango_interval

DISCORDANT = st.tuples(st.integers(0, 15), st.integers(0, 15), st.integers(0, 30))


@pytest.mark.parametrize(
    ("only_old", "only_new", "p"),
    [(8, 2, 0.109375), (15, 5, 0.041389), (1, 9, 0.021484), (6, 0, 0.03125), (3, 0, 0.25), (0, 0, 1), (7, 7, 1)],
    ids=str,
)
def test_mcnemar_gives_the_published_numbers(only_old: int, only_new: int, p: float) -> None:
    """The two-sided p is exact, and statsmodels' as well."""
    tables: Any = import_module("statsmodels.stats.contingency_tables")
    tested = mcnemar(only_old, only_new)
    assert tested.p_two_sided == pytest.approx(p, abs=1e-6)
    if only_old + only_new:
        expected = tables.mcnemar([[50, only_old], [only_new, 5]], exact=True).pvalue
        assert tested.p_two_sided == pytest.approx(min(1.0, expected), abs=1e-12)


def test_the_mid_p_counts_the_split_seen_half() -> None:
    """Published: 0.065430 for 8 against 2."""
    tested = mcnemar(8, 2, mid=True)
    assert tested.p_two_sided == pytest.approx(0.06543, abs=1e-6)
    assert tested.p_worse == pytest.approx(tested.p_two_sided / 2)


@given(only_old=st.integers(0, 40), only_new=st.integers(0, 40))
def test_one_sided_tests_are_scipys(only_old: int, only_new: int) -> None:
    """The chance of as many heads of a fair coin; the least one has all on one side."""
    from scipy import stats  # noqa: TID251 - independent reference

    pairs = only_old + only_new
    tested = mcnemar(only_old, only_new)
    binomial: Any = stats.binom(pairs, 0.5)
    assert tested.p_worse == pytest.approx(float(binomial.sf(only_old - 1)), abs=1e-12)
    assert tested.p_better == pytest.approx(float(binomial.sf(only_new - 1)), abs=1e-12)
    assert tested.smallest_p == 0.5**pairs <= min(tested.p_worse, tested.p_better) + 1e-15


@given(only_old=st.integers(0, 40), only_new=st.integers(0, 40))
def test_the_halves_of_mid_p_add_up(only_old: int, only_new: int) -> None:
    """Both sides share the split seen, so that together they are 1."""
    tested = mcnemar(only_old, only_new, mid=True)
    assert tested.p_worse + tested.p_better == pytest.approx(1, abs=1e-12)
    assert tested.smallest_p <= min(tested.p_worse, tested.p_better) + 1e-15


@pytest.mark.parametrize(
    ("only_old", "only_new", "z", "p"), [(14, 10, 1.18717, 0.11758), (10, 14, 2.65431, 0.003974)], ids=str
)
def test_tango_gives_the_published_numbers(only_old: int, only_new: int, z: float, p: float) -> None:
    """200 pairs with a margin of 5 points."""
    tested = tango(only_old, only_new, 200, margin=0.05)
    assert tested is not None
    assert (tested.z, tested.p) == pytest.approx((z, p), abs=5e-6)


@pytest.mark.parametrize(("only_old", "only_new"), [(14, 10), (3, 0), (0, 3), (25, 2)], ids=str)
@pytest.mark.parametrize("margin", [0.02, 0.05, 0.3])
def test_tango_is_the_score_at_the_likeliest_share(only_old: int, only_new: int, margin: float) -> None:
    """The variance is that of the multinomial that fits best with the difference fixed, found here by search."""
    pairs = 100
    shares = np.linspace(margin, (1 + margin) / 2, 2_000_001)[1:-1]  # of pairs that only the old prompt meets
    likelihood = (pairs - only_old - only_new) * np.log(1 - 2 * shares + margin)
    likelihood += (only_old * np.log(shares) if only_old else 0) + (
        only_new * np.log(shares - margin) if only_new else 0
    )
    share = float(shares[np.argmax(likelihood)])
    variance = pairs * (2 * share - margin - margin**2)
    tested = tango(only_old, only_new, pairs, margin=margin)
    assert tested is not None
    assert tested.z == pytest.approx((only_new - only_old + pairs * margin) / sqrt(variance), rel=1e-4)


@given(counts=DISCORDANT, level=st.sampled_from([0.8, 0.95, 0.99]))
def test_the_interval_ends_where_the_test_turns(counts: tuple[int, int, int], level: float) -> None:
    """It holds the difference seen; a lower end below 0 is the margin at which the test just rejects; and it turns."""
    only_old, only_new, others = counts
    pairs = only_old + only_new + others
    interval = tango_interval(only_old, only_new, pairs, level=level)
    if not pairs:
        assert interval is None
        return
    assert interval is not None
    assert -1 <= interval.low <= (only_new - only_old) / pairs <= interval.high <= 1
    if -1 + 1e-6 < interval.low < 0:
        tested = tango(only_old, only_new, pairs, margin=-interval.low)
        assert tested is not None
        assert tested.p == pytest.approx((1 - level) / 2, rel=1e-6)
    turned = tango_interval(only_new, only_old, pairs, level=level)
    assert turned is not None
    assert (turned.low, turned.high) == pytest.approx((-interval.high, -interval.low), abs=1e-9)


@given(counts=DISCORDANT, margin=st.floats(0, 0.5), further=st.floats(0.001, 0.4))
def test_a_greater_margin_is_easier_to_keep(counts: tuple[int, int, int], margin: float, further: float) -> None:
    """The p falls as the margin rises."""
    only_old, only_new, others = counts
    near = tango(only_old, only_new, only_old + only_new + others + 1, margin=margin)
    far = tango(only_old, only_new, only_old + only_new + others + 1, margin=margin + further)
    assert near is not None
    assert far is not None
    assert far.p <= near.p + 1e-12


def test_without_a_discordant_pair_the_number_of_pairs_decides() -> None:
    """60 like pairs show it at 5 points, 10 do not; without a margin, nothing is shown."""
    many, few, none = (tango(0, 0, pairs, margin=margin) for pairs, margin in ((60, 0.05), (10, 0.05), (60, 0.0)))
    assert many is not None
    assert few is not None
    assert none is not None
    assert many.z == pytest.approx(sqrt(60 * 0.05 / 0.95))
    assert many.p < 0.05 < few.p
    assert (none.z, none.p) == (0, 0.5)


def test_impossible_arguments_are_refused() -> None:
    """Each by its value."""
    with pytest.raises(ValueError, match="more discordant pairs than pairs, got 7 of 6"):
        tango(4, 3, 6, margin=0.05)
    with pytest.raises(ValueError, match="margin must be at least 0 and below 1, got 1"):
        tango(4, 3, 10, margin=1)
    with pytest.raises(ValueError, match="level must lie above 0 and below 1, got 0"):
        tango_interval(4, 3, 10, level=0)
    with pytest.raises(ValueError, match="only_old must not be below 0, got -1"):
        mcnemar(-1, 2)
    assert tango(0, 0, 0, margin=0.05) is None
