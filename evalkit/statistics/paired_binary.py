"""Two prompts on the same cases, each case met or not met by either, once.

All that tells them apart are the discordant pairs, which only one of the two meets. With several repeats of a case, or
scores between 0 and 1, there are no such pairs: compare the means of cases instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erfc, sqrt
from typing import TYPE_CHECKING, Any

from evalkit.statistics.bounds import Interval
from evalkit.statistics.levels import check_counts, check_inside, normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class McNemar:
    """McNemar's test.

    Attributes:
        p_worse: Chance of as many pairs that only the old one meets if the new one is no worse: small is evidence that
            it is worse.
        p_better: The same for better.
        p_two_sided: Chance of a split at least as uneven if both are alike.
        smallest_p: Least one-sided p of as many discordant pairs.
    """

    p_worse: float
    p_better: float
    p_two_sided: float
    smallest_p: float


def mcnemar(only_old: int, only_new: int, *, mid: bool = False) -> McNemar:
    """Test whether two prompts meet the same cases equally often.

    Args:
        only_old: Pairs that only the old prompt meets.
        only_new: Pairs that only the new prompt meets.
        mid: Count the split that was seen half. The p is then no longer guaranteed to hold its level, but closer to it
            on average; it suits a table to explore, not a gate.

    Returns:
        The exact test; p of 1 without discordant pairs (mid: one-sided 0.5).

    Raises:
        ValueError: A count is below 0.

    Sources: McNemar 1947, Psychometrika 12, in its exact form; Fagerland, Lydersen and Laake 2013, BMC Medical Research
    Methodology 13, for the mid-p.
    """
    from scipy.special import bdtr

    check_counts(only_old=only_old, only_new=only_new)
    at_most: Any = bdtr  # scipy has no types
    pairs = only_old + only_new

    def at_least(count: int) -> float:
        """Return the chance of this many heads or more of a fair coin; by symmetry that of as many tails or fewer."""
        exact = float(at_most(pairs - count, pairs, 0.5))
        above = float(at_most(pairs - count - 1, pairs, 0.5)) if count < pairs else 0.0
        return (exact + above) / 2 if mid else exact

    worse, better = at_least(only_old), at_least(only_new)
    least = 0.5**pairs
    return McNemar(worse, better, min(1.0, 2 * min(worse, better)), least / 2 if mid else least)


@dataclass(frozen=True, slots=True)
class Tango:
    """Tango's score test of not being worse by a margin.

    Attributes:
        z: The score, standard normal if the new prompt is worse by exactly the margin.
        p: One-sided: small is evidence that the new prompt is not worse by the margin.
    """

    z: float
    p: float


def tango(only_old: int, only_new: int, pairs: int, *, margin: float) -> Tango | None:
    """Test whether a new prompt is not worse than an old one by a margin.

    Args:
        only_old: Pairs that only the old prompt meets.
        only_new: Pairs that only the new prompt meets.
        pairs: All pairs, discordant or not.
        margin: Difference of shares that would be too much, from 0 to below 1.

    Returns:
        The test; None without pairs.

    Raises:
        ValueError: There are more discordant pairs than pairs, a count is below 0, or the margin is out of range.

    Source: Tango 1998, Statistics in Medicine 17, 891.
    """
    _check(only_old, only_new, pairs)
    if not 0 <= margin < 1:
        raise ValueError(f"margin must be at least 0 and below 1, got {margin}")
    if not pairs:
        return None
    z = _score(only_old, only_new, pairs, -margin)
    return Tango(z, erfc(z / sqrt(2)) / 2)


def tango_interval(only_old: int, only_new: int, pairs: int, *, level: float = 0.95) -> Interval | None:
    """Return the differences, new less old, that Tango's score test does not reject.

    Args:
        only_old: Pairs that only the old prompt meets.
        only_new: Pairs that only the new prompt meets.
        pairs: All pairs, discordant or not.
        level: Share of such intervals that hold the difference, about.

    Returns:
        The interval; None without pairs.

    Raises:
        ValueError: As for `tango`, or the level is not between 0 and 1.
    """
    _check(only_old, only_new, pairs)
    check_inside("level", level)
    if not pairs:
        return None
    seen = (only_new - only_old) / pairs
    limit = normal_quantile((1 + level) / 2)
    # The score falls as the difference rises.
    low = _boundary(lambda tried: _score(only_old, only_new, pairs, tried) >= limit, outside=-1.0, inside=seen)
    high = _boundary(lambda tried: _score(only_old, only_new, pairs, tried) <= -limit, outside=1.0, inside=seen)
    return Interval(low, high, "tango")


def _score(only_old: int, only_new: int, pairs: int, difference: float) -> float:
    """Return the score of a true difference; 0 where neither it nor the pairs leave any room for chance."""
    doubt = difference * (1 - difference)
    linear = (2 * pairs - only_new + only_old) * difference - only_new - only_old
    # Likeliest share of pairs that only the old prompt meets, given the difference.
    root = sqrt(max(0.0, linear**2 + 8 * pairs * only_old * doubt))
    share = max(0.0, (root - linear) / (4 * pairs))
    variance = pairs * (2 * share + doubt)
    distance = only_new - only_old - pairs * difference
    if abs(distance) <= 1e-12 * pairs:
        return 0.0
    if variance <= 0:
        return float("inf") if distance > 0 else float("-inf")
    return distance / sqrt(variance)


def _boundary(rejected: Callable[[float], bool], *, outside: float, inside: float) -> float:
    """Find where rejection ends, on the way from the end of the range to the difference seen."""
    for _ in range(_HALVINGS):
        middle = (outside + inside) / 2
        if rejected(middle):
            outside = middle
        else:
            inside = middle
    return inside


def _check(only_old: int, only_new: int, pairs: int) -> None:
    check_counts(only_old=only_old, only_new=only_new, pairs=pairs)
    if only_old + only_new > pairs:
        raise ValueError(f"there cannot be more discordant pairs than pairs, got {only_old + only_new} of {pairs}")
