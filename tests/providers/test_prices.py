"""What hosted models' tokens cost."""

from __future__ import annotations

import re
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from genai_prices import Usage as ListUsage
from genai_prices import calc_price
from genai_prices.data_snapshot import get_snapshot
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import ProfileError
from evalkit.providers import prices
from evalkit.providers.prices import FREE, Price, check_price, price_list
from evalkit.types import Profile, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

NOVEMBER = datetime(2026, 11, 24, 12, tzinfo=UTC)
MILLION = 1_000_000
MODELS = (
    ("anthropic", "claude-fable-5-2"),
    ("anthropic", "claude-haiku-4-5"),
    ("anthropic", "claude-haiku-5-5"),
    ("anthropic", "claude-opus-4-6"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("openai", "gpt-4.1-mini"),
    ("openai", "gpt-5.4"),
    ("openai", "gpt-5.4-mini"),
    ("openai", "gpt-6-luna"),
    ("openai", "o3"),
    ("google", "gemini-2.5-flash-lite"),
    ("google", "gemini-3.1-pro-preview"),
    ("google", "gemini-3.7-flash"),
    ("google", "gemini-3.8-flash"),
    ("google", "gemini-4-argon"),
)


def _price(vendor: str | None, model: str, **price: float) -> Price:
    made = price_list(Profile("p", "adapter", model, price=price), vendor)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("vendor", "model", "per_input", "per_output"),
    [
        ("anthropic", "claude-fable-5-2", 8, 40),
        ("anthropic", "claude-opus-5-5", 4, 20),
        ("anthropic", "claude-sonnet-5-5", 2, 10),
        ("anthropic", "claude-haiku-5-5", 0.10, 0.50),
        ("anthropic", "claude-haiku-4-5", 1, 5),
        ("anthropic", "claude-sonnet-4-6", 3, 15),
        ("anthropic", "claude-opus-4-6", 5, 25),
        ("openai", "gpt-6-luna", 0.10, 0.50),
        ("openai", "gpt-6-sol", 2, 10),
        ("openai", "gpt-6.1-sol", 2, 10),
        ("openai", "gpt-6.1-terra", 1, 5),
        ("openai", "gpt-6-astra", 10, 50),
        ("openai", "gpt-5.4-mini", 0.75, 4.50),
        ("openai", "gpt-4.1-mini", 0.40, 1.60),
        ("openai", "gpt-4o-mini", 0.15, 0.60),
        ("google", "gemini-4-argon", 2, 10),
        ("google", "gemini-3.6-flash", 0.75, 3.75),
        ("google", "gemini-3.7-flash", 0.75, 3.75),
        ("google", "gemini-3.8-flash", 0.75, 3.75),
        ("google", "gemini-3.5-flash", 1.50, 9),
        ("google", "gemini-3.5-flash-lite", 0.30, 2.50),
        ("google", "gemini-3.1-pro-preview", 2, 12),
        ("google", "gemini-2.5-flash-lite", 0.10, 0.40),
        ("google", "models/gemini-2.5-flash-lite", 0.10, 0.40),
    ],
)
def test_the_published_prices_are_charged(vendor: str, model: str, per_input: float, per_output: float) -> None:
    """Ten thousand tokens in and a million out, on the day the prices were read."""
    price = _price(vendor, model)
    assert price.cost(Usage(10_000, 0), at=NOVEMBER) == pytest.approx(per_input / 100)
    assert price.cost(Usage(0, MILLION), at=NOVEMBER) == pytest.approx(per_output)


@pytest.mark.parametrize(
    ("vendor", "model", "tokens", "dollars"),
    [
        ("anthropic", "claude-haiku-5-5", 100_000, 0.01 + 0.0005),
        ("anthropic", "claude-haiku-5-5", 100_001, 0.0500005 + 0.0025),
        ("openai", "gpt-6-sol", 272_000, 0.544 + 0.010),
        ("openai", "gpt-6-sol", 272_001, 1.088004 + 0.015),
    ],
    ids=["haiku at its limit", "haiku above it", "sol at its limit", "sol above it"],
)
def test_a_long_prompt_makes_every_token_dearer(vendor: str, model: str, tokens: int, dollars: float) -> None:
    """The length that counts is the whole prompt's; its tokens and the thousand that answer it all cost more."""
    assert _price(vendor, model).cost(Usage(tokens, 1000), at=NOVEMBER) == pytest.approx(dollars)


