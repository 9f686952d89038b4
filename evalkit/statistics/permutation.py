"""Exact permutation tests on which draws are equal, with the whole distribution counted instead of sampled.

Under the null hypothesis the labels of the draws of one prompt could be exchanged. Counting how often each value of the
statistic comes up over all exchanges needs only the number of equal draws, so that no exchange is missed and the chance
is exact at any number of draws.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import comb
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

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

    The statistic is the number of equal pairs of the first kind less that of the second, over all prompts; draws are
    exchanged within each prompt. Where a prompt has more draws of one kind, the last of them are left out.

    Args:
        first: Draws of the first kind for each prompt.
        second: Draws of the second kind for the same prompts.

    Returns:
        The chance of a statistic at least as great when both kinds are drawn alike, exact up to rounding.

    Source: Fisher 1935, "The Design of Experiments"; in the form of Lehmann and Romano 2022, chapter 17.
    """
    import numpy as np  # noqa: PLC0415 - only a test needs it

    observed, total = 0, np.ones(1)
    for one, other in zip(first, second, strict=True):
        size = min(len(one), len(other))
        observed += _equal_pairs(one[:size]) - _equal_pairs(other[:size])
        total = np.convolve(total, _exchanges(Counter([*one[:size], *other[:size]]).values(), size))
    lowest = -(len(total) // 2)
    return min(1.0, float(total[observed - lowest :].sum()))


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


def _exchanges(counts: Iterable[int], size: int) -> NDArray[np.float64]:
    """Return the distribution of the statistic over all ways to pick `size` of one prompt's draws as the first kind.

    Args:
        counts: How many draws there are of each text, 2 * `size` in all.
        size: Draws of each kind.

    Returns:
        The chance of each value from the least possible, where all draws of the second kind are equal, to the greatest.
    """
    import numpy as np  # noqa: PLC0415 - as above

    widest = comb(size, 2)
    ways = np.zeros((size + 1, 2 * widest + 1))  # (draws of the first kind so far, value)
    ways[0, widest] = 1
    for amount in counts:
        following = np.zeros_like(ways)
        for taken in range(min(amount, size) + 1):
            gain = comb(taken, 2) - comb(amount - taken, 2)
            share = comb(amount, taken)
            picked = ways[: size + 1 - taken]
            if gain >= 0:
                following[taken:, gain:] += share * picked[:, : picked.shape[1] - gain]
            else:
                following[taken:, :gain] += share * picked[:, -gain:]
        ways = following
    chances: NDArray[np.float64] = ways[size] / ways[size].sum()
    return chances


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
