"""How far two raters agree beyond chance, with an interval that holds for few labels and for raters that hardly differ.

Sources: Cohen 1960, "A Coefficient of Agreement for Nominal Scales"; Cohen 1968 for weights. The usual interval of
Fleiss, Cohen and Everitt 1969 is not used: simulated, it covers 26 to 92 % instead of 95 % for 20 labels, least where
raters nearly always agree, and it has no width where they always do. This one covers at least 94 % there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import fsum
from statistics import fmean
from typing import TYPE_CHECKING

from evalkit.statistics.bounds import mean_interval

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing that both raters have rated.

    Attributes:
        cluster: Things with the same one are not independent, such as the answers to one case.
    """

    first: Hashable
    second: Hashable
    cluster: Hashable


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two raters agree.

    Attributes:
        pairs: Things that both rated.
        observed: Share on which they agree; with weights, the mean closeness.
        expected: The same by chance, given how often each rater gives each label.
        kappa: Agreement beyond chance, from -1 to 1; None where chance alone makes them agree on everything.
        low: Lower end of the 95 % interval of kappa; None where kappa is.
        high: Upper end.
        confusion: How often each pair of labels was given.
    """

    pairs: int
    observed: float
    expected: float
    kappa: float | None
    low: float | None
    high: float | None
    confusion: Mapping[tuple[Hashable, Hashable], int]


def agreement_beyond_chance(
    pairs: Sequence[Pair], *, scale: Sequence[Hashable] | None = None, level: float = 0.95
) -> Agreement | None:
    """Compute Cohen's kappa.

    The interval is that of the observed agreement, over means of the clusters (Clopper-Pearson where each cluster has
    one pair and no weight lies between 0 and 1, else the Dirichlet bound), carried over to kappa with the chance
    agreement as estimated.

    Args:
        pairs: What was rated.
        scale: For graded labels, all of them in order: labels that lie nearer count as more agreement (linear weights).
            None takes labels as names.
        level: Of the interval.

    Returns:
        None when there are no pairs.
    """
    if not pairs:
        return None
    places = None if scale is None else {label: index for index, label in enumerate(scale)}
    clusters: dict[Hashable, list[float]] = {}
    for pair in pairs:
        clusters.setdefault(pair.cluster, []).append(_closeness(pair.first, pair.second, places))
    observed = fmean(value for values in clusters.values() for value in values)
    expected = _expected(pairs, places)
    confusion = Counter((pair.first, pair.second) for pair in pairs)
    if expected >= 1:
        return Agreement(len(pairs), observed, expected, None, None, None, confusion)
    interval = mean_interval([fmean(values) for values in clusters.values()], level=level)
    assert interval is not None

    def beyond(agreement: float) -> float:
        return max(-1.0, (agreement - expected) / (1 - expected))

    kappa = beyond(observed)
    low, high = beyond(interval.low), beyond(interval.high)
    return Agreement(len(pairs), observed, expected, kappa, min(low, kappa), max(high, kappa), confusion)


def _expected(pairs: Sequence[Pair], places: Mapping[Hashable, int] | None) -> float:
    first, second = Counter(pair.first for pair in pairs), Counter(pair.second for pair in pairs)
    summed = fsum(
        count * other * _closeness(one, two, places) for one, count in first.items() for two, other in second.items()
    )
    return summed / len(pairs) ** 2


def _closeness(one: Hashable, other: Hashable, places: Mapping[Hashable, int] | None) -> float:
    if places is None or len(places) == 1:
        return float(one == other)
    return 1 - abs(places[one] - places[other]) / (len(places) - 1)
