"""A budget of a test session, of which other processes, or other parts of this one, may spend at the same time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from evalkit.generate.budget import Budget

if TYPE_CHECKING:
    from collections.abc import Callable

LOOK_EVERY_S = 0.5


class SharedBudget(Budget):
    """Counts what others have spent by now, as far as it is committed, whenever something is to be reserved.

    What others have under way is not known here, so that the cap may be passed by that.

    Args:
        cap: The most that all together may spend; None for no cap.
        spent: What was spent before by whoever draws with this budget.
        others: Returns what the others have spent in all.
        look_every_s: How long what was found is taken to hold.
    """

    def __init__(
        self,
        cap: float | None,
        others: Callable[[], float],
        *,
        spent: float = 0.0,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        super().__init__(cap, spent)
        self._others = others
        self._others_spent: float = 0.0
        self._look_every_s = look_every_s
        self._looked_at: float | None = None

    def reserve(self, cost: float) -> bool:
        """Put `cost` aside for one call, or return False when that would pass the cap."""
        self._look()
        return super().reserve(cost)

    async def wait_for(self, cost: float) -> bool:
        """Wait until `cost` could be reserved; False when even all that is in flight, once settled, leaves no room."""
        self._look()
        return await super().wait_for(cost)

    def _look(self) -> None:
        if self.cap is None:
            return
        now = time.monotonic()
        if self._looked_at is not None and now - self._looked_at < self._look_every_s:
            return
        self._looked_at = now
        found = self._others()
        self.spent += found - self._others_spent
        self._others_spent = found
