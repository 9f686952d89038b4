"""The temperature read from log-probabilities, on simulated tables."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.statistics.tempered import Step, effective_temperature

VOCABULARY = 60


def simulated(
    chance: np.random.Generator, temperature: float, count: int, *, spread: float = 1.6, listed: int = 20
) -> list[Step]:
    """Draw tokens at a temperature and list the likeliest of each step; a token that is not listed leaves no step."""
    steps: list[Step] = []
    for _ in range(count):
        logits = chance.normal(0, spread, VOCABULARY)
        own = logits - math.log(np.exp(logits).sum())
        weights = np.exp((own - own.max()) / temperature)
        token = int(chance.choice(VOCABULARY, p=weights / weights.sum()))
        top = np.argsort(-own)[:listed]
        if token in top:
            steps.append(Step(int(np.where(top == token)[0][0]), tuple(float(own[each]) for each in top)))
    return steps


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.3, 0.7, 1.0, 1.5]))
def test_the_interval_holds_the_temperature(seed: int, temperature: float) -> None:
    """At one chance in a million of a miss it does, though the tokens that are not listed are left out."""
    found = effective_temperature(simulated(np.random.default_rng(seed), temperature, 150), alpha=1e-6)
    assert found.holds(temperature)
    assert found.estimate is not None
    assert found.low < found.estimate < (found.high or math.inf)


@pytest.mark.parametrize("spread", [1.6, 6.0], ids=["open", "nearly decided"])
def test_the_interval_misses_as_rarely_as_it_says(spread: float) -> None:
    """Over 400 simulations the 95 % interval misses about 5 %, also where few tokens leave a choice."""
    chance = np.random.default_rng(11)
    missed = sum(
        not effective_temperature(simulated(chance, 0.8, 60, spread=spread), alpha=0.05).holds(0.8) for _ in range(400)
    )
    assert missed / 400 <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)


def test_the_estimate_is_where_statsmodels_puts_it() -> None:
    """1 / T is the coefficient of a conditional logit of the tokens drawn on their log-probabilities."""
    models: Any = import_module("statsmodels.discrete.conditional_models")  # statsmodels has no types

    steps = simulated(np.random.default_rng(2), 0.7, 80)
    drawn = [float(place == step.chosen) for step in steps for place in range(len(step.logprobs))]
    own = [[logprob] for step in steps for logprob in step.logprobs]
    groups = [row for row, step in enumerate(steps) for _ in step.logprobs]
    fitted = models.ConditionalLogit(np.array(drawn), np.array(own), groups=np.array(groups)).fit(disp=False)
    found = effective_temperature(steps, alpha=0.05)
    assert found.estimate == pytest.approx(1 / float(fitted.params[0]), rel=1e-4)


def test_greedy_tokens_have_no_lower_end() -> None:
    """When the likeliest token always comes, every low temperature explains it."""
    steps = [Step(0, (-0.1, -2.4, -5.0))] * 30
    found = effective_temperature(steps, alpha=0.05)
    assert (found.estimate, found.low) == (None, 0.0)
    assert found.high is not None
    assert found.high < 1


def test_even_tokens_have_no_upper_end() -> None:
    """When each token comes as often as the other whatever their probabilities, no heat is too great."""
    found = effective_temperature([Step(place, (-0.5, -0.93)) for place in (0, 1)] * 20, alpha=0.05)
    assert found.high is None


def test_nothing_is_known_from_steps_without_a_choice() -> None:
    """A step that lists one token says nothing, and no step says nothing either."""
    for steps in ([], [Step(0, (0.0,))]):
        found = effective_temperature(steps, alpha=0.05)
        assert (found.estimate, found.low, found.high, found.steps) == (None, 0.0, None, 0)


def test_impossible_tokens_in_the_list_do_no_harm() -> None:
    """Some servers list tokens at minus infinity or -9999."""
    plain = [Step(place, (-0.4, -1.2)) for place in (0, 0, 1, 0)] * 5
    padded = [Step(step.chosen, (*step.logprobs, -9999.0, -math.inf)) for step in plain]
    one, other = (effective_temperature(steps, alpha=0.05) for steps in (plain, padded))
    assert one.estimate == pytest.approx(other.estimate)
