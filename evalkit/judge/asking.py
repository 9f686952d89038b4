"""Asks the judges what a run lacks, by the engine that draws completions."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from evalkit.generate.engine import Errand, never, run_errands
from evalkit.judge.samples import vote_sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Set

    from evalkit.expand import Plan
    from evalkit.generate.budget import Budget
    from evalkit.generate.tally import Tally, Watcher
    from evalkit.judge.lookup import OpenVote
    from evalkit.protocols import Provider
    from evalkit.store import Store
    from evalkit.types import Run, Sample


@dataclass(frozen=True, slots=True)
class Bench:
    """The judges of a run.

    Attributes:
        votes: Lists the votes that the run lacks, each time anew.
        judges: Those that can be asked, by name, each with what its samples need.
    """

    store: Store
    run: Run
    votes: Callable[[], Iterator[OpenVote]]
    judges: Mapping[str, tuple[Provider, Plan]]

    @property
    def providers(self) -> list[Provider]:
        """Those that are asked."""
        return [provider for provider, _ in self.judges.values()]

    async def ask(
        self, tally: Tally, *, reuse: bool, budget: Budget, watcher: Watcher, stop: Callable[[], bool] = never
    ) -> None:
        """Ask for every vote that the run lacks and that can be asked for now.

        A verdict may make further questions due, so that this goes on until there are none; a vote that failed is left
        to a later sitting.

        Args:
            tally: Counts these calls, too.
            reuse: Take a stored answer to the same sample from any run.
            budget: What may be spent.
            watcher: Is told of every commit.
            stop: Whether to ask for nothing more.
        """
        tried: set[tuple[str, int]] = set()
        while not (budget.reached or stop()):
            open_to = {name for name in self.judges if name not in tally.failures}
            due = {
                (vote.digest, vote.number): vote.judge
                for vote in self.votes()
                if vote.judge in open_to and (vote.digest, vote.number) not in tried
            }
            if not due:
                return
            tried |= due.keys()
            tally.planned += len(due)
            errands = [
                Errand(self.judges[name][0], calls, partial(self._samples, name, due.keys()))
                for name, calls in Counter(due.values()).items()
            ]
            await run_errands(
                self.store, self.run.id, errands, tally, reuse=reuse, budget=budget, watcher=watcher, stop=stop
            )

    def _samples(self, judge: str, due: Set[tuple[str, int]]) -> Iterator[Sample]:
        plan = self.judges[judge][1]
        mine = (vote for vote in self.votes() if vote.judge == judge and (vote.digest, vote.number) in due)
        for position, vote in enumerate(mine):
            yield vote_sample(vote, plan, position)
