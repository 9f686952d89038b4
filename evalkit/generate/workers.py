"""Tasks that share one provider's work: so many call at a time, and who waits to ask again lets another go ahead."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

_ASIDE_AT_MOST = 2
"""Workers that may have stepped aside and been replaced, for each place; beyond that the provider is too unwell."""


class Workers:
    """Does pieces of work side by side until there are none left.

    Were a worker to keep its place while it waits to ask again, one failure in ten would cost a tenth of the rate and
    more. So it steps aside, and another begins with new work; once it is back, whoever ends first is not replaced.

    Args:
        places: Calls that may be under way at once.
        work: Does one piece of work; returns False when there was none left.
        ended: Is called whenever a worker has ended.

    Attributes:
        place: To be held during each call.
        failure: What the first worker that failed raised, after which no work is begun; None when none has.
    """

    def __init__(self, places: int, work: Callable[[], Awaitable[bool]], ended: Callable[[], None]) -> None:
        self.place = asyncio.Semaphore(places)
        self.failure: Exception | None = None
        self._places = places
        self._work = work
        self._ended = ended
        self._tasks: set[asyncio.Task[None]] = set()
        self._aside = 0

    @property
    def busy(self) -> bool:
        """True until every worker has ended."""
        return bool(self._tasks)

    def start(self) -> None:
        """Set one worker to work for each place."""
        for _ in range(self._places):
            self._add()

    async def stop(self) -> None:
        """End every worker at once."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @contextmanager
    def aside(self, *, replaced: bool = True) -> Generator[None]:
        """Wait without a place. Not to be entered with `place` held.

        Args:
            replaced: Let another worker begin meanwhile.
        """
        self._aside += 1
        room = self._aside <= self._places * _ASIDE_AT_MOST and self._going < self._places
        if replaced and room and self.failure is None:
            self._add()
        try:
            yield
        finally:
            self._aside -= 1

    @property
    def _going(self) -> int:
        return len(self._tasks) - self._aside

    def _add(self) -> None:
        self._tasks.add(asyncio.create_task(self._run()))

    async def _run(self) -> None:
        try:
            while self.failure is None and self._going <= self._places:
                if not await self._work():
                    return
        except Exception as error:  # noqa: BLE001 - kept for whoever waits for the work
            self.failure = self.failure or error
        finally:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.discard(task)
            self._ended()
