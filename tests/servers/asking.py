"""Calls to the fake vendors through evalkit's adapters, one at a time."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from evalkit.providers.registry import ADAPTERS
from evalkit.types import Condition, Message, Prompt, Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.providers.hosted.adapter import HostedAdapter
    from evalkit.types import Completion, Profile
    from vendors.server import FakeVendors

SEED = 2**40 + 5
"""Of every sample that is asked for here: more than 31 bits, and 5 in the lowest."""


def make_sample(*messages: tuple[str, str], **settings: Any) -> Sample:
    """Make a sample of messages, each a role and a text; one short question where there are none."""
    turns = tuple(Message(role, content) for role, content in messages or (("user", "How are you?"),))  # type: ignore[arg-type]
    return Sample("the-key", 0, "it", Condition(), "case", 0, Prompt(turns, "digest"), settings, SEED)


@dataclass(frozen=True, slots=True)
class Asking:
    """Makes calls through an adapter, as the engine would, each through a client of its own.

    Attributes:
        profile: Of a model at a fake vendor.
    """

    vendors: FakeVendors
    profile: Profile

    def but(self, **parts: Any) -> Asking:
        """Return the same with another profile."""
        return Asking(self.vendors, dataclasses.replace(self.profile, **parts))

    @property
    def adapter(self) -> HostedAdapter:
        """Build the adapter."""
        built: Any = ADAPTERS.get(self.profile.adapter)
        adapter: HostedAdapter = built(self.profile)
        return adapter

    def all(self, samples: Sequence[Sample]) -> list[Completion]:
        """Make one call after the other through one adapter, and close it."""

        async def calls() -> list[Completion]:
            adapter = self.adapter
            try:
                return [await adapter.call(sample) for sample in samples]
            finally:
                await adapter.aclose()

        return asyncio.run(calls())

    def __call__(self, *messages: tuple[str, str], **settings: Any) -> Completion:
        """Make one call with these messages and settings."""
        return self.all([make_sample(*messages, **settings)])[0]

    def body(self, *messages: tuple[str, str], **settings: Any) -> dict[str, Any]:
        """Make one call, and return the document that arrived."""
        self(*messages, **settings)
        body: dict[str, Any] = self.vendors.received[-1].body
        return body

    def count(self, *messages: tuple[str, str], **settings: Any) -> int | None:
        """Ask the vendor's token counter."""

        async def counted() -> int | None:
            adapter = self.adapter
            try:
                return await adapter.count_tokens(make_sample(*messages, **settings))
            finally:
                await adapter.aclose()

        return asyncio.run(counted())


DIALECTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "claude": ("claude", "claude-haiku-4-5", {}),
    "chat": ("openai", "gpt-5.4-mini", {"server": "openai"}),
    "responses": ("openai", "gpt-5.4-mini", {"server": "openai", "api": "responses"}),
    "compatible": ("openai", "gpt-4.1-mini", {}),
    "gemini": ("gemini", "gemini-3-flash-preview", {}),
}
