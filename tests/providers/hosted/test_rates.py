"""The limits that vendors state in their headers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from asking import make_sample
from evalkit.generate.pace import Allowance, Rates
from evalkit.providers.hosted.rates import claude_rates, duration_s, openai_rates
from vendors.limits import Bucket, Limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from asking import Asking

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def test_openai_states_what_is_left_and_when_it_is_full() -> None:
    """Resets are durations."""
    headers = {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-reset-requests": "120ms",
        "x-ratelimit-limit-tokens": "30000",
        "x-ratelimit-remaining-tokens": "28000",
        "x-ratelimit-reset-tokens": "6m0s",
    }
    assert openai_rates(headers) == Rates(Allowance(499, 500, 0.12), Allowance(28000, 30000, 360))


def test_claude_states_what_is_left_and_when_it_is_full() -> None:
    """Resets are times; one that has passed is now."""
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": "2026-11-24T12:00:30Z",
        "anthropic-ratelimit-tokens-limit": "40000",
        "anthropic-ratelimit-tokens-remaining": "1000",
        "anthropic-ratelimit-tokens-reset": "2026-11-24T11:59:00+00:00",
    }
    assert claude_rates(headers, NOON) == Rates(Allowance(49, 50, 30), Allowance(1000, 40000, 0))


def test_claude_states_input_and_output_apart() -> None:
    """Where no `tokens` stand for the nearer of them, it is found: 10 of 1,000 are less than 500 of 40,000."""
    headers = {
        "anthropic-ratelimit-input-tokens-limit": "40000",
        "anthropic-ratelimit-input-tokens-remaining": "500",
        "anthropic-ratelimit-output-tokens-limit": "1000",
        "anthropic-ratelimit-output-tokens-remaining": "10",
    }
    assert claude_rates(headers, NOON) == Rates(None, Allowance(10, 1000))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "application/json"},
        {"x-ratelimit-remaining-requests": "many", "anthropic-ratelimit-requests-remaining": "many"},
        {"x-ratelimit-remaining-tokens": "-1", "anthropic-ratelimit-tokens-remaining": "nan"},
        {"x-ratelimit-limit-tokens": "100", "anthropic-ratelimit-tokens-limit": "100"},
    ],
)
def test_what_is_not_stated_is_not_known(headers: dict[str, str]) -> None:
    """Neither is what is no number, or none that can be left."""
    assert openai_rates(headers) is None
    assert claude_rates(headers, NOON) is None


@pytest.mark.parametrize("reset", ["", "soon", "12:00", "2026-11-24T12:00:30"])
def test_reset_that_is_no_time_is_not_known(reset: str) -> None:
    """A time without a zone could be any; the rest of the limit still counts."""
    headers = {"anthropic-ratelimit-requests-remaining": "3", "anthropic-ratelimit-requests-reset": reset}
    assert claude_rates(headers, NOON) == Rates(Allowance(3))
    headers = {"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": reset}
    assert openai_rates(headers) == Rates(Allowance(3))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0s", 0.0),
        ("20ms", 0.02),
        ("59.951s", 59.951),
        ("1m30.5s", 90.5),
        ("1h0m0s", 3600.0),
        ("2d3h", 183_600.0),
        ("12", 12.0),
        ("", None),
        ("1x", None),
        ("m", None),
        ("1s and more", None),
        ("-3s", None),
    ],
)
def test_duration_is_read_or_none(text: str, seconds: float | None) -> None:
    """Every unit that the vendor writes, and nothing else."""
    assert duration_s(text) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(("vendor", "model"), [("claude", "claude-haiku-4-5"), ("openai", "gpt-4.1-mini")])
def test_adapter_keeps_what_the_last_answer_stated(asking: Callable[..., Asking], vendor: str, model: str) -> None:
    """Nothing before the first answer; and an answer that states nothing leaves it as it was."""
    asked = asking(vendor, model)
    limit = Limit(Bucket(60_000), Bucket(6_000_000))
    asked.vendors.limits[vendor] = limit

    async def calls() -> list[Rates | None]:
        adapter = asked.adapter
        seen = [adapter.rates]
        for _ in range(2):
            await adapter.call(make_sample())
            seen.append(adapter.rates)
            asked.vendors.limits.clear()
        await adapter.aclose()
        return seen

    before, first, second = asyncio.run(calls())
    assert before is None
    assert first is not None
    assert first.requests is not None
    assert first.tokens is not None
    assert (first.requests.limit, first.requests.remaining) == (2000, 1999)
    assert first.tokens.limit == 200_000
    assert first.requests.reset_s is not None
    assert 0 <= first.requests.reset_s < 1
    assert second == first


def test_gemini_states_none(asking: Callable[..., Asking]) -> None:
    """It has no such headers; a wish to wait comes in the body of an error."""
    gemini = asking("gemini", "gemini-3.5-flash")
    gemini.vendors.limits["gemini"] = Limit(Bucket(60_000))

    async def call() -> Rates | None:
        adapter = gemini.adapter
        await adapter.call(make_sample())
        await adapter.aclose()
        return adapter.rates

    assert asyncio.run(call()) is None
