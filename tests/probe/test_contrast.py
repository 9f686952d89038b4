"""Judging draws at two ends of a setting: verdicts, and how often they are wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from evalkit.probe.contrast import FALSE_ALARM, FALSE_ALL_CLEAR, SMALLEST_DIFFERENCE, STAGES, judge

if TYPE_CHECKING:
    from evalkit.probe.contrast import Stage

FIRST, SECOND, LAST = STAGES


def _free(prompts: int, draws: int) -> list[list[str]]:
    """Return draws of which no two are the same."""
    return [[f"{prompt} {draw}" for draw in range(draws)] for prompt in range(prompts)]


def _same(prompts: int, draws: int) -> list[list[str]]:
    """Return draws that are all the same."""
    return [[f"{prompt}"] * draws for prompt in range(prompts)]


def test_a_clear_effect_is_seen_at_the_first_look() -> None:
    """Three equal draws of each of four prompts against three different ones have a chance of 1 / 20^4."""
    judged = judge(_same(4, 3), _free(4, 3), FIRST)
    assert (judged.verdict, judged.draws, judged.error_rate) == ("connected", 24, FALSE_ALARM)
    assert judged.chance == pytest.approx(20**-4)


def test_no_effect_is_seen_at_the_second_look() -> None:
    """Three draws are too few to call a setting ignored, ten are enough when all differ."""
    assert judge(_free(4, 3), _free(4, 3), FIRST).verdict == "undecided"
    judged = judge(_free(4, 10), _free(4, 10), SECOND)
    assert (judged.verdict, judged.error_rate) == ("ignored", FALSE_ALL_CLEAR)
    assert judged.bounds is not None
    assert judged.bounds.high is not None
    assert judged.bounds.high < SMALLEST_DIFFERENCE


def test_equal_draws_throughout_show_nothing() -> None:
    """When the wide end does not vary either, no effect could show, and more draws would not help."""
    judged = judge(_same(4, 10), _same(4, 10), SECOND)
    assert judged.verdict == "undecided"
    assert judged.hopeless
    assert "too few" in judged.why


def test_more_agreement_at_the_wide_end_is_not_called_ignored() -> None:
    """A setting that acts the wrong way round does something."""
    assert judge(_free(4, 20), _same(4, 20), LAST).verdict == "undecided"


def test_prompts_without_two_draws_are_left_out() -> None:
    """A prompt that failed at one end does not count at the other."""
    judged = judge([["a"], *_same(4, 3)], [["a", "b"], *_free(4, 3)], FIRST)
    assert (judged.verdict, judged.draws) == ("connected", 24)
    nothing = judge([["a"]], [["b"]], FIRST)
    assert (nothing.verdict, nothing.bounds, nothing.draws) == ("undecided", None, 0)


def _looked_through(chance: np.random.Generator, narrow: np.ndarray, wide: np.ndarray) -> str:
    """Draw in stages as a probe does, each prompt from its own distribution at each end, and return the verdict."""
    low: list[list[str]] = [[] for _ in narrow]
    high: list[list[str]] = [[] for _ in wide]
    for stage in STAGES:
        for texts, shares in ((low, narrow), (high, wide)):
            _extend(chance, texts, shares, stage)
        judged = judge(low, high, stage)
        if judged.verdict != "undecided" or judged.hopeless:
            return judged.verdict
    return "undecided"


def _extend(chance: np.random.Generator, texts: list[list[str]], shares: np.ndarray, stage: Stage) -> None:
    for own, share in zip(texts, shares, strict=True):
        own += [str(word) for word in chance.choice(len(share), stage.draws - len(own), p=share)]


@pytest.mark.slow
@pytest.mark.parametrize("spread", [0.2, 1.0, 10.0], ids=["few texts", "some texts", "many texts"])
def test_a_setting_that_does_nothing_is_seldom_called_connected(spread: float) -> None:
    """Over 400 probes of models of which both ends are the same, false alarms stay within what is stated."""
    chance = np.random.default_rng(3)
    verdicts = [
        _looked_through(chance, shares, shares) for shares in (chance.dirichlet([spread] * 30, 4) for _ in range(400))
    ]
    # More than 3 of 400 have a chance below 0.001 when the rate is the one stated.
    assert verdicts.count("connected") <= 3


@pytest.mark.slow
def test_an_effect_that_matters_is_seldom_called_ignored() -> None:
    """Over 400 probes of models whose agreement falls by the smallest difference of interest, all clear stays rare."""
    chance = np.random.default_rng(4)
    narrow = np.zeros((4, 31))
    wide = np.full((4, 31), 1 / 31)
    share = (SMALLEST_DIFFERENCE + 1 / 31) ** 0.5  # so that two draws agree so much more often than at the wide end
    narrow[:, 0], narrow[:, 1:] = share, (1 - share) / 30
    verdicts = [_looked_through(chance, narrow, wide) for _ in range(400)]
    assert verdicts.count("ignored") <= 11  # a chance below 0.01 at the rate stated
    assert verdicts.count("connected") >= 390
