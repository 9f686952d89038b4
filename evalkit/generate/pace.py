"""Keeps one provider's calls within its limits: its profile's, its vendor's headers', and those found by trying."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.errors import ProviderError

NEARLY_USED_UP = 0.25
"""Share of an allowance below which the vendor's headers begin to steer."""
_BURST_S = 1.0
"""A limit of n a minute lets n / 60 go at once and no more, so that no window of the vendor's sees a minute twice."""

_RECENT_S = 1.0
"""The calls of so many seconds tell how fast a vendor was asked when it had enough."""
_SLOWEST_PER_S = 0.2


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
        own: False for a limit that only the vendor's headers state, so that they may also raise it.
    """

    def __init__(self, per_minute: float, now: float, *, own: bool = True) -> None:
        self._rate = per_minute / 60
        self._fastest = self._rate if own else float("inf")
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


class Throttle:
    """A rate of calls found by trying, for a vendor that refuses too many without saying how many are too many.

    There is none until a call is refused. Then it is halved, comes halfway back to where it was refused with every
    quiet second, and from there on grows the faster the longer all is well.

    Source: Xu, Harfoush & Rhee 2004, "Binary Increase Congestion Control (BIC)", for the way back.
    """

    def __init__(self) -> None:
        self._begun: deque[float] = deque(maxlen=2000)
        self._per_s: float | None = None
        self._refused_at_per_s = 0.0
        self._changed = self._cut = self._free = 0.0

    def refused(self, began: float, now: float) -> None:
        """Slow down, unless this call was under way before that was last done."""
        if self._per_s is None:
            recent = [at for at in self._begun if now - at <= _RECENT_S] or [began]
            self._per_s = len(recent) / max(now - recent[0], _RECENT_S / 2)
        elif began <= self._cut:
            return
        else:
            self._grow(now)
        soon = now - self._cut < 2 * _RECENT_S
        self._refused_at_per_s = self._per_s
        self._per_s = max(_SLOWEST_PER_S, self._per_s * (0.5 if soon or not self._cut else 0.8))
        self._changed = self._cut = now

    def wait_s(self, now: float) -> float:
        """Return the seconds until the next call may start."""
        return max(0.0, self._free - now)

    def take(self, now: float) -> None:
        """Start a call."""
        if self._per_s is None:
            self._begun.append(now)
        else:
            self._grow(now)
            self._free = now + 1 / self._per_s

    def _grow(self, now: float) -> None:
        """Let the rate come back, at most once a second."""
        assert self._per_s is not None
        quiet_s = int(now - self._changed)
        if quiet_s < 1:
            return
        self._changed = now
        for _ in range(min(quiet_s, 10)):
            halfway = (self._per_s + self._refused_at_per_s) / 2
            self._per_s = max(halfway, self._per_s * (1 + min(0.5, 0.03 * (now - self._cut))))


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
        self._throttle = Throttle()
        self._held_until = now
        self._heard: Rates | None = None
        self._turns = asyncio.Lock()
        self._given_back = asyncio.Event()
        self._stopped = asyncio.Event()
        self._reason: ProviderError | None = None

    async def turn(self, tokens: float) -> None:
        """Wait until one more call of about so many tokens may start, first come first served.

        Raises:
            ProviderError: `stop` was called.
        """
        if self._reason is None and not self._turns.locked() and self._wait_s(tokens) <= 0:
            self._take(tokens)
            return
        async with self._turns:
            while self._reason is None and (wait_s := self._wait_s(tokens)) > 0:
                self._given_back.clear()
                await _wait(self._given_back, wait_s)
            self._go_on()
            self._take(tokens)

    async def rest(self, seconds: float) -> None:
        """Wait so long before a call is made again.

        Raises:
            ProviderError: `stop` was called.
        """
        await _wait(self._stopped, seconds)
        self._go_on()

    def stop(self, reason: ProviderError) -> None:
        """Let nothing start any more, and no one wait."""
        self._reason = self._reason or reason
        self._stopped.set()
        self._given_back.set()

    def _go_on(self) -> None:
        if self._reason is not None:
            raise self._reason

    def settle(self, reserved: float, used: float | None) -> None:
        """Correct a reservation by the tokens that the call really took; None where that is not known."""
        if used is not None and "tokens" in self._buckets:
            self._buckets["tokens"].take(used - reserved)
            if used < reserved:
                self._given_back.set()

    def refused(self, began: float) -> None:
        """Take note of a call, begun at this reading of the clock, for which the vendor had too many."""
        self._throttle.refused(began, self._clock())

    def hold(self, seconds: float) -> None:
        """Start nothing for so long: the provider asked to be left alone."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    def heard(self, rates: Rates) -> None:
        """Take note of the vendor's headers; they matter once little is left, and once only."""
        if rates is self._heard:
            return  # the call brought none, and these were true of an earlier moment
        self._heard = rates
        for kind, stated in (("requests", rates.requests), ("tokens", rates.tokens)):
            if stated is None:
                continue
            now = self._clock()
            bucket = self._buckets.get(kind)
            per_minute = refill_per_minute(stated)
            if bucket is None and per_minute is not None:
                bucket = self._buckets[kind] = Bucket(per_minute, now, own=False)
            if bucket is not None:
                bucket.heard(stated, now)

    def _wait_s(self, tokens: float) -> float:
        now = self._clock()
        waits = [bucket.wait_s(_amount(kind, tokens), now) for kind, bucket in self._buckets.items()]
        return max(self._held_until - now, self._throttle.wait_s(now), *waits)

    def _take(self, tokens: float) -> None:
        self._throttle.take(self._clock())
        for kind, bucket in self._buckets.items():
            bucket.take(_amount(kind, tokens))


def _amount(kind: str, tokens: float) -> float:
    return 1.0 if kind == "requests" else tokens


async def _wait(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, but no longer than so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(max(seconds, 0)):
            await event.wait()
