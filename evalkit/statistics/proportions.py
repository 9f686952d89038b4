"""Intervals for proportions whose trials are independent of one another, and for the difference of two.

Wilson's is the usual one; it covers its level on average over proportions, not for each of them: for a proportion of
0.98 in 5 trials the 95 % interval holds it 90 % of the time. Where a gate or a claim rests on the interval, the exact
one of `evalkit.statistics.bounds` is meant. Neither is for repeats of the same case, which are not independent trials.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

from evalkit.statistics.bounds import Interval
from evalkit.statistics.levels import check_inside, normal_quantile


def wilson(successes: int, trials: int, *, level: float = 0.95) -> Interval | None:
    """Return the score interval for a proportion.

    Args:
        successes: From 0 to `trials`.
        trials: Independent ones.
        level: Share of such intervals that hold the proportion, on average over proportions.

    Returns:
        The interval; None without trials.

    Raises:
        ValueError: The successes are not from 0 to the trials, or the level is not between 0 and 1.

    Source: Wilson 1927, Journal of the American Statistical Association 22.
    """
    _check(successes, trials, level)
    if not trials:
        return None
    squared = normal_quantile((1 + level) / 2) ** 2
    middle = (successes + squared / 2) / (trials + squared)
    spread = sqrt(squared * (successes * (trials - successes) / trials + squared / 4)) / (trials + squared)
    # Both are exact but for rounding, which must not put an end outside.
    low = 0.0 if successes == 0 else middle - spread
    high = 1.0 if successes == trials else middle + spread
    return Interval(low, high, "wilson")


def jeffreys(successes: int, trials: int, *, level: float = 0.95) -> Interval | None:
    """Return the interval of the posterior from Jeffreys' prior, Beta(1/2, 1/2), with equal tails.

    Args:
        successes: From 0 to `trials`.
        trials: Independent ones.
        level: Chance of the posterior inside.

    Returns:
        The interval, down to 0 without a success and up to 1 without a failure; None without trials.

    Raises:
        ValueError: As for `wilson`.

    Source: Brown, Cai and DasGupta 2001, Statistical Science 16, section 4.1.2.
    """
    from scipy.special import betaincinv

    _check(successes, trials, level)
    if not trials:
        return None
    inverse: Any = betaincinv  # scipy has no types
    tail = (1 - level) / 2
    first, second = successes + 0.5, trials - successes + 0.5
    low = 0.0 if successes == 0 else float(inverse(first, second, tail))
    high = 1.0 if successes == trials else float(inverse(first, second, 1 - tail))
    return Interval(low, high, "jeffreys")


def newcombe(
    successes: int, trials: int, other_successes: int, other_trials: int, *, level: float = 0.95
) -> Interval | None:
    """Return the hybrid score interval for the difference of two proportions of independent trials.

    It is not for pairs: two prompts on the same cases are compared case by case.

    Args:
        successes: Of the first, from 0 to `trials`.
        trials: Of the first.
        other_successes: Of the second, whose proportion is taken away.
        other_trials: Of the second.
        level: As for `wilson`.

    Returns:
        The interval; None where either has no trials.

    Raises:
        ValueError: As for `wilson`.

    Source: Newcombe 1998, Statistics in Medicine 17, 873, method 10.
    """
    first = wilson(successes, trials, level=level)
    second = wilson(other_successes, other_trials, level=level)
    if first is None or second is None:
        return None
    one, other = successes / trials, other_successes / other_trials
    low = one - other - sqrt((one - first.low) ** 2 + (second.high - other) ** 2)
    high = one - other + sqrt((first.high - one) ** 2 + (other - second.low) ** 2)
    return Interval(max(-1.0, low), min(1.0, high), "newcombe")


def _check(successes: int, trials: int, level: float) -> None:
    if not 0 <= successes <= trials:
        raise ValueError(f"successes must lie between 0 and the number of trials, got {successes} of {trials}")
    check_inside("level", level)
