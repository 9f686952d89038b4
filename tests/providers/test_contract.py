"""Every adapter of the table, and the example package's, keeps to the contract of `evalkit.testing`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.load.profile import read_profile, shipped_profiles
from evalkit.providers.registry import ADAPTERS, build_provider
from evalkit.settings import SETTINGS
from evalkit.support import knob_of
from evalkit.testing import check_adapter
from evalkit.types import Profile
from vendors.asked import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from vendors.asked import Asked, Vendor
    from vendors.server import FakeVendors

EXAMPLE = Path(__file__).resolve().parents[1] / "example_package"


def _answer(asked: Asked) -> Reply:
    """Answer in two tokens, with their log-probabilities where they are asked for."""
    steps = (("Blue", -0.1, (("Blue", -0.1), ("Red", -2.5))), (" it is", -0.2, ((" it is", -0.2), (".", -1.9))))
    return Reply("Blue it is", logprobs=steps if {"logprobs", "top_logprobs"} & set(asked.settings) else ())


VENDOR_OF: dict[str, Vendor] = {"claude": "claude", "gemini": "gemini", "openai": "openai"}
ADDED_LOCALLY = ("temperature", "max_tokens", "seed")
HOSTED: list[tuple[Vendor, str, dict[str, str]]] = [
    ("claude", "claude-sonnet-5-5", {}),
    ("claude", "claude-haiku-4-5", {"api_version": "2023-06-01"}),
    ("claude", "claude-opus-5-5", {"prompt_cache": "5m", "tag": "on"}),
    ("gemini", "gemini-3.5-flash", {}),
    ("gemini", "gemini-2.5-flash-lite", {}),
    ("gemini", "gemini-3.8-flash", {}),
    ("gemini", "gemini-3-flash-preview", {}),
    ("openai", "gpt-6-luna", {"server": "openai"}),
    ("openai", "gpt-5.4-mini", {"server": "openai", "tag": "on"}),
    ("openai", "gpt-4.1-mini", {"server": "openai"}),
    ("openai", "gpt-6.2-sol", {"server": "openai"}),
    ("openai", "gpt-6-luna", {"server": "openai", "api": "responses"}),
    ("openai", "gpt-4.1-mini", {"server": "openai", "api": "responses"}),
    ("openai", "gpt-4o-mini", {"server": "compatible"}),
]


@pytest.mark.parametrize(
    ("vendor", "model", "options"),
    HOSTED,
    ids=["-".join((model, *options.values())) for _, model, options in HOSTED],
)
def test_hosted_adapters_keep_to_it(
    vendor: Vendor,
    model: str,
    options: dict[str, str],
    vendors: FakeVendors,
    vendor_profile: Callable[..., Profile],
) -> None:
    """What they say that a model takes, the strict server takes; it refuses only what they do not know of."""
    vendors.reply = _answer
    vendors.latency_s = 0.005
    profile = vendor_profile(vendor, model, timeout_s=10.0, options=options)
    check_adapter(profile, adds=["max_tokens"] if vendor == "claude" else [], timeout_s=30)
    refused = [each for each in vendors.completions(vendor) if each.status == 400]
    provider = build_provider(profile)
    assert len(refused) <= sum(knob_of(provider, name).state == "unknown" for name in SETTINGS)


@pytest.mark.parametrize("name", ["claude", "claude-sampling", "gemini", "gemini-lite", "openai"])
def test_shipped_profiles_keep_to_it(name: str, vendors: FakeVendors, vendor_profile: Callable[..., Profile]) -> None:
    """With the settings that they have, which the strict server takes along with every other that is tried."""
    shipped = read_profile(shipped_profiles() / f"{name}.yaml")
    vendor: Vendor = VENDOR_OF[shipped.adapter]
    here = vendor_profile(vendor, shipped.model)
    server = {"server": "openai"} if vendor == "openai" else {}
    profile = replace(
        shipped, key_env=here.key_env, base_url=here.base_url, limits={}, options={**shipped.options, **server}
    )
    vendors.reply = _answer
    vendors.latency_s = 0.005
    check_adapter(profile, adds=["max_tokens"] if vendor == "claude" else [], timeout_s=30)


@pytest.mark.parametrize("faults", [{}, {"refusal": 0.2, "truncated": 0.3}], ids=["plain", "faulty"])
def test_the_scripted_adapter_keeps_to_it(faults: dict[str, float]) -> None:
    """With refusals and cut answers, too."""
    check_adapter(Profile("script", "scripted", "script", options={"faults": faults, "latency_s": 0.002}))


def test_the_local_adapter_keeps_to_it(tiny_folder: Path) -> None:
    """On a random model, whose short context makes long prompts unsupported."""
    check_adapter(Profile("tiny", "transformers", str(tiny_folder)), adds=ADDED_LOCALLY)


@pytest.mark.model
@pytest.mark.slow
def test_the_local_adapter_keeps_to_it_on_the_embedded_model(smollm2: Path) -> None:
    """On real weights, with all prompts."""
    profile = Profile("smollm2", "transformers", str(smollm2), limits={"batch_size": 4})
    check_adapter(profile, settings={"max_tokens": 3}, adds=ADDED_LOCALLY, timeout_s=250)


def test_the_example_package_keeps_to_it() -> None:
    """It is what people copy; tests/e2e runs it as it is installed."""
    check_adapter(Profile("parrot", "./evalkit_parrot.py:Parrot", "grey", path=EXAMPLE / "parrot.yaml"))


def test_every_adapter_of_the_table_is_held_to_it() -> None:
    """One that is added to the table is added above."""
    assert {*(vendor for vendor, _, _ in HOSTED), "scripted", "transformers"} == set(ADAPTERS.builtins)
