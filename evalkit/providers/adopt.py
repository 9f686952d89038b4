"""Makes a provider of what an adapter's class built: checks its form, fills in what it left out, guards the rest.

Whatever an adapter that is not evalkit's own raises, returns or fails to return ends in one sentence about that
adapter; other providers, and what it gave before, are unharmed.
"""

from __future__ import annotations

import asyncio
import inspect
from contextlib import aclosing
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from evalkit.errors import EvalkitError, ProfileError, ProviderError
from evalkit.generate.calls import Calls
from evalkit.generate.pace import Rates
from evalkit.protocols import TokenCounter
from evalkit.providers.prices import price_list
from evalkit.providers.rendering import plain_messages
from evalkit.support import as_knob
from evalkit.types import OUTCOMES, Completion, Sample, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from evalkit.protocols import BatchApi, Caller, Provider
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Message, Profile, Scalar

_END = object()
_CLOSE_WITHIN_S = 10.0


def adopt(adapter: object, profile: Profile) -> Provider:
    """Return the provider that an adapter stands for.

    Args:
        adapter: Has `supports(setting)` and either `call(sample)`, for one call at a time, or `complete(samples)`, for
            a stream; everything else of `evalkit.protocols` is optional.
        profile: What it was built from.

    Raises:
        ProfileError: It has neither, or one of them takes other arguments.
    """
    own = type(adapter).__module__.startswith("evalkit.")
    name = type(adapter).__name__
    _check(adapter, name, "supports", "setting")
    if inspect.iscoroutinefunction(cast("Any", adapter).supports):
        raise ProfileError(f"`{name}.supports` is asynchronous", hint="write `def supports(self, setting)`")
    if hasattr(adapter, "complete"):
        _check(adapter, name, "complete", "samples")
        return cast("Provider", adapter) if own else _Stream(adapter, profile)
    if not hasattr(adapter, "call"):
        raise ProfileError(
            f"adapter `{name}` has neither `call` nor `complete`", hint="write `async def call(self, sample)`"
        )
    _check(adapter, name, "call", "sample")
    if not inspect.iscoroutinefunction(cast("Any", adapter).call):
        raise ProfileError(f"`{name}.call` is not asynchronous", hint="write `async def call(self, sample)`")
    return Calls(cast("Caller", adapter) if own else _Caller(adapter, profile))


def _check(adapter: object, name: str, method: str, argument: str) -> None:
    """Refuse a method that is missing, or that could not be called as evalkit will call it."""
    function: object = getattr(adapter, method, None)
    hint = f"write `{method}(self, {argument})`"
    if not callable(function):
        raise ProfileError(f"adapter `{name}` has no method `{method}`", hint=hint)
    try:
        inspect.signature(function).bind(argument)
    except (TypeError, ValueError) as error:
        raise ProfileError(f"`{name}.{method}` cannot be called with one argument: {error}", hint=hint) from error


