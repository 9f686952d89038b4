"""A cap on cost that others spend of, too."""

from __future__ import annotations

import asyncio

from evalkit.plugin.shared_budget import SharedBudget


def test_what_others_spend_leaves_less_room() -> None:
    """It is looked up when something is to be reserved, and counted once."""
    others = [0.0]
    budget = SharedBudget(1.0, lambda: others[0], spent=0.25, look_every_s=0)
    assert budget.reserve(0.5)
    budget.settle(0.5, 0.25)
    others[0] = 0.25
    assert not budget.reserve(0.5)
    assert budget.reserve(0.25)
    assert not budget.reserve(0.125)
    assert budget.spent == 0.75


def test_it_is_looked_up_no_more_often_than_it_should_be() -> None:
    """The store is not read for every call."""
    looked: list[float] = []

    def others() -> float:
        looked.append(0.5)
        return 0.5

    budget = SharedBudget(10.0, others, look_every_s=1000)
    for _ in range(5):
        assert budget.reserve(0.5)
    assert (looked, budget.spent) == ([0.5], 0.5)


def test_without_a_cap_nothing_is_looked_up() -> None:
    """There is nothing to keep to."""

    def others() -> float:
        raise AssertionError

    budget = SharedBudget(None, others, look_every_s=0)
    assert budget.reserve(1e9)
    assert asyncio.run(budget.wait_for(1e9))


def test_waiting_takes_note_of_others() -> None:
    """What cannot be paid for any more is not waited for."""
    budget = SharedBudget(1.0, lambda: 0.75, look_every_s=0)
    assert not asyncio.run(budget.wait_for(0.5))
    assert budget.reached
