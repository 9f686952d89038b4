"""How far a run is, and who is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from evalkit.errors import EvalkitError
    from evalkit.types import Completion, Outcome


@dataclass(slots=True)
class Tally:
    """How far a run is; changes while it goes on.

    Attributes:
        planned: Completions that the run is made of.
        already: Those that were there before this run, or this resumption, began.
        reused: Those taken from stored answers (`--reuse`).
        asked: Those that providers were asked for and that came back.
        outcomes: How those that were asked for ended.
        output_tokens: Tokens generated, as far as providers say.
        cost_usd: What those that were asked for cost, as far as prices are known.
        promised_usd: What the batches that are not collected may come to at most, about, where a cap on cost asks for
            it.
        left: Those that are in batches at a vendor's, or that were left for another resumption while there were such.
        over_budget: True when something was not asked because it would have passed the cap on cost.
        stopped: True when the rest was not asked for because somebody stopped it.
        failures: What ended a provider as a whole, by its name.
    """

    planned: int = 0
    already: int = 0
    reused: int = 0
    asked: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict["Outcome", int])
    output_tokens: int = 0
    cost_usd: float = 0.0
    promised_usd: float = 0.0
    left: int = 0
    over_budget: bool = False
    stopped: bool = False
    failures: dict[str, EvalkitError] = field(default_factory=dict[str, "EvalkitError"])

    @property
    def done(self) -> int:
        """Completions that are in the store."""
        return self.already + self.reused + self.asked

    def count(self, completion: Completion) -> None:
        """Add one completion that was asked for."""
        self.asked += 1
        self.outcomes[completion.outcome] = self.outcomes.get(completion.outcome, 0) + 1
        self.output_tokens += completion.usage.output_tokens or 0
        self.cost_usd += completion.cost_usd or 0.0

    def after(self, earlier: Tally) -> Tally:
        """Return the tally of this round and the earlier ones of the same sitting together.

        What the earlier ones drew counts as already there in this one; together it was asked for.
        """
        if not earlier.planned:
            return self
        outcomes: dict[Outcome, int] = {
            outcome: earlier.outcomes.get(outcome, 0) + self.outcomes.get(outcome, 0)
            for outcome in (*earlier.outcomes, *self.outcomes)
        }
        return Tally(
            planned=self.planned,
            already=earlier.already,
            reused=earlier.reused + self.reused,
            asked=earlier.asked + self.asked,
            outcomes=outcomes,
            output_tokens=earlier.output_tokens + self.output_tokens,
            cost_usd=earlier.cost_usd + self.cost_usd,
            promised_usd=self.promised_usd,
            left=self.left,
            over_budget=self.over_budget,
            stopped=self.stopped,
            failures={**earlier.failures, **self.failures},
        )


class Watcher(Protocol):
    """Is told how a run goes; a progress bar, for one."""

    def drawn(self, tally: Tally) -> None:
        """Take note of the tally after a commit; it goes on changing."""
        ...

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Take note of what a provider does before its first sample; `share` of it is done, None when not known."""
        ...


class Unwatched:
    """Watches nothing."""

    def drawn(self, tally: Tally) -> None:
        """Ignore the tally."""

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Ignore what is prepared."""