@dataclass(slots=True)
class _Guarded:
    """Stands for an adapter, with what it left out."""

    adapter: Any
    profile: Profile

    @property
    def batches(self) -> BatchApi | None:
        """The adapter's interface for batches, if it has one."""
        batches: BatchApi | None = getattr(self.adapter, "batches", None)
        return batches

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - what else the adapter can do
        if name == "adapter":
            raise AttributeError(name)
        return getattr(self.adapter, name)

    def supports(self, setting: str) -> Support:
        """Ask the adapter.

        Raises:
            ProviderError: It raised something, or said what nobody understands.
        """
        support = self._ask("supports", setting)
        try:
            as_knob(support)
        except (TypeError, ValueError, AttributeError) as error:
            raise ProviderError(
                f"`{type(self.adapter).__name__}.supports({setting!r})` returned {type(support).__name__}",
                hint="return true, false, a range `(least, greatest)` or a `Knob`",
            ) from error
        return cast("Support", support)

    def price(self) -> Price | None:
        """Take the adapter's price, or the profile's."""
        return self._ask("price") if hasattr(self.adapter, "price") else price_list(self.profile, None)

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Let the adapter prepare, if it wants to."""
        if hasattr(self.adapter, "prepare"):
            await self._await("prepare", self._ask("prepare", say))

    def render(self, messages: Sequence[Message]) -> str:
        """Write the messages one after the other, unless the adapter knows better."""
        return str(self._ask("render", messages)) if hasattr(self.adapter, "render") else plain_messages(messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Say nothing, unless the adapter does."""
        if not hasattr(self.adapter, "environment"):
            return {}
        facts = self._ask("environment")
        try:
            return dict(facts)
        except (TypeError, ValueError) as error:
            raise ProviderError(
                f"`{type(self.adapter).__name__}.environment` returned {type(facts).__name__}", hint="return a mapping"
            ) from error

    async def aclose(self) -> None:
        """Close the adapter, if it can be closed, and wait for that no longer than some seconds."""
        if hasattr(self.adapter, "aclose"):
            try:
                async with asyncio.timeout(_CLOSE_WITHIN_S):
                    await self._await("aclose", self._ask("aclose"))
            except TimeoutError as error:
                raise ProviderError(f"`{type(self.adapter).__name__}.aclose` did not end") from error

    def _ask(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - a user's adapter returns what it likes
        try:
            return getattr(self.adapter, method)(*arguments)
        except EvalkitError:
            raise
        except Exception as error:
            raise ProviderError(_broke(self.adapter, method, error)) from error

    async def _await(self, method: str, asked: Any) -> None:  # noqa: ANN401 - a user's adapter returns what it likes
        if not inspect.isawaitable(asked):
            return  # an ordinary function, which has done its work
        try:
            await asked
        except EvalkitError:
            raise
        except Exception as error:
            raise ProviderError(_broke(self.adapter, method, error)) from error

    def _good(self, method: str, completion: Completion) -> Completion:
        fault = _fault_in(completion)
        if fault is not None:
            raise ProviderError(f"`{type(self.adapter).__name__}.{method}` gave a completion with {fault}")
        return completion


class _Caller(_Guarded):
    """An adapter of single calls."""

    @property
    def rates(self) -> Rates | None:
        """The adapter's, if it reads any."""
        rates: object = getattr(self.adapter, "rates", None)
        return rates if isinstance(rates, Rates) else None

    @property
    def cache_minimum(self) -> int | None:
        """The adapter's, if it states one."""
        minimum: object = getattr(self.adapter, "cache_minimum", None)
        return minimum if isinstance(minimum, int) else None

    async def count_tokens(self, sample: Sample) -> int | None:
        """Ask the adapter, if it can count."""
        return await self.adapter.count_tokens(sample) if isinstance(self.adapter, TokenCounter) else None

    async def call(self, sample: Sample) -> Completion:
        """Ask the adapter, once the rest of the run has had its turn.

        Raises:
            ProviderError: It returned something else than a completion.
        """
        await asyncio.sleep(0)  # one that never pauses would else draw a whole sweep before anything is committed
        try:
            completion: object = await self.adapter.call(sample)
        except SystemExit as error:
            raise ProviderError(_broke(self.adapter, "call", error)) from error
        if not isinstance(completion, Completion):
            raise ProviderError(
                f"`{type(self.adapter).__name__}.call` returned {type(completion).__name__} where a Completion belongs",
                hint="`call` returns a Completion, or raises TransientError or CallError",
            )
        return self._good("call", completion)


class _Stream(_Guarded):
    """An adapter of a stream."""

    @property
    def in_flight(self) -> int:
        """The adapter's, if it counts them."""
        calls: object = getattr(self.adapter, "in_flight", 0)
        return calls if isinstance(calls, int) else 0

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Pass the adapter's stream on.

        Raises:
            ProviderError: It raised something, returned something else than pairs of sample and completion, or was
                silent for longer than the profile's `timeout_s`.
        """
        stream = self._checked_stream(self._ask("complete", samples))
        limit = asyncio.timeout(None)
        try:
            async with aclosing(stream):
                while True:
                    limit = asyncio.timeout(self.profile.timeout_s)
                    async with limit:
                        drawn: object = await anext(stream, _END)
                    if drawn is _END:
                        return
                    yield self._checked(drawn)
        except EvalkitError:
            raise
        except Exception as error:
            if isinstance(error, TimeoutError) and limit.expired():
                raise ProviderError(
                    f"adapter `{self.profile.adapter}` gave no completion for {self.profile.timeout_s:g} s",
                    hint="a longer `timeout_s` in its profile waits longer",
                ) from error
            raise ProviderError(_broke(self.adapter, "complete", error)) from error

    def _checked_stream(self, stream: Any) -> Any:  # noqa: ANN401 - a user's adapter returns what it likes
        if hasattr(stream, "__anext__"):
            return stream if hasattr(stream, "aclose") else _through(stream)
        if inspect.iscoroutine(stream):
            stream.close()
        raise ProviderError(
            f"`{type(self.adapter).__name__}.complete` returned {type(stream).__name__}, not a stream",
            hint="write `async def complete(self, samples)` with `yield sample, completion` in it",
        )

    def _checked(self, drawn: object) -> tuple[Sample, Completion]:
        given = type(drawn).__name__
        pair = cast("tuple[object, ...]", drawn) if isinstance(drawn, tuple) else ()
        if len(pair) == 2 and isinstance(pair[0], Sample) and isinstance(pair[1], Completion):
            return pair[0], self._good("complete", pair[1])
        raise ProviderError(
            f"`{type(self.adapter).__name__}.complete` gave {given} where a pair belongs",
            hint="`yield sample, completion`",
        )


async def _through(stream: AsyncIterator[object]) -> AsyncIterator[object]:
    async for drawn in stream:
        yield drawn


def _broke(adapter: object, method: str, error: BaseException) -> str:
    return f"`{type(adapter).__name__}.{method}` raised {type(error).__name__}: {error}"


def _fault_in(completion: Completion) -> str | None:
    """Say what of a completion could not be kept or scored; None when all is well."""
    if completion.outcome not in OUTCOMES:
        return f"the outcome {completion.outcome!r}; there is {', '.join(OUTCOMES)}"
    for name in ("text", "reasoning", "stop_reason", "error", "served_model", "request_id", "client"):
        value: object = getattr(completion, name)
        if not isinstance(value, str) and not (value is None and name not in ("text", "reasoning")):
            return f"`{name}` {type(value).__name__} where text belongs"
    for name in ("latency_s", "cost_usd", "first_byte_s", "attempts"):
        value = getattr(completion, name)
        if value is not None and not _is_amount(value):
            return f"`{name}` {value!r} where a number from 0 upwards belongs"
    usage: Any = completion.usage
    if not isinstance(usage, Usage):
        return f"`usage` {type(usage).__name__} where a Usage belongs"
    for each in fields(usage):
        value = getattr(usage, each.name)
        if value is not None and not (isinstance(value, int) and _is_amount(value)):
            return f"{value!r} tokens"
    return None


def _is_amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")