def test_what_came_from_the_cache_still_makes_a_prompt_long() -> None:
    """All but one token of 100,001 read from it: at $0.05 a million, and the one at $0.50."""
    usage = Usage(100_001, 0, cached_tokens=100_000)
    assert _price("anthropic", "claude-haiku-5-5").cost(usage, at=NOVEMBER) == pytest.approx(0.005 + 0.0000005)


@pytest.mark.parametrize(
    ("model", "at", "per_output"),
    [
        ("gemini-4-argon", datetime(2026, 11, 30, 23, 59, tzinfo=UTC), 10),
        ("gemini-4-argon", datetime(2026, 12, 1, tzinfo=UTC), 20),
        ("gemini-3.8-flash", datetime(2026, 12, 31, 23, 59, tzinfo=UTC), 3.75),
        ("gemini-3.8-flash", datetime(2027, 1, 1, tzinfo=UTC), 7.50),
    ],
)
def test_a_price_changes_on_its_day(model: str, at: datetime, per_output: float) -> None:
    """One price list serves a run that goes past midnight."""
    assert _price("google", model).cost(Usage(0, MILLION), at=at) == pytest.approx(per_output)


@pytest.mark.parametrize(
    ("model", "cached", "written"),
    [
        ("claude-haiku-4-5", 0.10, 1.25),
        ("claude-opus-5-5", 0.05 * 4, 1.25 * 4),
        ("claude-sonnet-5-5", 0.05 * 2, 1.25 * 2),
        ("claude-fable-5-2", 0.025 * 8, 1.25 * 8),
    ],
)
def test_reading_from_the_cache_is_cheap_and_writing_dear(model: str, cached: float, written: float) -> None:
    """The shares of the input price that the vendor names."""
    price = _price("anthropic", model)
    assert price.cost(Usage(MILLION, 0, cached_tokens=MILLION), at=NOVEMBER) == pytest.approx(cached)
    assert price.cost(Usage(MILLION, 0, cache_write_tokens=MILLION), at=NOVEMBER) == pytest.approx(written)


def test_openai_charges_for_writing_its_cache_from_gpt_5_6_on() -> None:
    """A quarter more than the input price; before, it costs what the input costs."""
    for model, dollars in (("gpt-5.6-luna", 1.25 * 0.2), ("gpt-6-luna", 1.25 * 0.1), ("gpt-5.4-mini", 0.75)):
        usage = Usage(100_000, 0, cache_write_tokens=100_000)
        assert _price("openai", model).cost(usage, at=NOVEMBER) == pytest.approx(dollars / 10)


@pytest.mark.parametrize(
    ("vendor", "model"),
    [
        ("anthropic", "claude-haiku-5-5"),
        ("openai", "gpt-6-luna"),
        ("google", "gemini-3.8-flash"),
        ("google", "gemini-3.7-flash"),
    ],
    ids=["listed", "listed, OpenAI", "listed, Gemini", "not listed"],
)
def test_a_batch_costs_half(vendor: str, model: str) -> None:
    """With all three vendors, whether the list says so for the model or not."""
    price, usage = _price(vendor, model), Usage(12_345, 678)
    whole = price.cost(usage, at=NOVEMBER)
    assert whole is not None
    assert price.cost(usage, at=NOVEMBER, batch=True) == pytest.approx(whole / 2)


