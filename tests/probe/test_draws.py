"""Asking within calls and money, with draws that share nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from evalkit.generate.budget import Budget
from evalkit.probe.draws import Asker, Wanted
from evalkit.probe.prompts import OPEN_ENDED
from evalkit.providers.registry import build_provider

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Completion, Profile
    from vendors.server import FakeVendors

PRICE = {"input": 0.0, "output": 1_000_000 / 48}
"""One US dollar for an answer at full length."""


def _ask(profile: Profile, wanted: list[Wanted], **how: object) -> tuple[Asker, list[Completion | None]]:
    async def work() -> tuple[Asker, list[Completion | None]]:
        provider = build_provider(profile)
        cap = how.pop("cap", None)
        assert cap is None or isinstance(cap, float)
        asker = Asker(provider, 1, Budget(cap), **how)  # type: ignore[arg-type] # any field
        try:
            return asker, await asker.ask(wanted)
        finally:
            await provider.aclose()

    return asyncio.run(work())


def _wanted(count: int, **how: object) -> list[Wanted]:
    return [Wanted("test", OPEN_ENDED[0], {"max_tokens": 48}, repeat, **how) for repeat in range(count)]  # type: ignore[arg-type] # as above


def test_answers_come_in_the_order_in_which_they_were_wanted(
    vendors: FakeVendors, model_profile: Callable[..., Profile]
) -> None:
    """Each place of the list holds the answer to its own question, however the calls were scheduled."""
    profile = model_profile()
    wanted = [Wanted("test", question, {"max_tokens": 48}, 0) for question in OPEN_ENDED]
    asker, answers = _ask(profile, wanted)
    assert [each.text if each else "" for each in answers] == [f"You said: {each.text[:60]}" for each in OPEN_ENDED]
    assert (asker.calls, asker.draws, asker.stopped) == (4, 4, None)
    assert asker.served == {"gpt-4.1-mini-2026-04-14": 4}
    assert all(each.status == 200 for each in vendors.received)


@pytest.mark.parametrize(("seed_of", "seeds"), [(None, 3), (7, 1)], ids=["own seeds", "one seed"])
def test_draws_have_keys_of_their_own_and_seeds_as_told(
    vendors: FakeVendors, model_profile: Callable[..., Profile], seed_of: int | None, seeds: int
) -> None:
    """Repeats never share a key; they share a seed only when that is the point."""
    wanted = [
        Wanted("test", OPEN_ENDED[0], {"max_tokens": 48, "seed": 0}, repeat, seed_of=seed_of) for repeat in range(3)
    ]
    _ask(model_profile(options={"tag": "on"}), wanted)
    bodies = [each.body for each in vendors.completions("openai")]
    assert len({body["user"] for body in bodies}) == 3
    assert len({body["seed"] for body in bodies}) == seeds


def test_a_cap_on_calls_holds(model_profile: Callable[..., Profile]) -> None:
    """What was not asked is None, and it is said why."""
    asker, answers = _ask(model_profile(), _wanted(5), most_draws=2)
    assert [each is not None for each in answers] == [True, True, False, False, False]
    assert asker.stopped == "the cap of 2 calls was reached"


def test_a_cap_on_cost_holds(model_profile: Callable[..., Profile]) -> None:
    """No call goes out that could pass the cap; what it really cost is counted."""
    asker, answers = _ask(model_profile(price=PRICE), _wanted(5), cap=2.0)
    asked = [each for each in answers if each is not None]
    assert 2 <= len(asked) < 5
    assert asker.cost_usd <= 2
    assert asker.stopped == "the cap of 2 USD was reached"


def test_what_has_no_price_is_counted(model_profile: Callable[..., Profile]) -> None:
    """A price that nobody knows is not taken for zero."""
    asker, _ = _ask(model_profile(), _wanted(2))
    assert (asker.unpriced, asker.cost_usd) == (2, 0)


def test_calls_that_came_to_nothing_are_remembered(vendor_profile: Callable[..., Profile]) -> None:
    """A refusal of something else than what is under test is the reason why a check stays open."""
    asker, _ = _ask(vendor_profile("openai", "gpt-5-mini"), _wanted(1))
    assert asker.failure is not None
    assert "'max_tokens' is not supported with this model" in asker.failure
