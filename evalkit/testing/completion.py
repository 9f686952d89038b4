"""What one completion must keep to, whatever the adapter."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from evalkit.settings import SETTINGS
from evalkit.support import knob_of
from evalkit.types import OUTCOMES, Usage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from evalkit.protocols import Provider
    from evalkit.types import Completion, Sample


def check_completion(provider: Provider, sample: Sample, completion: Completion, *, adds: Collection[str] = ()) -> None:
    """Hold one completion to the rules.

    Args:
        provider: Which gave it.
        sample: Which it answers.
        completion: It.
        adds: Settings that the adapter applies unasked, as its documentation says.

    Raises:
        AssertionError: A rule is broken; the message says which.
    """
    broken = chain(
        _outcome(completion),
        _applied(provider, sample, completion, adds),
        _numbers(completion),
        _cost(provider, completion),
        _logprobs(completion),
        _form(completion),
    )
    first = next(broken, None)
    if first is not None:
        raise AssertionError(first)


def _outcome(completion: Completion) -> Iterator[str]:
    """Text goes with an answer, and an error with what is none."""
    outcome: object = completion.outcome
    if outcome not in OUTCOMES:
        yield f"a completion has the outcome {outcome!r}, which is none of {', '.join(OUTCOMES)}"
    text = cast("object", completion.text)
    if not isinstance(text, str):
        yield f"a completion's text is {_kind(text)}; it is a text, and empty where there is no answer"
    if not isinstance(cast("object", completion.reasoning), str):
        yield f"a completion's reasoning is {_kind(completion.reasoning)}; it is a text, and empty where there is none"
    if text and not completion.scored:
        yield f"a completion with the outcome `{outcome}` has a text; only `complete` and `truncated` ones do"
    failed = outcome in ("error", "unsupported")
    if failed and not (isinstance(completion.error, str) and completion.error.strip()):
        yield f"a completion with the outcome `{outcome}` does not say in `error` what went wrong"
    if not failed and completion.error is not None:
        yield f"a completion with the outcome `{outcome}` has an `error`; only `error` and `unsupported` ones do"


def _applied(provider: Provider, sample: Sample, completion: Completion, adds: Collection[str]) -> Iterator[str]:
    """What is called applied was asked for, or is known to be added, and is nothing that the model does not take."""
    for name, value in completion.applied.items():
        if name not in SETTINGS:
            yield f"`applied` holds `{name}`, which is no setting of evalkit"
            continue
        state = knob_of(provider, name).state
        if state in ("unsupported", "ignored"):
            yield f"`applied` holds `{name}`, which `supports` calls {state}"
        if name not in sample.settings and name not in adds:
            yield f"`applied` holds `{name}`, which nobody asked for and `adds` does not name"
        asked = sample.settings.get(name, value)
        if value != asked and name != "seed":  # of which each sample has its own, made from the one asked for
            yield f"`applied` has `{name}` as {value!r} where {asked!r} was asked for; a setting is never changed"
    for name in SETTINGS:
        if name not in completion.sent or name in provider.profile.extra:
            continue
        if knob_of(provider, name).state == "unsupported":
            yield f"`sent` holds `{name}`, which `supports` calls unsupported"


def _numbers(completion: Completion) -> Iterator[str]:
    """None is what is not known; a number was measured."""
    usage = cast("object", completion.usage)
    if not isinstance(usage, Usage):
        yield f"a completion's usage is {_kind(usage)}, not a Usage"
        return
    for each in fields(usage):
        tokens: object = getattr(usage, each.name)
        if tokens is not None and (isinstance(tokens, bool) or not isinstance(tokens, int) or tokens < 0):
            yield f"`{each.name}` is {tokens!r}; it is a whole number from 0 upwards, or None where it is not known"
    for name in ("latency_s", "first_byte_s", "cost_usd"):
        number: object = getattr(completion, name)
        if number is None:
            continue
        if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number < math.inf:
            yield f"`{name}` is {number!r}; it is a number from 0 upwards, or None where it is not known"
    if completion.scored and usage.input_tokens == 0:
        yield "`input_tokens` is 0 for a prompt that has words; None is what is not known"
    if completion.text.strip() and usage.output_tokens == 0:
        yield "`output_tokens` is 0 for an answer that has words; None is what is not known"
    if _more(usage.cached_tokens, usage.input_tokens):
        yield "`cached_tokens` is more than `input_tokens`, which holds the whole prompt"
    if _more(usage.reasoning_tokens, usage.output_tokens):
        yield "`reasoning_tokens` is more than `output_tokens`, which holds all that was generated"


def _more(part: int | None, whole: int | None) -> bool:
    return part is not None and whole is not None and part > whole


def _cost(provider: Provider, completion: Completion) -> Iterator[str]:
    """0 is a price, so that it must be the price."""
    if completion.cost_usd != 0:
        return
    price = provider.price()
    if price is None:
        yield "`cost_usd` is 0, while `price` says that no price is known; None is what is not known"
    elif price.cost(completion.usage):
        yield "`cost_usd` is 0, while by `price` the tokens cost something"


def _logprobs(completion: Completion) -> Iterator[str]:
    found = completion.logprobs
    if found is None:
        return
    if len(found.tokens) != len(found.logprobs):
        yield f"`logprobs` has {len(found.tokens)} tokens and {len(found.logprobs)} numbers; each token has one"
    if found.top and len(found.top) != len(found.tokens):
        yield f"`logprobs` has {len(found.tokens)} tokens and the likeliest of {len(found.top)} steps"
    numbers = [*found.logprobs, *(number for step in found.top for _, number in step)]
    if any(number > 0 for number in numbers):  # minus infinity is a probability of 0; NaN would be seen as JSON
        yield "`logprobs` holds a number above 0, which is the logarithm of no probability"
    if any(math.isnan(number) for number in numbers):
        yield "`logprobs` holds NaN, which is no number"


def _form(completion: Completion) -> Iterator[str]:
    """What stands for the call is text or None, and what was sent is plain data."""
    for name in ("stop_reason", "served_model", "request_id", "client"):
        value: object = getattr(completion, name)
        if value is not None and not (isinstance(value, str) and value):
            yield f"`{name}` is {value!r}; it is a text, or None where there is none"
    try:
        json.dumps(cast("Any", dict(completion.sent)))
    except (TypeError, ValueError) as error:
        yield f"`sent` is not plain data: {error}"


def _kind(value: object) -> str:
    return type(value).__name__
