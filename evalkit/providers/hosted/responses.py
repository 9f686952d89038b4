"""OpenAI's Responses: the document that goes out, and the one that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.errors import CallError, TransientError
from evalkit.providers.hosted.adapter import Request, merged
from evalkit.providers.hosted.answers import list_in, maybe_list, maybe_text, missing, object_in, text_in
from evalkit.providers.hosted.chat import token_logprobs, token_usage
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.providers.hosted.answers import Answer
    from evalkit.types import Json, Outcome, Profile, Sample, TokenLogprobs

RESPONSES_WIRE_NAMES: Mapping[str, str] = {
    "temperature": "temperature",
    "top_p": "top_p",
    "max_tokens": "max_output_tokens",
    "reasoning_effort": "reasoning.effort",
    "logprobs": "top_logprobs",
}
_CUT_SHORT: Mapping[str, Outcome] = {"max_output_tokens": "truncated", "content_filter": "refusal"}


def responses_request(profile: Profile, sample: Sample, *, tag: bool, compatible: bool = False) -> Request:
    """Build the document of one sample; nothing is kept at the vendor's.

    Args:
        profile: The profile.
        sample: The sample.
        tag: Send the sample's key as the user.
        compatible: The server is not OpenAI's, and may stream unless it is told not to.
    """
    messages = sample.prompt.messages
    body: dict[str, Json] = {
        "model": profile.model,
        "input": [{"role": each.role, "content": each.content} for each in messages if each.role != "system"],
        "store": False,
    }
    instructions = "\n\n".join(each.content for each in messages if each.role == "system")
    if instructions.strip():
        body["instructions"] = instructions
    # What else there is the table of families has as unsupported, so that no such sample comes this far.
    applied = {name: value for name, value in sample.settings.items() if name in RESPONSES_WIRE_NAMES}
    for name, value in applied.items():
        if name == "reasoning_effort":
            body["reasoning"] = {"effort": value}
        else:
            body[RESPONSES_WIRE_NAMES[name]] = value
    if "logprobs" in applied:
        body["include"] = ["message.output_text.logprobs"]
    if compatible:
        body["stream"] = False
    if tag:
        body["user"] = sample.key
    return Request(merged(body, profile.extra), applied, {name: RESPONSES_WIRE_NAMES[name] for name in applied})


def responses_completion(request: Request, answer: Answer, client: str) -> Completion:
    """Read an answer.

    Raises:
        TransientError: It failed at the vendor's, or lacks its parts.
        CallError: It ended for a reason that is not known.
    """
    body = answer.body
    parts = [
        part
        for each in list_in(body, "output", "the answer")
        if each.get("type") == "message"
        for part in list_in(each, "content", "a message")
    ]
    outcome, stop_reason = _outcome(body)
    refusal = next((text_in(part, "refusal", "a refusal") for part in parts if part.get("type") == "refusal"), None)
    if refusal is not None:
        outcome, stop_reason = "refusal", f"refusal: {refusal}"
    texts = [part for part in parts if part.get("type") == "output_text"]
    text = "".join(text_in(part, "text", "the answer") for part in texts)
    if outcome == "complete" and not texts:
        raise missing("text")
    return Completion(
        outcome,
        text="" if outcome == "refusal" else text,
        stop_reason=stop_reason,
        applied=request.applied,
        served_model=maybe_text(body, "model"),
        usage=token_usage(object_in(body, "usage"), "input_tokens", "output_tokens"),
        logprobs=_logprobs(texts),
        reasoning=_reasoning(body),
        sent={name: value for name, value in request.body.items() if name not in ("input", "instructions")},
        request_id=answer.headers.get("x-request-id") or maybe_text(body, "id"),
        first_byte_s=answer.first_byte_s,
        client=client,
    )


def _outcome(body: Mapping[str, Any]) -> tuple[Outcome, str]:
    status = text_in(body, "status", "the answer")
    if status == "completed":
        return "complete", status
    if status == "incomplete":
        reason = text_in(object_in(body, "incomplete_details"), "reason", "an incomplete answer")
        outcome = _CUT_SHORT.get(reason)
        if outcome is None:
            raise CallError(f"the answer is incomplete for the reason `{reason}`, which is not known")
        return outcome, reason
    if status == "failed":
        error = object_in(body, "error")
        raise TransientError(f"the answer failed: {maybe_text(error, 'message') or 'no reason was given'}")
    raise CallError(f"the answer has the status `{status}`")


def _reasoning(body: Mapping[str, Any]) -> str:
    """Return what is shown of it: summaries, or of an open model the text itself."""
    shown = [
        part
        for each in list_in(body, "output", "the answer")
        if each.get("type") == "reasoning"
        for part in (maybe_list(each, "summary") or maybe_list(each, "content"))
    ]
    return "\n\n".join(maybe_text(part, "text") or "" for part in shown)


def _logprobs(texts: Sequence[Mapping[str, Any]]) -> TokenLogprobs | None:
    steps = [step for part in texts for step in maybe_list(part, "logprobs")]
    return token_logprobs(steps) if steps else None
