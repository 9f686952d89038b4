"""Calls, tokens, dollars and minutes of what is still to be asked, each as what is likely and what it is at most."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.generate.tokens import most_output_tokens, prompt_tokens
from evalkit.types import EMPTY, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.estimate.asked import Asked, Group
    from evalkit.providers.prices import Price
    from evalkit.store.history import Lengths

Brake: TypeAlias = Literal["pace", "requests_per_minute", "tokens_per_minute"]


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of something.

    Attributes:
        likely: With answers as long as earlier ones of the model; None when no earlier ones are known.
        most: With every answer as long as its limit allows.
    """

    likely: float | None
    most: float


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a provider's model before it is asked.

    Attributes:
        price: None when nobody knows.
        limits: The profile's.
        counts: Tokens of prompts by digest, as far as the vendor has counted them.
        lengths: How long earlier answers were; None when there are none.
        pace: Completions a second of the last run; None when there was none.
        batch: The calls go through the vendor's batch API.
    """

    price: Price | None
    limits: Mapping[str, float] = field(default_factory=lambda: EMPTY)
    counts: Mapping[str, int] = field(default_factory=lambda: EMPTY)
    lengths: Lengths | None = None
    pace: float | None = None
    batch: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """What one provider's part of a sweep will take.

    Attributes:
        calls: Calls to make, the replies of live conversations included.
        prompts: Different prompts among them.
        counted: How many of these the vendor has counted; the others are taken from their bytes, and scaled by what the
            counted ones show.
        input_tokens: Of all prompts.
        output_tokens: Of all answers.
        unlimited: True when `max_tokens` is not set, so that the limit on an answer is assumed.
        cost_usd: None when the price is not known.
        seconds: None when nothing is known of the time.
        brake: What decides the time: the pace of the last run, or a limit of the profile.
        at_least: True when only a limit is known and the pace is not, so that it may take longer.
    """

    calls: int
    prompts: int
    counted: int
    input_tokens: Amount
    output_tokens: Amount
    unlimited: bool
    cost_usd: Amount | None
    seconds: float | None
    brake: Brake | None
    at_least: bool


def forecast(asked: Asked, known: Known) -> Forecast:
    """Work out what is still to be asked will take.

    What a vendor's prompt cache saves or adds is left out, and so are calls that fail and are asked again.
    """
    fixed = _fixed_tokens(asked.groups, known.counts)
    given = [_given(group, tokens, known.lengths) for group, tokens in zip(asked.groups, fixed, strict=True)]
    made = [_made(group, known.lengths) for group in asked.groups]
    input_tokens, output_tokens = _added(asked.groups, given), _added(asked.groups, made)
    seconds, brake, at_least = _time(asked.calls, input_tokens, output_tokens, known)
    prompts = {group.sample.prompt.digest for group in asked.groups}
    return Forecast(
        calls=asked.calls,
        prompts=len(prompts),
        counted=len(prompts & known.counts.keys()),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        unlimited=any("max_tokens" not in group.sample.settings for group in asked.groups),
        cost_usd=_cost(asked.groups, given, made, known),
        seconds=seconds,
        brake=brake,
        at_least=at_least,
    )


def _fixed_tokens(groups: Sequence[Group], counts: Mapping[str, int]) -> list[float]:
    """Return the tokens of each group's messages, replies that are still to be drawn left out."""
    guesses = {group.sample.prompt.digest: prompt_tokens(group.sample.prompt) for group in groups}
    counted = guesses.keys() & counts.keys()
    scale = sum(counts[digest] for digest in counted) / max(1, sum(guesses[digest] for digest in counted))
    return [
        float(counts[digest]) if (digest := group.sample.prompt.digest) in counts
        else guesses[digest] * (scale if counted else 1.0)
        for group in groups
    ]  # fmt: skip


def _given(group: Group, fixed: float, lengths: Lengths | None) -> Amount:
    """Return the tokens of one prompt of a group."""
    if group.quoted is not None:
        likely = None if group.quoted.likely is None else fixed + group.quoted.likely
        return Amount(likely, fixed + group.quoted.most)
    if not group.replies:
        return Amount(fixed, fixed)
    reply = _made(group, lengths)
    likely = None if reply.likely is None else fixed + group.replies * reply.likely
    return Amount(likely, fixed + group.replies * reply.most)


