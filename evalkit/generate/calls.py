"""Turns an adapter that makes single calls into a provider: concurrency, pace, deadlines, retries, prices.

An adapter's call either returns a completion or raises: `TransientError` is tried again, `SettingRefusedError` makes
the cell unsupported and is remembered, `CallError` makes this completion an error, `ProviderError` ends the provider.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evalkit.errors import (
    CallError,
    EvalkitError,
    ProfileError,
    ProviderError,
    SettingRefusedError,
    TransientError,
    UnreachableError,
    suggestion,
)
from evalkit.generate.pace import Pacer
from evalkit.generate.refusals import Refusals
from evalkit.generate.stream import CallStream
from evalkit.generate.tokens import estimated_tokens
from evalkit.generate.waiting import wait_s
from evalkit.protocols import TokenCounter
from evalkit.secret import scrub, without_key_in_answer, without_keys
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from evalkit.generate.workers import Place, Workers
    from evalkit.protocols import BatchApi, Caller
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Message, Profile, Sample, Scalar, SettingValue

CONCURRENCY = 8
ATTEMPTS = 6
LONGEST_WAIT_S = 120.0
_GIVEN_UP_IN_A_ROW = 20
LIMITS = (
    "concurrency",
    "requests_per_minute",
    "tokens_per_minute",
    "attempts",
    "longest_wait_s",
    "batch_poll_s",
    "batch_requests",
)
"""What a profile may limit for an adapter of single calls; the last two matter to its batches only."""


@dataclass(slots=True)
class Calls:
    """A provider over an adapter of single calls.

    `limits` of the profile: `concurrency` (8), `requests_per_minute` and `tokens_per_minute` (none), `attempts` (6),
    and `longest_wait_s` (120), the most that a provider's own wish to wait is obeyed. Being told that there are too
    many calls is no failed attempt while others get through.

    Raises:
        ProfileError: A limit of the profile is unknown, or is below 1 where it counts something.
    """

    caller: Caller
    profile: Profile = field(init=False)
    _refused: Refusals = field(init=False)
    _pacer: Pacer = field(init=False)
    _workers: Workers | None = None
    _given_up: int = 0
    _answered: int = 0
    _chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self.profile = self.caller.profile
        for name, value in self.profile.limits.items():
            if name not in LIMITS:
                raise ProfileError(f"there is no limit `{name}`", hint=suggestion(name, LIMITS))
            if name in ("concurrency", "attempts") and value < 1:
                raise ProfileError(f"limit `{name}` must be at least 1, got {value:g}")
        self._refused = Refusals(self.profile.model)
        self._pacer = Pacer(self.profile.limits)

    @property
    def in_flight(self) -> int:
        """Calls whose answers are not safe yet; a kill at this moment would have them made again."""
        return 0 if self._workers is None else self._workers.held

    @property
    def refusals(self) -> Mapping[str, str]:
        """What the server said when it refused a setting, by the setting's name."""
        return self._refused.words

    def recall(self, settings: Mapping[str, SettingValue], reason: str) -> None:
        """Take note of a refusal of an earlier sitting; see `Refusals.recall`."""
        self._refused.recall(settings, reason)

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

    async def count_tokens(self, sample: Sample) -> int | None:
        """Ask the adapter, if it can count."""
        return await self.caller.count_tokens(sample) if isinstance(self.caller, TokenCounter) else None

    @property
    def batches(self) -> BatchApi | None:
        """The adapter's interface for batches, if it has one."""
        batches: BatchApi | None = getattr(self.caller, "batches", None)
        return batches

    def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Make the calls, as many at a time as the limits allow; samples are pulled as capacity allows."""
        stream = CallStream(self, iter(samples), int(self.profile.limits.get("concurrency", CONCURRENCY)))
        self._workers = stream.workers
        return stream

    async def draw(self, sample: Sample, place: Place) -> Completion:
        """Call until there is a completion, or no more attempt makes sense.

        Args:
            sample: What to ask for.
            place: Held; it is left to others while this call waits to be made again.

        Raises:
            ProviderError: No further call of any sample makes sense.
        """
        try:
            return await self._draw(sample, place)
        except ProviderError as error:
            without_keys(error)
            self._pacer.stop(error)
            raise

    async def _draw(self, sample: Sample, place: Place) -> Completion:
        most = int(self.profile.limits.get("attempts", ATTEMPTS))
        tokens = estimated_tokens(sample)
        attempts = failed = 0
        while True:
            known = self._refused.known(sample.settings)
            if known is not None:
                return Completion("unsupported", error=known, attempts=attempts)
            attempts, before = attempts + 1, self._answered
            try:
                completion = await self._call(sample, tokens)
            except TransientError as error:
                # One that is told to wait its turn while others are served has not failed.
                failed += not (error.too_many and self._answered > before)
                if failed >= most:
                    return self._give_up(error, attempts)
                # A server that was never heard from is not asked for more meanwhile: it may not be there.
                await place.wait_aside(self._wait(error, max(failed, 1)), replaced=bool(self._answered))
            except SettingRefusedError as error:
                return self.refuse(error, sample.settings, attempts)
            except CallError as error:
                self._heard_from()
                return Completion("error", error=scrub(error.message), attempts=attempts)
            else:
                self._heard_from()
                return self._priced(completion, attempts)

    def refuse(self, error: SettingRefusedError, settings: Mapping[str, SettingValue], attempts: int = 1) -> Completion:
        """Make an unsupported cell of a setting that the server refused, and remember the server's words."""
        self._heard_from()
        reason = self._refused.note(error.setting, scrub(error.message), settings)
        return Completion("unsupported", error=reason, attempts=attempts)

    def _heard_from(self) -> None:
        """Take note of an answer: the provider is there, whatever it said."""
        self._given_up = 0
        self._answered += 1

    def _priced(self, completion: Completion, attempts: int) -> Completion:
        """Add what the adapter left out: its price list's price, and how often it was asked."""
        price = self.caller.price() if completion.cost_usd is None else None
        cost_usd = completion.cost_usd if price is None else price.cost(completion.usage)
        return without_key_in_answer(replace(completion, attempts=attempts, cost_usd=cost_usd))

    async def _call(self, sample: Sample, tokens: float) -> Completion:
        timeout_s = self.profile.timeout_s
        pacer = self._pacer
        await pacer.turn(tokens)
        began = time.monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                completion = await self.caller.call(sample)
        except TimeoutError as error:
            raise TransientError(f"no answer within {timeout_s:g} s") from error
        except TransientError as error:
            if error.too_many:
                pacer.refused(began)
            raise
        except EvalkitError:
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            raise CallError("the adapter cancelled its own call") from error
        except Exception as error:
            raise CallError(f"{type(error).__name__}: {error}") from error
        finally:
            rates = self.caller.rates
            if rates is not None:
                pacer.heard(rates)
        given, made = completion.usage.input_tokens, completion.usage.output_tokens
        pacer.settle(tokens, None if given is None or made is None else given + made)
        if completion.latency_s is None:
            completion = replace(completion, latency_s=time.monotonic() - began)
        return completion

    async def _wait(self, error: TransientError, failed: int) -> None:
        """Wait as long as the provider asked, which holds for all its calls, or a random while."""
        longest_s = self.profile.limits.get("longest_wait_s", LONGEST_WAIT_S)
        seconds = wait_s(error, failed, longest_s, self._chance)
        if error.retry_after_s:
            self._pacer.hold(seconds)
        await self._pacer.rest(seconds)

    def _give_up(self, error: TransientError, attempts: int) -> Completion:
        """Make an error of a call that failed too often; where all do, it is the provider that failed.

        Raises:
            ProviderError: The server could never be reached, or so many calls in a row were given up.
        """
        message, often = scrub(error.message), "once" if attempts == 1 else f"{attempts} times"
        self._given_up += 1
        if isinstance(error, UnreachableError) and not self._answered:
            raise ProviderError(message, hint="look at the network, and at `base_url`")
        if self._given_up >= _GIVEN_UP_IN_A_ROW:
            raise ProviderError(
                f"{self._given_up} calls in a row failed, the last one {often}: {message}",
                hint="`--resume` draws what is missing once the provider is well again",
            )
        return Completion("error", error=f"{message}; asked {often}", attempts=attempts)
