"""The first call of a probe, and the model that answers."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProviderError
from evalkit.generate.budget import Budget
from evalkit.probe.contact import base_settings, first_contact, served_model
from evalkit.probe.draws import Asker
from evalkit.providers.registry import build_provider
from vendors.asked import Asked, RefusedError, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.types import Profile
    from vendors.server import FakeVendors


def _contact(profile: Profile) -> Mapping[str, Any]:
    async def work() -> Mapping[str, Any]:
        provider = build_provider(profile)
        try:
            return await first_contact(Asker(provider, 1, Budget()), base_settings(provider))
        finally:
            await provider.aclose()

    return asyncio.run(work())


def test_settings_that_act_beside_the_one_under_test_are_left_out(model_profile: Callable[..., Profile]) -> None:
    """What a profile says of thinking and length holds; temperature and the like do not."""
    settings = {"temperature": 0.3, "top_p": 0.5, "reasoning_effort": "none", "max_tokens": 20}
    kept = base_settings(build_provider(model_profile(model="gpt-5.4-mini", settings=settings)))
    assert kept == {"reasoning_effort": "none", "max_tokens": 20}


def test_a_model_that_spends_all_on_thinking_gets_room(
    vendors: FakeVendors, model_profile: Callable[..., Profile]
) -> None:
    """Its first answer is cut without a text, so that it is asked again with more tokens."""

    def think(asked: Asked) -> Reply:
        enough = asked.settings["max_completion_tokens"] > 1000
        return Reply("Here.") if enough else Reply("", reasoning="well " * 48, ending="length")

    vendors.reply = think
    assert _contact(model_profile()) == {"max_tokens": 2048}
    assert len(vendors.completions("openai")) == 2


def test_a_limit_that_is_refused_is_left_out(vendors: FakeVendors, vendor_profile: Callable[..., Profile]) -> None:
    """A compatible server before a reasoning model refuses `max_tokens` under that name."""
    assert _contact(vendor_profile("openai", "gpt-5-mini")) == {}
    assert len(vendors.completions("openai")) == 2


def test_a_first_call_that_comes_to_nothing_ends_the_probe(
    vendors: FakeVendors, model_profile: Callable[..., Profile]
) -> None:
    """There is no point in going on, and the server's words say why."""

    def refuse(_asked: Asked) -> Reply:
        raise RefusedError("This project is archived", code="archived")

    vendors.reply = refuse
    with pytest.raises(ProviderError, match="This project is archived"):
        _contact(model_profile())


@pytest.mark.parametrize(
    ("asked", "served", "verdict"),
    [
        ("gpt-4.1", ["gpt-4.1-2025-04-14"], "as_asked"),
        ("gemini-flash-latest", ["gemini-3.8-flash"], "as_asked"),
        ("gemini-2.5-flash", ["gemini-3.5-flash-lite"], "another_model"),
        ("gpt-4.1", ["gpt-4.1", "gpt-4.1-mini"], "another_model"),
        ("gpt-4.1", [], "not_stated"),
    ],
    ids=["snapshot", "alias", "another", "one of two", "none"],
)
def test_the_model_that_answered_is_held_against_the_one_asked(asked: str, served: list[str], verdict: str) -> None:
    """Snapshots and aliases are what was asked for; any other model is not."""
    assert served_model(asked, served).verdict == verdict
