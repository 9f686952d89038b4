"""Exact permutation tests on equal draws, held against enumeration and against scipy's."""

from __future__ import annotations

from itertools import combinations, product
from math import comb
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.permutation import agreement, agreement_test, matching_test

DRAWS = st.lists(st.sampled_from("abc"), min_size=2, max_size=4)


def _equal(draws: list[str]) -> int:
    """Compare every pair, one after the other."""
    return sum(one == other for one, other in combinations(draws, 2))


def _enumerated(first: list[list[str]], second: list[list[str]]) -> float:
    """Go through every exchange of labels."""

    def statistics(one: list[str], other: list[str]) -> list[int]:
        size = min(len(one), len(other))
        pooled = [*one[:size], *other[:size]]
        places = range(len(pooled))
        return [
            _equal([pooled[i] for i in chosen]) - _equal([pooled[i] for i in places if i not in chosen])
            for chosen in combinations(places, size)
        ]

    totals = [sum(each) for each in product(*map(statistics, first, second))]
    return sum(total >= totals[0] for total in totals) / len(totals)  # the first exchange leaves all as it is


@given(st.lists(st.tuples(DRAWS, DRAWS), min_size=1, max_size=2))
def test_the_chance_is_that_of_every_exchange(prompts: list[tuple[list[str], list[str]]]) -> None:
    """Counting by texts gives what going through the exchanges gives, with unequal numbers of draws too."""
    first, second = [one for one, _ in prompts], [other for _, other in prompts]
    assert agreement_test(first, second) == pytest.approx(_enumerated(first, second), abs=1e-12)


def test_one_prompt_agrees_with_scipy() -> None:
    """The exact permutation test of scipy, told the same statistic, has the same chance."""
    from scipy import stats  # noqa: TID251 - independent reference

    first, second = [0, 0, 0, 1, 0], [2, 0, 3, 3, 4]

    def statistic(one: np.ndarray, other: np.ndarray) -> float:
        return _equal(list(map(str, one))) - _equal(list(map(str, other)))

    permute: Any = stats.permutation_test  # scipy has no types
    found = permute((first, second), statistic, vectorized=False, n_resamples=np.inf, alternative="greater")
    assert agreement_test([first], [second]) == pytest.approx(float(found.pvalue), abs=1e-12)


def test_one_kind_equal_and_the_other_not() -> None:
    """Of the 20 ways to pick three of six draws one puts the equal ones together, so that four prompts have 1/20^4."""
    assert agreement_test([["a", "a", "a"]] * 4, [["b", "c", "d"]] * 4) == pytest.approx(20**-4)


def test_equal_draws_throughout_say_nothing() -> None:
    """Where every draw is the same, every exchange is as good."""
    assert agreement_test([["a", "a"]], [["a", "a"]]) == 1


@pytest.mark.parametrize("draws", [[], ["a"]], ids=["none", "one"])
def test_agreement_needs_two_draws(draws: list[str]) -> None:
    """A single draw agrees with nothing."""
    assert agreement(draws) is None


@given(DRAWS)
def test_agreement_is_the_share_of_equal_pairs(draws: list[str]) -> None:
    """Counting texts gives what comparing pairs gives."""
    assert agreement(draws) == pytest.approx(_equal(draws) / comb(len(draws), 2))


@pytest.mark.parametrize(("pairs", "ways"), [(2, 3), (3, 15), (4, 105)], ids=["two", "three", "four"])
def test_only_one_pairing_joins_what_is_equal(pairs: int, ways: int) -> None:
    """With texts that come twice each, the chance is one in the number of pairings: 1 x 3 x 5 ..."""
    assert matching_test([[(text, text) for text in "abcd"[:pairs]]]) == pytest.approx(1 / ways)


def test_prompts_multiply() -> None:
    """Two prompts are paired independently of one another."""
    prompt = [("a", "a"), ("b", "b")]
    assert matching_test([prompt, prompt]) == pytest.approx(1 / 9)


@given(st.integers(0, 2**32 - 1))
def test_the_false_alarm_rate_is_kept(seed: int) -> None:
    """When nothing differs, the chance is uniform or above it, so that its mean is at least 1/2."""
    chance = np.random.default_rng(seed)
    draws = [[str(word) for word in chance.integers(0, 3, 6)] for _ in range(2)]
    chances: list[float] = []
    for _ in range(40):
        shuffled = [list(chance.permutation(each)) for each in draws]
        chances.append(agreement_test([each[:3] for each in shuffled], [each[3:] for each in shuffled]))
    assert np.mean(chances) > 0.3  # 0.5 less more than four standard errors
