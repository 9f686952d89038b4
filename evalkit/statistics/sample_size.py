"""How many cases a comparison needs, and what it can detect.

These are for planning. They go by the normal approximation, except the least number of cases for *not worse*, which no
number of repeats gets around.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, ceil, isfinite, log, sqrt

from evalkit.statistics.levels import check_inside, normal_quantile


@dataclass(frozen=True, slots=True)
class Spread:
    """Where a difference between two sides, each drawn several times for each case, gets its variance from.

    Attributes:
        between_cases: Variance over cases of the difference of the two sides' expected scores.
        within_old: Variance of one draw of the old side around its case's expected score, averaged over cases.
        within_new: The same for the new side.
        repeats_old: Draws for each case of the old side, at least 1.
        repeats_new: The same for the new side.
    """

    between_cases: float
    within_old: float
    within_new: float
    repeats_old: int = 1
    repeats_new: int = 1

    def __post_init__(self) -> None:
        """Refuse what is no variance, and sides that are not drawn."""
        for name in ("between_cases", "within_old", "within_new"):
            if not (getattr(self, name) >= 0 and isfinite(getattr(self, name))):
                raise ValueError(f"{name} must be a finite variance of at least 0, got {getattr(self, name)}")
        for name in ("repeats_old", "repeats_new"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")

    @property
    def of_a_case(self) -> float:
        """Variance of one case's difference of means over repeats."""
        return self.between_cases + self.within_old / self.repeats_old + self.within_new / self.repeats_new


def cases_for_difference(spread: Spread, *, difference: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return how many paired cases show a difference with a given power.

    Args:
        spread: Where the variance comes from.
        difference: That is to be shown, in units of the score; not 0.
        alpha: Two-sided level; give twice the level of a one-sided test.
        power: Chance to show it.

    Returns:
        The number, to be rounded up.

    Raises:
        ValueError: The difference is 0 or no number, or alpha or power are not between 0 and 1.

    Source: Miller 2024, arXiv 2411.00640, section 5.
    """
    if not (isfinite(difference) and difference):
        raise ValueError(f"difference must be a number other than 0, got {difference}")
    check_inside("alpha", alpha)
    return (_deviations(alpha / 2, power) / difference) ** 2 * spread.of_a_case


def detectable_difference(spread: Spread, *, cases: int, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """Return the least difference that paired cases show with a given power.

    Args:
        spread: Where the variance comes from.
        cases: Pairs.
        alpha: Two-sided level.
        power: Chance to show it.

    Returns:
        The difference in units of the score; None without cases. It may be beyond what the scores allow, in which case
        there is none.

    Raises:
        ValueError: As for `cases_for_difference`, or the cases are below 0.

    Source: Miller 2024, arXiv 2411.00640, section 5.
    """
    if cases < 0:
        raise ValueError(f"cases must not be below 0, got {cases}")
    check_inside("alpha", alpha)
    deviations = _deviations(alpha / 2, power)
    return deviations * sqrt(spread.of_a_case / cases) if cases else None


def trials_for_proportions(old: float, new: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return how many independent trials of each side tell two proportions apart.

    It is not for pairs: there, taking the share (1 - correlation) of it is off by about two.

    Args:
        old: One proportion, from 0 to 1.
        new: The other.
        alpha: Two-sided level.
        power: Chance to show the difference.

    Returns:
        The number for each side, to be rounded up.

    Raises:
        ValueError: A proportion is not from 0 to 1, both are the same, or alpha or power are not between 0 and 1.

    Source: Cohen 1988, "Statistical Power Analysis for the Behavioral Sciences", section 6.4 (arcsine).
    """
    for proportion in (old, new):
        if not 0 <= proportion <= 1:
            raise ValueError(f"a proportion must lie between 0 and 1, got {proportion}")
    if old == new:
        raise ValueError(f"two equal proportions cannot be told apart, got {old} twice")
    check_inside("alpha", alpha)
    effect = 2 * asin(sqrt(new)) - 2 * asin(sqrt(old))
    return 2 * (_deviations(alpha / 2, power) / effect) ** 2


def pairs_for_not_worse(discordance: float, *, margin: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return how many pairs that are met or not show that nothing got worse by a margin, if nothing changed.

    Args:
        discordance: Share of pairs that only one of the two sides meets, from 0 to 1.
        margin: Above 0 and below 1.
        alpha: One-sided level.
        power: Chance to show it.

    Returns:
        The number, to be rounded up. Where it is below `least_cases_for_not_worse`, that is the one to take.

    Raises:
        ValueError: An argument is out of its range.

    Source: Lu and Bean 1995, Statistics in Medicine 14, in its simplest form.
    """
    if not 0 <= discordance <= 1:
        raise ValueError(f"discordance must lie between 0 and 1, got {discordance}")
    check_inside("margin", margin)
    check_inside("alpha", alpha)
    return (_deviations(alpha, power) / margin) ** 2 * discordance


def least_cases_for_not_worse(margin: float, *, alpha: float = 0.05) -> int:
    """Return the least number of cases that can show *not worse* for cases like these, whatever the repeats.

    A drop of the margin could be one in which that share of cases fails entirely. Below this number, cases drawn at
    random contain none of them too often, and then look as good as before.

    Args:
        margin: Above 0 and below 1.
        alpha: One-sided level.

    Raises:
        ValueError: Margin or alpha are not between 0 and 1.

    >>> least_cases_for_not_worse(0.05)
    59

    Source: the chance of no failure among n independent cases, (1 - margin)^n.
    """
    check_inside("margin", margin)
    check_inside("alpha", alpha)
    exact = log(alpha) / log(1 - margin)
    return round(exact) if abs(exact - round(exact)) < 1e-9 else ceil(exact)


def _deviations(tail: float, power: float) -> float:
    """Return how many standard errors away a difference must be for the level of one tail and a power."""
    check_inside("power", power)
    return normal_quantile(1 - tail) + normal_quantile(power)
