"""Drawing tokens: the right distribution, the right filters, the same noise for the same seed."""

# The library's classes carry no types, and a test may look inside an adapter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from evalkit.providers.local.sampling import Sampler, SamplingSettings, filtered_probabilities

LOGITS = np.random.default_rng(3).normal(0.0, 1.6, 40)
DRAWS = 4000


def reference(logits: np.ndarray, asked: SamplingSettings) -> np.ndarray:
    """Compute the distribution in float64, by the definitions, one token at a time."""
    scaled = logits / asked.temperature
    probabilities = np.exp(scaled - scaled.max())
    probabilities /= probabilities.sum()
    order = sorted(range(len(logits)), key=lambda token: (-probabilities[token], token))
    if asked.top_k:
        order = order[: asked.top_k]
    mass = sum(probabilities[token] for token in order)
    kept: list[int] = []
    reached = 0.0
    for token in order:
        if kept and reached >= asked.top_p and asked.top_p < 1:
            break
        kept.append(token)
        reached += probabilities[token] / mass
    least = asked.min_p * probabilities[kept[0]]
    result = np.zeros_like(probabilities)
    for token in kept:
        if probabilities[token] >= least:
            result[token] = probabilities[token]
    normalised: np.ndarray = result / result.sum()
    return normalised


CASES = [
    pytest.param(SamplingSettings(1.0), id="plain"),
    pytest.param(SamplingSettings(0.4), id="cool"),
    pytest.param(SamplingSettings(1.7), id="hot"),
    pytest.param(SamplingSettings(1.0, top_k=5), id="top_k"),
    pytest.param(SamplingSettings(1.0, top_k=1), id="top_k of one"),
    pytest.param(SamplingSettings(1.0, top_k=999), id="top_k beyond the vocabulary"),
    pytest.param(SamplingSettings(1.0, top_p=0.7), id="top_p"),
    pytest.param(SamplingSettings(1.0, top_p=1e-9), id="top_p keeps one at least"),
    pytest.param(SamplingSettings(1.0, min_p=0.2), id="min_p"),
    pytest.param(SamplingSettings(1.0, min_p=1.0), id="min_p of one"),
    pytest.param(SamplingSettings(0.8, top_k=20, top_p=0.8, min_p=0.05), id="all filters"),
]


@pytest.mark.parametrize("asked", CASES)
def test_probabilities_follow_their_definition(asked: SamplingSettings) -> None:
    """Filters act in the order that is documented, each on what the one before left."""
    found = filtered_probabilities(torch.tensor(LOGITS[None], dtype=torch.float32), [asked])[0].double().numpy()
    assert np.allclose(found / found.sum(), reference(LOGITS, asked), atol=1e-6)


@pytest.mark.parametrize("asked", CASES)
def test_draws_follow_the_distribution(asked: SamplingSettings) -> None:
    """A chi-square test at a level of one in a million, seeded, against probabilities from float64."""
    from scipy.stats import chisquare

    logits = torch.tensor(LOGITS, dtype=torch.float32).repeat(DRAWS, 1)
    tokens = Sampler([asked] * DRAWS, list(range(DRAWS))).draw(logits).numpy()
    expected = reference(LOGITS, asked)
    counts = np.bincount(tokens, minlength=len(LOGITS))
    assert not counts[expected == 0].any(), "a token that a filter took out was drawn"
    common = expected * DRAWS >= 5
    observed = [*counts[common], counts[~common].sum()]
    wanted = [*(expected[common] * DRAWS), max(expected[~common].sum() * DRAWS, 1e-9)]
    if len(observed) > 2:
        scale = sum(observed) / sum(wanted)
        assert chisquare(observed, [value * scale for value in wanted]).pvalue > 1e-6


def test_large_vocabularies_are_cut_like_small_ones() -> None:
    """Looking at the likeliest tokens first changes nothing, wherever the cut falls."""
    generator = np.random.default_rng(8)
    logits = generator.normal(0.0, 1.0, 5000)
    for asked in (
        SamplingSettings(1.0, top_p=0.3),
        SamplingSettings(1.0, top_p=0.95),
        SamplingSettings(1.0, top_k=1024),
        SamplingSettings(1.0, top_k=1025, top_p=0.9),
        SamplingSettings(1.0, top_k=3000),
    ):
        found = filtered_probabilities(torch.tensor(logits[None], dtype=torch.float32), [asked])[0].double().numpy()
        wanted = reference(logits.astype(np.float32).astype(np.float64), asked)
        # float32 softmax may move a token across the edge of the nucleus, and no other
        assert abs(int((found > 0).sum()) - int((wanted > 0).sum())) <= 1
        assert np.allclose(found / found.sum(), wanted, atol=1e-4)


def test_temperature_zero_is_greedy() -> None:
    """At temperature 0 the likeliest token is taken, whatever the seed; filters change nothing."""
    logits = torch.tensor(LOGITS, dtype=torch.float32).repeat(3, 1)
    asked = [SamplingSettings(0.0), SamplingSettings(0.0, top_p=0.1), SamplingSettings(0.0, top_k=1)]
    assert Sampler(asked, [1, 2, 3]).draw(logits).tolist() == [int(LOGITS.argmax())] * 3


@settings(max_examples=50, deadline=None)
@given(seeds=st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=6), place=st.integers(0, 5))
def test_a_row_does_not_depend_on_its_batch(seeds: list[int], place: int) -> None:
    """A row draws the same tokens alone, among others, and in another order."""
    place %= len(seeds)
    generator = np.random.default_rng(0)
    steps = [torch.tensor(generator.normal(size=(len(seeds), 30)), dtype=torch.float32) for _ in range(4)]
    asked = [SamplingSettings(0.5 + 0.1 * row, top_k=row * 3) for row in range(len(seeds))]
    together = Sampler(asked, seeds)
    alone = Sampler([asked[place]], [seeds[place]])
    backwards = Sampler(asked[::-1], seeds[::-1])
    for step in steps:
        token = int(together.draw(step)[place])
        assert token == int(alone.draw(step[place : place + 1])[0])
        assert token == int(backwards.draw(step.flip(0))[len(seeds) - 1 - place])


def test_rows_that_stay_keep_their_stream() -> None:
    """When rows leave a batch, the others go on with the noise that they would have had."""
    logits = torch.tensor(LOGITS, dtype=torch.float32).repeat(3, 1)
    whole = Sampler([SamplingSettings(1.0)] * 3, [7, 8, 9])
    fewer = Sampler([SamplingSettings(1.0)] * 3, [7, 8, 9])
    whole.draw(logits)
    fewer.draw(logits)
    fewer.keep([2, 0])
    assert fewer.draw(logits[:2]).tolist() == whole.draw(logits)[[2, 0]].tolist()


def test_common_noise_couples_conditions() -> None:
    """With one seed, two temperatures agree more often than with two: their difference is less noisy."""
    logits = torch.tensor(LOGITS, dtype=torch.float32).repeat(DRAWS, 1)
    cool = Sampler([SamplingSettings(0.8)] * DRAWS, list(range(DRAWS))).draw(logits)
    same = Sampler([SamplingSettings(1.0)] * DRAWS, list(range(DRAWS))).draw(logits)
    other = Sampler([SamplingSettings(1.0)] * DRAWS, list(range(DRAWS, 2 * DRAWS))).draw(logits)
    agree, differ = float((cool == same).float().mean()), float((cool == other).float().mean())
    assert agree > 0.8
    assert agree > differ + 0.2
