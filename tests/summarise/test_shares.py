"""Estimates of shares, each made once."""

from __future__ import annotations

from evalkit.statistics.estimates import UNDECIDED, mean_over_cases, ratio_over_cases
from evalkit.summarise.shares import micro_share, share_over_cases


def test_the_same_numbers_have_the_very_same_estimate() -> None:
    """What strict and loose have in common is computed once."""
    first = share_over_cases([0.5, 1.0, 0.25], 0.95)
    assert share_over_cases([0.5, 1.0, 0.25], 0.95) is first == mean_over_cases([0.5, 1.0, 0.25])


def test_cases_of_one_size_are_a_mean() -> None:
    """Three instructions in each case: the shares of the cases are all there is to say."""
    assert micro_share([(3, 3), (0, 3)], 0.95) == mean_over_cases([1.0, 0.0])


def test_cases_of_different_sizes_are_a_ratio() -> None:
    """One of two and one of one are two of three."""
    assert micro_share([(1, 2), (1, 1)], 0.95) == ratio_over_cases([(1, 2), (1, 1)])


def test_without_cases_nothing_is_decided() -> None:
    """Neither mean nor ratio is made out of nothing."""
    assert share_over_cases([], 0.95) == UNDECIDED
