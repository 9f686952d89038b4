"""The rules for one completion, each broken in turn."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.providers.adopt import adopt
from evalkit.providers.prices import FREE, price_list
from evalkit.testing import check_completion
from evalkit.testing.samples import PROMPTS, SampleMaker
from evalkit.types import Completion, Profile, TokenLogprobs, Usage

if TYPE_CHECKING:
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import Sample

PROFILE = Profile("mine", "mine", "m", price={"input": 1.0, "output": 2.0})
STATED = price_list(PROFILE, None)


@dataclass
class Pricing:
    """An adapter of single calls that states a price and takes one setting."""

    stated: Price | None
    profile: Profile = PROFILE

    def supports(self, setting: str) -> Support:
        """Take the temperature, and ignore seeds."""
        return "ignored" if setting == "seed" else setting == "temperature"

    def price(self) -> Price | None:
        """Return the price that is stated."""
        return self.stated

    async def call(self, sample: Sample) -> Completion:
        """Answer nothing; it is not asked."""
        raise NotImplementedError(sample.key)


GOOD = Completion(
    "complete",
    text="Blue.",
    stop_reason="stop",
    applied={"temperature": 0.5},
    served_model="m-1",
    usage=Usage(5, 2, cached_tokens=0, reasoning_tokens=0),
    latency_s=0.2,
    cost_usd=9e-6,
    logprobs=TokenLogprobs("model", ("Blue", "."), (-0.5, -math.inf), ((("Blue", -0.5),), ((".", -math.inf),))),
    sent={"temperature": 0.5},
)


def _check(completion: Completion, price: Price | None = STATED, **options: Any) -> None:
    provider = adopt(Pricing(stated=price), PROFILE)
    sample = SampleMaker(PROFILE)(PROMPTS["no system prompt"], {"temperature": 0.5}, position=0)
    check_completion(provider, sample, completion, **options)


@pytest.mark.parametrize(
    "completion",
    [
        GOOD,
        replace(GOOD, outcome="truncated"),
        Completion("complete", text=""),
        Completion("refusal", stop_reason="refusal", usage=Usage(5, 0)),
        Completion("error", error="no answer", applied={"temperature": 0.5}),
        Completion("unsupported", error="too long", usage=Usage(0, 0)),
    ],
    ids=["whole", "cut", "silent", "refused", "failed", "unsupported"],
)
def test_every_kind_of_completion_may_be_right(completion: Completion) -> None:
    """None stands for what is not known; an answer may be empty."""
    _check(completion)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"outcome": "done"}, "the outcome 'done', which is none of"),
        ({"text": None}, "text is NoneType"),
        ({"reasoning": None}, "reasoning is NoneType"),
        ({"outcome": "refusal"}, "outcome `refusal` has a text"),
        ({"outcome": "error", "text": ""}, "outcome `error` does not say in `error`"),
        ({"outcome": "unsupported", "text": "", "error": " "}, "outcome `unsupported` does not say in `error`"),
        ({"error": "a warning"}, "outcome `complete` has an `error`"),
        ({"applied": {"temprature": 1.0}}, "`applied` holds `temprature`, which is no setting"),
        ({"applied": {"top_p": 1.0}}, "`applied` holds `top_p`, which `supports` calls unsupported"),
        ({"applied": {"seed": 1}}, "`applied` holds `seed`, which `supports` calls ignored"),
        ({"applied": {"temperature": 1.0}}, "`temperature` as 1.0 where 0.5 was asked for"),
        ({"sent": {"top_p": 1.0}}, "`sent` holds `top_p`, which `supports` calls unsupported"),
        ({"sent": {"temperature": {0.5}}}, "`sent` is not plain data"),
        ({"usage": None}, "usage is NoneType"),
        ({"usage": Usage(5, -1)}, "`output_tokens` is -1"),
        ({"usage": Usage(0, 2)}, "`input_tokens` is 0 for a prompt"),
        ({"usage": Usage(5, 0)}, "`output_tokens` is 0 for an answer"),
        ({"usage": Usage(5, 2, cached_tokens=6)}, "`cached_tokens` is more than `input_tokens`"),
        ({"usage": Usage(5, 2, reasoning_tokens=3)}, "`reasoning_tokens` is more than `output_tokens`"),
        ({"latency_s": -0.1}, "`latency_s` is -0.1"),
        ({"first_byte_s": True}, "`first_byte_s` is True"),
        ({"cost_usd": math.inf}, "`cost_usd` is inf"),
        ({"cost_usd": 0.0}, "`cost_usd` is 0, while by `price` the tokens cost something"),
        ({"served_model": ""}, "`served_model` is ''"),
        ({"request_id": 7}, "`request_id` is 7"),
        ({"logprobs": TokenLogprobs("model", ("a", "b"), (-0.5,))}, "has 2 tokens and 1 numbers"),
        ({"logprobs": TokenLogprobs("model", ("a",), (-0.5,), ((), ()))}, "the likeliest of 2 steps"),
        ({"logprobs": TokenLogprobs("model", ("a",), (0.5,))}, "a number above 0"),
        ({"logprobs": TokenLogprobs("model", ("a",), (math.nan,))}, "holds NaN"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, dict) else "",  # pyright: ignore[reportUnknownArgumentType]
)
def test_every_rule_is_enforced(changes: dict[str, Any], complaint: str) -> None:
    """A good completion with one thing wrong is refused for that thing."""
    with pytest.raises(AssertionError) as raised:
        _check(replace(GOOD, **changes))
    assert complaint in str(raised.value)


def test_zero_is_a_price_only_where_it_is_known() -> None:
    """Of a model that costs nothing, and not of one of which nobody knows."""
    free = replace(GOOD, cost_usd=0.0)
    _check(free, FREE)
    with pytest.raises(AssertionError, match="no price is known"):
        _check(free, None)


def test_what_a_profile_adds_may_be_sent() -> None:
    """`extra` is the user's own word."""
    profile = replace(PROFILE, extra={"top_p": 0.5})
    sample = SampleMaker(profile)(PROMPTS["no system prompt"], {"temperature": 0.5}, position=0)
    check_completion(adopt(Pricing(STATED, profile), profile), sample, replace(GOOD, sent={"top_p": 0.5}))


def test_a_setting_that_is_added_must_be_named() -> None:
    """It was not asked for, so that a reader must know it from the documentation."""
    sample = SampleMaker(PROFILE)(PROMPTS["no system prompt"], {}, position=0)
    provider = adopt(Pricing(STATED), PROFILE)
    with pytest.raises(AssertionError, match="`adds` does not name"):
        check_completion(provider, sample, GOOD)
    check_completion(provider, sample, GOOD, adds=["temperature"])
