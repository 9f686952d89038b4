"""OpenAI's Chat Completions and Responses, as strict as the real ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from vendors import rules
from vendors.asked import Asked, RefusedError, objects, words

if TYPE_CHECKING:
    from vendors.asked import Body, Reply

CHAT_FIELDS = {
    "model", "messages", "temperature", "top_p", "n", "seed", "stop", "frequency_penalty", "presence_penalty",
    "logit_bias", "logprobs", "top_logprobs", "max_tokens", "max_completion_tokens", "reasoning_effort", "verbosity",
    "store", "service_tier", "user", "metadata", "stream", "stream_options", "response_format", "tools",
    "tool_choice", "parallel_tool_calls", "prompt_cache_key", "prompt_cache_options", "safety_identifier",
    "modalities", "prediction",
}  # fmt: skip
RESPONSES_FIELDS = {
    "model", "input", "instructions", "temperature", "top_p", "top_logprobs", "max_output_tokens", "reasoning", "text",
    "store", "include", "metadata", "user", "stream", "tools", "tool_choice", "parallel_tool_calls", "truncation",
    "previous_response_id", "service_tier", "background", "background_options", "prompt_cache_key", "safety_identifier",
}  # fmt: skip
COUNT_FIELDS = {"model", "input", "instructions", "tools", "text", "reasoning", "truncation"}
CACHE_MINIMUM = 1024


def check(body: Body, fields: set[str]) -> None:
    """Refuse what the API refuses."""
    for name in body:
        if name not in fields:
            raise RefusedError(f"Unknown parameter: '{name}'.", parameter=name, code="unknown_parameter")
    model: Any = body.get("model")
    if not isinstance(model, str) or not rules.like(model, rules.OPENAI_MODELS):
        message = f"The model `{model}` does not exist or you do not have access to it."
        raise RefusedError(message, status=404, code="model_not_found")
    if fields is not COUNT_FIELDS:
        rules.check_openai(model, body)
    if fields is CHAT_FIELDS:
        _check_chat(body)
    elif not body.get("input"):
        raise RefusedError("Missing required parameter: 'input'.", parameter="input", code="missing_required_parameter")
    elif "top_logprobs" in body:
        rules.number_in(body, "top_logprobs", 0, 20)


def _check_chat(body: Body) -> None:
    messages = objects(body.get("messages"))
    if not messages:
        raise RefusedError("Missing required parameter: 'messages'.", parameter="messages")
    roles = {str(message.get("role")) for message in messages}
    if not roles <= {"system", "developer", "user", "assistant", "tool"} or {"system", "developer"} <= roles:
        raise RefusedError(f"Invalid value for 'messages[].role': {sorted(roles)}", parameter="messages")
    if any(not isinstance(message.get("content"), str) for message in messages):
        raise RefusedError("Invalid type for 'messages[].content'", parameter="messages")
    stop: Any = body.get("stop")
    if stop is not None and not isinstance(stop, str) and len(stop) > 4:
        raise RefusedError("Invalid 'stop': array too long. Expected at most 4.", parameter="stop")
    if "top_logprobs" in body:
        if not body.get("logprobs"):
            raise RefusedError("'top_logprobs' needs 'logprobs' to be true.", parameter="top_logprobs")
        rules.number_in(body, "top_logprobs", 0, 20)
    for name in ("frequency_penalty", "presence_penalty"):
        rules.number_in(body, name, -2, 2)


def asked(body: Body, path: str, number: int) -> Asked:
    """Bring a request into the common form."""
    turns: list[dict[str, Any]] = body.get("messages") or body["input"]
    if isinstance(turns, str):
        turns = [{"role": "user", "content": turns}]
    systems = [each["content"] for each in turns if each["role"] in ("system", "developer")]
    if body.get("instructions"):
        systems.append(body["instructions"])
    return Asked(
        "openai",
        body["model"],
        tuple((each["role"], each["content"]) for each in turns if each["role"] in ("user", "assistant")),
        "\n\n".join(systems) if systems else None,
        {key: value for key, value in body.items() if key not in ("model", "messages", "input", "instructions")},
        number,
        path,
    )


def prompt_words(request: Asked) -> int:
    """Count the words of a prompt, which stand for its tokens."""
    return sum(words(text) for _, text in request.messages) + words(request.system or "")


def _snapshot(model: str) -> str:
    return model if model[-1].isdigit() and model.count("-") > 3 else f"{model}-2026-04-14"


def chat(request: Asked, reply: Reply, *, cached: bool) -> dict[str, Any]:
    """Write an answer of Chat Completions."""
    prompt, thought = prompt_words(request), words(reply.reasoning)
    refused = reply.ending == "refused"
    message = {
        "role": "assistant",
        "content": None if reply.ending in ("refused", "filtered", "blocked") else reply.text,
        "refusal": reply.text or "I cannot help with that." if refused else None,
    }
    wanted = request.settings.get("top_logprobs", 0)
    logprobs = None
    if request.settings.get("logprobs") and reply.logprobs:
        logprobs = {"content": _steps(reply, wanted), "refusal": None}
    finish = {"stop": "stop", "length": "length", "refused": "stop"}.get(reply.ending, "content_filter")
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": words(reply.text) + thought,
        "total_tokens": prompt + words(reply.text) + thought,
        "prompt_tokens_details": {"cached_tokens": prompt if cached and prompt >= CACHE_MINIMUM else 0},
        "completion_tokens_details": {"reasoning_tokens": thought},
    }
    return {
        "id": f"chatcmpl-{request.number:06}",
        "object": "chat.completion",
        "created": 1795000000,
        "model": reply.served or _snapshot(request.model),
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": logprobs}],
        "usage": dict(reply.usage or usage),
        "system_fingerprint": "fp_fake",
        **reply.changes,
    }


def _steps(reply: Reply, wanted: int) -> list[dict[str, Any]]:
    return [
        {
            "token": token,
            "logprob": logprob,
            "bytes": list(token.encode()),
            "top_logprobs": [{"token": other, "logprob": value} for other, value in top[:wanted]],
        }
        for token, logprob, top in reply.logprobs
    ]


def response(request: Asked, reply: Reply, *, cached: bool) -> dict[str, Any]:
    """Write an answer of Responses."""
    prompt, thought = prompt_words(request), words(reply.reasoning)
    output: list[dict[str, Any]] = []
    if reply.reasoning:
        summary = [{"type": "summary_text", "text": reply.reasoning}]
        output.append({"id": "rs_1", "type": "reasoning", "summary": summary})
    included = "message.output_text.logprobs" in request.settings.get("include", [])
    steps = _steps(reply, request.settings.get("top_logprobs", 0)) if included else []
    part: dict[str, Any] = {"type": "output_text", "text": reply.text, "annotations": [], "logprobs": steps}
    if reply.ending == "refused":
        part = {"type": "refusal", "refusal": reply.text or "I cannot help with that."}
    if reply.ending not in ("filtered", "blocked"):
        output.append({"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]})
    reason = {"length": "max_output_tokens", "filtered": "content_filter", "blocked": "content_filter"}.get(
        reply.ending
    )
    usage = {
        "input_tokens": prompt,
        "input_tokens_details": {"cached_tokens": prompt if cached and prompt >= CACHE_MINIMUM else 0},
        "output_tokens": words(reply.text) + thought,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": prompt + words(reply.text) + thought,
    }
    return {
        "id": f"resp_{request.number:06}",
        "object": "response",
        "created_at": 1795000000,
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "error": None,
        "model": reply.served or _snapshot(request.model),
        "output": output,
        "usage": dict(reply.usage or usage),
        **reply.changes,
    }


def lines(content: bytes) -> list[dict[str, Any]]:
    """Read a file of JSON lines."""
    return [json.loads(line) for line in content.splitlines() if line.strip()]
