"""Runs a coroutine so that the first Ctrl-C stops it cleanly and the second one ends the process at once."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING, TypeVar

import click

from evalkit.errors import InterruptedRunError

if TYPE_CHECKING:
    from collections.abc import Coroutine

Value = TypeVar("Value")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run_interruptibly(work: Coroutine[None, None, Value]) -> Value:
    """Run `work` to its end.

    Raises:
        InterruptedRunError: The first Ctrl-C, or a SIGTERM, came; `work` was cancelled and has cleaned up.
    """
    return asyncio.run(_watched(work))


async def _watched(work: Coroutine[None, None, Value]) -> Value:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work)
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        click.echo("\nstopping; Ctrl-C again to stop at once", err=True)
        for each in _SIGNALS:
            loop.remove_signal_handler(each)
            signal.signal(each, lambda _number, _frame: os._exit(130))
        task.cancel()

    for each in _SIGNALS:
        loop.add_signal_handler(each, stop)
    try:
        return await task
    except asyncio.CancelledError:
        if stopped:
            raise InterruptedRunError("interrupted") from None
        raise
    finally:
        if not stopped:
            for each in _SIGNALS:
                loop.remove_signal_handler(each)
