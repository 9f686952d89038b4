"""What repeats: draws at the lowest temperature, and draws with the same seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.probe.knobs import temperature
from evalkit.probe.repetition import determinism, judge_repeats, judge_seeds, seed
from vendors.knobs import connected

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.probe.findings import Finding
    from evalkit.types import Profile
    from vendors.server import FakeVendors


@pytest.mark.parametrize(("wavers", "verdict"), [(0.0, "deterministic"), (0.4, "varies")], ids=["steady", "wavering"])
def test_draws_at_the_lowest_temperature_repeat_or_not(
    vendors: FakeVendors,
    model_profile: Callable[..., Profile],
    checking: Callable[..., list[Finding]],
    wavers: float,
    verdict: str,
) -> None:
    """Those made for temperature count; only what is missing is asked."""
    vendors.reply = connected(2, wavers=wavers)
    _, finding = checking(model_profile(), [temperature, determinism])
    assert finding.verdict == verdict
    assert finding.why.startswith("at temperature 0, ")
    cold = [each for each in vendors.completions("openai") if each.body["temperature"] == 0]
    assert len(cold) == max(24, finding.draws)


def test_without_a_temperature_the_defaults_are_drawn(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """It is said so."""
    vendors.reply = connected()
    (finding,) = checking(model_profile(model="gpt-5-mini"), [determinism])
    assert finding.verdict == "varies"
    assert "with nothing set, because no temperature is taken" in finding.why
    assert all("temperature" not in each.body for each in vendors.completions("openai"))


def test_a_temperature_that_turns_out_to_be_refused_is_left_out(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """One call finds out, and the defaults are drawn instead."""
    profile = model_profile(model="gpt-5-mini", supports={"temperature": (0.0, 2.0)})
    (finding,) = checking(profile, [determinism])
    assert finding.verdict == "deterministic"
    assert len(vendors.completions("openai")) == 25


def test_the_rate_is_over_pairs_that_share_no_draw() -> None:
    """One of three pairs differs; the interval is the exact binomial one, 0.0084 to 0.9057."""
    finding = judge_repeats([["a", "a", "a", "b"], ["c", "c", "c"]], "here")
    (bounds,) = finding.bounds
    assert (finding.verdict, finding.draws) == ("varies", 6)
    assert (bounds.estimate, bounds.low, bounds.high) == pytest.approx((1 / 3, 0.0084, 0.9057), abs=1e-4)


def test_nothing_is_said_of_single_draws() -> None:
    """A draw alone repeats nothing."""
    assert judge_repeats([["a"], []], "here").verdict == "undecided"


@pytest.mark.parametrize(("honours", "verdict"), [(True, "connected"), (False, "ignored")])
def test_seeds_make_draws_equal_or_not(
    vendors: FakeVendors,
    model_profile: Callable[..., Profile],
    checking: Callable[..., list[Finding]],
    honours: bool,
    verdict: str,
) -> None:
    """Each of four seeds is used twice for each of two prompts."""
    vendors.reply = connected(honours_seed=honours)
    (finding,) = checking(model_profile(), [seed])
    assert finding.verdict == verdict
    seeds = [each.body["seed"] for each in vendors.completions("openai")]
    assert len(seeds) == 16
    assert len(set(seeds)) == 8


def test_equal_answers_whatever_the_seed_leave_it_open() -> None:
    """Where different seeds agree as well, nothing tells that seeds act."""
    finding = judge_seeds([[("a", "a")] * 4, [("b", "b")] * 4])
    assert finding.verdict == "undecided"
    assert "whatever the seed" in finding.why
    assert judge_seeds([[], []]).verdict == "undecided"
