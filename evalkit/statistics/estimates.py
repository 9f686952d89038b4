"""Turns the numbers of one measure into an estimate with its interval, and says in words how that was made.

The words are all here, because every report prints them and must mean the same by them.
"""

from __future__ import annotations

from statistics import fmean, median
from typing import TYPE_CHECKING

from evalkit.findings import Estimate
from evalkit.statistics.bounds import mean_interval
from evalkit.statistics.order import median_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

UNDECIDED = Estimate(None, None, None, "nothing was decided")
NOT_DEFINED = Estimate(None, None, None, "not defined for any case")

_KINDS = {
    "clopper_pearson": "exact binomial (Clopper-Pearson)",
    "dirichlet": "Dirichlet bound",
    "order_statistics": "order statistics",
}
_ONE_NUMBER = "no interval: the draws of one case make one number"
_TOO_FEW = "no interval below 6 cases"


def mean_over_draws(draws: Sequence[float]) -> Estimate:
    """Estimate a mean between 0 and 1 from independent draws of the only case there is.

    Returns:
        An estimate with scope `case`: what that case would score in the long run, and nothing about other cases.
        `UNDECIDED` when there are no draws.
    """
    interval = mean_interval(draws)
    if interval is None:
        return UNDECIDED
    over = "its only draw" if len(draws) == 1 else f"its {len(draws)} draws"
    method = f"{_KINDS[interval.method]} over {over}, 95 %; speaks of that case alone"
    return Estimate(fmean(draws), interval.low, interval.high, method, "case")


def mean_over_cases(values: Sequence[float], *, low: float = 0.0, high: float = 1.0) -> Estimate:
    """Estimate a mean from one number for each of several cases.

    Args:
        values: Each from `low` to `high`. Numbers of a single case bound the mean as well, though from far away.
        low: Least value that is possible.
        high: Greatest value that is possible.

    Returns:
        An estimate with scope `population`; `UNDECIDED` when there are no values.
    """
    interval = mean_interval(values, low=low, high=high)
    if interval is None:
        return UNDECIDED
    method = f"{_KINDS[interval.method]} over {_cases(values)}, 95 %"
    return Estimate(fmean(values), interval.low, interval.high, method)


def measure_over_cases(values: Sequence[float], bounds: tuple[float, float] | None) -> Estimate:
    """Estimate a measure over cells from its value in each case's cell.

    Args:
        values: One for each case in which the measure is defined.
        bounds: Least and greatest value it can take, which makes the estimate a mean; None makes it a median, of which
            an interval is known without them.

    Returns:
        The estimate, without an interval where no honest one exists; `NOT_DEFINED` when there are no values.
    """
    if not values:
        return NOT_DEFINED
    if len(values) == 1:
        return Estimate(float(values[0]), None, None, _ONE_NUMBER, "case")
    if bounds is None:
        return _median(values)
    return mean_over_cases(values, low=bounds[0], high=bounds[1])


def _median(values: Sequence[float]) -> Estimate:
    middle = float(median(values))
    interval = median_interval(values)
    if interval is None:
        return Estimate(middle, None, None, f"median over {_cases(values)}; {_TOO_FEW}")
    method = f"median over {_cases(values)}; {_KINDS[interval.method]}, 95 %"
    return Estimate(middle, interval.low, interval.high, method)


def _cases(values: Sequence[float]) -> str:
    return "1 case" if len(values) == 1 else f"{len(values)} cases"
