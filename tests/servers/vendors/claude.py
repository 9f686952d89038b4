"""Anthropic's Messages, as strict as the real one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from vendors import rules
from vendors.asked import Asked, RefusedError, objects, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vendors.asked import Body, Reply

VERSIONS = ("2023-06-01", "2026-10-21")
FIELDS = {
    "model", "messages", "max_tokens", "system", "metadata", "stop_sequences", "stream", "temperature", "top_p",
    "top_k", "thinking", "output_config", "tools", "tool_choice", "service_tier", "cache_control", "container",
    "context_management", "diagnostics", "inference_geo",
}  # fmt: skip
COUNT_FIELDS = {"model", "messages", "system", "thinking", "tools", "tool_choice", "output_config", "cache_control"}
CACHE_MINIMUM = 512


def check(body: Body, headers: Mapping[str, str], fields: set[str]) -> None:
    """Refuse what the API refuses before it looks at the model's rules."""
    version = headers.get("anthropic-version")
    if version not in VERSIONS:
        raise RefusedError(f"anthropic-version: {version!r} is not a valid version")
    for name in body:
        if name not in fields:
            raise RefusedError(f"{name}: Extra inputs are not permitted")
    model = body.get("model")
    if not isinstance(model, str) or not rules.like(model, rules.CLAUDE_MODELS):
        raise RefusedError(f"model: {model}", status=404)
    _check_messages(body, model)
    if fields is FIELDS:
        if not isinstance(body.get("max_tokens"), int):
            raise RefusedError("max_tokens: Field required")
        stops: Any = body.get("stop_sequences", [])
        if not isinstance(stops, list) or not all(isinstance(each, str) for each in cast("list[object]", stops)):
            raise RefusedError("stop_sequences: Input should be a valid list")
        rules.check_claude(model, version, body)


def _check_messages(body: Body, model: str) -> None:
    system: Any = body.get("system")
    if "system" in body and not _blocks_text(system).strip():
        raise RefusedError("system: text content blocks must contain non-whitespace text")
    messages = objects(body.get("messages"))
    if not messages:
        raise RefusedError("messages: at least one message is required")
    for message in messages:
        if message.get("role") not in ("user", "assistant"):
            raise RefusedError(f"messages: Unexpected role {message.get('role')!r}")
        if not _blocks_text(message.get("content")).strip():
            raise RefusedError("messages: text content blocks must be non-empty")
    if messages[-1]["role"] == "assistant" and not rules.like(model, rules.CLAUDE_PREFILL):
        raise RefusedError(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )


def _blocks_text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(str(block.get("text", "")) for block in objects(content))


def asked(body: Body, path: str, number: int) -> Asked:
    """Bring a request into the common form."""
    return Asked(
        "claude",
        body["model"],
        tuple((each["role"], _blocks_text(each["content"])) for each in body["messages"]),
        _blocks_text(body["system"]) if "system" in body else None,
        {name: value for name, value in body.items() if name not in ("model", "messages", "system")},
        number,
        path,
    )


def prompt_words(body: Body) -> int:
    """Count the words of a prompt, which stand for its tokens."""
    turns = sum(words(_blocks_text(each["content"])) for each in body["messages"])
    return turns + words(_blocks_text(body.get("system")))


def message(request: Asked, reply: Reply, prompt: int, *, cached: bool) -> dict[str, Any]:
    """Write an answer."""
    content: list[dict[str, Any]] = []
    if reply.reasoning:
        content.append({"type": "thinking", "thinking": reply.reasoning, "signature": "c2ln"})
    if reply.ending not in ("refused", "filtered", "blocked"):
        content.append({"type": "text", "text": reply.text})
    refused = reply.ending in ("refused", "filtered", "blocked")
    marked = "cache_control" in request.settings and prompt >= CACHE_MINIMUM
    thought = words(reply.reasoning)
    usage = {
        "input_tokens": 0 if marked else prompt,
        "cache_creation_input_tokens": prompt if marked and not cached else 0,
        "cache_read_input_tokens": prompt if marked and cached else 0,
        "output_tokens": words(reply.text) + thought,
        "output_tokens_details": {"thinking_tokens": thought},
        "service_tier": "standard",
    }
    return {
        "id": f"msg_{request.number:06}",
        "type": "message",
        "role": "assistant",
        "model": reply.served or request.model,
        "content": content,
        "stop_reason": "refusal" if refused else {"stop": "end_turn", "length": "max_tokens"}[reply.ending],
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": "cyber"} if refused else None,
        "usage": dict(reply.usage or usage),
        **reply.changes,
    }
