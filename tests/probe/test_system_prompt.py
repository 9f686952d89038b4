"""Whether a system prompt is honoured: models that do, models that do not, and how often the verdict is wrong."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from evalkit.probe.prompts import EVERYDAY, MARKERS
from evalkit.probe.system_prompt import judge, system_prompt
from vendors.knobs import connected

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.probe.findings import Finding
    from evalkit.types import Profile
    from vendors.server import FakeVendors


@pytest.mark.parametrize("honours", [True, False], ids=["honoured", "not honoured"])
@pytest.mark.parametrize("model", ["gpt-4.1-mini", "claude-sonnet-5-5", "gemini-3.6-flash"])
def test_a_model_does_as_it_is_told_or_does_not(
    vendors: FakeVendors,
    model_profile: Callable[..., Profile],
    checking: Callable[..., list[Finding]],
    honours: bool,
    model: str,
) -> None:
    """One look of eight answers settles both, on every vendor."""
    vendors.reply = connected(honours_system=honours)
    vendor = {"gpt": "openai", "cla": "claude", "gem": "gemini"}[model[:3]]
    (finding,) = checking(model_profile(vendor, model), [system_prompt])
    assert (finding.verdict, finding.draws) == ("honoured" if honours else "not_honoured", len(EVERYDAY))


def test_half_hearted_answers_are_looked_at_twice() -> None:
    """Three of eight is more than chance would give and less than the error rate asks for."""
    words = list(MARKERS[:8])
    finding = judge(words, [*words[:3], *["no"] * 5], [])
    (bounds,) = finding.bounds
    assert finding.verdict == "undecided"
    assert bounds.estimate == 3 / 8


def test_an_answer_with_every_word_proves_nothing() -> None:
    """A model that lists all the words would hit any of them."""
    assert judge(list(MARKERS[:8]), [" ".join(MARKERS)] * 8, []).verdict == "not_honoured"
    assert judge([], [], []).verdict == "undecided"


def test_answers_without_a_system_prompt_are_counted() -> None:
    """How often one of the words comes by itself is part of what the verdict rests on."""
    finding = judge(["walrus"], ["Walrus! Hello"], ["a walrus", "nothing"])
    assert "without a system prompt 1 of 2 hold any" in finding.why


@pytest.mark.parametrize("habit", [(), ("walrus",), ("walrus", "velvet", "anvil")], ids=["none", "one", "three"])
def test_the_false_alarm_rate_is_kept(habit: tuple[str, ...]) -> None:
    """A model that never sees the system prompt, and likes words of the lot, is seldom called obedient."""
    chance = random.Random(6)
    wrong = 0
    for _ in range(3000):
        words = [chance.choice(MARKERS) for _ in range(8)]
        texts = [chance.choice(habit) if habit else "no" for _ in words]
        wrong += judge(words, texts, []).verdict == "honoured"
    assert wrong <= 9  # at the stated rate of 0.0005 for one look, more have a chance below 0.001
