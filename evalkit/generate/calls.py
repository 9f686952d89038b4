"""Turns an adapter that makes single calls into a provider: concurrency, pace, deadlines, retries, prices.

An adapter's call either returns a completion or raises: `TransientError` is tried again, `SettingRefusedError` makes
the cell unsupported and is remembered, `CallError` makes this completion an error, `ProviderError` ends the provider.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evalkit.errors import (
    CallError,
    EvalkitError,
    ProviderError,
    SettingRefusedError,
    TransientError,
    UnreachableError,
)
from evalkit.generate.pace import Pacer
from evalkit.generate.shared_prompts import SharedPrompts
from evalkit.generate.tokens import estimated_tokens
from evalkit.generate.waiting import backoff_s
from evalkit.generate.workers import Workers
from evalkit.secret import scrub
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence

    from evalkit.protocols import Caller
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Message, Profile, Sample, Scalar, SettingValue

CONCURRENCY = 8
TIMEOUT_S = 60.0
ATTEMPTS = 6
LONGEST_WAIT_S = 120.0
_GIVEN_UP_IN_A_ROW = 20
_COMPANY = ("reasoning_effort", "thinking")
"""Settings on which it may depend whether another one is taken."""


@dataclass(slots=True)
class Calls:
    """A provider over an adapter of single calls.

    `limits` of the profile: `concurrency` (8), `requests_per_minute` and `tokens_per_minute` (none), `attempts` (6),
    and `longest_wait_s` (120), the most that a provider's own wish to wait is obeyed.

    Attributes:
        in_flight: Calls that have a place and have not come back; a kill at this moment would have them asked again.
        refusals: What the server said when it refused a setting, by the setting's name.
    """

    caller: Caller
    profile: Profile = field(init=False)
    in_flight: int = 0
    refusals: dict[str, str] = field(default_factory=dict[str, str])
    _refused: dict[tuple[object, ...], str] = field(default_factory=dict[tuple[object, ...], str])
    _given_up: int = 0
    _reached: bool = False
    _chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.profile = self.caller.profile

    def supports(self, setting: str) -> Support:
        """Ask the adapter."""
        return self.caller.supports(setting)

    def price(self) -> Price | None:
        """Ask the adapter."""
        return self.caller.price()

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Ask the adapter."""
        await self.caller.prepare(say)

    def render(self, messages: Sequence[Message]) -> str:
        """Ask the adapter."""
        return self.caller.render(messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Ask the adapter."""
        return self.caller.environment()

    async def aclose(self) -> None:
        """Ask the adapter."""
        await self.caller.aclose()

    def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Make the calls, as many at a time as the limits allow; samples are pulled as capacity allows."""
        return _Stream(self, iter(samples), Pacer(self.profile.limits))

    async def draw(self, sample: Sample, pacer: Pacer, workers: Workers) -> Completion:
        """Call until there is a completion, or no more attempt makes sense."""
        known = self._known_refusal(sample.settings)
        if known is not None:
            return Completion("unsupported", error=known)
        limits = self.profile.limits
        attempts = int(limits.get("attempts", ATTEMPTS))
        tokens = estimated_tokens(sample)
        for attempt in range(1, attempts + 1):
            try:
                completion = await self._call_in_turn(sample, pacer, tokens, workers)
            except TransientError as error:
                if attempt == attempts:
                    return self._give_up(error, attempt)
                # A server that was never heard from is not asked for more meanwhile: it may not be there.
                with workers.aside(replaced=self._reached):
                    await self._wait(error, attempt, pacer)
            except SettingRefusedError as error:
                return self._refuse(error, sample.settings)
            except CallError as error:
                return Completion("error", error=scrub(error.message), attempts=attempt)
            else:
                self._given_up = 0
                self._reached = True
                return self._priced(completion, attempt)
        raise AssertionError(attempts)

    def _priced(self, completion: Completion, attempts: int) -> Completion:
        """Add what the adapter left out: its price list's price, and how often it was asked."""
        price = self.caller.price() if completion.cost_usd is None else None
        cost_usd = completion.cost_usd if price is None else price.cost(completion.usage)
        return replace(completion, attempts=attempts, cost_usd=cost_usd)

    async def _call_in_turn(self, sample: Sample, pacer: Pacer, tokens: float, workers: Workers) -> Completion:
        async with workers.place:
            self.in_flight += 1
            try:
                return await self._call(sample, pacer, tokens)
            finally:
                self.in_flight -= 1

    async def _call(self, sample: Sample, pacer: Pacer, tokens: float) -> Completion:
        timeout_s = self.profile.timeout_s or TIMEOUT_S
        await pacer.turn(tokens)
        used: float | None = None
        began = time.monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                completion = await self.caller.call(sample)
        except TimeoutError as error:
            raise TransientError(f"no answer within {timeout_s:g} s") from error
        except EvalkitError:
            raise
        except Exception as error:
            raise CallError(f"{type(error).__name__}: {error}") from error
        finally:
            rates = self.caller.rates
            if rates is not None:
                pacer.heard(rates)
        if not isinstance(completion, Completion):  # pyright: ignore[reportUnnecessaryIsInstance] - a user's adapter may
            raise ProviderError(
                f"adapter `{self.profile.adapter}` returned {type(completion).__name__} where a Completion belongs",
                hint="`call` returns a Completion, or raises TransientError or CallError",
            )
        usage = completion.usage
        if usage.input_tokens is not None and usage.output_tokens is not None:
            used = usage.input_tokens + usage.output_tokens
        pacer.settle(tokens, used)
        if completion.latency_s is None:
            completion = replace(completion, latency_s=time.monotonic() - began)
        return completion

    async def _wait(self, error: TransientError, attempt: int, pacer: Pacer) -> None:
        """Wait as long as the provider asked, which holds for all its calls, or a random while."""
        if error.retry_after_s is None:
            await asyncio.sleep(backoff_s(attempt, self._chance))
            return
        longest_s = self.profile.limits.get("longest_wait_s", LONGEST_WAIT_S)
        wait_s = min(error.retry_after_s, longest_s)
        pacer.hold(wait_s)
        await asyncio.sleep(wait_s)

    def _give_up(self, error: TransientError, attempts: int) -> Completion:
        """Make an error of a call that failed too often; where all do, it is the provider that failed.

        Raises:
            ProviderError: The server could never be reached, or so many calls in a row were given up.
        """
        self._given_up += 1
        message = scrub(error.message)
        if isinstance(error, UnreachableError) and not self._reached:
            raise ProviderError(f"{self.profile.name}: {message}", hint="look at the network, and at `base_url`")
        if self._given_up >= _GIVEN_UP_IN_A_ROW:
            raise ProviderError(
                f"{self.profile.name}: {self._given_up} calls in a row failed {attempts} times each: {message}",
                hint="`--resume` draws what is missing once the provider is well again",
            )
        return Completion("error", error=f"{message}; asked {attempts} times", attempts=attempts)

    def _known_refusal(self, settings: Mapping[str, SettingValue]) -> str | None:
        if not self._refused:
            return None
        return next(
            (self._refused[key] for name in settings if (key := _refusal_key(name, settings)) in self._refused), None
        )

    def _refuse(self, error: SettingRefusedError, settings: Mapping[str, SettingValue]) -> Completion:
        words = scrub(error.message)
        self.refusals[error.setting] = words
        reason = f"{self.profile.model} refused `{error.setting}`: {words}"
        self._refused[_refusal_key(error.setting, settings)] = reason
        return Completion("unsupported", error=reason, attempts=1)


def _refusal_key(name: str, settings: Mapping[str, SettingValue]) -> tuple[object, ...]:
    return (name, settings.get(name), *(settings.get(other) for other in _COMPANY))


class _Stream:
    """The completions of one sweep, as they come; after `aclose`, what had come before it can still be taken."""

    def __init__(self, calls: Calls, samples: Iterator[Sample], pacer: Pacer) -> None:
        self._calls = calls
        self._pacer = pacer
        self._arrived: deque[tuple[Sample, Completion]] = deque()
        self._change = asyncio.Event()
        concurrency = int(calls.profile.limits.get("concurrency", CONCURRENCY))
        self._workers = Workers(concurrency, self._work, self._change.set)
        self._started = False
        self._samples = SharedPrompts(samples, calls.caller.cache_minimum)

    def __aiter__(self) -> _Stream:
        return self

    async def __anext__(self) -> tuple[Sample, Completion]:
        if not self._started:
            self._started = True
            self._workers.start()
        while not self._arrived:
            if not self._workers.busy:
                failure, self._workers.failure = self._workers.failure, None
                raise StopAsyncIteration if failure is None else failure
            self._change.clear()
            await self._change.wait()
        return self._arrived.popleft()

    async def aclose(self) -> None:
        """Stop every call at once."""
        self._started = True
        await self._workers.stop()
        self._workers.failure = None

    async def _work(self) -> bool:
        """Draw one sample; return False when there is none."""
        sample = await self._samples.next()
        if sample is None or self._workers.failure is not None:
            return False
        try:
            completion = await self._calls.draw(sample, self._pacer, self._workers)
        finally:
            self._samples.answered(sample)
        self._arrived.append((sample, completion))
        self._change.set()
        return True
