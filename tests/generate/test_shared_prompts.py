"""The order in which repeats of a long prompt go out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from evalkit.generate.calls import Calls
from evalkit.generate.shared_prompts import SharedPrompts
from evalkit.providers.adopt import adopt
from evalkit.providers.registry import build_provider
from tests.generate.conftest import Mine, answered, collected, mine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.types import Completion, Profile, Sample, Usage
    from vendors.server import FakeVendors

LONG, OTHER = "word " * 400, "another " * 300
"""About 500 and 600 tokens."""


def calls_of(adapter: Mine) -> Calls:
    """Return the provider of an adapter."""
    made = adopt(adapter, adapter.profile)
    assert isinstance(made, Calls)
    return made


def order(samples: Sequence[Sample], minimum: int | None) -> list[list[int]]:
    """Return which samples went out together: all that may go, then those that the answers to them let go."""

    async def go() -> list[list[int]]:
        shared = SharedPrompts(iter(samples), minimum)
        waves: list[list[int]] = []
        while True:
            wave: list[Sample] = []
            while True:
                upcoming = asyncio.ensure_future(shared.next())
                for _ in range(3):
                    await asyncio.sleep(0)
                if not upcoming.done():
                    upcoming.cancel()
                    break
                sample = await upcoming
                if sample is None:
                    return waves if not wave else [*waves, [each.position for each in wave]]
                wave.append(sample)
            waves.append([each.position for each in wave])
            for sample in wave:
                shared.answered(sample)

    return asyncio.run(go())


def test_repeats_of_a_long_prompt_wait_for_the_first(make_sample: Callable[..., Sample]) -> None:
    """Other prompts go on meanwhile; each prompt has a first one of its own."""
    samples = [make_sample(position, LONG if position < 4 else OTHER) for position in range(8)]
    assert order(samples, 400) == [[0, 4], [1, 2, 3, 5, 6, 7]]


@pytest.mark.parametrize(("minimum", "waits"), [(None, False), (504, True), (505, False), (10_000, False)])
def test_only_what_the_vendor_caches_waits(make_sample: Callable[..., Sample], minimum: int, waits: bool) -> None:
    """From the family's least length on; 2,000 bytes and a frame are about 504 tokens."""
    samples = [make_sample(position, LONG) for position in range(4)]
    assert order(samples, minimum) == ([[0], [1, 2, 3]] if waits else [[0, 1, 2, 3]])


def test_only_so_many_are_parked(make_sample: Callable[..., Sample]) -> None:
    """A sweep of one prompt is not pulled into memory whole."""
    pulled: list[int] = []

    def samples() -> Iterator[Sample]:
        for position in range(1000):
            pulled.append(position)
            yield make_sample(position, LONG)

    shared = SharedPrompts(samples(), 1)

    async def go() -> None:
        first = await shared.next()
        assert first is not None
        waiting = [asyncio.ensure_future(shared.next()) for _ in range(7)]
        await asyncio.sleep(0.01)
        assert len(pulled) <= 300
        assert not any(each.done() for each in waiting)
        shared.answered(first)
        rest = [await each for each in waiting]
        while (sample := await shared.next()) is not None:
            rest.append(sample)
        assert sorted(each.position for each in rest if each is not None) == list(range(1, 1000))

    asyncio.run(go())


def test_a_first_call_that_fails_lets_the_others_go(make_sample: Callable[..., Sample]) -> None:
    """However it ended; nothing hangs, and nobody shares its end."""

    async def answer(sample: Sample) -> Completion:
        await asyncio.sleep(0.001)
        if sample.position == 0:
            raise ValueError("broken")
        return answered(sample)

    adapter = Mine(mine(limits={"concurrency": 4}), answer, cache_minimum=100)
    found = asyncio.run(collected(calls_of(adapter), [make_sample(position, LONG) for position in range(20)]))
    assert {sample.position: completion.outcome for sample, completion in found} == {
        position: "complete" if position else "error" for position in range(20)
    }
    assert adapter.asked[0].position == 0


def test_no_answer_is_shared(make_sample: Callable[..., Sample]) -> None:
    """Each repeat is a call of its own."""
    adapter = Mine(mine(limits={"concurrency": 8}), cache_minimum=100)
    found = asyncio.run(collected(calls_of(adapter), [make_sample(position, LONG) for position in range(50)]))
    assert sorted(completion.text for _, completion in found) == sorted(f"answer {each}" for each in range(50))
    assert len(adapter.asked) == 50


def test_claude_reads_its_cache_for_every_repeat_but_the_first(
    vendors: FakeVendors, vendor_profile: Callable[..., Profile], make_sample: Callable[..., Sample]
) -> None:
    """One is paid for writing the prompt; the other eleven read it, each with an answer of its own."""
    vendors.latency_s = 0.02
    profile = vendor_profile("claude", "claude-opus-5-5", options={"prompt_cache": "5m"})

    async def go() -> list[Usage]:
        provider = build_provider(profile)
        await provider.prepare(lambda _what, _share: None)
        samples = [make_sample(position, "word " * 1000) for position in range(12)]
        found = [completion async for _, completion in provider.complete(samples)]
        await provider.aclose()
        return [completion.usage for completion in found]

    usages = asyncio.run(go())
    assert sorted(usage.cache_write_tokens or 0 for usage in usages) == [0] * 11 + [1000]
    assert sorted(usage.cached_tokens or 0 for usage in usages) == [0] + [1000] * 11
    assert len(vendors.completions("claude")) == 12


def test_claude_waits_for_nothing_where_its_cache_is_off(vendor_profile: Callable[..., Profile]) -> None:
    """Its prompts are cached on demand only."""
    made = [
        build_provider(vendor_profile("claude", "claude-opus-5-5", options=options))
        for options in ({}, {"prompt_cache": "off"}, {"prompt_cache": "1h"})
    ]
    minima = [each.caller.cache_minimum for each in made if isinstance(each, Calls)]
    assert minima == [None, None, 512]
