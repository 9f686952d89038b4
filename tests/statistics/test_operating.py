"""Tests of how comparisons behave in the long run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalkit.measured import CaseScores
from evalkit.pairing import pair_cases
from evalkit.statistics.case_chances import CaseChances
from evalkit.statistics.differences import p_above, p_below
from evalkit.statistics.nights import Repeats
from evalkit.statistics.operating import Design, operating
from evalkit.statistics.sign_flip import sign_flip

if TYPE_CHECKING:
    from evalkit.gate import Scope

_CASES = [CaseChances(0.9, 7 / 3)]
_DESIGN = Design("suite", 0.05, 0.05, "harm", 20, Repeats(16, 16))
_SCOPES: tuple[Scope, ...] = ("suite", "population")


def _drawn(met: int, draws: int) -> CaseScores:
    return CaseScores(tuple((value, count) for value, count in ((0.0, draws - met), (1.0, met)) if count))


@pytest.mark.parametrize("scope", _SCOPES)
def test_the_shares_are_those_of_nights_through_the_real_functions(scope: Scope) -> None:
    """Nights that are drawn, paired and tested one by one reach the verdicts as often."""
    chance, design = np.random.default_rng(11), replace(_DESIGN, scope=scope)
    found, worse, not_worse = operating([CaseChances(0.8)], design), 0, 0
    for _ in range(300):
        new, old = ([_drawn(met, 16) for met in chance.binomial(16, mean, 20).tolist()] for mean in (0.7, 0.8))
        paired = pair_cases(new, old, scope=scope)
        p = sign_flip(paired.values, shift=-0.05).p_below if scope == "population" else p_below(paired, -0.05)
        worse += p <= 0.05
        new = [_drawn(met, 16) for met in chance.binomial(16, 0.8, 20).tolist()]
        not_worse += p_above(pair_cases(new, old, scope=scope), -0.05) <= 0.05
    assert found.power == pytest.approx(worse / 300, abs=0.09)
    shown = operating([CaseChances(0.8)], replace(design, alarm="unproven")).power
    assert shown == pytest.approx(not_worse / 300, abs=0.09)


@pytest.mark.parametrize("ends", [(), (1, 2, 4, 8, 16)], ids=["fixed", "in rounds"])
@pytest.mark.parametrize("scope", _SCOPES)
def test_errors_keep_to_the_level(scope: Scope, ends: tuple[int, ...]) -> None:
    """Neither false alarms nor errors at the margin are more frequent than the level, for either alarm."""
    for margin in (0.0, 0.05):
        harm = operating(_CASES, replace(_DESIGN, scope=scope, margin=margin, ends=ends), nights=1000)
        unproven = operating(
            _CASES, replace(_DESIGN, scope=scope, margin=margin, ends=ends, alarm="unproven"), nights=1000
        )
        assert max(harm.false_alarms, harm.error_at_margin, unproven.error_at_margin) <= 0.07


@pytest.mark.parametrize("scope", _SCOPES)
def test_the_detectable_drop_is_found_as_often_as_stated(scope: Scope) -> None:
    """A drop of twice the margin that is the detectable one alarms in four nights of five; more repeats find less."""
    found = operating(_CASES, replace(_DESIGN, scope=scope, margin=0.07), nights=1000)
    assert found.detectable == pytest.approx(0.14, abs=0.005)
    assert found.power == pytest.approx(0.82, abs=0.05)
    more = operating(_CASES, replace(_DESIGN, scope=scope, margin=0.07, repeats=Repeats(32, 32)), nights=1000)
    assert more.detectable is not None
    assert more.detectable < 0.13


def test_more_of_everything_finds_more() -> None:
    """More repeats, more cases and a greater level each raise the power."""
    power = operating(_CASES, _DESIGN).power
    assert power is not None
    for better in (
        replace(_DESIGN, cases=60),
        replace(_DESIGN, repeats=Repeats(48, 48)),
        replace(_DESIGN, repeats=Repeats(16, 160)),
        replace(_DESIGN, level=0.2),
    ):
        raised = operating(_CASES, better).power
        assert raised is not None
        assert raised > power


def test_rounds_cost_little_power() -> None:
    """Five looks find a drop less often than one at the end, but not by much."""
    fixed = operating(_CASES, _DESIGN).power
    looked = operating(_CASES, replace(_DESIGN, ends=(1, 2, 4, 8, 16))).power
    assert fixed is not None
    assert looked is not None
    assert fixed - 0.2 < looked < fixed + 0.03


def test_nothing_is_detectable_with_hardly_any_draws() -> None:
    """Five cases drawn once can show no drop, not even one of all; at margin 0 there is no twice the margin."""
    found = operating(_CASES, Design("population", 0.0, 0.05, "harm", 5, Repeats(1, 1)))
    assert (found.detectable, found.power, found.false_alarms) == (None, None, 0.0)


def test_no_change_at_margin_0_is_the_margin() -> None:
    """For `unproven` at margin 0, showing no harm without change is the error itself."""
    found = operating(_CASES, replace(_DESIGN, margin=0.0, alarm="unproven"))
    assert found.error_at_margin == found.power


def test_the_numbers_are_the_same_every_time() -> None:
    """The simulation is seeded."""
    assert operating(_CASES, _DESIGN) == operating(_CASES, _DESIGN)


def test_without_cases_there_is_no_world() -> None:
    """No cases are refused."""
    with pytest.raises(ValueError, match="at least one case"):
        operating([], _DESIGN)
