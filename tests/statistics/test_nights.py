"""Tests of simulated nights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.measured import CaseScores
from evalkit.pairing import pair_cases
from evalkit.statistics.nights import Repeats, dropped, lattice_of, met_counts

if TYPE_CHECKING:
    from evalkit.gate import Scope

_SCOPES: tuple[Scope, ...] = ("suite", "population")
_REPEATS = [Repeats(1, 1), Repeats(4, 4), Repeats(4, 16), Repeats(7, 3, 2), Repeats(30, 7, 3)]


def _scores(met: np.ndarray[tuple[int], np.dtype[np.int16]], grain: int) -> CaseScores:
    values, counts = np.unique(met / grain, return_counts=True)
    return CaseScores(tuple(zip(values.tolist(), counts.tolist(), strict=True)))


@pytest.mark.parametrize("scope", _SCOPES)
@pytest.mark.parametrize("repeats", _REPEATS)
def test_the_distribution_has_the_mean_and_variance_of_what_is_paired(repeats: Repeats, scope: Scope) -> None:
    """Each group's mean is the difference of its chances, and its spread that of differences that were drawn."""
    new, old, chance = np.array([0.8, 0.2]), np.array([0.9, 0.2]), np.random.default_rng(7)
    lattice = lattice_of(new, old, repeats, scope)
    assert lattice.chances.sum(axis=1) == pytest.approx(1)
    assert lattice.chances @ lattice.values == pytest.approx(new - old)
    drawn: list[float] = []
    for _ in range(300):
        sides = [
            [_scores(chance.binomial(repeats.grain, each, count).astype(np.int16), repeats.grain) for each in chances]
            for chances, count in ((new, repeats.new), (old, repeats.old))
        ]
        drawn += pair_cases(*sides, scope=scope).values
    squares = np.square(drawn)
    expected = float((lattice.chances @ lattice.values**2).mean())
    assert float(squares.mean()) == pytest.approx(expected, abs=4 * float(squares.std()) / len(drawn) ** 0.5)


@pytest.mark.parametrize("scope", _SCOPES)
@pytest.mark.parametrize("repeats", _REPEATS[:-1])
def test_nights_drawn_singly_are_distributed_as_nights_drawn_whole(repeats: Repeats, scope: Scope) -> None:
    """Counting the differences of single draws gives each value as often as its chance says."""
    chance, nights, cases = np.random.default_rng(3), 400, 20
    chances = np.full((nights, cases, 1), 0.7)
    new = chance.binomial(repeats.grain, chances, (nights, cases, repeats.new)).astype(np.int16)
    old = chance.binomial(repeats.grain, chances, (nights, cases, repeats.old)).astype(np.int16)
    met = met_counts(new, old, scope, repeats.grain)
    lattice = lattice_of(np.array([0.7]), np.array([0.7]), repeats, scope)
    assert met.counts.sum(axis=1).tolist() == [repeats.units(scope, cases)] * nights
    assert met.per_one == lattice.per_one
    shares, expected = met.counts.sum(axis=0) / met.counts.sum(), lattice.chances[0]
    assert np.abs(shares - expected).max() < 5 * (0.25 / met.counts.sum()) ** 0.5


@given(
    chances=st.lists(st.floats(0, 1), min_size=1, max_size=8),
    share=st.floats(0, 1),
)
def test_chances_drop_by_as_much_as_asked(chances: list[float], share: float) -> None:
    """The mean falls by the drop, no chance rises or leaves its range, and chances keep their order."""
    old = np.array(chances)
    weights = np.arange(1, len(old) + 1) / sum(range(1, len(old) + 1))
    drop = share * float(old @ weights)
    new = dropped(old, weights, drop)
    assert float((old - new) @ weights) == pytest.approx(drop, abs=1e-9)
    assert new.min() >= 0
    assert (new <= old + 1e-12).all()
    assert (np.diff(new[np.argsort(old)]) >= -1e-12).all()
