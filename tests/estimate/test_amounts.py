"""Numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.estimate import Amount, Asked, Forecast, Group, Known, forecast, total
from evalkit.providers.prices import FREE, price_list
from evalkit.store.history import Lengths
from evalkit.types import Condition, Message, Profile, Prompt, Sample

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.providers.prices import Price

DEAR = {"input": 2.0, "output": 10.0}
"""Dollars for a million tokens."""


def group(digest: str, letters: int, calls: int, *, limit: int | None = 100, replies: int = 0) -> Group:
    """Make calls with one message of so many letters, which is a quarter as many tokens and 4 for its frame."""
    prompt = Prompt((Message("user", "x" * letters),), digest)
    settings = {} if limit is None else {"max_tokens": limit}
    sample = Sample("key", 0, "p", Condition(), "case", 0, prompt, settings, 0)
    return Group(sample, calls, replies)


def asked(*groups: Group) -> Asked:
    """Make what is still to be asked."""
    return Asked(groups, 0, {})


def known(**parts: object) -> Known:
    """Make what is known: nothing but what is given."""
    return replace(Known(None), **parts)  # type: ignore[arg-type]  # any field


def price(stated: Mapping[str, float]) -> Price:
    """Make a profile's own price."""
    made = price_list(Profile("p", "openai", "m", price=stated), None)
    assert made is not None
    return made


def test_tokens_are_guessed_from_bytes() -> None:
    """400 letters are 104 tokens, 40 are 14: 3 x 104 + 2 x 14 in, and 5 x 100 out at most."""
    found = forecast(asked(group("a", 400, 3), group("b", 40, 2)), known())
    assert (found.calls, found.prompts, found.counted) == (5, 2, 0)
    assert found.input_tokens == Amount(340, 340)
    assert found.output_tokens == Amount(None, 500)
    assert found.cost_usd is None


def test_counted_prompts_are_taken_as_they_are() -> None:
    """The vendor says 120 and 20: 3 x 120 + 2 x 20."""
    found = forecast(asked(group("a", 400, 3), group("b", 40, 2)), known(counts={"a": 120, "b": 20}))
    assert (found.input_tokens, found.counted) == (Amount(400, 400), 2)


def test_counted_prompts_scale_the_others() -> None:
    """208 tokens where 104 were guessed double the guess for the prompt that was not counted: 208 + 2 x 14."""
    found = forecast(asked(group("a", 400, 1), group("b", 40, 1)), known(counts={"a": 208}))
    assert (found.input_tokens, found.counted, found.prompts) == (Amount(236, 236), 1, 2)


def test_one_prompt_under_two_limits_scales_once() -> None:
    """A prompt that stands in two groups is one prompt: (52 + 30) / (104 + 14) of the guess holds for the third."""
    groups = (group("a", 400, 1), group("a", 400, 1, limit=5), group("b", 40, 1), group("c", 400, 1))
    found = forecast(asked(*groups), known(counts={"a": 52, "b": 30}))
    assert found.input_tokens.most == pytest.approx(52 + 52 + 30 + 104 * 82 / 118)


def test_earlier_answers_say_what_is_likely() -> None:
    """A mean of 40 tokens: 3 x 40, and 2 x 25 where no more are allowed; at most 3 x 100 + 2 x 25."""
    found = forecast(asked(group("a", 400, 3), group("b", 40, 2, limit=25)), known(lengths=Lengths(9, 40.0)))
    assert found.output_tokens == Amount(170, 350)


def test_without_a_limit_one_is_assumed_and_said() -> None:
    """1,024 tokens stand for what nothing limits."""
    found = forecast(asked(group("a", 400, 2, limit=None)), known())
    assert (found.output_tokens, found.unlimited) == (Amount(None, 2048), True)
    assert not forecast(asked(group("a", 400, 2)), known()).unlimited


def test_replies_to_come_lengthen_prompts() -> None:
    """Two replies of a likely 30 tokens, at most 100 each, on 14 known tokens: 14 + 60 and 14 + 200 for each of 5."""
    calls = asked(group("a", 40, 5, replies=2))
    assert forecast(calls, known(lengths=Lengths(4, 30.0))).input_tokens == Amount(370, 1070)
    assert forecast(calls, known()).input_tokens == Amount(None, 1070)


