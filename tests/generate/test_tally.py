"""Counting how far a run is."""

from __future__ import annotations

from evalkit.errors import ProviderError
from evalkit.generate.tally import Tally, Unwatched
from evalkit.types import Completion, Usage


def test_completions_are_counted_by_outcome() -> None:
    """Tokens and costs add up as far as they are known."""
    tally = Tally(planned=10, already=2, reused=1)
    tally.count(Completion("complete", usage=Usage(10, 5), cost_usd=0.25))
    tally.count(Completion("complete", usage=Usage(10, None), cost_usd=None))
    tally.count(Completion("refusal", usage=Usage(10, 2), cost_usd=0.5))
    tally.count(Completion("error", error="no"))
    assert tally.outcomes == {"complete": 2, "refusal": 1, "error": 1}
    assert (tally.asked, tally.done, tally.output_tokens, tally.cost_usd) == (4, 7, 7, 0.75)


def test_a_tally_shares_nothing_with_another() -> None:
    """Each has outcomes and failures of its own."""
    one, other = Tally(), Tally()
    one.count(Completion("complete"))
    one.failures["a"] = ProviderError("gone")
    assert (other.outcomes, other.failures, other.done) == ({}, {}, 0)


def test_what_is_told_to_nobody_is_forgotten() -> None:
    """A run needs no watcher."""
    watcher = Unwatched()
    watcher.drawn(Tally())
    watcher.preparing("mine", "loading", None)
