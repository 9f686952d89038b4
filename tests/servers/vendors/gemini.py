"""Gemini's generateContent, as strict as the real one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from vendors import rules
from vendors.asked import Asked, RefusedError, words

if TYPE_CHECKING:
    from vendors.asked import Body, Reply

FIELDS = {
    "contents", "systemInstruction", "generationConfig", "safetySettings", "tools", "toolConfig", "cachedContent",
    "model", "labels", "serviceTier", "store",
}  # fmt: skip
CONFIG_FIELDS = {
    "temperature", "topP", "topK", "candidateCount", "maxOutputTokens", "stopSequences", "seed", "responseLogprobs",
    "logprobs", "presencePenalty", "frequencyPenalty", "thinkingConfig", "responseMimeType", "responseSchema",
    "responseJsonSchema", "responseModalities", "mediaResolution", "speechConfig",
}  # fmt: skip
CACHE_MINIMUM = 4096


def check(model: str, version: str, body: Body, *, counting: bool = False) -> None:
    """Refuse what the API refuses."""
    if not rules.like(model, rules.GEMINI_MODELS):
        raise RefusedError(
            f"models/{model} is not found for API version {version}, or is not supported for generateContent.",
            status=404,
        )
    fields = FIELDS | {"generateContentRequest"} if counting else FIELDS
    for name in body:
        if name not in fields:
            raise RefusedError(f'Invalid JSON payload received. Unknown name "{name}": Cannot find field.')
    config: Any = canonical(body.get("generationConfig") or {})
    for name in config:
        if name not in CONFIG_FIELDS:
            place = "at 'generation_config'"
            raise RefusedError(f'Invalid JSON payload received. Unknown name "{name}" {place}: Cannot find field.')
    contents: Any = body.get("contents")
    if not contents:
        raise RefusedError("* GenerateContentRequest.contents: contents is not specified")
    if any(content.get("role") not in ("user", "model") for content in contents):
        raise RefusedError("Please use a valid role: user, model.")
    if contents[-1]["role"] == "model" and rules.like(model, rules.GEMINI_IGNORES):
        raise RefusedError("Requests ending with a model turn are not supported.")
    system = body.get("systemInstruction")
    if system is not None and not _text(system).strip():
        raise RefusedError("* GenerateContentRequest.system_instruction: empty text parameter")
    rules.check_gemini(model, version, config)


def canonical(plain: Any) -> Any:
    """Write names as the API documents them; it takes them with underlines too, and the library mixes both."""
    if isinstance(plain, list):
        return [canonical(each) for each in cast("list[object]", plain)]
    if not isinstance(plain, dict):
        return plain
    named = cast("Body", plain)
    return {re.sub(r"_([a-z])", lambda found: found[1].upper(), name): canonical(named[name]) for name in named}


def _text(content: Any) -> str:
    return "".join(str(part.get("text", "")) for part in content.get("parts", []))


def asked(model: str, body: Body, path: str, number: int) -> Asked:
    """Bring a request into the common form."""
    return Asked(
        "gemini",
        model,
        tuple(("assistant" if each["role"] == "model" else "user", _text(each)) for each in body["contents"]),
        _text(body["systemInstruction"]) if "systemInstruction" in body else None,
        canonical(body.get("generationConfig") or {}),
        number,
        path,
    )


def prompt_words(request: Asked) -> int:
    """Count the words of a prompt, which stand for its tokens."""
    return sum(words(text) for _, text in request.messages) + words(request.system or "")


def answer(request: Asked, reply: Reply, *, cached: bool) -> dict[str, Any]:
    """Write an answer."""
    prompt, thought = prompt_words(request), words(reply.reasoning)
    usage: dict[str, Any] = {
        "promptTokenCount": prompt,
        "candidatesTokenCount": words(reply.text),
        "totalTokenCount": prompt + words(reply.text) + thought,
    }
    if thought:
        usage["thoughtsTokenCount"] = thought
    if cached and prompt >= CACHE_MINIMUM:
        usage["cachedContentTokenCount"] = prompt
    body: dict[str, Any] = {
        "usageMetadata": dict(reply.usage or usage),
        "modelVersion": reply.served or request.model,
        "responseId": f"gem{request.number:06}",
    }
    if reply.ending == "blocked":
        return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, **body, **reply.changes}
    finish = {"stop": "STOP", "length": "MAX_TOKENS"}.get(reply.ending, "SAFETY")
    candidate: dict[str, Any] = {"finishReason": finish, "index": 0}
    if finish != "SAFETY":
        parts: list[dict[str, Any]] = [{"text": reply.reasoning, "thought": True}] if reply.reasoning else []
        candidate["content"] = {"parts": [*parts, {"text": reply.text}], "role": "model"}
    if request.settings.get("responseLogprobs") and reply.logprobs:
        wanted = request.settings.get("logprobs", 0)
        candidate["logprobsResult"] = {
            "chosenCandidates": [{"token": token, "logProbability": value} for token, value, _ in reply.logprobs],
            "topCandidates": [
                {"candidates": [{"token": token, "logProbability": value} for token, value in top[:wanted]]}
                for _, _, top in reply.logprobs
            ],
        }
    return {"candidates": [candidate], **body, **reply.changes}
