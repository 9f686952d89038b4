"""The temperature that is really used, from log-probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.probe.heat import effective, judge, steps_of
from evalkit.probe.knobs import temperature
from evalkit.statistics.tempered import EffectiveTemperature, Step
from evalkit.types import TokenLogprobs
from vendors.knobs import Model, connected, distorted, ignored

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.probe.findings import Finding
    from evalkit.types import Profile
    from vendors.server import FakeVendors


@pytest.mark.parametrize(
    ("model", "verdict"),
    [(connected(1), "as_asked"), (ignored(1), "distorted"), (distorted(1, factor=1.7), "distorted")],
    ids=["connected", "ignored", "distorted"],
)
def test_what_is_used_is_held_against_what_was_asked(
    vendors: FakeVendors,
    model_profile: Callable[..., Profile],
    checking: Callable[..., list[Finding]],
    model: Model,
    verdict: str,
) -> None:
    """Every interval holds the temperature that the model really used."""
    vendors.reply = model
    (finding,) = checking(model_profile(), [effective])
    assert finding.verdict == verdict
    used = [model.heat(value) for value in (0.5, 1.0, 1.5)]
    for value, bounds in zip(used, finding.bounds, strict=True):
        assert bounds.low is not None
        assert bounds.low <= value
        assert bounds.high is None or value <= bounds.high


def test_log_probabilities_that_are_refused(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """The server's words are reported after one call."""
    profile = model_profile("gemini", "gemini-2.5-flash-lite", supports={"logprobs": True})
    (finding,) = checking(profile, [effective])
    assert finding.verdict == "refused"
    assert "Logprobs is not enabled" in finding.why
    assert len(vendors.completions("gemini")) == 1


def test_nothing_is_asked_where_no_temperature_is_taken(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """The verdict on temperature decides whether there is anything to read off."""
    _, finding = checking(model_profile(model="gpt-5-mini"), [temperature, effective])
    assert (finding.verdict, finding.why) == ("not_asked", "no temperature is taken")
    assert vendors.received == []


def test_a_server_without_log_probabilities_leaves_it_open(
    vendors: FakeVendors, model_profile: Callable[..., Profile], checking: Callable[..., list[Finding]]
) -> None:
    """It took the setting and answered without them, and is not asked again."""
    (finding,) = checking(model_profile(), [effective])
    assert (finding.verdict, finding.why) == ("undecided", "the server gave no log-probabilities")
    assert len(vendors.completions("openai")) == 24


def _used(low: float, estimate: float, high: float | None) -> EffectiveTemperature:
    return EffectiveTemperature(estimate, low, high, 100)


def test_intervals_decide() -> None:
    """An interval that excludes the value is a distortion; one that is too wide says nothing."""
    right = {0.5: _used(0.45, 0.5, 0.6), 1.0: _used(0.9, 1.0, 1.2)}
    assert judge(right, 8, connected=True).verdict == "as_asked"
    assert judge({**right, 1.0: _used(1.1, 1.3, 1.6)}, 8, connected=True).verdict == "distorted"
    assert judge({**right, 1.0: _used(0.5, 1.0, None)}, 8, connected=True).verdict == "undecided"


def test_log_probabilities_after_temperature_are_seen_through() -> None:
    """They make every temperature look like 1; when the draws show that it acts, nothing is claimed."""
    ones = dict.fromkeys((0.5, 1.0, 1.5), _used(0.9, 1.0, 1.1))
    assert judge(ones, 8, connected=True).verdict == "undecided"
    assert judge(ones, 8, connected=False).verdict == "distorted"


def test_tokens_are_found_in_their_lists() -> None:
    """A token that is not listed is left out; of two with the same text the one with its log-probability counts."""
    logprobs = TokenLogprobs(
        "model",
        tokens=("a", "x", "?"),
        logprobs=(-0.5, -9.0, -1.6),
        top=((("a", -0.5), ("b", -1.0)), (("a", -0.1), ("b", -3.0)), (("?", -0.4), ("?", -1.6))),
    )
    assert steps_of(logprobs) == [Step(0, (-0.5, -1.0)), Step(1, (-0.4, -1.6))]
    assert steps_of(None) == []
