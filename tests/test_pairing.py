"""Tests of how cases and draws are paired."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.measured import CaseScores
from evalkit.pairing import pair_cases, seed_of

if TYPE_CHECKING:
    from evalkit.gate import Scope
    from evalkit.pairing import Missing

_counts = st.dictionaries(st.sampled_from([0.0, 0.5, 1.0]), st.integers(1, 6), min_size=1).map(
    lambda found: CaseScores(tuple(sorted(found.items())))
)
_SCOPES: tuple[Scope, ...] = ("suite", "population")


@given(sides=st.lists(st.tuples(_counts, _counts), min_size=1, max_size=8))
def test_cases_are_the_units_of_a_population(sides: list[tuple[CaseScores, CaseScores]]) -> None:
    """Each case makes one difference: that of its means."""
    found = pair_cases([one for one, _ in sides], [other for _, other in sides], scope="population")
    means = [(one.mean or 0.0) - (other.mean or 0.0) for one, other in sides]
    assert found.values == pytest.approx(means)


@given(draws=st.integers(1, 6))
def test_equal_draws_make_pairs_with_the_same_mean(draws: int) -> None:
    """Where all have as many draws, the mean over pairs is the difference of the means."""
    new = [CaseScores(((0.0, draws), (1.0, draws))), CaseScores(((1.0, 2 * draws),))]
    old = [CaseScores(((0.0, 2 * draws),)), CaseScores(((0.5, 2 * draws),))]
    found = pair_cases(new, old, scope="suite")
    assert len(found.values) == 4 * draws
    assert found.mean == pytest.approx((0.5 + 0.5) / 2)


def test_more_draws_on_a_side_are_put_together() -> None:
    """Eight old draws against two new ones make two pairs, with the means of four each."""
    found = pair_cases([CaseScores(((1.0, 2),))], [CaseScores(((0.0, 4), (1.0, 4)))], scope="suite")
    assert len(found.values) == 2
    assert found.mean == pytest.approx(0.5)


@pytest.mark.parametrize("scope", _SCOPES)
def test_missing_draws_count_against_either_conclusion(scope: Scope) -> None:
    """A side without answers is neither shown to be no worse nor to be worse."""
    new, old = [CaseScores((), missing=4)] * 3, [CaseScores(((0.5, 4),))] * 3
    assert pair_cases(new, old, scope=scope, missing="against").mean == pytest.approx(-0.5)
    assert pair_cases(new, old, scope=scope, missing="in_favour").mean == pytest.approx(0.5)
    assert pair_cases(new, old, scope=scope).values == ()


@pytest.mark.parametrize("scope", _SCOPES)
def test_lower_is_better_turns_everything_around(scope: Scope) -> None:
    """A fall of what should be low is an improvement, and what is missing counts as high."""
    new, old = [CaseScores(((0.25, 2),), missing=2)], [CaseScores(((0.75, 4),))]
    found = pair_cases(new, old, scope=scope, missing="against", better="lower")
    assert found.mean == pytest.approx(0.75 - (0.25 + 1.0) / 2)
    found = pair_cases(new, old, scope=scope, missing="in_favour", better="lower")
    assert found.mean == pytest.approx(0.75 - 0.25 / 2)


def test_pairs_are_the_same_every_time() -> None:
    """The shuffle is seeded with the scores, so that the same scores give the same pairs."""
    new, old = [CaseScores(((0.0, 8), (1.0, 8)))] * 2, [CaseScores(((0.0, 4), (1.0, 12)))] * 2
    assert pair_cases(new, old, scope="suite") == pair_cases(new, old, scope="suite")


def test_no_pairing_is_the_same_night_after_night() -> None:
    """Over many nights the pairs vary as independent draws do, even with a single case."""
    chance, squares = np.random.default_rng(5), list[float]()
    for _ in range(400):
        new, old = ([CaseScores(((0.0, 8 - met), (1.0, met)))] for met in chance.binomial(8, 0.5, 2).tolist())
        squares += [value * value for value in pair_cases(new, old, scope="suite").values]
    assert sum(squares) / len(squares) == pytest.approx(0.5, abs=0.04)


def test_cases_with_unequal_draws_are_parted_evenly() -> None:
    """Each case has as many pairs as the least allows, whose parts differ by at most one draw; no draw is lost."""
    sizes = (4, 7, 5, 7, 4)
    new = [CaseScores(((0.0, size - 3), (1.0, 3))) for size in sizes]
    old = [CaseScores(((0.0, size),)) for size in sizes]
    found = pair_cases(new, old, scope="suite")
    assert len(found.values) == 4 * len(sizes)
    for place, size in enumerate(sizes):
        parts = found.values[4 * place : 4 * place + 4]
        lengths = [size // 4 + (part < size % 4) for part in range(4)]
        assert sum(value * length for value, length in zip(parts, lengths, strict=True)) == pytest.approx(3)


@pytest.mark.parametrize("scope", _SCOPES)
@pytest.mark.parametrize("missing", ["left_out", "against", "in_favour"])
def test_scores_that_are_shared_pair_like_equal_ones(scope: Scope, missing: Missing) -> None:
    """Whether cases hold the same object or one of their own."""
    shared = [CaseScores(((0.0, 3), (0.5, 1), (1.0, 4)), 2)] * 5
    own = [CaseScores(((0.0, 3), (0.5, 1), (1.0, 4)), 2) for _ in range(5)]
    old = [CaseScores(((0.0, 5), (1.0, 5)))] * 5
    assert pair_cases(shared, old, scope=scope, missing=missing) == pair_cases(own, old, scope=scope, missing=missing)
    assert seed_of(shared, old) == seed_of(own, old)


def test_the_seed_is_that_of_the_scores_alone() -> None:
    """Other scores, or the same on the other side, have another one."""
    one, other = [CaseScores(((1.0, 2),))], [CaseScores(((1.0, 1),), 1)]
    assert len({seed_of(one, other), seed_of(other, one), seed_of(one, one), seed_of([*one, *one], other)}) == 4
