"""Samples to put into a batch, and a vendor's interface for batches."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self, TypeVar

import pytest

from evalkit.expand import Plan, expand, slots
from evalkit.generate.batches import batch_api
from evalkit.providers.registry import build_provider
from evalkit.types import Case, Condition
from vendors.batches import drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from types import TracebackType

    from evalkit.errors import EvalkitError
    from evalkit.protocols import BatchApi, Provider
    from evalkit.types import Completion, Profile, Sample, SettingValue, Suite
    from vendors.asked import Vendor
    from vendors.batches import Fate
    from vendors.server import FakeVendors

Value = TypeVar("Value")
MODELS: Mapping[str, str] = {"claude": "claude-haiku-4-5", "openai": "gpt-4.1-mini", "gemini": "gemini-2.5-flash-lite"}
PRICE = {"input": 1_000_000.0, "output": 10_000_000.0}
"""A dollar for a token in and ten for one out; half of that in a batch."""


@dataclass(frozen=True)
class Batched:
    """A vendor's interface for batches, with samples for it."""

    provider: Provider
    api: BatchApi
    asked: Mapping[str, Sample]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.provider.aclose()

    def run(self, work: Coroutine[None, None, Value]) -> Value:
        """Do something with it, and close it."""

        async def closing() -> Value:
            async with self:
                return await work

        return asyncio.run(closing())

    async def submit(self) -> str:
        """Hand the samples over, and return the vendor's name for the batch."""
        return (await self.api.submit("label", self.asked)).vendor_id

    def through(
        self, vendors: FakeVendors, fate: Callable[[str], Fate] = drawn
    ) -> Mapping[str, Completion | EvalkitError]:
        """Submit, let the batch end, and read everything that came of it."""

        async def work() -> Mapping[str, Completion | EvalkitError]:
            vendor_id = await self.submit()
            vendors.batches.end(fate)
            state = await self.api.look(vendor_id)
            assert not state.running
            assert state.took_s is not None
            return await self.results(vendor_id)

        return self.run(work())

    async def results(self, vendor_id: str) -> Mapping[str, Completion | EvalkitError]:
        """Read everything that came of a batch."""
        return {key: result async for key, result in self.api.results(vendor_id, self.asked)}


@pytest.fixture
def batched(make_suite: Callable[..., Suite], vendor_profile: Callable[..., Profile]) -> Callable[..., Batched]:
    """Give a function that makes a vendor's interface for batches, and three samples unless told otherwise."""

    def make(
        vendor: Vendor, *, settings: Mapping[str, SettingValue] | None = None, repeats: int = 3, **parts: Any
    ) -> Batched:
        if vendor == "openai":
            parts["options"] = {"server": "openai", **parts.get("options", {})}
        profile = vendor_profile(vendor, parts.pop("model", MODELS[vendor]), price=PRICE, **parts)
        suite = make_suite(cases=(Case("one", "Say one thing."),), settings=settings or {"max_tokens": 20})
        provider = build_provider(profile)
        api = batch_api(provider)
        assert api is not None
        plan = Plan(suite, profile, 7, seed_drawn=False)
        samples = expand(plan, slots((Condition(),), suite.cases, repeats))
        return Batched(provider, api, {sample.key: sample for sample in samples})

    return make
