"""How samples, completions and verdicts are written as rows, and read back."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, cast

from evalkit.types import EMPTY, Completion, Condition, Message, Profile, TokenLogprobs, Usage
from evalkit.verdicts import Scored, Span, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.measured import RowKey
    from evalkit.types import AxisValue, Json, SettingValue

COMPLETION_COLUMNS = ", ".join(
    (
        "outcome",
        "text",
        "stop_reason",
        "error",
        "applied",
        "served_model",
        "input_tokens",
        "output_tokens",
        "latency_s",
        "cost_usd",
        "logprobs",
        "reasoning",
        "sent",
        "request_id",
        "first_byte_s",
        "client",
        "attempts",
        "cached_tokens",
        "cache_write_tokens",
        "reasoning_tokens",
    )
)

# Kept, because `json.dumps` with such arguments makes a new one at every call.
_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def to_json(value: Json) -> str:
    """Write plain data compactly; NaN is refused, lone surrogates survive as escapes."""
    return _ENCODER.encode(value)


def completion_row(completion: Completion) -> tuple[object, ...]:
    """Return the values of `COMPLETION_COLUMNS`."""
    logprobs = completion.logprobs
    return (
        completion.outcome,
        _storable(completion.text),
        _storable(completion.stop_reason),
        _storable(completion.error),
        to_json(dict(completion.applied)),
        _storable(completion.served_model),
        completion.usage.input_tokens,
        completion.usage.output_tokens,
        completion.latency_s,
        completion.cost_usd,
        None if logprobs is None else to_json(_plain_logprobs(logprobs)),
        _storable(completion.reasoning),
        to_json(dict(completion.sent)),
        _storable(completion.request_id),
        completion.first_byte_s,
        completion.client,
        completion.attempts,
        completion.usage.cached_tokens,
        completion.usage.cache_write_tokens,
        completion.usage.reasoning_tokens,
    )


def _storable(text: str | None) -> str | None:
    """Replace lone surrogates, which bytes of a model may decode to and SQLite's UTF-8 cannot hold."""
    return None if text is None else text.encode("utf-8", "replace").decode("utf-8")


def _plain_logprobs(logprobs: TokenLogprobs) -> Json:
    """Write null for the logarithm of probability 0, which JSON has no number for."""
    return [
        logprobs.distribution,
        logprobs.tokens,
        [None if value == -math.inf else value for value in logprobs.logprobs],
        [[(token, None if value == -math.inf else value) for token, value in step] for step in logprobs.top],
    ]


def read_completion(row: Sequence[Any]) -> Completion:
    """Build a completion from the values of `COMPLETION_COLUMNS`."""
    (
        outcome, text, stop_reason, error, applied, served, given, made, latency_s, cost_usd, logprobs,
        reasoning, sent, request_id, first_byte_s, client, attempts, cached, cache_write, reasoned,
    ) = row  # fmt: skip
    return Completion(
        outcome=outcome,
        text=text,
        stop_reason=stop_reason,
        error=error,
        applied=read_settings(applied),
        served_model=served,
        usage=Usage(given, made, cached, cache_write, reasoned),
        latency_s=latency_s,
        cost_usd=cost_usd,
        logprobs=None if logprobs is None else _read_logprobs(json.loads(logprobs)),
        reasoning=reasoning,
        sent=json.loads(sent),
        request_id=request_id,
        first_byte_s=first_byte_s,
        client=client,
        attempts=attempts,
    )


def _read_logprobs(plain: Json) -> TokenLogprobs:
    distribution, tokens, logprobs, top = plain
    steps = tuple(tuple((str(token), _logprob(value)) for token, value in step) for step in top)
    return TokenLogprobs(distribution, tuple(tokens), tuple(_logprob(value) for value in logprobs), steps)


def _logprob(value: float | None) -> float:
    return -math.inf if value is None else float(value)


def read_settings(text: str) -> Mapping[str, SettingValue]:
    """Read settings; lists come back as the tuples that they were."""
    plain: dict[str, Any] = json.loads(text)
    return {name: frozen(value) for name, value in plain.items()}


def frozen(value: Any) -> Any:  # noqa: ANN401 - a JSON scalar or list
    """Return lists as the tuples that they were."""
    return tuple(cast("list[str]", value)) if isinstance(value, list) else value


def condition_text(condition: Condition) -> str:
    """Write a condition with its axes in order."""
    return to_json(list(condition.values))


def read_condition(text: str) -> Condition:
    """Read what `condition_text` wrote."""
    values: list[tuple[str, AxisValue]] = [(axis, frozen(value)) for axis, value in json.loads(text)]
    return Condition(tuple(values))


def looks_text(settled: Sequence[frozenset[RowKey]]) -> str:
    """Write for each look the rows that were settled there."""
    return to_json([sorted([provider, condition_text(condition)] for provider, condition in rows) for rows in settled])


def read_looks(text: str) -> tuple[frozenset[RowKey], ...]:
    """Read what `looks_text` wrote."""
    return tuple(
        frozenset((provider, read_condition(condition)) for provider, condition in rows) for rows in json.loads(text)
    )


def messages_text(messages: Sequence[Message]) -> str:
    """Write messages in order."""
    return to_json([[message.role, message.content] for message in messages])


def read_messages(text: str) -> tuple[Message, ...]:
    """Read what `messages_text` wrote."""
    return tuple(Message(role, content) for role, content in json.loads(text))


def scored_text(scored: Scored) -> str:
    """Write verdicts with what they come to, and by which constraints they are where that is known."""
    by = [] if scored.constraints is None else [scored.constraints]
    return to_json([scored.adherence, scored.full_adherence, [_verdict_row(each) for each in scored.verdicts], *by])


def _verdict_row(verdict: Verdict) -> list[Json]:
    """Return what every verdict has, in order, and then by name what is not as usual."""
    spans = [[span.start, span.end] for span in verdict.spans]
    usual = Verdict("", None, None, "")
    more = {
        name: value
        for name in ("detail", "family", "source", "ifeval_id", "version", "applies")
        if (value := getattr(verdict, name)) != getattr(usual, name)
    }
    return [verdict.constraint, verdict.value, verdict.loose, verdict.reason, spans, *([more] if more else [])]


def read_scored(text: str) -> Scored:
    """Read what `scored_text` wrote."""
    adherence, full_adherence, verdicts, *by = json.loads(text)
    return Scored(tuple(_read_verdict(*row) for row in verdicts), adherence, full_adherence, *by)


def _read_verdict(  # noqa: PLR0917 - the columns of `_verdict_row`
    constraint: str,
    value: float | None,
    loose: float | None,
    reason: str,
    spans: list[tuple[int, int]],
    more: Mapping[str, Any] = EMPTY,
) -> Verdict:
    return Verdict(constraint, value, loose, reason, tuple(Span(start, end) for start, end in spans), **more)


def profile_json(profile: Profile) -> dict[str, Json]:
    """Return what a reader must know of a profile; it never holds a key."""
    return {
        "adapter": profile.adapter,
        "model": profile.model,
        "base_url": profile.base_url,
        "settings": dict(profile.settings),
        "options": dict(profile.options),
        "extra": dict(profile.extra),
        "supports": dict(profile.supports),
        "limits": dict(profile.limits),
        "timeout_s": profile.timeout_s,
        "price": dict(profile.price),
    }
