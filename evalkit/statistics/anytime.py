"""Evidence that holds whenever one stops looking.

A test that is repeated as cases come in alarms far too often: exact McNemar after each of 400 cases, 20 % of them
discordant, alarms in 21 % of runs at a level of 5 %. What is here may be looked at after each case and stopped at any
time. The price is width: against Wilson's interval the betting interval is 40 % wider at 20 cases, 50 % at 100, 70 % at
400.

Cases are the stream here, so they must be independent and in random order, such as drawn by a seed beforehand. Repeats
of the same cases are no such stream; looks at them are planned instead, with the level split over them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log
from typing import TYPE_CHECKING, Any

from evalkit.statistics.levels import check_counts, check_inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

_BOLDEST = 0.5
"""Greatest share of the capital that is staked at once."""
_HALVINGS = 50


def log_e_value(only_old: int, only_new: int, *, concentration: float = 0.5) -> float:
    """Return the natural log of the evidence that discordant pairs are not a fair coin.

    The evidence is the wealth of one who bets on the coin at fair odds, with a Beta-mixture of biases; above 1 / alpha
    one may stop and reject at level alpha.

    Args:
        only_old: Pairs so far that only the old side meets.
        only_new: Pairs so far that only the new side meets.
        concentration: Both parameters of the beta distribution, above 0; less bets on greater bias.

    Raises:
        ValueError: A count is below 0, or the concentration is not above 0.

    >>> round(exp(log_e_value(15, 5)), 6)
    2.404461

    Source: Ramdas, Grünwald, Vovk and Shafer 2023, Statistical Science 38, section 3 (method of mixtures).
    """
    from scipy.special import betaln

    check_counts(only_old=only_old, only_new=only_new)
    if not concentration > 0:
        raise ValueError(f"concentration must be above 0, got {concentration}")
    log_beta: Any = betaln  # scipy has no types
    mixed = float(log_beta(only_old + concentration, only_new + concentration))
    return mixed - float(log_beta(concentration, concentration)) + (only_old + only_new) * log(2)


def always_valid_p(new_is_met: Iterable[bool], *, concentration: float = 0.5) -> list[float]:
    """Return the p after each discordant pair; each holds, whatever it was looked at for.

    Args:
        new_is_met: For each discordant pair, in the order of the stream, whether it is the new side that is met.
        concentration: As for `log_e_value`.

    Returns:
        Two-sided p that never rises: 1 over the greatest evidence so far, at most 1.

    Source: Johari, Koomen, Pekelis and Walsh 2022, Operations Research 70.
    """
    only_old = only_new = 0
    most = 0.0
    p_values: list[float] = []
    for new in new_is_met:
        only_new, only_old = only_new + new, only_old + (not new)
        most = max(most, log_e_value(only_old, only_new, concentration=concentration))
        p_values.append(exp(-most))
    return p_values


@dataclass(frozen=True, slots=True)
class BettingInterval:
    """An interval for a mean from a stream of values.

    Attributes:
        low: Lower end.
        high: Upper end.
        values: How many it rests on.
    """

    low: float
    high: float
    values: int


def betting_interval(values: Sequence[float], *, level: float = 0.95) -> BettingInterval:
    """Return the betting interval for the mean of bounded values, which holds at all times at once.

    A mean is ruled out once one who bets against it, on values above and below it with half the capital each, has 1 /
    alpha times what they began with. Whatever an earlier look ruled out stays ruled out.

    Args:
        values: Scores from 0 to 1 so far, in the order of the stream, which has to be random.
        level: Least chance that the interval after each value holds the mean.

    Returns:
        The interval; from 0 to 1 without values. It contains the mean of the values.

    Raises:
        ValueError: A value is not from 0 to 1, or the level is not between 0 and 1.

    Source: Waudby-Smith and Ramdas 2024, Journal of the Royal Statistical Society B 86, theorem 3 (hedged capital) with
    the predictable plug-in bets of its equation 26.
    """
    import numpy as np  # noqa: PLC0415 - only a test needs it

    check_inside("level", level)
    for value in values:
        if not 0 <= value <= 1:  # true for NaN, too
            raise ValueError(f"values must lie between 0 and 1, got {value}")
    if not values:
        return BettingInterval(0.0, 1.0, 0)
    drawn = np.asarray(values, dtype=np.float64)
    stakes = _stakes(drawn, alpha=1 - level)
    enough = log(2 / (1 - level))  # the capital is split over both directions
    mean = float(drawn.mean())
    low = _ruled_out_below(drawn, stakes, enough)
    high = 1 - _ruled_out_below(1 - drawn, stakes, enough)
    return BettingInterval(min(low, mean), max(high, mean), len(drawn))


def _stakes(drawn: NDArray[np.float64], *, alpha: float) -> NDArray[np.float64]:
    """Return the bet on each value, made from those before it alone."""
    import numpy as np  # noqa: PLC0415 - as above

    times = np.arange(1, len(drawn) + 1)
    means = (0.5 + np.cumsum(drawn)) / (times + 1)
    variances = (0.25 + np.cumsum(np.square(drawn - means))) / (times + 1)
    before = np.concatenate([[0.25], variances[:-1]])
    stakes: NDArray[np.float64] = np.sqrt(2 * log(2 / alpha) / (before * times * np.log1p(times)))
    return stakes


def _ruled_out_below(drawn: NDArray[np.float64], stakes: NDArray[np.float64], enough: float) -> float:
    """Return the greatest mean that bets on higher values rule out; the capital falls as the mean rises."""
    import numpy as np  # noqa: PLC0415 - as above

    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        tried = (low + high) / 2
        bets = np.minimum(stakes, _BOLDEST / tried)
        capital = np.cumsum(np.log1p(bets * (drawn - tried)))
        low, high = (tried, high) if float(capital.max(initial=-inf)) >= enough else (low, tried)
    return low