def _made(group: Group, lengths: Lengths | None) -> Amount:
    """Return the tokens of one answer of a group."""
    most = float(most_output_tokens(group.sample))
    return Amount(None if lengths is None else min(lengths.mean_tokens, most), most)


def _added(groups: Sequence[Group], each: Sequence[Amount]) -> Amount:
    pairs = list(zip(groups, each, strict=True))
    likely = [group.calls * amount.likely for group, amount in pairs if amount.likely is not None]
    return Amount(
        fsum(likely) if len(likely) == len(pairs) else None, fsum(group.calls * amount.most for group, amount in pairs)
    )


def _cost(groups: Sequence[Group], given: Sequence[Amount], made: Sequence[Amount], known: Known) -> Amount | None:
    """Price each call by itself, for prices may rise with the length of the prompt."""
    price = known.price
    if price is None:
        return None
    amounts: list[Amount] = []
    for prompt, answer in zip(given, made, strict=True):
        most = price.cost(Usage(round(prompt.most), round(answer.most)), batch=known.batch)
        if most is None:
            return None
        likely = 0.0 if most == 0 else None  # what is free at most is free
        if prompt.likely is not None and answer.likely is not None:
            likely = price.cost(Usage(round(prompt.likely), round(answer.likely)), batch=known.batch)
        amounts.append(Amount(likely, most))
    return _added(groups, amounts)


def _time(
    calls: int, input_tokens: Amount, output_tokens: Amount, known: Known
) -> tuple[float | None, Brake | None, bool]:
    """Return the longest of what the pace and each limit ask for, which of them it is, and whether it is a least."""
    if known.batch:
        return None, None, False  # the vendor takes the time that it likes
    given = input_tokens.most if input_tokens.likely is None else input_tokens.likely
    made = output_tokens.most if output_tokens.likely is None else output_tokens.likely
    speeds: tuple[tuple[Brake, float, float | None], ...] = (
        ("pace", calls, known.pace),
        ("requests_per_minute", calls, _a_second(known.limits.get("requests_per_minute"))),
        ("tokens_per_minute", given + made, _a_second(known.limits.get("tokens_per_minute"))),
    )
    times: list[tuple[float, Brake]] = [(amount / speed, brake) for brake, amount, speed in speeds if speed]
    if not times:
        return None, None, False
    seconds, brake = max(times)
    return seconds, brake, known.pace is None


def _a_second(a_minute: float | None) -> float | None:
    return None if a_minute is None else a_minute / 60


@dataclass(frozen=True, slots=True)
class Total:
    """What all providers of a sweep will take; they are asked side by side.

    Attributes:
        cost_usd: Of those whose price is known.
        unpriced: Names of those whose price is not.
        seconds: Of the slowest; None when one is not known.
        at_least: True when one may take longer.
    """

    calls: int
    cost_usd: Amount
    unpriced: tuple[str, ...]
    seconds: float | None
    at_least: bool


def total(forecasts: Mapping[str, Forecast]) -> Total:
    """Add up the forecasts of providers; one without calls is not missed."""
    asked = {name: each for name, each in forecasts.items() if each.calls}
    costs = [each.cost_usd for each in asked.values() if each.cost_usd is not None]
    times = [each.seconds for each in asked.values()]
    known_times = [seconds for seconds in times if seconds is not None]
    return Total(
        calls=sum(each.calls for each in asked.values()),
        cost_usd=Amount(_sum_or_none(cost.likely for cost in costs), fsum(cost.most for cost in costs)),
        unpriced=tuple(name for name, each in asked.items() if each.cost_usd is None),
        seconds=max(known_times, default=0.0) if len(known_times) == len(times) else None,
        at_least=any(each.at_least for each in asked.values()),
    )


def _sum_or_none(amounts: Iterable[float | None]) -> float | None:
    known = list(amounts)
    return None if None in known else fsum(amount for amount in known if amount is not None)
