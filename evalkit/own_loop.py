"""Runs coroutines on an event loop in a thread of its own, for callers that may be inside a loop themselves."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from typing import TYPE_CHECKING, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
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
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def wait(self, work: Coroutine[None, None, Value]) -> Value:
        """Run `work` in the thread and wait for it, whatever the caller's own thread has under way."""
        outcome, stop = self._start(work)
        try:
            return outcome.result()
        except BaseException:
            if not outcome.done():
                stop()
                wait_for([outcome])
            raise

    async def wait_async(self, work: Coroutine[None, None, Value]) -> Value:
        """Run `work` in the thread while the caller's own loop goes on."""
        outcome, stop = self._start(work)
        arrived = asyncio.wrap_future(outcome)
        try:
            return await asyncio.shield(arrived)
        except asyncio.CancelledError:
            stop()
            await asyncio.wait([arrived])
            if not arrived.cancelled():
                arrived.exception()  # it has been taken note of
            raise

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

    def _start(self, work: Coroutine[None, None, Value]) -> tuple[Future[Value], Callable[[], None]]:
        """Begin, and return what will hold the outcome with what stops the work."""
        outcome: Future[Value] = Future()
        outcome.set_running_or_notify_cancel()
        tasks: list[asyncio.Task[None]] = []

        async def working() -> None:
            try:
                value = await work
            except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
                outcome.set_exception(error)
            else:
                outcome.set_result(value)

        def stop() -> None:
            self._loop.call_soon_threadsafe(lambda: [task.cancel() for task in tasks])

        # What is sent to the loop arrives in order: a stop finds the task that it stops.
        self._loop.call_soon_threadsafe(lambda: tasks.append(self._loop.create_task(working())))
        return outcome, stop
