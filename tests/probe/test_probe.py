"""Whole probes: models whose knobs are known are told apart, caps and failures leave what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProviderError
from evalkit.probe.findings import CHECKS
from evalkit.probe.probe import MOST_DRAWS, Asked
from evalkit.providers.registry import build_provider
from evalkit.types import Profile
from vendors.faults import Fault
from vendors.knobs import connected, distorted, ignored

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.probe.findings import Probed
    from vendors.server import FakeVendors

KINDS = {
    "connected": ("connected", "as_asked"),
    "ignored": ("ignored", "distorted"),
    "distorted": ("connected", "distorted"),
    "refused": ("refused", "not_asked"),
}
"""Kinds of knobs, with what is found of temperature and of the temperature that is really used."""


def _verdicts(probed: Probed) -> dict[str, str]:
    return {each.check: each.verdict for each in probed.findings}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_twenty_seeds_of_twenty_tell_the_knobs_apart(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed], kind: str
) -> None:
    """Whatever the model draws and whatever the probe asks, the verdict is the same."""
    made = {"connected": connected, "ignored": ignored, "distorted": distorted, "refused": connected}[kind]
    refused = {"model": "gpt-5-mini", "supports": {"temperature": (0.0, 2.0), "logprobs": (0.0, 20.0)}}
    profile = model_profile(**refused if kind == "refused" else {})
    found: list[tuple[str, str]] = []
    for seed in range(20):
        vendors.count_anew()  # the draws follow from the request's number
        vendors.reply = made(seed)
        verdicts = _verdicts(probing(profile, "temperature", "effective_temperature", seed=seed))
        found.append((verdicts["temperature"], verdicts["effective_temperature"]))
    assert found == [KINDS[kind]] * 20


def test_every_check_is_made_in_order(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed]
) -> None:
    """A probe of everything stays within what was announced, and counts every call."""
    vendors.reply = connected()
    probed = probing(model_profile())
    assert tuple(each.check for each in probed.findings) == CHECKS
    assert probed.complete
    assert probed.calls == sum(each.calls for each in probed.findings) == len(vendors.completions("openai"))
    assert probed.calls <= Asked(1).most()
    assert probed.clients == ("openai 3.54.0, Chat Completions",)
    assert probed.served == ("gpt-4.1-mini-2026-04-14",)
    assert _verdicts(probed) == {
        "served_model": "as_asked",
        "temperature": "connected",
        "effective_temperature": "as_asked",
        "determinism": "deterministic",
        "system_prompt": "honoured",
        "max_tokens": "connected",
        "stop": "connected",
        "seed": "connected",
        "top_p": "connected",
        "top_k": "not_asked",
    }


def test_a_server_that_answers_with_another_model_is_found_out(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed]
) -> None:
    """One call is enough when nothing else is to be checked."""
    vendors.reply = connected(served="gemini-3.5-flash-lite")
    probed = probing(model_profile("gemini", "gemini-2.5-flash"), "served_model")
    assert _verdicts(probed) == {"served_model": "another_model"}
    assert len(vendors.completions("gemini")) == 1


def test_the_same_seed_makes_the_same_probe(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed]
) -> None:
    """The words of the system prompt follow from it; another seed draws others."""
    vendors.reply = connected()
    sent: list[list[str]] = []
    for seed in (1, 1, 2):
        vendors.received.clear()
        probing(model_profile(), "system_prompt", seed=seed)
        sent.append([each.body["messages"][0]["content"] for each in vendors.completions("openai")])
    assert sent[0] == sent[1] != sent[2]


def test_a_cap_on_calls_leaves_the_rest_open(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed]
) -> None:
    """No call passes the cap, and every check that it cut short says so."""
    vendors.reply = connected()
    probed = probing(model_profile(), "temperature", "system_prompt", "stop", most_draws=27)
    assert len(vendors.completions("openai")) == 27
    assert _verdicts(probed)["temperature"] == "connected"
    assert [each.check for each in probed.findings if each.cut_short] == ["system_prompt", "stop"]
    assert not probed.complete


def test_a_cap_on_cost_leaves_the_rest_open(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed]
) -> None:
    """What was spent stays below the cap."""
    vendors.reply = connected()
    probed = probing(model_profile(price={"input": 1.0, "output": 10.0}), cap=0.002)
    assert not probed.complete
    assert probed.cost_usd is not None
    assert 0 < probed.cost_usd <= 0.002
    assert sum(each.cost_usd or 0 for each in probed.findings) == pytest.approx(probed.cost_usd)


def test_a_provider_that_fails_later_leaves_what_was_found(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed]
) -> None:
    """The key is withdrawn after the temperature was checked."""
    vendors.reply = connected()
    vendors.fault = lambda asked: Fault("bad_key") if asked.number >= 26 else None
    probed = probing(model_profile(), "temperature", "determinism", "stop")
    assert _verdicts(probed) == {"served_model": "as_asked", "temperature": "connected"}
    assert probed.failure is not None
    assert not probed.complete


def test_a_provider_that_fails_at_once_leaves_nothing(
    vendors: FakeVendors, model_profile: Callable[..., Profile], probing: Callable[..., Probed]
) -> None:
    """Without any answer there is no probe."""
    vendors.fault = lambda _asked: Fault("bad_key")
    with pytest.raises(ProviderError):
        probing(model_profile())


def test_what_it_may_take_is_known_beforehand() -> None:
    """The most calls are those of the checks asked for, and their cost follows from the longest answers."""
    asked = Asked(1, ("system_prompt",))
    assert asked.most() == MOST_DRAWS["served_model"] + MOST_DRAWS["system_prompt"]
    assert Asked(1, most_draws=5).most() == 5
    priced = build_provider(Profile("p", "openai", "m", base_url="http://127.0.0.1:1", price={"input": 1, "output": 9}))
    assert asked.most_cost(priced) == pytest.approx(asked.most() * (40 * 1 + 48 * 9) / 1e6)
    unpriced = build_provider(Profile("p", "openai", "m", base_url="http://127.0.0.1:1"))
    assert asked.most_cost(unpriced) is None


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_uses_the_temperature_it_is_asked_for(probing: Callable[..., Probed]) -> None:
    """Temperature acts, the intervals hold what was asked for, and the system prompt's share has an interval."""
    profile = Profile(
        "smollm2", "transformers", "smollm2", settings={"max_tokens": 16}, limits={"threads": 1, "batch_size": 64}
    )
    probed = probing(profile, "temperature", "effective_temperature", most_draws=73)
    verdicts = _verdicts(probed)
    assert verdicts["temperature"] == "connected"
    assert verdicts["effective_temperature"] != "distorted"
    heat, told = probed.finding("effective_temperature"), probing(profile, "system_prompt").finding("system_prompt")
    assert heat is not None
    for value, bounds in zip((0.5, 1.0, 1.5), heat.bounds, strict=True):
        assert bounds.low is not None
        assert bounds.low <= value
        assert bounds.high is None or value <= bounds.high
    assert told is not None
    assert told.bounds[0].low is not None
    assert told.bounds[0].high is not None
    assert probed.cost_usd == 0
