"""Turns the numbers of one measure into an estimate with its interval, and says in words how that was made.

The words are all here, because every report prints them and must mean the same by them.
"""

from __future__ import annotations

from math import fsum
from statistics import fmean, median
from typing import TYPE_CHECKING, TypeAlias

from evalkit.findings import Estimate
from evalkit.statistics.bounds import mean_interval, ratio_interval
from evalkit.statistics.order import median_interval
from evalkit.statistics.standard_errors import error_of_mean, error_of_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.statistics.bounds import Interval

Share: TypeAlias = "tuple[float, float]"
"""How many instructions are met, and how many there are."""

UNDECIDED = Estimate(None, None, None, "nothing was decided")
NOT_DEFINED = Estimate(None, None, None, "not defined for any case")

_KINDS = {
    "clopper_pearson": "exact binomial (Clopper-Pearson)",
    "dirichlet": "Dirichlet bound",
    "dirichlet_ratio": "Dirichlet bound on a ratio",
    "order_statistics": "order statistics",
}
_ONE_NUMBER = "no interval: the draws of one case make one number"


def mean_over_draws(draws: Sequence[float], *, level: float = 0.95) -> Estimate:
    """Estimate a mean between 0 and 1 from independent draws of the only case there is.

    Returns:
        An estimate with scope `case`: what that case would score in the long run, and nothing about other cases.
        `UNDECIDED` when there are no draws.
    """
    interval = mean_interval(draws, level=level)
    if interval is None:
        return UNDECIDED
    method = _over_draws(interval, len(draws), level)
    return Estimate(fmean(draws), interval.low, interval.high, method, "case", error_of_mean(draws))


def mean_over_cases(values: Sequence[float], *, low: float = 0.0, high: float = 1.0, level: float = 0.95) -> Estimate:
    """Estimate a mean from one number for each of several cases.

    Args:
        values: Each from `low` to `high`. Numbers of a single case bound the mean as well, though from far away.
        low: Least value that is possible.
        high: Greatest value that is possible.
        level: Least chance that the interval holds the mean.

    Returns:
        An estimate with scope `population`; `UNDECIDED` when there are no values.
    """
    interval = mean_interval(values, low=low, high=high, level=level)
    if interval is None:
        return UNDECIDED
    method = f"{_KINDS[interval.method]} over {_cases(values)}, {_percent(level)}"
    return Estimate(fmean(values), interval.low, interval.high, method, standard_error=error_of_mean(values))


def ratio_over_cases(shares: Sequence[Share], *, level: float = 0.95) -> Estimate:
    """Estimate the share of instructions that are met from how many each of several cases has and meets.

    Returns:
        An estimate with scope `population`, its standard error clustered by case; `UNDECIDED` when there are no cases.
    """
    met, all_of_them = [each[0] for each in shares], [each[1] for each in shares]
    interval = ratio_interval(met, all_of_them, level=level)
    if interval is None:
        return UNDECIDED
    method = f"{_KINDS[interval.method]} over {_cases(shares)}, {_percent(level)}"
    error = error_of_ratio(met, all_of_them)
    return Estimate(fsum(met) / fsum(all_of_them), interval.low, interval.high, method, standard_error=error)


def ratio_over_draws(shares: Sequence[Share], *, level: float = 0.95) -> Estimate:
    """Estimate the same from independent draws of the only case there is; see `mean_over_draws`."""
    met, all_of_them = [each[0] for each in shares], [each[1] for each in shares]
    interval = ratio_interval(met, all_of_them, level=level)
    if interval is None:
        return UNDECIDED
    error = error_of_ratio(met, all_of_them)
    method = _over_draws(interval, len(shares), level)
    return Estimate(fsum(met) / fsum(all_of_them), interval.low, interval.high, method, "case", error)


def measure_over_cases(values: Sequence[float], bounds: tuple[float, float] | None, *, level: float = 0.95) -> Estimate:
    """Estimate a measure over cells from its value in each case's cell.

    Args:
        values: One for each case in which the measure is defined.
        bounds: Least and greatest value it can take, which makes the estimate a mean; None makes it a median, of which
            an interval is known without them.
        level: Least chance that the interval holds the mean or median.

    Returns:
        The estimate, without an interval where no honest one exists; `NOT_DEFINED` when there are no values.
    """
    if not values:
        return NOT_DEFINED
    if len(values) == 1:
        return Estimate(float(values[0]), None, None, _ONE_NUMBER, "case")
    if bounds is None:
        return _median(values, level)
    return mean_over_cases(values, low=bounds[0], high=bounds[1], level=level)


def _median(values: Sequence[float], level: float) -> Estimate:
    middle = float(median(values))
    interval = median_interval(values, level=level)
    if interval is None:
        return Estimate(middle, None, None, f"median over {_cases(values)}; {_too_few(level)}")
    method = f"median over {_cases(values)}; {_KINDS[interval.method]}, {_percent(level)}"
    return Estimate(middle, interval.low, interval.high, method)


def _over_draws(interval: Interval, draws: int, level: float) -> str:
    over = "its only draw" if draws == 1 else f"its {draws} draws"
    return f"{_KINDS[interval.method]} over {over}, {_percent(level)}; speaks of that case alone"


def _too_few(level: float) -> str:
    least = next(count for count in range(1, 100) if 2 ** (1 - count) <= 1 - level)
    return f"no interval below {least} cases"


def _percent(level: float) -> str:
    return f"{100 * level:.4g} %"


def _cases(values: Sequence[object]) -> str:
    return "1 case" if len(values) == 1 else f"{len(values)} cases"