@given(
    model=st.sampled_from(MODELS),
    tokens=st.tuples(*[st.integers(0, 300_000)] * 4),
    day=st.datetimes(datetime(2026, 10, 14), datetime(2027, 2, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - as it wants
)
def test_the_fast_way_gives_what_the_library_gives(
    model: tuple[str, str], tokens: tuple[int, ...], day: datetime
) -> None:
    """To the last digit, whatever the length, the day and the cache's part."""
    vendor, name = model
    cached, written, plain, output = tokens
    total = cached + written + plain
    listed = calc_price(
        ListUsage(input_tokens=total, output_tokens=output, cache_read_tokens=cached, cache_write_tokens=written),
        name,
        provider_id=vendor,
        genai_request_timestamp=day,
    )
    usage = Usage(total, output, cached_tokens=cached, cache_write_tokens=written)
    assert _price(vendor, name).cost(usage, at=day) == float(listed.total_price)


@pytest.mark.parametrize("vendor", ["anthropic", "openai", "google"])
@pytest.mark.parametrize("batch", [False, True], ids=["standard", "batch"])
def test_every_listed_model_costs_what_the_library_says(vendor: str, batch: bool) -> None:
    """On either side of every limit of length; a batch where the list has a price for one."""
    provider = next(each for each in get_snapshot().providers if each.id == vendor)
    compared = 0
    for model in provider.models:
        price = price_list(Profile("p", "adapter", model.id), vendor)
        if price is None or provider.find_model(model.id) is not model:
            continue
        listed_in_batches = any("batch" in variant.when.values() for variant in model.price_variants or ())
        if batch and not listed_in_batches:
            continue
        compared += 1
        for tokens in (1000, 100_000, 100_001, 200_001, 272_001):
            listed = calc_price(
                ListUsage(input_tokens=tokens, output_tokens=77, cache_read_tokens=500, cache_write_tokens=400),
                model.id,
                provider_id=vendor,
                genai_request_timestamp=NOVEMBER,
                price_context={"processing": "batch"} if batch else None,
            )
            usage = Usage(tokens, 77, cached_tokens=500, cache_write_tokens=400)
            assert price.cost(usage, batch=batch, at=NOVEMBER) == float(listed.total_price), (model.id, tokens)
    assert compared > 3


@pytest.mark.parametrize(
    "usage",
    [
        Usage(),
        Usage(input_tokens=5),
        Usage(output_tokens=5),
        Usage(10, 5, cached_tokens=11),
        Usage(10, 5, cached_tokens=6, cache_write_tokens=5),
        Usage(10, -1),
        Usage(10, 5, cached_tokens=-1),
    ],
    ids=["nothing", "no output", "no input", "more cached", "more cached and written", "less than none", "none cached"],
)
def test_what_cannot_be_counted_has_no_known_price(usage: Usage) -> None:
    """Unknown tokens cost an unknown amount, and so do counts that contradict one another."""
    assert _price("openai", "gpt-6-luna").cost(usage) is None


def test_reasoning_is_part_of_the_output() -> None:
    """It is not charged twice."""
    price = _price("openai", "gpt-6-luna")
    assert price.cost(Usage(10, 50, reasoning_tokens=40)) == price.cost(Usage(10, 50))


@pytest.mark.parametrize(
    ("vendor", "model"),
    [
        ("openai", "gpt-6.2-sol"),
        ("openai", "gpt-6.2-astra"),
        ("anthropic", "claude-mythos-5-1"),
        ("openai", "smollm2-135m-instruct"),
        ("nobody", "gpt-6-luna"),
        (None, "gpt-6-luna"),
    ],
)
def test_a_model_that_nobody_lists_has_no_price(vendor: str | None, model: str) -> None:
    """Unknown is not free; nor is a known name on a server of somebody's own."""
    assert price_list(Profile("p", "adapter", model), vendor) is None


def test_without_the_library_prices_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is optional; what the profile states still counts."""
    prices._look_up.cache_clear()  # pyright: ignore[reportPrivateUsage] - what it knew before must not answer
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    assert price_list(Profile("p", "openai", "gpt-6-luna"), "openai") is None
    assert _price("openai", "gpt-6-luna", input=1, output=2).cost(Usage(MILLION, 0)) == 1
    prices._look_up.cache_clear()  # pyright: ignore[reportPrivateUsage] - nor must this answer afterwards


@pytest.mark.parametrize(
    ("price", "dollars"),
    [
        ({"input": 2.0, "output": 10.0}, 2 + 10),
        ({"input": 2.0, "output": 10.0, "cached": 0.5}, 0.25 * 0.5 + 0.75 * 2 + 10),
        ({"input": 2.0, "output": 10.0, "cache_write": 4.0}, 0.5 * 2 + 0.5 * 4 + 10),
        ({"input": 2.0, "output": 10.0, "cached": 0.0, "cache_write": 0.0}, 0.25 * 2 + 10),
        ({"input": 0.0, "output": 0.0}, 0),
    ],
    ids=["cache as input", "cached cheaper", "writing dearer", "cache for nothing", "nothing"],
)
def test_the_profile_states_its_own_price(price: Mapping[str, float], dollars: float) -> None:
    """A million in, a quarter of it from the cache and half of it into it, and a million out."""
    usage = Usage(MILLION, MILLION, cached_tokens=MILLION // 4, cache_write_tokens=MILLION // 2)
    assert _price(None, "mine", **price).cost(usage) == pytest.approx(dollars)


def test_the_profile_wins_over_the_list() -> None:
    """A contract of one's own."""
    assert _price("openai", "gpt-6-luna", input=7, output=8).input_per_million == 7


@pytest.mark.parametrize(("stated", "share"), [({}, 0.5), ({"batch_discount": 0.4}, 0.4), ({"batch_discount": 0.0}, 0)])
def test_a_batch_at_a_stated_price_has_its_own_factor(stated: Mapping[str, float], share: float) -> None:
    """Half where none is stated."""
    price = _price(None, "mine", input=2, output=10, **stated)
    assert price.cost(Usage(MILLION, MILLION), batch=True) == pytest.approx(12 * share)


@pytest.mark.parametrize(
    ("price", "message"),
    [
        ({"input": 1.0}, "price has no `output`"),
        ({"output": 1.0}, "price has no `input`"),
        ({"cached": 1.0}, "price has no `input`"),
        ({"input": 1.0, "output": 1.0, "inputs": 1.0}, "price has no kind `inputs`"),
        ({"input": -1.0, "output": 1.0}, "price of input must be from 0 upwards, got -1"),
        ({"input": float("nan"), "output": 1.0}, "price of input must be from 0 upwards, got nan"),
        ({"input": 1.0, "output": float("inf")}, "price of output must be from 0 upwards, got inf"),
        ({"input": 1.0, "output": 1.0, "batch_discount": 50.0}, "batch_discount must be a factor from 0 to 1, got 50"),
    ],
)
def test_an_incomplete_or_impossible_price_is_refused(price: Mapping[str, float], message: str) -> None:
    """Before a call is made, and with what to do instead."""
    with pytest.raises(ProfileError, match=re.escape(message)):
        check_price(price)
    with pytest.raises(ProfileError):
        price_list(Profile("p", "adapter", "m", price=price), None)


def test_the_hint_names_the_kind_that_was_meant() -> None:
    """As everywhere."""
    with pytest.raises(ProfileError) as caught:
        check_price({"input": 1, "output": 1, "cache": 1})
    assert caught.value.hint is not None
    assert "cached" in caught.value.hint


@pytest.mark.parametrize("usage", [Usage(), Usage(MILLION, MILLION), Usage(1, 1, cached_tokens=2)])
def test_what_is_free_costs_nothing(usage: Usage) -> None:
    """However much is used, and even if nobody counts."""
    assert FREE.cost(usage) == 0.0
    assert FREE.cost(usage, batch=True) == 0.0
    assert (FREE.input_per_million, FREE.output_per_million) == (0.0, 0.0)


def test_a_listing_shows_the_standard_price() -> None:
    """Of prompts below the first limit."""
    price = _price("anthropic", "claude-haiku-5-5")
    assert (price.input_per_million, price.output_per_million) == (0.10, 0.50)


def test_pricing_a_completion_takes_microseconds() -> None:
    """It runs for every completion; asking the library each time takes a tenth of a millisecond."""
    price, usage = _price("anthropic", "claude-haiku-5-5"), Usage(1234, 567, cached_tokens=100)
    price.cost(usage)
    fastest = 1.0
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(1000):
            price.cost(usage)
        fastest = min(fastest, time.perf_counter() - began)
    assert fastest / 1000 < 50e-6
