"""Keeping within what a run may cost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.generate.budget import Budget
from evalkit.providers.registry import build_provider
from evalkit.types import Profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Sample


def test_what_is_in_flight_is_reserved() -> None:
    """Three calls of 30 cents fit under a dollar, a fourth does not until one turns out cheaper."""
    budget = Budget(1.0)
    assert [budget.reserve(0.3) for _ in range(4)] == [True, True, True, False]
    budget.settle(0.3, 0.05)
    assert budget.spent == pytest.approx(0.05)
    assert budget.reserve(0.3)
    assert not budget.reserve(0.3)


def test_the_cap_itself_may_be_spent() -> None:
    """Exactly the sum, and not a cent more."""
    budget = Budget(0.75)
    assert budget.reserve(0.75)
    assert not budget.reserve(0.01)
    assert budget.reserve(0.0)


def test_without_a_cap_everything_goes() -> None:
    """What it comes to is counted all the same."""
    budget = Budget()
    assert budget.reserve(1e9)
    budget.settle(1e9, 2.5)
    assert (budget.spent, budget.reached) == (2.5, False)
    assert asyncio.run(budget.wait_for(1e9))


def test_what_was_spent_before_counts() -> None:
    """A run that goes on has the rest of its money, not all of it again."""
    budget = Budget(1.0, spent=0.8)
    assert not budget.reserve(0.3)
    assert budget.reserve(0.2)


def test_a_price_that_is_not_known_is_no_price() -> None:
    """It frees what was reserved and adds nothing."""
    budget = Budget(1.0)
    assert budget.reserve(1.0)
    budget.settle(1.0, None)
    assert budget.spent == 0.0
    assert budget.reserve(1.0)


def test_waiting_ends_when_a_call_turns_out_cheap() -> None:
    """What is in flight may leave room."""

    async def wait() -> bool:
        budget = Budget(1.0)
        assert budget.reserve(0.9)
        waiting = asyncio.ensure_future(budget.wait_for(0.5))
        await asyncio.sleep(0)
        assert not waiting.done()
        budget.settle(0.9, 0.1)
        return await waiting

    assert asyncio.run(wait())


def test_waiting_ends_when_no_room_can_come() -> None:
    """With nothing in flight any more the cap is reached, and every waiter is told."""

    async def wait() -> tuple[list[bool], bool]:
        budget = Budget(1.0)
        assert budget.reserve(0.9)
        waiting = [asyncio.ensure_future(budget.wait_for(0.5)) for _ in range(3)]
        await asyncio.sleep(0)
        assert not budget.reached
        budget.settle(0.9, 0.9)
        return await asyncio.gather(*waiting), budget.reached

    assert asyncio.run(wait()) == ([False] * 3, True)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=60), st.floats(0, 5))
def test_the_cap_holds_when_reservations_are_upper_bounds(calls: list[tuple[float, float]], cap: float) -> None:
    """Whatever the order, what is spent stays below the cap if no call costs more than was reserved for it."""
    budget, open_calls = Budget(cap), list[tuple[float, float]]()
    for first, second in calls:
        reserved, cost = max(first, second), min(first, second)
        if budget.reserve(reserved):
            open_calls.append((reserved, cost))
        elif open_calls:
            budget.settle(*open_calls.pop(0))
    for each in open_calls:
        budget.settle(*each)
    assert budget.spent <= cap + 1e-9
    assert budget.reserve(max(0.0, cap - budget.spent - 1e-9))  # no dust is left in the way


def test_the_most_that_a_sample_may_cost_follows_from_price_and_limit(make_sample: Callable[..., Sample]) -> None:
    """14 tokens of prompt and 1,000 of answer at 1 and 5 USD for a million; half of it in a batch."""
    profile = Profile("hosted", "claude", "m", price={"input": 1.0, "output": 5.0})
    sample = make_sample(prompt="0123456789" * 4, max_tokens=1000)
    provider = build_provider(profile)
    assert Budget(1.0).most_cost(provider, sample) == pytest.approx(0.005014)
    assert Budget(1.0).most_cost(provider, sample, batch=True) == pytest.approx(0.002507)
    assert Budget().most_cost(provider, sample) == 0.0
