"""Adapters of single calls written by hand, for the tests of the engine."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from evalkit.types import Completion, Profile, Usage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from evalkit.generate.calls import Calls
    from evalkit.generate.pace import Rates
    from evalkit.support import Support
    from evalkit.types import Sample


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