def test_cost_goes_from_likely_to_at_most() -> None:
    """10 calls of 104 tokens in and 40 or 100 out, at $2 and $10 a million: 10 x (208 + 400) and 10 x (208 + 1000)."""
    found = forecast(asked(group("a", 400, 10)), known(price=price(DEAR), lengths=Lengths(1, 40.0)))
    assert found.cost_usd is not None
    assert found.cost_usd.likely == pytest.approx(0.00608)
    assert found.cost_usd.most == pytest.approx(0.01208)


def test_cost_without_earlier_answers_is_a_limit() -> None:
    """Nothing is likely before anything was asked."""
    found = forecast(asked(group("a", 400, 10)), known(price=price(DEAR)))
    assert found.cost_usd is not None
    assert found.cost_usd.likely is None
    assert found.cost_usd.most == pytest.approx(0.01208)


def test_a_batch_costs_half_and_takes_its_time() -> None:
    """At half the price of a call; the vendor says no more of the time than that a day is the longest."""
    found = forecast(asked(group("a", 400, 10)), known(price=price(DEAR), batch=True, pace=2.0))
    assert found.cost_usd is not None
    assert found.cost_usd.most == pytest.approx(0.00604)
    assert (found.seconds, found.brake) == (None, None)


def test_a_free_model_costs_nothing() -> None:
    """Zero is known, and is not the same as an unknown price."""
    found = forecast(asked(group("a", 400, 10)), known(price=FREE, lengths=Lengths(1, 40.0)))
    assert found.cost_usd == Amount(0, 0)


def test_prices_of_long_prompts_hold_for_long_prompts() -> None:
    """Each call is priced by its own length, as the vendor does it; a sum of tokens would be one long prompt."""
    model = price_list(Profile("p", "gemini", "gemini-2.5-pro"), "google")
    assert model is not None
    short, many = (forecast(asked(group("a", 400_000, calls)), known(price=model)).cost_usd for calls in (1, 10))
    long = forecast(asked(group("a", 4_000_000, 1)), known(price=model)).cost_usd
    assert short is not None
    assert many is not None
    assert long is not None
    assert many.most == pytest.approx(10 * short.most)
    assert long.most > 1.5 * many.most


@pytest.mark.parametrize(
    ("parts", "seconds", "brake", "at_least"),
    [
        ({}, None, None, False),
        ({"pace": 2.0}, 30, "pace", False),
        ({"limits": {"requests_per_minute": 60}}, 60, "requests_per_minute", True),
        ({"limits": {"tokens_per_minute": 6120}}, 120, "tokens_per_minute", True),
        ({"limits": {"requests_per_minute": 600, "concurrency": 2}, "pace": 2.0}, 30, "pace", False),
        ({"limits": {"requests_per_minute": 60}, "pace": 2.0}, 60, "requests_per_minute", False),
        ({"limits": {"tokens_per_minute": 6120}, "lengths": Lengths(1, 49.0)}, 90, "tokens_per_minute", True),
    ],
    ids=["nothing known", "pace", "requests", "tokens", "pace is slower", "limit is slower", "likely tokens"],
)
def test_time_is_that_of_the_slowest(
    parts: dict[str, object],
    seconds: float | None,
    brake: str | None,
    at_least: bool,
) -> None:
    """60 calls of 104 tokens in and 100 out: 12,240 tokens, and 9,180 where 49 out are likely."""
    found = forecast(asked(group("a", 400, 60)), known(**parts))
    assert (found.seconds, found.brake, found.at_least) == (seconds, brake, at_least)


def made(calls: int, cost_usd: Amount | None, seconds: float | None = 1.0, *, at_least: bool = False) -> Forecast:
    """Make a forecast."""
    nothing = Amount(0, 0)
    return Forecast(calls, 1, 0, nothing, nothing, False, cost_usd, seconds, "pace", at_least)


def test_totals_add_costs_and_take_the_slowest() -> None:
    """Providers are asked side by side; one without calls counts in nothing."""
    summed = total(
        {
            "a": made(10, Amount(0.25, 1.0), 60),
            "b": made(5, Amount(0.5, 2.0), 30, at_least=True),
            "c": made(0, None, None),
        }
    )
    assert (summed.calls, summed.cost_usd, summed.unpriced) == (15, Amount(0.75, 3.0), ())
    assert (summed.seconds, summed.at_least) == (60, True)


def test_totals_say_what_they_do_not_hold() -> None:
    """An unknown price, time or likely cost of one is unknown of all."""
    summed = total({"a": made(10, Amount(None, 1.0), 60), "b": made(5, None, None), "c": made(1, Amount(1.0, 1.0))})
    assert (summed.cost_usd, summed.unpriced, summed.seconds) == (Amount(None, 2.0), ("b",), None)
