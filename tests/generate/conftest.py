"""Adapters and providers written by hand, for the tests of the engine."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProviderError
from evalkit.expand import Plan, expand, slots
from evalkit.generate import Batching, Work, generate
from evalkit.providers.prices import FREE
from evalkit.providers.registry import build_provider
from evalkit.types import Case, Completion, Condition, Profile, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

    from evalkit.generate.calls import Calls
    from evalkit.generate.pace import Rates
    from evalkit.generate.tally import Tally
    from evalkit.providers.prices import Price
    from evalkit.store import Store
    from evalkit.support import Support
    from evalkit.types import Message, Run, Sample, Scalar, SettingValue, Suite
    from vendors.asked import Vendor

MODELS: Mapping[str, str] = {"claude": "claude-haiku-4-5", "openai": "gpt-4.1-mini", "gemini": "gemini-2.5-flash-lite"}
PRICE = {"input": 1_000_000.0, "output": 1_000_000.0}
"""A dollar a token, and half of it in a batch."""


def answered(sample: Sample) -> Completion:
    """Answer with the sample's position."""
    return Completion("complete", text=f"answer {sample.position}", usage=Usage(5, 3))


@dataclass
class Mine:
    """An adapter of single calls with nothing but what it must have.

    Attributes:
        answer: Is awaited for each call; raises or returns.
        asked: Every sample that it was called with.
    """

    profile: Profile
    answer: Callable[[Sample], Awaitable[Any]] | None = None
    rates: Rates | None = None
    cache_minimum: int | None = None
    asked: list[Sample] = field(default_factory=list["Sample"])
    under_way: int = 0
    most_under_way: int = 0

    def supports(self, setting: str) -> Support:  # noqa: ARG002 - all of them
        """Apply everything."""
        return True

    async def call(self, sample: Sample) -> Completion:
        """Answer."""
        self.asked.append(sample)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            if self.answer is None:
                await asyncio.sleep(0)
                return answered(sample)
            completion: Completion = await self.answer(sample)
            return completion
        finally:
            self.under_way -= 1


def mine(**parts: Any) -> Profile:  # noqa: ANN401 - any field of a profile
    """Return a profile of an adapter of one's own."""
    fields: dict[str, Any] = {"name": "mine", "adapter": "./mine.py:Mine", "model": "mine-1"}
    return Profile(**{**fields, **parts})


async def collected(calls: Calls, samples: Iterable[Sample]) -> list[tuple[Sample, Completion]]:
    """Take all that comes back."""
    return [drawn async for drawn in calls.complete(samples)]


def echo(sample: Sample) -> Completion:
    """Answer with what was asked for: the case, the repeat and the turn."""
    turn = "probe" if sample.turn is None else sample.turn
    return Completion("complete", text=f"{sample.case_id} {sample.repeat} {turn}", usage=Usage(2, 3))


@dataclass
class Answering:
    """A provider that answers by a function, so many samples together, with a pause between batches.

    Attributes:
        breaks_after: Samples after which the whole provider fails; None for never.
        handed: Positions of the completions that were handed over.
    """

    profile: Profile
    answer: Callable[[Sample], Completion] = echo
    together: int = 4
    breaks_after: int | None = None
    refuses: Mapping[str, Support] = field(default_factory=dict[str, "Support"])
    asked: list[Sample] = field(default_factory=list["Sample"])
    handed: list[int] = field(default_factory=list[int])
    ended: bool = False
    in_flight: int = 0

    def price(self) -> Price | None:
        """Cost nothing."""
        return FREE

    def supports(self, setting: str) -> Support:
        """Apply everything but what is refused."""
        return self.refuses.get(setting, True)

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Say one thing."""
        say("loading", 0.5)

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Answer batch after batch."""
        coming = iter(samples)
        try:
            while batch := list(islice(coming, self.together)):
                self.asked += batch
                await asyncio.sleep(0)
                for sample in batch:
                    if self.breaks_after is not None and len(self.handed) >= self.breaks_after:
                        raise ProviderError("the key is not valid", hint="set another")
                    completion = self.answer(sample)
                    self.handed.append(sample.position)
                    yield sample, completion
        finally:
            self.ended = True

    def render(self, messages: Sequence[Message]) -> str:
        """Join the messages."""
        return "\n".join(message.content for message in messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Say nothing."""
        return {}

    async def aclose(self) -> None:
        """Hold nothing."""


@dataclass
class Watching:
    """Notes what it is told, and what the store held at that moment."""

    store: Store
    run: str
    told: list[int] = field(default_factory=list[int])
    held: list[int] = field(default_factory=list[int])
    prepared: list[tuple[str, str, float | None]] = field(default_factory=list["tuple[str, str, float | None]"])

    def drawn(self, tally: Tally) -> None:
        """Note the tally."""
        self.told.append(tally.done)
        self.held.append(self.store.drawn_count(self.run))

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Note the preparation."""
        self.prepared.append((provider, what, share))


@dataclass
class Drawing:
    """One run at the fake vendors, set to work again and again."""

    store: Store
    run: Run
    suite: Suite
    profiles: Sequence[Profile]

    async def drawing(self, batching: Batching, **options: Any) -> Tally:  # noqa: ANN401 - options of generate
        """Set the run to work once."""
        works = [
            Work(
                build_provider(profile),
                Plan(self.suite, profile, 7, seed_drawn=False),
                (Condition(),),
                self.suite.cases,
                self.suite.repeats,
            )
            for profile in self.profiles
        ]
        try:
            return await generate(self.store, self.run.id, works, batching=batching, **options)
        finally:
            for work in works:
                await work.provider.aclose()

    def __call__(self, batching: Batching | None = None, **options: Any) -> Tally:  # noqa: ANN401 - options of generate
        """Set the run to work once, as a process of its own would."""
        return asyncio.run(self.drawing(batching or Batching(), **options))

    def samples(self) -> list[Sample]:
        """List the samples of the first provider."""
        plan = Plan(self.suite, self.profiles[0], 7, seed_drawn=False)
        return list(expand(plan, slots((Condition(),), self.suite.cases, self.suite.repeats)))

    def outcomes(self, provider: str) -> Counter[str]:
        """Count how the samples ended."""
        return Counter(each.completion.outcome for each in self.store.drawn(self.run.id, provider))


@pytest.fixture
def drawing(
    store: Store, make_suite: Callable[..., Suite], vendor_profile: Callable[..., Profile]
) -> Callable[..., Drawing]:
    """Give a function that opens a run of ten samples at each of some vendors."""

    def make(
        *vendors: Vendor,
        settings: Mapping[str, SettingValue] | None = None,
        limits: Mapping[str, float] | None = None,
        repeats: int = 5,
    ) -> Drawing:
        cases = (Case("one", "Say one thing."), Case("two", "Say two things."))
        made = make_suite(cases=cases, repeats=repeats, settings=settings or {"max_tokens": 20})
        profiles = [
            vendor_profile(
                vendor,
                MODELS[vendor],
                price=PRICE,
                limits={"attempts": 2, "longest_wait_s": 0.05, "batch_poll_s": 0.05, **(limits or {})},
                options={"server": "openai"} if vendor == "openai" else {},
                timeout_s=5.0,
            )
            for vendor in vendors
        ]
        run = store.create_run(made, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=profiles)
        return Drawing(store, run, made, profiles)

    return make
