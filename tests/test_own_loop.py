"""Waiting for work on a loop in another thread, from inside a loop and outside one."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import TYPE_CHECKING

import pytest

from evalkit.own_loop import OwnLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def own_loop() -> Iterator[OwnLoop]:
    """Give a thread with a loop."""
    with OwnLoop() as made:
        yield made


async def _where() -> str:
    await asyncio.sleep(0)
    return threading.current_thread().name


class Slow:
    """Work that would take a minute, and that notes how it ended."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.cleaned_up = False

    async def work(self) -> None:
        """Take a minute, and some time to clean up."""
        self.began.set()
        try:
            await asyncio.sleep(60)
        finally:
            await asyncio.sleep(0.05)
            self.cleaned_up = True


def test_work_is_done_in_the_other_thread(own_loop: OwnLoop) -> None:
    """A caller without a loop gets what the work returns."""
    assert own_loop.wait(_where()) == "evalkit"


def test_a_caller_with_a_loop_may_wait(own_loop: OwnLoop) -> None:
    """Inside a running loop both ways of waiting work, which `asyncio.run` refuses."""

    async def caller() -> tuple[str, str]:
        return own_loop.wait(_where()), await own_loop.wait_async(_where())

    assert asyncio.run(caller()) == ("evalkit", "evalkit")


def test_an_error_of_the_work_reaches_the_caller(own_loop: OwnLoop) -> None:
    """Whatever it raises is raised where one waits."""

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError("nothing there")

    with pytest.raises(LookupError, match="nothing there"):
        own_loop.wait(fail())
    with pytest.raises(LookupError, match="nothing there"):
        asyncio.run(own_loop.wait_async(fail()))
    assert own_loop.wait(_where()) == "evalkit"


def test_the_callers_loop_goes_on_meanwhile(own_loop: OwnLoop) -> None:
    """While one awaits the work, other tasks of the caller's get their turns."""
    turn = threading.Event()

    async def wait_for_turn() -> bool:
        return await asyncio.to_thread(turn.wait, 30)

    async def caller() -> bool:
        waiting = asyncio.ensure_future(own_loop.wait_async(wait_for_turn()))
        await asyncio.sleep(0.01)
        turn.set()
        return await waiting

    assert asyncio.run(caller())


def test_a_cancelled_caller_stops_the_work(own_loop: OwnLoop) -> None:
    """It has cleaned up by the time that the cancellation arrives."""
    slow = Slow()

    async def caller() -> None:
        waiting = asyncio.ensure_future(own_loop.wait_async(slow.work()))
        await asyncio.to_thread(slow.began.wait, 30)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(caller())
    assert slow.cleaned_up


def test_ctrl_c_stops_the_work(own_loop: OwnLoop) -> None:
    """An interrupt in the waiting thread waits for the work to clean up, and goes on its way."""
    slow = Slow()
    waiting = threading.get_ident()

    def interrupt() -> None:
        slow.began.wait(30)
        signal.pthread_kill(waiting, signal.SIGINT)  # as a terminal's reaches the main thread

    threading.Thread(target=interrupt, daemon=True).start()
    with pytest.raises(KeyboardInterrupt):
        own_loop.wait(slow.work())
    assert slow.cleaned_up


def test_closing_stops_what_is_left(wait_until: Callable[[Callable[[], bool]], None]) -> None:
    """The thread ends, whatever was at work there, and closing it again does no harm."""
    slow = Slow()
    made = OwnLoop("left")
    threading.Thread(target=_ignore, args=(made, slow), daemon=True).start()
    slow.began.wait(30)
    made.close()
    made.close()
    assert slow.cleaned_up
    assert made.closed
    with pytest.raises(RuntimeError, match="has been closed"):
        made.wait(_where())
    wait_until(lambda: not any(thread.name == "left" for thread in threading.enumerate()))


def _ignore(made: OwnLoop, slow: Slow) -> None:
    with pytest.raises(asyncio.CancelledError):
        made.wait(slow.work())
