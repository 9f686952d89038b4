"""What batches may come to: counted as spent from their submission, and replaced by what they cost when collected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.generate.budget import charged

if TYPE_CHECKING:
    from evalkit.generate.budget import Budget
    from evalkit.generate.tally import Tally
    from evalkit.protocols import Provider
    from evalkit.types import Completion, Sample


@dataclass(slots=True)
class Promises:
    """The money of one provider's batches.

    What a batch comes to is known only long after, so nobody can wait for it: what is put aside for a sample is spent
    once it is handed over, whatever it will come to.
    """

    provider: Provider
    budget: Budget
    tally: Tally
    _reserved: dict[int, float] = field(default_factory=dict[int, float])
    """What was put aside for what waits in no batch yet, by position."""
    _made: dict[int, float] = field(default_factory=dict[int, float])
    """What was counted as spent for what is in batches, by position."""

    async def reserve(self, sample: Sample) -> bool:
        """Put aside what a sample may come to at most, about, at the batch's price; False when there is no money."""
        cost = self._most(sample)
        while not self.budget.reserve(cost):
            self.make()  # what waits in no batch yet will be submitted all the same
            if not await self.budget.wait_for(cost):
                return False
        self._reserved[sample.position] = cost
        return True

    def make(self) -> None:
        """Count what was put aside as spent."""
        for position, cost in self._reserved.items():
            self.budget.settle(cost, cost)
            self._note(position, cost)
        self._reserved.clear()

    def make_again(self, sample: Sample) -> None:
        """Count a sample as spent that an earlier sitting handed over."""
        cost = self._most(sample)
        self.budget.correct(0.0, cost)
        self._note(sample.position, cost)

    def keep(self, sample: Sample, completion: Completion | None) -> None:
        """Count what came of a promise in its place; None for what the vendor did not take."""
        counted = self._made.pop(sample.position, None)
        if counted is not None:
            cost = None if completion is None else charged(completion, counted)
            self.budget.correct(counted, cost or 0.0)
            self.tally.promised_usd = round(self.tally.promised_usd - counted, 9)  # no dust of rounding is left

    def release(self) -> None:
        """Give back what was put aside and not handed over."""
        for cost in self._reserved.values():
            self.budget.settle(cost, None)
        self._reserved.clear()

    def _most(self, sample: Sample) -> float:
        return self.budget.most_cost(self.provider, sample, batch=True)

    def _note(self, position: int, cost: float) -> None:
        self._made[position] = cost
        self.tally.promised_usd += cost
