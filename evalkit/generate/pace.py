"""Keeps one provider's calls within its limits: requests and tokens a minute, and what the vendor's headers say."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NEARLY_USED_UP = 0.25
"""Share of an allowance below which the vendor's headers begin to steer."""
_BURST_S = 1.0
"""A limit of n a minute lets n / 60 go at once and no more, so that no window of the vendor's sees a minute twice."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a vendor's headers say of one limit.

    Attributes:
        limit: What a full allowance holds; None when not said.
        remaining: What is left of it.
        reset_s: Seconds until it is full again; None when not said.
    """

    remaining: float
    limit: float | None = None
    reset_s: float | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """The limits as a vendor last stated them; None for one that it did not state."""

    requests: Allowance | None = None
    tokens: Allowance | None = None


class Bucket:
    """A token bucket: fills at a steady rate, and may be overdrawn by what turned out larger than reserved.

    Args:
        per_minute: What flows in.
        now: The clock's reading, in seconds.
    """

    def __init__(self, per_minute: float, now: float) -> None:
        self._rate = self._fastest = per_minute / 60
        self._capacity = max(1.0, self._rate * _BURST_S)
        self._level = self._capacity
        self._filled = now

    def _fill(self, now: float) -> None:
        self._level = min(self._capacity, self._level + (now - self._filled) * self._rate)
        self._filled = now

    def wait_s(self, amount: float, now: float) -> float:
        """Return the seconds until `amount` may be taken; more than the bucket holds waits for a full one."""
        self._fill(now)
        return max(0.0, (min(amount, self._capacity) - self._level) / self._rate)

    def take(self, amount: float) -> None:
        """Take `amount`, or give it back when it is negative."""
        self._level = min(self._capacity, self._level - amount)

    def heard(self, stated: Allowance, now: float) -> None:
        """Take over what the vendor says is left and how fast it comes back, where that is less than assumed."""
        self._fill(now)
        self._level = min(self._level, stated.remaining)
        per_minute = refill_per_minute(stated)
        if per_minute is not None:
            self._rate = max(1e-3, min(self._fastest, per_minute / 60))


def refill_per_minute(stated: Allowance) -> float | None:
    """Return how fast an allowance comes back, or None while so much is left that its reset tells little.

    What was used comes back until the reset, both where it trickles in and, nearly used up, where a window ends.
    """
    if not stated.limit or not stated.reset_s or stated.remaining > stated.limit * NEARLY_USED_UP:
        return None
    return (stated.limit - stated.remaining) / stated.reset_s * 60


class Pacer:
    """Says when the next call of one provider may start.

    Args:
        limits: `requests_per_minute` and `tokens_per_minute` of a profile; what is not there is not limited until the
            vendor's headers say that it is nearly used up.
        clock: Seconds that only move forward.
    """

    def __init__(self, limits: Mapping[str, float], clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        now = clock()
        self._buckets = {
            kind: Bucket(limits[f"{kind}_per_minute"], now)
            for kind in ("requests", "tokens")
            if f"{kind}_per_minute" in limits
        }
        self._held_until = now
        self._turns = asyncio.Lock()

    async def turn(self, tokens: float) -> None:
        """Wait until one more call of about so many tokens may start, first come first served."""
        if self._wait_s(tokens) > 0 or self._turns.locked():
            async with self._turns:
                while (wait_s := self._wait_s(tokens)) > 0:  # noqa: ASYNC110 - it is time that is waited for
                    await asyncio.sleep(wait_s)
                self._take(tokens)
        else:
            self._take(tokens)

    def settle(self, reserved: float, used: float | None) -> None:
        """Correct a reservation by the tokens that the call really took; None where that is not known."""
        if used is not None and "tokens" in self._buckets:
            self._buckets["tokens"].take(used - reserved)

    def hold(self, seconds: float) -> None:
        """Start nothing for so long: the provider asked to be left alone."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def heard(self, rates: Rates) -> None:
        """Take note of the vendor's headers; they matter once little is left."""
        for kind, stated in (("requests", rates.requests), ("tokens", rates.tokens)):
            if stated is None:
                continue
            now = self._clock()
            bucket = self._buckets.get(kind)
            per_minute = refill_per_minute(stated)
            if bucket is None and per_minute is not None:
                bucket = self._buckets[kind] = Bucket(per_minute, now)
            if bucket is not None:
                bucket.heard(stated, now)

    def _wait_s(self, tokens: float) -> float:
        now = self._clock()
        waits = [bucket.wait_s(_amount(kind, tokens), now) for kind, bucket in self._buckets.items()]
        return max(self._held_until - now, *waits, 0.0)

    def _take(self, tokens: float) -> None:
        for kind, bucket in self._buckets.items():
            bucket.take(_amount(kind, tokens))


def _amount(kind: str, tokens: float) -> float:
    return 1.0 if kind == "requests" else tokens
