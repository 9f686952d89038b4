"""Lets recorded answers go in the order in which they came, so that a replay takes the course of its recording.

What is asked may hang on what was answered before: no cell is asked again after a server refused its setting, and none
at all after the end of a quota or a budget.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Turns:
    """The order of one provider's answers.

    Args:
        numbers: Of the answers, in order.
    """

    def __init__(self, numbers: Iterable[int]) -> None:
        self._left = deque(numbers)
        self._changed = asyncio.Event()

    async def wait_for(self, number: int, patience_s: float) -> None:
        """Wait until every answer before `number` has gone.

        When none goes for `patience_s`, one of them is not asked for this time, as under another selection or with
        another concurrency; then the order is given up.
        """
        while self._left and self._left[0] < number:
            try:
                async with asyncio.timeout(patience_s):
                    await self._changed.wait()
            except TimeoutError:
                self._left.clear()
        if self._left and self._left[0] == number:
            self._left.popleft()
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
