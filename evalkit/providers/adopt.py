"""Makes a provider of what an adapter's class built: checks its form, fills in what it left out, guards its stream."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from evalkit.errors import EvalkitError, ProfileError, ProviderError
from evalkit.generate.calls import Calls
from evalkit.protocols import TokenCounter
from evalkit.providers.prices import price_list
from evalkit.providers.rendering import plain_messages
from evalkit.types import Completion, Sample

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from evalkit.generate.pace import Rates
    from evalkit.protocols import BatchApi, Caller, Provider
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Message, Profile, Scalar

_OWN = ("price", "prepare", "render", "environment", "aclose")
_STREAM = ("profile", "in_flight", "supports", "complete", *_OWN)
_CALL = ("profile", "rates", "cache_minimum", "supports", "call", *_OWN)


def adopt(adapter: object, profile: Profile) -> Provider:
    """Return the provider that an adapter stands for.

    Args:
        adapter: Has `supports(setting)` and either `call(sample)`, for one call at a time, or `complete(samples)`, for
            a stream; everything else of `evalkit.protocols` is optional.
        profile: What it was built from.

    Raises:
        ProfileError: It has neither, or one of them takes other arguments.
    """
    name = type(adapter).__name__
    _check(adapter, name, "supports", "setting")
    if hasattr(adapter, "complete"):
        _check(adapter, name, "complete", "samples")
        whole = all(hasattr(adapter, part) for part in _STREAM)
        return cast("Provider", adapter) if whole else _Filled(adapter, profile)
    if not hasattr(adapter, "call"):
        raise ProfileError(
            f"adapter `{name}` has neither `call` nor `complete`", hint="write `async def call(self, sample)`"
        )
    _check(adapter, name, "call", "sample")
    if not inspect.iscoroutinefunction(cast("Any", adapter).call):
        raise ProfileError(f"`{name}.call` is not asynchronous", hint="write `async def call(self, sample)`")
    whole = all(hasattr(adapter, part) for part in _CALL)
    return Calls(cast("Caller", adapter) if whole else _FilledCaller(adapter, profile))


def _check(adapter: object, name: str, method: str, argument: str) -> None:
    """Refuse a method that is missing, or that could not be called as evalkit will call it."""
    function: object = getattr(adapter, method, None)
    hint = f"write `{method}(self, {argument})`"
    if not callable(function):
        raise ProfileError(f"adapter `{name}` has no method `{method}`", hint=hint)
    try:
        inspect.signature(function).bind(argument)
    except TypeError as error:
        raise ProfileError(f"`{name}.{method}` cannot be called with one argument: {error}", hint=hint) from error


@dataclass(slots=True)
class _Filler:
    """Stands for an adapter, with what it left out."""

    adapter: Any
    profile: Profile

    @property
    def batches(self) -> BatchApi | None:
        """The adapter's interface for batches, if it has one."""
        batches: BatchApi | None = getattr(self.adapter, "batches", None)
        return batches

    def supports(self, setting: str) -> Support:
        """Ask the adapter."""
        support: Support = self.adapter.supports(setting)
        return support

    def price(self) -> Price | None:
        """Take the adapter's price, or the profile's."""
        if hasattr(self.adapter, "price"):
            price: Price | None = self.adapter.price()
            return price
        return price_list(self.profile, None)

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Let the adapter prepare, if it wants to.

        Raises:
            ProviderError: It raised something.
        """
        if hasattr(self.adapter, "prepare"):
            try:
                await self.adapter.prepare(say)
            except EvalkitError:
                raise
            except Exception as error:
                raise ProviderError(_broke(self.adapter, "prepare", error)) from error

    def render(self, messages: Sequence[Message]) -> str:
        """Write the messages one after the other, unless the adapter knows better."""
        if hasattr(self.adapter, "render"):
            return str(self.adapter.render(messages))
        return plain_messages(messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Say nothing, unless the adapter does."""
        facts: Mapping[str, Scalar] = self.adapter.environment() if hasattr(self.adapter, "environment") else {}
        return facts

    async def aclose(self) -> None:
        """Close the adapter, if it can be closed."""
        if hasattr(self.adapter, "aclose"):
            await self.adapter.aclose()


class _FilledCaller(_Filler):
    """An adapter of single calls that left something out."""

    @property
    def rates(self) -> Rates | None:
        """The adapter's, if it reads any."""
        rates: Rates | None = getattr(self.adapter, "rates", None)
        return rates

    @property
    def cache_minimum(self) -> int | None:
        """The adapter's, if it states one."""
        minimum: int | None = getattr(self.adapter, "cache_minimum", None)
        return minimum

    async def count_tokens(self, sample: Sample) -> int | None:
        """Ask the adapter, if it can count."""
        return await self.adapter.count_tokens(sample) if isinstance(self.adapter, TokenCounter) else None

    async def call(self, sample: Sample) -> Completion:
        """Ask the adapter, once the rest of the run has had its turn."""
        await asyncio.sleep(0)  # one that never pauses would else draw a whole sweep before anything is committed
        completion: Completion = await self.adapter.call(sample)
        return completion


class _Filled(_Filler):
    """An adapter of a stream that left something out, and that may misbehave."""

    in_flight = 0

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Pass the adapter's stream on.

        Raises:
            ProviderError: It raised something, returned something else than pairs of sample and completion, or was
                silent for longer than the profile's `timeout_s`.
        """
        try:
            stream = self.adapter.complete(samples)
            async with aclosing(self._checked_stream(stream)):
                while True:
                    async with asyncio.timeout(self.profile.timeout_s):
                        drawn = await anext(stream, None)
                    if drawn is None:
                        return
                    yield self._checked(drawn)
        except EvalkitError:
            raise
        except TimeoutError as error:
            raise ProviderError(
                f"adapter `{self.profile.adapter}` gave no completion for {self.profile.timeout_s:g} s",
                hint="a longer `timeout_s` in its profile waits longer",
            ) from error
        except Exception as error:
            raise ProviderError(_broke(self.adapter, "complete", error)) from error

    def _checked_stream(self, stream: Any) -> Any:  # noqa: ANN401 - a user's adapter returns what it likes
        if hasattr(stream, "__anext__") and hasattr(stream, "aclose"):
            return stream
        if inspect.iscoroutine(stream):
            stream.close()
        raise ProviderError(
            f"`{type(self.adapter).__name__}.complete` returned {type(stream).__name__}, not a stream",
            hint="write `async def complete(self, samples)` with `yield sample, completion` in it",
        )

    def _checked(self, drawn: object) -> tuple[Sample, Completion]:
        pair = cast("tuple[object, ...]", drawn) if isinstance(drawn, tuple) else ()
        if len(pair) == 2 and isinstance(pair[0], Sample) and isinstance(pair[1], Completion):
            return pair[0], pair[1]
        raise ProviderError(
            f"`{type(self.adapter).__name__}.complete` gave {type(drawn).__name__} where a pair belongs",
            hint="`yield sample, completion`",
        )


def _broke(adapter: object, method: str, error: Exception) -> str:
    return f"`{type(adapter).__name__}.{method}` raised {type(error).__name__}: {error}"
