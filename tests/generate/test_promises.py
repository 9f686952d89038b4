"""What batches count against a cap on cost, from their submission to their collection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.generate import Batching, Tally
from evalkit.generate.budget import Budget
from evalkit.generate.promises import Promises
from evalkit.providers.registry import build_provider
from evalkit.types import Completion, Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Sample
    from tests.generate.conftest import Drawing
    from vendors.server import FakeVendors

SUBMIT = Batching(submit=True)
PROVIDER = build_provider(Profile("hosted", "claude", "m", price={"input": 0.0, "output": 1_000_000.0}))
"""A dollar a token of an answer, and half of it in a batch."""


@pytest.mark.parametrize(
    ("completion", "cost"),
    [
        (Completion("complete", cost_usd=3.0), 3.0),
        (Completion("complete"), 8.0),
        (Completion("error", error="expired"), 0.0),
        (None, 0.0),
    ],
    ids=["priced", "without its usage", "failed", "not taken"],
)
def test_what_came_takes_the_place_of_what_was_promised(
    make_sample: Callable[..., Sample], completion: Completion | None, cost: float
) -> None:
    """Sixteen tokens of an answer may come to eight dollars; an answer without its usage counts as those."""
    promises = Promises(PROVIDER, Budget(20.0), Tally())
    assert asyncio.run(promises.reserve(make_sample()))
    promises.make()
    assert (promises.budget.spent, promises.tally.promised_usd) == (8.0, 8.0)
    promises.keep(make_sample(), completion)
    assert (promises.budget.spent, promises.tally.promised_usd) == (cost, 0.0)


def test_what_is_not_handed_over_is_given_back(make_sample: Callable[..., Sample]) -> None:
    """And nothing of it was promised."""
    promises = Promises(PROVIDER, Budget(8.0), Tally())
    assert asyncio.run(promises.reserve(make_sample()))
    promises.release()
    assert promises.tally.promised_usd == 0.0
    assert promises.budget.reserve(8.0)


def test_a_cap_on_cost_counts_the_price_of_a_batch(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """Seven tokens in and twenty out at most are 13.50 dollars at half price: a hundred buy seven such calls."""
    tally = drawing("openai")(SUBMIT, budget=Budget(100.0))
    (job,) = vendors.batches.jobs
    assert len(job.requests) == 7
    assert tally.over_budget
    assert tally.left == 10
    assert tally.promised_usd == pytest.approx(7 * 13.5)


def test_a_cap_on_cost_holds_over_sittings(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """What is in a batch counts at its most, 13.50 dollars each, until it is collected, and then as the 4 it was."""
    draw = drawing("openai")

    def sitting() -> tuple[int, bool, Any]:
        tally = draw(SUBMIT, budget=Budget(100.0, draw.store.spent_usd(draw.run.id)))
        return sum(len(job.requests) for job in vendors.batches.jobs), tally.over_budget, tally.promised_usd

    assert sitting() == (7, True, pytest.approx(94.5))
    assert sitting() == (7, True, pytest.approx(94.5))
    vendors.batches.end()
    assert sitting() == (10, False, pytest.approx(40.5))
    assert draw.store.spent_usd(draw.run.id) == pytest.approx(28.0)


def test_a_batch_that_is_not_taken_costs_nothing(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """Though the cap was reached while it was put together, so that all of it counted as spent by then."""
    vendors.batches.most_bytes["openai"] = 10
    budget = Budget(100.0)
    tally = drawing("openai")(SUBMIT, budget=budget)
    assert list(tally.failures) == ["openai"]
    assert budget.spent == pytest.approx(0.0)
    assert tally.promised_usd == 0.0
