"""Recorded answers go in the order in which they came."""

from __future__ import annotations

import asyncio
import time

from hypothesis import given
from hypothesis import strategies as st

from evalkit.providers.hosted.turns import Turns


async def order(numbers: list[int], asked: list[int], patience_s: float = 30) -> list[int]:
    """Ask for answers in one order, and return the order in which they go."""
    turns, gone = Turns(numbers), list[int]()

    async def one(number: int) -> None:
        await turns.wait_for(number, patience_s)
        gone.append(number)

    async with asyncio.TaskGroup() as group:
        for number in asked:
            group.create_task(one(number))
    return gone


@given(
    st.sets(st.integers(1, 99), max_size=12)
    .map(sorted)
    .flatmap(lambda each: st.tuples(st.just(each), st.permutations(each)))
)
def test_whatever_is_asked_first_the_first_answer_goes_first(drawn: tuple[list[int], list[int]]) -> None:
    """However the calls come, their answers go as they were recorded."""
    numbers, asked = drawn
    assert asyncio.run(order(numbers, asked)) == numbers


def test_what_one_answer_leads_to_comes_before_the_next() -> None:
    """All that follows at once from an answer has happened when the next one goes."""

    async def scene() -> list[str]:
        turns, said = Turns([1, 2]), list[str]()

        async def one(number: int) -> None:
            await turns.wait_for(number, 30)
            said.extend([f"{number} came", f"{number} was read"])

        await asyncio.gather(one(2), one(1))
        return said

    assert asyncio.run(scene()) == ["1 came", "1 was read", "2 came", "2 was read"]


def test_order_is_given_up_for_what_is_never_asked() -> None:
    """An answer that nobody asks for holds the others up once, not once each."""
    began = time.monotonic()
    assert sorted(asyncio.run(order(list(range(1, 40)), list(range(20, 40)), patience_s=0.2))) == list(range(20, 40))
    assert time.monotonic() - began < 20 * 0.2
