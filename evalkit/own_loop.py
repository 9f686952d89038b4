"""Runs coroutines on an event loop in a thread of its own, for callers that may be inside a loop themselves."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import TYPE_CHECKING, Generic, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from types import TracebackType

Value = TypeVar("Value")


class OwnLoop:
    """A thread with an event loop, which serves callers with a loop and without one alike.

    Whoever stops waiting, by Ctrl-C, by a timeout or by being cancelled, stops the work, too, and goes on once it has
    cleaned up. Use it as a context manager, or call `close`.

    Args:
        name: Of the thread.
    """

    def __init__(self, name: str = "evalkit") -> None:
        self._loop = asyncio.new_event_loop()
        # A daemon, so that a process that is told to end at once is not held up by calls under way.
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the thread, and with it whatever is still at work there."""
        if not self.closed:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def wait(self, work: Coroutine[None, None, Value]) -> Value:
        """Run `work` in the thread and wait for it, whatever the caller's own thread has under way."""
        job = self._job(work)
        try:
            self._loop.call_soon_threadsafe(job.begin)
            return job.outcome.result()
        except BaseException:
            if not job.outcome.done():
                self._loop.call_soon_threadsafe(job.stop)
                wait_for([job.outcome])
            raise

    async def wait_async(self, work: Coroutine[None, None, Value]) -> Value:
        """Run `work` in the thread while the caller's own loop goes on."""
        job = self._job(work)
        self._loop.call_soon_threadsafe(job.begin)
        arrived = asyncio.wrap_future(job.outcome)
        try:
            return await asyncio.shield(arrived)
        except asyncio.CancelledError:
            self._loop.call_soon_threadsafe(job.stop)
            await asyncio.wait([arrived])
            if not arrived.cancelled():
                arrived.exception()  # it has been taken note of
            raise

    @property
    def closed(self) -> bool:
        """Whether nothing can be run any more."""
        return not self._thread.is_alive()

    def _job(self, work: Coroutine[None, None, Value]) -> _Job[Value]:
        if self.closed:
            work.close()
            raise RuntimeError("the loop has been closed")
        return _Job(work)

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            left = asyncio.all_tasks(self._loop)
            for task in left:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()


class _Job(Generic[Value]):
    """Work that is done in the thread; begun and stopped there, in whichever order that is asked for."""

    def __init__(self, work: Coroutine[None, None, Value]) -> None:
        self.outcome: Future[Value] = Future()
        self.outcome.set_running_or_notify_cancel()
        self._work = work
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Begin, unless it was stopped before."""
        if not self.outcome.done():
            self._task = asyncio.ensure_future(self._done())

    def stop(self) -> None:
        """Cancel it; it ends once it has cleaned up."""
        if self._task is not None:
            self._task.cancel()
        elif not self.outcome.done():
            self._work.close()
            self.outcome.set_exception(asyncio.CancelledError())

    async def _done(self) -> None:
        try:
            value = await self._work
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(value)
