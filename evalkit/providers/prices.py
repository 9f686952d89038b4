"""What a hosted model's tokens cost.

The prices are those of `genai-prices`, which knows when they change, how they rise with long prompts and what a batch
costs; or those that a profile states. A price that neither has is unknown, which is never taken for zero.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeAlias

from evalkit.errors import ProfileError, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from genai_prices.types import ModelPrice, PriceCalculation, TieredPrices

    from evalkit.types import Profile, Usage

PRICE_KINDS = ("input", "output", "cached", "cache_write", "batch_discount")
_MILLION = Decimal(1_000_000)
_BATCH_DISCOUNT = 0.5  # all three vendors sell batches at half price


@dataclass(frozen=True, slots=True)
class _Rates:
    """US dollars for a million tokens, for prompts longer than `above` tokens."""

    above: int
    input: Decimal
    output: Decimal
    cached: Decimal
    cache_write: Decimal


_Tariff: TypeAlias = tuple[_Rates, ...]
"""Rates by length of prompt, the longest first; the last holds for every prompt."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a model's tokens cost, in US dollars.

    Attributes:
        tariff: Gives the rates that hold in a minute since 1970 (UTC), standard or in a batch; None within it when they
            are not known. None for a model that costs nothing.
    """

    tariff: Callable[[int, bool], _Tariff | None] | None

    def cost(self, usage: Usage, *, batch: bool = False, at: datetime | None = None) -> float | None:
        """Return what a call costs, in US dollars.

        Args:
            usage: The tokens. Where nothing is said of the cache, nothing came from it or went into it.
            batch: It went through the vendor's batch API.
            at: When it was asked; None for now.

        Returns:
            None when it is not known: the tokens are not, they contradict one another, or the price is not.
        """
        if self.tariff is None:
            return 0.0
        tokens, output = usage.input_tokens, usage.output_tokens
        cached, cache_write = usage.cached_tokens or 0, usage.cache_write_tokens or 0
        if tokens is None or output is None or min(tokens - cached - cache_write, output, cached, cache_write) < 0:
            return None
        tariff = self.tariff(_minute(at), batch)
        if tariff is None:
            return None
        rates = next(each for each in tariff if tokens > each.above)
        dollars = (
            rates.input * (tokens - cached - cache_write)
            + rates.output * output
            + rates.cached * cached
            + rates.cache_write * cache_write
        )
        return float(dollars / _MILLION)

    @property
    def input_per_million(self) -> float | None:
        """A million tokens of prompts of standard length, now; None when not known."""
        rates = self._standard()
        return None if rates is None else float(rates.input)

    @property
    def output_per_million(self) -> float | None:
        """A million tokens of answers to prompts of standard length, now; None when not known."""
        rates = self._standard()
        return None if rates is None else float(rates.output)

    def _standard(self) -> _Rates | None:
        if self.tariff is None:
            return _Rates(-1, Decimal(0), Decimal(0), Decimal(0), Decimal(0))
        tariff = self.tariff(_minute(None), False)  # noqa: FBT003 - the second of two in the alias above
        return None if tariff is None else tariff[-1]


FREE = Price(None)
"""A model that costs nothing, such as one on this machine."""


def price_list(profile: Profile, vendor: str | None) -> Price | None:
    """Return what the profile's model costs; the profile's own word wins.

    Args:
        profile: Its `price` and `model` count.
        vendor: As `genai-prices` calls it: `anthropic`, `openai` or `google`. None for a server of somebody's own.

    Returns:
        None when nobody says.

    Raises:
        ProfileError: The profile's prices are incomplete, or one is not a price.
    """
    if profile.price:
        check_price(profile.price)
        return Price(partial(_stated, _own_rates(profile.price), profile.price.get("batch_discount", _BATCH_DISCOUNT)))
    if vendor is None or _look_up(vendor, profile.model, _minute(None), batch=False) is None:
        return None
    return Price(partial(_listed, vendor, profile.model))


def check_price(price: Mapping[str, float]) -> None:
    """Check the prices that a profile states.

    Raises:
        ProfileError: A kind is unknown, `input` or `output` is missing, a price is not a number from 0 upwards, or the
            discount is not a factor from 0 to 1.
    """
    for kind, value in price.items():
        if kind not in PRICE_KINDS:
            raise ProfileError(f"price has no kind `{kind}`", hint=suggestion(kind, PRICE_KINDS))
        if not math.isfinite(value) or value < 0:
            raise ProfileError(f"price of {kind} must be from 0 upwards, got {value:g}")
    for kind in ("input", "output"):
        if kind not in price:
            raise ProfileError(f"price has no `{kind}`", hint="state `input` and `output` together, in US dollars")
    if price.get("batch_discount", 0) > 1:
        raise ProfileError(
            f"batch_discount must be a factor from 0 to 1, got {price['batch_discount']:g}",
            hint="0.5 is half the price",
        )


def _minute(at: datetime | None) -> int:
    return int((time.time() if at is None else at.timestamp()) // 60)


def _own_rates(price: Mapping[str, float]) -> _Rates:
    per_input = price["input"]
    return _Rates(
        -1,
        Decimal(str(per_input)),
        Decimal(str(price["output"])),
        Decimal(str(price.get("cached", per_input))),
        Decimal(str(price.get("cache_write", per_input))),
    )


def _stated(rates: _Rates, discount: float, _minute_since_1970: int, batch: bool) -> _Tariff:  # noqa: FBT001 - a tariff
    return (_times(rates, Decimal(str(discount))) if batch else rates,)


def _listed(vendor: str, model: str, minute: int, batch: bool) -> _Tariff | None:  # noqa: FBT001 - a tariff
    return _look_up(vendor, model, minute, batch=batch)


@lru_cache(maxsize=4096)
def _look_up(vendor: str, model: str, minute: int, *, batch: bool) -> _Tariff | None:
    """Return the rates of a minute, so that the library is asked once a minute and not once a call."""
    at = datetime.fromtimestamp(minute * 60, UTC)
    standard = _calculation(vendor, model, at, batch=False)
    if standard is None:
        return None
    if batch and _has_batch_price(standard, at):
        reduced = _calculation(vendor, model, at, batch=True)
        return None if reduced is None else _tariff(reduced.model_price)
    tariff = _tariff(standard.model_price)
    if tariff is None or not batch:
        return tariff
    return tuple(_times(rates, Decimal(str(_BATCH_DISCOUNT))) for rates in tariff)


def _has_batch_price(standard: PriceCalculation, at: datetime) -> bool:
    """Tell whether the library would answer for a batch with anything but the standard price, as it does in silence."""
    listed = any(standard.model is model for model in standard.provider.models)  # else it is another vendor's list
    return listed and any(
        variant.when.get("processing") == "batch" and (variant.constraint is None or variant.constraint.active(at))
        for variant in standard.model.price_variants or ()
    )


def _calculation(vendor: str, model: str, at: datetime, *, batch: bool) -> PriceCalculation | None:
    try:
        from genai_prices import Usage, calc_price  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        return None
    context = {"processing": "batch"} if batch else None
    for reference in dict.fromkeys((model, model.rpartition("/")[2])):
        try:
            return calc_price(
                Usage(input_tokens=0, output_tokens=0),
                reference,
                provider_id=vendor,
                genai_request_timestamp=at,
                price_context=context,
            )
        except LookupError:
            continue
    return None


def _tariff(price: ModelPrice) -> _Tariff | None:
    """Write a model's prices out by length of prompt; None where the list has no price for words in or out."""
    if price.input_mtok is None or price.output_mtok is None:
        return None
    kinds = (
        price.input_mtok,
        price.output_mtok,
        price.input_mtok if price.cache_read_mtok is None else price.cache_read_mtok,
        price.input_mtok if price.cache_write_mtok is None else price.cache_write_mtok,
    )
    starts = {tier.start for kind in kinds if not isinstance(kind, Decimal) for tier in kind.tiers}
    return tuple(
        _Rates(start, *(_beyond(kind, start) for kind in kinds)) for start in sorted(starts | {-1}, reverse=True)
    )


def _beyond(price: Decimal | TieredPrices, start: int) -> Decimal:
    """Return the price that holds for prompts longer than `start` tokens; at -1, the price of short ones."""
    if isinstance(price, Decimal):
        return price
    return next((tier.price for tier in reversed(price.tiers) if start >= tier.start), price.base)


def _times(rates: _Rates, factor: Decimal) -> _Rates:
    return _Rates(
        rates.above,
        rates.input * factor,
        rates.output * factor,
        rates.cached * factor,
        rates.cache_write * factor,
    )
