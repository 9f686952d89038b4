"""Chat Completions: the document that goes out, and the one that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.errors import CallError
from evalkit.providers.hosted.adapter import Request, merged
from evalkit.providers.hosted.answers import count_in, list_in, maybe_list, maybe_text, missing, object_in, text_in
from evalkit.settings import SETTINGS
from evalkit.types import Completion, TokenLogprobs, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.providers.hosted.answers import Answer
    from evalkit.types import Json, Outcome, Profile, Sample

SEED_BITS = 31
"""Seeds are sent modulo 2 to this power, which every vendor takes."""
_OUTCOMES: Mapping[str, Outcome] = {
    "stop": "complete",
    "tool_calls": "complete",
    "length": "truncated",
    "content_filter": "refusal",
}


def chat_request(profile: Profile, sample: Sample, *, tag: bool, compatible: bool) -> Request:
    """Build the document of one sample.

    Args:
        profile: The profile.
        sample: The sample.
        tag: Send the sample's key as the user.
        compatible: The server is not OpenAI's, and may know `max_tokens` alone.
    """
    body: dict[str, Json] = {
        "model": profile.model,
        "messages": [
            {"role": each.role, "content": each.content}
            for each in sample.prompt.messages
            # To OpenAI a blank system message is none. In the template of a compatible server it may stand for
            # something: that there is none of the template's own.
            if compatible or each.role != "system" or each.content.strip()
        ],
    }
    names = chat_wire_names(compatible=compatible)
    applied = dict(sample.settings)
    for name, value in sample.settings.items():
        if name == "stop":
            body["stop"] = list(value) if isinstance(value, tuple) else [value]
        elif name == "seed":
            body["seed"] = applied["seed"] = sample.seed % 2**SEED_BITS
        elif name == "logprobs":
            body["logprobs"] = True
            if value:
                body["top_logprobs"] = value
        else:
            body[names[name]] = value
    if tag:
        body["user"] = sample.key
    return Request(merged(body, profile.extra), applied, {name: names[name] for name in applied})


def chat_wire_names(*, compatible: bool) -> dict[str, str]:
    """Return each setting with the name that it has in the document; one that the API lacks keeps its own."""
    names = {name: name for name in SETTINGS}
    return names if compatible else {**names, "max_tokens": "max_completion_tokens"}


def chat_completion(request: Request, answer: Answer, client: str) -> Completion:
    """Read an answer.

    Raises:
        TransientError: It lacks a choice, a text or the reason why it ended.
        CallError: It ended for a reason that is not known.
    """
    body = answer.body
    choices = list_in(body, "choices", "the answer")
    if not choices:
        raise missing("choice")
    choice = choices[0]
    message = object_in(choice, "message")
    if not message:
        raise missing("message")
    finish_reason = text_in(choice, "finish_reason", "the answer")
    refusal = maybe_text(message, "refusal")
    outcome = "refusal" if refusal else _OUTCOMES.get(finish_reason)
    if outcome is None:
        raise CallError(f"the answer ended with `{finish_reason}`, which is not known")
    text = maybe_text(message, "content")
    if text is None and outcome == "complete" and finish_reason == "stop":
        raise missing("text")
    return Completion(
        outcome,
        text="" if outcome == "refusal" else text or "",
        stop_reason=f"{finish_reason}: {refusal}" if refusal else finish_reason,
        applied=request.applied,
        served_model=maybe_text(body, "model"),
        usage=token_usage(object_in(body, "usage"), "prompt_tokens", "completion_tokens"),
        logprobs=_logprobs(object_in(choice, "logprobs")),
        reasoning=maybe_text(message, "reasoning_content") or maybe_text(message, "reasoning") or "",
        sent={name: value for name, value in request.body.items() if name != "messages"},
        request_id=answer.headers.get("x-request-id") or maybe_text(body, "id"),
        first_byte_s=answer.first_byte_s,
        client=client,
    )


def token_usage(usage: Mapping[str, Any], given: str, made: str) -> Usage:
    """Read what OpenAI's APIs say of tokens, under the names that the prompt's and the answer's have there."""
    details = object_in(usage, f"{given}_details")
    return Usage(
        input_tokens=count_in(usage, given),
        output_tokens=count_in(usage, made),
        cached_tokens=count_in(details, "cached_tokens"),
        cache_write_tokens=count_in(details, "cache_write_tokens"),
        reasoning_tokens=count_in(object_in(usage, f"{made}_details"), "reasoning_tokens"),
    )


def _logprobs(logprobs: Mapping[str, Any]) -> TokenLogprobs | None:
    steps = maybe_list(logprobs, "content")
    return token_logprobs(steps) if steps else None


def token_logprobs(steps: Sequence[Mapping[str, Any]]) -> TokenLogprobs:
    """Read log-probabilities as OpenAI gives them, of the model's own distribution.

    Raises:
        TransientError: A step has no token or no number.
    """
    return TokenLogprobs(
        distribution="model",
        tokens=tuple(text_in(step, "token", "a step of the log-probabilities") for step in steps),
        logprobs=tuple(_number_in(step) for step in steps),
        top=tuple(
            tuple(
                (text_in(each, "token", "a step of the log-probabilities"), _number_in(each))
                for each in maybe_list(step, "top_logprobs")
            )
            for step in steps
        )
        if any(step.get("top_logprobs") for step in steps)
        else (),
    )


def _number_in(step: Mapping[str, Any]) -> float:
    value: object = step.get("logprob")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise missing("`logprob` in a step of the log-probabilities")
    return float(value)
