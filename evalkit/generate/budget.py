"""Keeps a run within what it may cost: prices are counted as they come, and reserved for what is in flight."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from evalkit.generate.tokens import most_output_tokens, prompt_tokens
from evalkit.types import Usage

if TYPE_CHECKING:
    from evalkit.protocols import Provider
    from evalkit.types import Completion, Sample


class Budget:
    """Money in US dollars, shared by all providers of a run.

    Args:
        cap: The most that may be spent; None for no cap.
        spent: What was spent before, in earlier sittings of the run.
    """

    def __init__(self, cap: float | None = None, spent: float = 0.0) -> None:
        self.cap = cap
        self.spent: float = spent
        self.reached = False
        """True once something was not asked for want of money."""
        self._reserved = 0.0
        self._in_flight = 0
        self._changed = asyncio.Event()

    def most_cost(self, provider: Provider, sample: Sample, *, batch: bool = False) -> float:
        """Return what a sample may come to at most, about; 0 where no price is known, or no cap asks for one.

        Args:
            provider: Who would be asked.
            sample: The sample.
            batch: In a batch, at its price.
        """
        price = provider.price() if self.cap is not None else None
        if price is None:
            return 0.0
        return price.cost(Usage(prompt_tokens(sample.prompt), most_output_tokens(sample)), batch=batch) or 0.0

    def reserve(self, cost: float) -> bool:
        """Put `cost` aside for one call, or return False when that would pass the cap."""
        if self.cap is not None and self.spent + self._reserved + cost > self.cap:
            return False
        self._reserved += cost
        self._in_flight += 1
        return True

    def settle(self, reserved: float, cost: float | None) -> None:
        """Count what a call came to in place of what was put aside; None where its price is not known."""
        self._in_flight -= 1
        self._reserved = self._reserved - reserved if self._in_flight else 0.0  # no dust of rounding is left
        self.spent += cost or 0.0
        self._changed.set()

    def correct(self, counted: float, cost: float) -> None:
        """Count what something came to in place of what was counted as spent for it."""
        self.spent += cost - counted
        self._changed.set()

    async def wait_for(self, cost: float) -> bool:
        """Wait until `cost` could be reserved; False when even all that is in flight, once settled, leaves no room."""
        while self.cap is not None and self.spent + self._reserved + cost > self.cap:
            if not self._in_flight:
                self.reached = True
                return False
            self._changed.clear()
            await self._changed.wait()
        return True


def charged(completion: Completion, reserved: float) -> float | None:
    """Return what an answer counts against the cap: all that was reserved where it came without its usage."""
    if completion.cost_usd is None and completion.outcome not in ("error", "unsupported"):
        return reserved
    return completion.cost_usd
