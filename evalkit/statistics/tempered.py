"""The temperature at which tokens were drawn, from the model's own log-probabilities of those tokens.

At temperature T a token's probability goes with exp(l / T), where l is its log-probability at temperature 1. Given that
the token drawn is among the likeliest ones listed, which depend on the context alone, the chance of each of them is
known exactly, whatever the rest of the vocabulary holds. So steps whose token is not among those listed are left out,
and what is left needs no approximation. In 1 / T the likelihood is that of an exponential family: it has one maximum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COLDEST, HOTTEST = 0.01, 100.0
"""Temperatures between which it is looked for; what lies beyond cannot be told from the end."""
_HALVINGS = 60


@dataclass(frozen=True, slots=True)
class Step:
    """One token that was drawn.

    Attributes:
        chosen: Its place in `logprobs`.
        logprobs: Natural-log probabilities at temperature 1 of the tokens listed.
    """

    chosen: int
    logprobs: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class EffectiveTemperature:
    """A temperature with its interval.

    Attributes:
        estimate: The likeliest temperature; None when the likelihood has no maximum within the limits.
        low: Lower end; 0 when nothing tells the temperature from greedy decoding.
        high: Upper end; None when there is none.
        steps: Tokens that it rests on.
    """

    estimate: float | None
    low: float
    high: float | None
    steps: int

    def holds(self, temperature: float) -> bool:
        """Tell whether the interval contains a temperature."""
        return self.low <= temperature and (self.high is None or temperature <= self.high)


def effective_temperature(steps: Sequence[Step], *, alpha: float) -> EffectiveTemperature:
    """Estimate the temperature at which tokens were drawn, with a likelihood-ratio interval.

    Args:
        steps: Tokens drawn independently given their contexts.
        alpha: Chance that the interval misses the temperature, in the limit of many steps.

    Source: Wilks 1938, Annals of Mathematical Statistics 9.
    """
    from scipy.special import chdtri

    useful = [step for step in steps if len(step.logprobs) > 1]
    if not useful:
        return EffectiveTemperature(None, 0.0, None, 0)
    quantile: Any = chdtri  # scipy has no types
    drop = float(quantile(1, alpha)) / 2
    likelihood, slope = _curves(useful)
    least, most = 1 / HOTTEST, 1 / COLDEST
    best = _crossing(lambda inverse: slope(inverse) > 0, least, most)
    floor = likelihood(best) - drop
    hottest = least if likelihood(least) >= floor else _crossing(lambda each: likelihood(each) < floor, least, best)
    coldest = most if likelihood(most) >= floor else _crossing(lambda each: likelihood(each) >= floor, best, most)
    inside = slope(least) > 0 > slope(most)
    return EffectiveTemperature(
        estimate=1 / best if inside else None,
        low=0.0 if coldest == most else 1 / coldest,
        high=None if hottest == least else 1 / hottest,
        steps=len(useful),
    )


def _curves(steps: Sequence[Step]) -> tuple[Callable[[float], float], Callable[[float], float]]:
    """Return the log-likelihood and its derivative as functions of 1 / T."""
    import numpy as np  # noqa: PLC0415 - only an estimate needs it

    width = max(len(step.logprobs) for step in steps)
    listed = np.full((len(steps), width), -math.inf)  # (step, token)
    for row, step in enumerate(steps):
        listed[row, : len(step.logprobs)] = step.logprobs
    listed -= listed.max(axis=1, keepdims=True)
    chosen = listed[np.arange(len(steps)), [step.chosen for step in steps]]  # (step,)
    finite = np.where(np.isfinite(listed), listed, 0.0)

    def likelihood(inverse: float) -> float:
        return float((inverse * chosen - np.log(np.exp(inverse * listed).sum(axis=1))).sum())

    def slope(inverse: float) -> float:
        weights = np.exp(inverse * listed)
        return float((chosen - (weights * finite).sum(axis=1) / weights.sum(axis=1)).sum())

    return likelihood, slope


def _crossing(below: Callable[[float], bool], low: float, high: float) -> float:
    """Find where a condition that holds at the low end stops to hold, by halving on the logarithm."""
    start, end = math.log(low), math.log(high)
    for _ in range(_HALVINGS):
        middle = (start + end) / 2
        if below(math.exp(middle)):
            start = middle
        else:
            end = middle
    return math.exp((start + end) / 2)
