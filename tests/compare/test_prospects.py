"""Tests of what a comparison can find before it is made."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalkit.compare.prospects import chances_of, prospects
from evalkit.compare.rows import Asked
from evalkit.rounds import Rounds
from evalkit.statistics.case_chances import World
from measured_rows import adherence, row, scores

if TYPE_CHECKING:
    from evalkit.findings import Operating
    from evalkit.measured import CaseScores, MeasuredRow

_ASKED = Asked("adherence", "suite", 0.05)


def _drawn(mean: float, correlation: float, cases: int, draws: int, grain: int = 1) -> list[CaseScores]:
    """Draw cases around a mean; draws are shares of independent parts."""
    chance = np.random.default_rng(2)
    strength = (1 - correlation) / correlation if correlation else 0.0
    chances = chance.beta(mean * strength, (1 - mean) * strength, cases) if correlation else np.full(cases, mean)
    met = chance.binomial(grain, chances[:, None], (cases, draws)) / grain
    return [scores(*each) for each in met.tolist()]


def _found(
    old: MeasuredRow | None, asked: Asked = _ASKED, *, cases: int = 20, rounds: Rounds | None = None
) -> Operating:
    found = prospects(old, asked, cases=cases, repeats=16, old_repeats=16, level=0.05, alarm="harm", rounds=rounds)
    assert found is not None
    return found


@pytest.mark.parametrize("correlation", [0.1, 0.3, 0.6])
def test_scores_tell_how_the_chances_of_cases_vary(correlation: float) -> None:
    """The chances have the mean and the variance that the scores were drawn with, noise of the draws taken out."""
    chances, grain = chances_of(_drawn(0.8, correlation, 600, 4))
    world = World.of(chances)
    assert grain == 1
    assert world.mean == pytest.approx(0.8, abs=0.03)
    spread = float(world.weights @ (world.chances - world.mean) ** 2)
    assert spread / (world.mean * (1 - world.mean)) == pytest.approx(correlation, abs=0.07)


def test_scores_that_vary_less_are_taken_for_shares() -> None:
    """Draws that are shares of three parts are told from those that are 0 or 1."""
    assert chances_of(_drawn(0.7, 0.4, 300, 6, grain=3))[1] == 3


def test_perfect_scores_do_not_make_perfection_certain() -> None:
    """Where every draw was met the mean is taken a little lower, the less there are the more."""
    few, _ = chances_of([scores(1.0)] * 5)
    many, _ = chances_of([scores(*[1.0] * 16)] * 100)
    assert World.of(few).mean < 0.95
    assert 0.999 < World.of(many).mean < 1


def test_one_draw_each_takes_a_usual_correlation() -> None:
    """A single draw does not tell how alike draws of one case are."""
    chances, _ = chances_of([scores(1.0)] * 6 + [scores(0.0)] * 4)
    assert all(each.strength < inf for each in chances)


def test_what_is_low_is_turned_around() -> None:
    """Where lower is better, the drop to find is a rise."""
    chances, _ = chances_of([scores(0.0, 0.0, 0.0, 1.0)] * 10, "lower")
    assert World.of(chances).mean == pytest.approx(0.75, abs=0.02)


def test_easier_suites_detect_less_of_a_drop() -> None:
    """Draws near 1 vary less, so that a smaller drop is found than with draws near a half."""
    easy = _found(row(adherence(*_drawn(0.95, 0.2, 20, 16)))).detectable
    hard = _found(row(adherence(*_drawn(0.5, 0.0, 20, 16)))).detectable
    assert easy is not None
    assert hard is not None
    assert easy < hard


def test_nothing_known_takes_what_is_usual() -> None:
    """Without a baseline, and with one that has no such measure, usual cases are assumed."""
    found = _found(None)
    assert found == _found(row([]))
    assert found.false_alarms <= 0.07
    assert found.detectable is not None


def test_rounds_count_only_if_they_end_with_the_repeats() -> None:
    """A plan of rounds changes the numbers; one for other repeats does not fit and is left out."""
    planned = _found(None, rounds=Rounds((4, 8, 16)))
    assert planned != _found(None)
    assert _found(None, rounds=Rounds((4, 8))) == _found(None)


@pytest.mark.parametrize(
    ("measure", "cases"), [("exact_agreement", 20), ("adherence", 0)], ids=["one number a case", "no cases"]
)
def test_what_cannot_be_simulated_is_not_known(measure: str, cases: int) -> None:
    """A measure that has one number for all draws of a case varies nobody knows how; without cases nothing is met."""
    asked = Asked(measure, "population", 0.05)
    assert prospects(None, asked, cases=cases, repeats=4, old_repeats=4, level=0.05, alarm="harm") is None
