"""Keeping one provider's calls within its limits."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import ProviderError
from evalkit.generate.pace import Allowance, Bucket, Pacer, Rates, Throttle, refill_per_minute


@given(st.floats(1, 60_000), st.integers(1, 200), st.integers(0, 2**32))
def test_no_window_holds_more_than_its_share(per_minute: float, calls: int, seed: int) -> None:
    """Whenever calls come, any stretch of time sees at most its share of the limit and one second's more."""
    chance, now, taken = random.Random(seed), 0.0, list[float]()
    bucket = Bucket(per_minute, now)
    for _ in range(calls):
        now += chance.expovariate(per_minute / 60)
        now += bucket.wait_s(1, now)
        bucket.take(1)
        taken.append(now)
    per_s = per_minute / 60
    for first in range(0, calls, 7):
        for last in range(first, calls, 5):
            window = taken[last] - taken[first]
            assert last - first + 1 <= max(1.0, per_s) + per_s * window + 1 + 1e-6


def test_a_bucket_reaches_its_rate() -> None:
    """1,000 calls at 600 a minute take 99 seconds: ten go at once and then ten each second."""
    now, bucket = 0.0, Bucket(600, 0.0)
    for _ in range(1000):
        now += bucket.wait_s(1, now)
        bucket.take(1)
    assert now == pytest.approx(99.0)


def test_a_call_larger_than_the_bucket_waits_for_a_full_one() -> None:
    """And overdraws it, so that the rate holds in the long run."""
    now, bucket = 0.0, Bucket(6000, 0.0)  # a hundred tokens a second
    for _ in range(5):
        now += bucket.wait_s(1000, now)
        bucket.take(1000)
    assert now == pytest.approx(40.0)


def test_what_was_reserved_too_much_comes_back() -> None:
    """But the bucket never holds more than it can."""
    bucket = Bucket(6000, 0.0)
    bucket.take(100)
    assert bucket.wait_s(100, 0.0) == pytest.approx(1.0)
    bucket.take(-60)
    assert bucket.wait_s(100, 0.0) == pytest.approx(0.4)
    bucket.take(-1000)
    assert bucket.wait_s(100, 0.0) == 0.0
    bucket.take(100)
    assert bucket.wait_s(1, 0.0) == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("stated", "per_minute"),
    [
        (Allowance(0, 60, 60), 60),
        (Allowance(10, 60, 25), 120),
        (Allowance(15, 60, 45), 60),
        (Allowance(16, 60, 45), None),
        (Allowance(0, None, 60), None),
        (Allowance(0, 60, None), None),
        (Allowance(0, 60, 0), None),
        (Allowance(-3, 60, 63), 60),
    ],
)
def test_the_rate_is_read_off_once_little_is_left(stated: Allowance, per_minute: float | None) -> None:
    """What was used comes back until the reset."""
    assert refill_per_minute(stated) == (None if per_minute is None else pytest.approx(per_minute))


def test_headers_only_ever_lower_the_profiles_own_limit() -> None:
    """A vendor that allows more than the profile does not speed it up; one that allows less slows it down."""
    bucket = Bucket(600, 0.0)
    bucket.heard(Allowance(10, 100, 1.0), 0.0)  # 5,400 a minute
    bucket.take(10)
    assert bucket.wait_s(10, 0.0) == pytest.approx(1.0)
    bucket.heard(Allowance(0, 60, 60.0), 0.0)
    assert bucket.wait_s(1, 0.0) == pytest.approx(1.0)


def test_headers_may_raise_what_only_headers_stated() -> None:
    """An early statement that was too low does not stay for good."""
    bucket = Bucket(60, 0.0, own=False)
    bucket.take(1)
    bucket.heard(Allowance(0, 600, 60.0), 0.0)
    assert bucket.wait_s(1, 0.0) == pytest.approx(0.1)


@dataclass
class Server:
    """Lets so many calls a second through, with a little in hand, and says nothing of it."""

    per_s: float
    level: float = 5.0
    at: float = 0.0

    def admits(self, now: float) -> bool:
        """Tell whether a call passes."""
        self.level = min(5.0, self.level + (now - self.at) * self.per_s)
        self.at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


@pytest.mark.parametrize("per_s", [2, 10, 50, 300])
def test_a_rate_is_found_by_trying(per_s: float) -> None:
    """Started forty times as fast, two minutes see at least 80 % of what could pass, and few refusals."""
    throttle, server, now = Throttle(), Server(per_s), 0.0
    passed = refused = 0
    while now < 120:
        now += max(throttle.wait_s(now), 1 / (40 * per_s))
        throttle.take(now)
        if server.admits(now):
            passed += 1
        else:
            refused += 1
            throttle.refused(now, now)
    assert passed >= 0.8 * 120 * per_s
    assert refused <= 60


