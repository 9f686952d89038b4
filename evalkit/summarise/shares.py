"""Estimates of shares over cases, each made once: strict and loose are often the same, and a family its constraint."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from evalkit.statistics.estimates import mean_over_cases, ratio_over_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.findings import Estimate
    from evalkit.statistics.estimates import Share

_KEPT = 16


def share_over_cases(values: Iterable[float], level: float) -> Estimate:
    """Return the estimate of `evalkit.statistics.estimates.mean_over_cases` from 0 to 1."""
    return _mean(tuple(values), level)


def micro_share(shares: Sequence[Share], level: float) -> Estimate:
    """Return the estimate of `evalkit.statistics.estimates.ratio_over_cases`.

    Where every case has as many instructions as any other, that is the mean over the cases.
    """
    if len({count for _, count in shares}) == 1:
        return _mean(tuple([met / count for met, count in shares]), level)
    return _ratio(tuple(shares), level)


@lru_cache(maxsize=_KEPT)
def _mean(values: tuple[float, ...], level: float) -> Estimate:
    return mean_over_cases(values, level=level)


@lru_cache(maxsize=_KEPT)
def _ratio(shares: tuple[Share, ...], level: float) -> Estimate:
    return ratio_over_cases(shares, level=level)
