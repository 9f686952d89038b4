"""The completions of one sweep of single calls, in the order in which they come back."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from evalkit.generate.shared_prompts import SharedPrompts
from evalkit.generate.workers import Place, Workers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.generate.calls import Calls
    from evalkit.types import Completion, Sample


class CallStream:
    """The completions of one sweep, as they come; after `aclose`, what had come before it can still be taken.

    A call keeps its place until its completion is safe: until the next one is asked for, or, for whoever says so
    (`keep_until_committed`), until `committed` is called. So no more calls than may be under way at a time are ever
    made again after a kill.

    Args:
        calls: Makes the calls.
        samples: Pulled as places become free.
        concurrency: Calls that may be under way at a time.
    """

    def __init__(self, calls: Calls, samples: Iterator[Sample], concurrency: int) -> None:
        self.workers = Workers(concurrency, self._work, self._something_changed)
        self._calls = calls
        self._samples = SharedPrompts(samples, calls.caller.cache_minimum)
        self._arrived: deque[tuple[Sample, Completion, asyncio.Future[None]]] = deque()
        self._taken: list[asyncio.Future[None]] = []
        self._change = asyncio.Event()
        self._started = False
        self._kept = False
        self._closing = False

    def __aiter__(self) -> CallStream:
        return self

    async def __anext__(self) -> tuple[Sample, Completion]:
        if not self._started:
            self._started = True
            self.workers.start()
        if not self._kept:
            self.committed()
        while not self._arrived:
            if not self.workers.busy:
                failure, self.workers.failure = self.workers.failure, None
                raise StopAsyncIteration if failure is None else failure
            self._change.clear()
            await self._change.wait()
        sample, completion, safe = self._arrived.popleft()
        self._taken.append(safe)
        return sample, completion

    def keep_until_committed(self) -> None:
        """Take completions to be safe when `committed` says so, and not before."""
        self._kept = True

    def committed(self) -> None:
        """Let the calls go on whose completions were taken: they are safe now."""
        taken, self._taken = self._taken, []
        for safe in taken:
            if not safe.done():  # by a cancelled worker
                safe.set_result(None)

    async def aclose(self) -> None:
        """Stop every call at once."""
        self._started = self._closing = True
        await self.workers.stop()
        self.workers.failure = None

    async def _work(self) -> bool:
        """Draw one sample; return False when there is none."""
        if self._closing:
            return False
        sample = await self._samples.next()
        if sample is None or self.workers.failure is not None:
            return False
        async with Place(self.workers) as place:
            try:
                completion = await self._calls.draw(sample, place)
            finally:
                self._samples.answered(sample)
            safe = asyncio.get_running_loop().create_future()
            self._arrived.append((sample, completion, safe))
            self._something_changed()
            if not self._closing:  # else an adapter took no notice of being cancelled
                await safe
        return True

    def _something_changed(self) -> None:
        self._change.set()