def test_calls_already_under_way_slow_it_down_once() -> None:
    """Eight refusals of calls that went out together are one refusal."""
    throttle = Throttle()
    for number in range(8):
        throttle.take(1.0 + number / 10)
    for late in range(8):
        throttle.refused(1.0 + late / 10, 1.9 + late / 200)
    throttle.take(1.95)
    assert throttle.wait_s(1.95) == pytest.approx(0.9 / 4)  # eight in nine tenths of a second, halved


def test_nothing_is_throttled_before_a_refusal() -> None:
    """A vendor that takes all that comes gets it."""
    throttle = Throttle()
    for number in range(5000):
        throttle.take(number / 1000)
        assert throttle.wait_s(number / 1000) == 0.0


def test_calls_get_their_turn_in_order() -> None:
    """First come, first served, however many wait."""

    async def go() -> list[int]:
        pacer, order = Pacer({"requests_per_minute": 6000}), list[int]()

        async def one(number: int) -> None:
            await pacer.turn(1)
            order.append(number)

        await asyncio.gather(*(one(number) for number in range(120)))
        return order

    assert asyncio.run(go()) == list(range(120))


def test_both_limits_hold() -> None:
    """The slower one decides: a thousand tokens at ten thousand a second take longer than a call at fifty a second."""

    async def go() -> float:
        pacer = Pacer({"requests_per_minute": 3000, "tokens_per_minute": 600_000})
        began = time.monotonic()
        for _ in range(13):
            await pacer.turn(1000)
        return time.monotonic() - began

    assert asyncio.run(go()) >= 0.29  # ten thousand at once, three thousand more in three tenths of a second


def test_tokens_given_back_let_the_next_call_go() -> None:
    """It does not wait for what the first one never used."""

    async def go() -> None:
        pacer = Pacer({"tokens_per_minute": 600})  # ten at once, a hundred in ten seconds
        await pacer.turn(100)
        waiting = asyncio.ensure_future(pacer.turn(10))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        pacer.settle(100, 0)
        async with asyncio.timeout(5):
            await waiting

    asyncio.run(go())


def test_a_held_provider_starts_nothing() -> None:
    """Also where it has no limits; a shorter wish does not shorten a longer one."""

    async def go() -> float:
        pacer = Pacer({})
        await pacer.turn(1)
        began = time.monotonic()
        pacer.hold(0.2)
        pacer.hold(0.05)
        await asyncio.gather(*(pacer.turn(1) for _ in range(3)))
        return time.monotonic() - began

    assert asyncio.run(go()) >= 0.2


def test_the_same_headers_are_heard_once() -> None:
    """A call that brought none does not bring the last ones to bear again."""
    now = 0.0
    pacer = Pacer({"requests_per_minute": 600}, lambda: now)

    async def go() -> bool:
        nonlocal now
        rates = Rates(requests=Allowance(0, 600, 60.0))
        pacer.heard(rates)
        now = 0.55  # 5.5 calls have come back
        pacer.heard(rates)
        for _ in range(5):
            await pacer.turn(1)
        waiting = asyncio.ensure_future(pacer.turn(1))
        await asyncio.sleep(0)
        there = waiting.done()
        waiting.cancel()
        return there

    assert not asyncio.run(go())


def test_headers_make_a_limit_where_the_profile_has_none() -> None:
    """Once they say that it is nearly used up."""
    pacer = Pacer({}, lambda: 0.0)

    async def passes() -> bool:
        waiting = asyncio.ensure_future(pacer.turn(1))
        await asyncio.sleep(0)
        done = waiting.done()
        waiting.cancel()
        return done

    pacer.heard(Rates(requests=Allowance(500, 600, 10.0)))
    assert asyncio.run(passes())
    pacer.heard(Rates(requests=Allowance(0, 60, 60.0)))
    assert not asyncio.run(passes())


def test_a_stopped_provider_starts_nothing_and_nobody_waits() -> None:
    """Whoever waits for a turn, or before asking again, learns why at once."""

    async def go() -> tuple[list[object], float]:
        pacer = Pacer({"requests_per_minute": 1})
        await pacer.turn(1)
        began = time.monotonic()
        waiting = [asyncio.ensure_future(pacer.turn(1)) for _ in range(3)]
        waiting.append(asyncio.ensure_future(pacer.rest(60)))
        await asyncio.sleep(0.01)
        pacer.stop(ProviderError("the key is not valid"))
        pacer.stop(ProviderError("another reason"))
        waiting.append(asyncio.ensure_future(pacer.turn(1)))
        return list(await asyncio.gather(*waiting, return_exceptions=True)), time.monotonic() - began

    errors, seconds = asyncio.run(go())
    assert [str(error) for error in errors] == ["the key is not valid"] * 5
    assert seconds < 30
