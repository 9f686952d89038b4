"""Exact permutation tests on which draws are equal, with the whole distribution counted instead of sampled.

Under the null hypothesis the labels of the draws of one prompt could be exchanged. Counting how often each value of the
statistic comes up over all exchanges needs only the number of equal draws, so that no exchange is missed and the chance
is exact at any number of draws.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import comb, lcm
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

Ways: TypeAlias = "dict[int, int]"
"""Values of a whole-number statistic, each with the number of exchanges that give it."""


def agreement(draws: Sequence[Hashable]) -> float | None:
    """Return the share of pairs of draws that are equal; None below two draws.

    >>> agreement(["a", "a", "b"])
    0.3333333333333333
    """
    return None if len(draws) < 2 else _equal_pairs(draws) / comb(len(draws), 2)


def agreement_test(first: Sequence[Sequence[Hashable]], second: Sequence[Sequence[Hashable]]) -> float:
    """Test whether draws of the first kind agree with one another more than those of the second kind.

    The statistic is the agreement of the first less that of the second, averaged over the prompts; draws are exchanged
    within each prompt.

    Args:
        first: Draws of the first kind for each prompt, at least two each.
        second: Draws of the second kind for the same prompts, at least two each.

    Returns:
        The chance of a statistic at least as great when both kinds are drawn alike, exact.

    Source: Fisher 1935, "The Design of Experiments"; in the form of Lehmann and Romano 2022, chapter 17.
    """
    scale = lcm(*(comb(len(each), 2) for each in (*first, *second)))
    observed, total = 0, {0: 1}
    for one, other in zip(first, second, strict=True):
        weights = scale // comb(len(one), 2), scale // comb(len(other), 2)
        observed += weights[0] * _equal_pairs(one) - weights[1] * _equal_pairs(other)
        counts = tuple(Counter([*one, *other]).values())
        total = _summed(total, _exchanges(counts, len(one), weights))
    return _tail(total, observed)


def matching_test(pairs: Sequence[Sequence[tuple[Hashable, Hashable]]]) -> float:
    """Test whether draws that belong together in pairs are equal more often than other pairs of the same prompt.

    Args:
        pairs: For each prompt its draws, as pairs; at most six pairs each.

    Returns:
        The chance of at least as many equal pairs when the draws of a prompt are paired at random, exact.
    """
    observed, total = 0, {0: 1}
    for of_prompt in pairs:
        observed += sum(one == other for one, other in of_prompt)
        total = _summed(total, _matchings([draw for pair in of_prompt for draw in pair]))
    return _tail(total, observed)


def _equal_pairs(draws: Sequence[Hashable]) -> int:
    return sum(comb(amount, 2) for amount in Counter(draws).values())


def _exchanges(counts: Sequence[int], size: int, weights: tuple[int, int]) -> Ways:
    """Count the statistic over all ways to pick the `size` draws of the first kind.

    Args:
        counts: How many of the prompt's draws there are of each text.
        size: Draws of the first kind.
        weights: What an equal pair of the first and of the second kind counts.
    """
    states: dict[tuple[int, int], int] = {(0, 0): 1}
    for amount in counts:
        following: Counter[tuple[int, int]] = Counter()
        for (used, value), ways in states.items():
            for taken in range(min(amount, size - used) + 1):
                gain = weights[0] * comb(taken, 2) - weights[1] * comb(amount - taken, 2)
                following[used + taken, value + gain] += ways * comb(amount, taken)
        states = dict(following)
    return {value: ways for (used, value), ways in states.items() if used == size}


def _matchings(draws: Sequence[Hashable]) -> Ways:
    """Count the equal pairs over all ways to put draws into pairs."""
    if not draws:
        return {0: 1}
    head, *rest = draws
    total: Counter[int] = Counter()
    for index, partner in enumerate(rest):
        for equal, ways in _matchings(rest[:index] + rest[index + 1 :]).items():
            total[equal + (head == partner)] += ways
    return dict(total)


def _summed(one: Mapping[int, int], other: Mapping[int, int]) -> Ways:
    """Return the distribution of the sum of two independent statistics."""
    total: Counter[int] = Counter()
    for value, ways in one.items():
        for more, others in other.items():
            total[value + more] += ways * others
    return dict(total)


def _tail(distribution: Mapping[int, int], observed: int) -> float:
    ways = sum(each for value, each in distribution.items() if value >= observed)
    return float(Fraction(ways, sum(distribution.values())))
