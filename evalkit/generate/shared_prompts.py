"""Lets the first call with a long prompt finish before the rest go out, so that they find it in the vendor's cache.

A cached prompt can be read only once the first answer to it has begun; calls sent all at once would each pay for all of
it. Repeats share what was read of the prompt, never an answer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from evalkit.generate.tokens import prompt_tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.types import Sample

_PARKED_AT_MOST = 256


class SharedPrompts:
    """The order in which samples go out.

    Args:
        samples: In the order of the sweep.
        minimum: Tokens from which the model's prompts are cached; None when they are not.
    """

    def __init__(self, samples: Iterator[Sample], minimum: int | None) -> None:
        self._samples = samples
        self._minimum = minimum
        self._answered: dict[str, bool] = {}
        self._parked: dict[str, list[Sample]] = {}
        self._count = 0
        self._ready: deque[Sample] = deque()
        self._released = asyncio.Event()

    async def next(self) -> Sample | None:
        """Return the sample to ask next, waiting while only parked ones are left; None at the end."""
        while True:
            if self._ready:
                return self._ready.popleft()
            sample = next(self._samples, None) if self._count < _PARKED_AT_MOST else None
            if sample is not None:
                if self._may_go(sample):
                    return sample
                self._parked.setdefault(sample.prompt.digest, []).append(sample)
                self._count += 1
            elif self._count:
                self._released.clear()
                await self._released.wait()
            else:
                return None

    def answered(self, sample: Sample) -> None:
        """Let the parked repeats of a prompt go: its first call has come back, however it ended."""
        digest = sample.prompt.digest
        if self._answered.get(digest) is False:
            self._answered[digest] = True
            released = self._parked.pop(digest, [])
            self._count -= len(released)
            self._ready.extend(released)
            self._released.set()

    def _may_go(self, sample: Sample) -> bool:
        if self._minimum is None:
            return True
        answered = self._answered.get(sample.prompt.digest)
        if answered is None:
            self._answered[sample.prompt.digest] = prompt_tokens(sample.prompt) < self._minimum
            return True
        return answered
