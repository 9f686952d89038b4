"""Which settings each model takes, as the vendors enforce it; written from their documentation, not from evalkit's."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from vendors.asked import RefusedError, one_object

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLING = ("temperature", "top_p", "top_k")

CLAUDE_SAMPLING = ("claude-opus-4-[0-6]*", "claude-sonnet-4-[0-6]*", "claude-haiku-4-5*")
CLAUDE_PREFILL = ("claude-haiku-4-5*", "claude-opus-4-5*", "claude-sonnet-4-5*")
CLAUDE_NO_EFFORT = ("claude-haiku-4-5*", "claude-sonnet-4-5*")
CLAUDE_MODELS = ("claude-*",)
CLAUDE_ALWAYS_THINKING = ("claude-opus-5-5*",)
CLAUDE_NO_DISABLED = ("claude-opus-5-5*", "claude-sonnet-5-5*")
CLAUDE_NO_BUDGET = ("claude-opus-4-[78]*", "claude-*-5-5*", "claude-opus-5*", "claude-sonnet-5*", "claude-fable-*")

OPENAI_PLAIN = ("gpt-4.1*", "gpt-4o*")
OPENAI_NONE_BY_DEFAULT = ("gpt-5.1*", "gpt-5.2*", "gpt-5.4", "gpt-5.4-mini*", "gpt-5.4-nano*")
OPENAI_NONE_ON_REQUEST = ("gpt-5.5*", "gpt-5.6-*", "gpt-6-sol*", "gpt-6-luna*", "gpt-6.1-terra*")
OPENAI_MODELS = ("gpt-*", "o[0-9]*")

GEMINI_IGNORES = ("gemini-3.5-flash-lite*", "gemini-3.[678]-flash*")
GEMINI_MODELS = ("gemini-*",)
GEMINI_LOGPROBS = ("gemini-2.0-*",)
GEMINI_REROUTED = {"gemini-2.5-pro": "gemini-3.8-flash", "gemini-2.5-flash": "gemini-3.5-flash-lite"}


def like(model: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a model's name fits any of the patterns."""
    return any(fnmatchcase(model, pattern) for pattern in patterns)


def check_claude(model: str, version: str, body: Mapping[str, Any]) -> None:
    """Refuse what a Claude model does not take under an API version."""
    for name in SAMPLING:
        if name not in body:
            continue
        if version == "2026-10-21":
            raise RefusedError(f"{name}: Extra inputs are not permitted")
        if not like(model, CLAUDE_SAMPLING) and not (name == "temperature" and body[name] == 1):
            raise RefusedError(f"`{name}` is deprecated for this model.")
    if "temperature" in body:
        number_in(body, "temperature", 0, 1)
        if body["temperature"] != 1 and one_object(body.get("thinking")).get("type") in ("enabled", "adaptive"):
            raise RefusedError("`temperature` may only be set to 1 when thinking is enabled or in adaptive mode.")
        if "top_p" in body:
            raise RefusedError(
                "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
            )
    effort = one_object(body.get("output_config")).get("effort")
    if effort is not None:
        if like(model, CLAUDE_NO_EFFORT):
            raise RefusedError("This model does not support the effort parameter.")
        if effort not in ("low", "medium", "high", "xhigh", "max"):
            raise RefusedError("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
    if "thinking" in body:
        check_claude_thinking(model, one_object(body["thinking"]), body)


def check_claude_thinking(model: str, thinking: Mapping[str, Any], body: Mapping[str, Any]) -> None:
    """Refuse kinds of thinking that a model does not know."""
    kind = thinking.get("type")
    if kind not in ("adaptive", "disabled", "between_tools", "enabled"):
        raise RefusedError(f"thinking.type: Input should be 'adaptive', 'disabled' or 'enabled', got {kind!r}")
    if kind == "between_tools" and one_object(body.get("output_config")).get("effort") in ("xhigh", "max"):
        raise RefusedError('thinking.type: "between_tools" is not supported with this effort')
    if kind == "disabled" and like(model, CLAUDE_NO_DISABLED):
        raise RefusedError('thinking.type: "disabled" is not supported for this model')
    if kind == "enabled":
        if like(model, CLAUDE_NO_BUDGET):
            raise RefusedError('thinking.type: "enabled" is not supported for this model, use "adaptive"')
        budget = thinking.get("budget_tokens")
        if not isinstance(budget, int) or budget < 1024:
            raise RefusedError("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        if budget >= body["max_tokens"]:
            raise RefusedError("`max_tokens` must be greater than `thinking.budget_tokens`.")


def effort_of(model: str, body: Mapping[str, Any]) -> str:
    """Return the reasoning effort that holds for an OpenAI model; `plain` for one that does not reason."""
    if like(model, OPENAI_PLAIN):
        return "plain"
    asked: Any = body.get("reasoning_effort") or one_object(body.get("reasoning")).get("effort")
    if asked is not None:
        return str(asked)
    return "none" if like(model, OPENAI_NONE_BY_DEFAULT) else "medium"


def check_openai(model: str, body: Mapping[str, Any]) -> None:
    """Refuse what an OpenAI model does not take."""
    effort = effort_of(model, body)
    takes_none = like(model, OPENAI_NONE_BY_DEFAULT) or like(model, OPENAI_NONE_ON_REQUEST)
    if effort == "none" and not takes_none:
        raise _unsupported_value("reasoning.effort" if "reasoning" in body else "reasoning_effort", "none")
    if effort == "plain" and ("reasoning_effort" in body or "reasoning" in body):
        raise _unsupported_parameter("reasoning_effort")
    if effort != "plain" and "max_tokens" in body:
        raise RefusedError(
            "Unsupported parameter: 'max_tokens' is not supported with this model."
            " Use 'max_completion_tokens' instead.",
            parameter="max_tokens",
            code="unsupported_parameter",
        )
    if "stop" in body and re.fullmatch(r"o3.*|o4-mini.*", model):
        raise _unsupported_parameter("stop")
    if effort not in ("plain", "none"):
        for name in ("temperature", "top_p"):
            if name in body and body[name] != 1:
                raise _unsupported_value(name, body[name])
        for name in ("logprobs", "top_logprobs", "presence_penalty", "frequency_penalty"):
            if body.get(name):
                raise _unsupported_parameter(name)
    number_in(body, "temperature", 0, 2)
    number_in(body, "top_p", 0, 1)


def _unsupported_value(name: str, value: Any) -> RefusedError:
    return RefusedError(
        f"Unsupported value: '{name}' does not support {value} with this model."
        " Only the default (1) value is supported.",
        parameter=name,
        code="unsupported_value",
    )


def _unsupported_parameter(name: str) -> RefusedError:
    return RefusedError(
        f"Unsupported parameter: '{name}' is not supported with this model.",
        parameter=name,
        code="unsupported_parameter",
    )


def check_gemini(model: str, version: str, config: Mapping[str, Any]) -> None:
    """Refuse what a Gemini model does not take."""
    if version == "v1" and (model.endswith("-latest") or "preview" in model):
        raise RefusedError(
            f"models/{model} is not found for API version v1, or is not supported for generateContent.", status=404
        )
    newer = re.match(r"gemini-(3|4)", model) is not None
    for name in ("presencePenalty", "frequencyPenalty"):
        if newer and config.get(name):
            raise RefusedError(f"Penalty is not enabled for models/{model}: {name}")
    if config.get("candidateCount", 1) != 1 and newer:
        raise RefusedError("Multiple candidates is not enabled for this model: candidateCount")
    if (config.get("responseLogprobs") or "logprobs" in config) and not like(model, GEMINI_LOGPROBS):
        raise RefusedError(f"Logprobs is not enabled for models/{model}")
    number_in(config, "temperature", 0, 2)
    thinking = one_object(config.get("thinkingConfig"))
    if thinking.keys() >= {"thinkingLevel", "thinkingBudget"}:
        raise RefusedError("You can only set only one of thinking budget and thinking level.")
    if thinking.get("thinkingLevel", "LOW") not in ("MINIMAL", "LOW", "MEDIUM", "HIGH", "XHIGH"):
        raise RefusedError(f"Invalid value at 'generation_config.thinking_config.thinking_level': {thinking}")


def number_in(body: Mapping[str, Any], name: str, low: float, high: float) -> None:
    """Refuse a setting that is no number in its range; one that is absent is fine."""
    value = body.get(name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RefusedError(f"{name}: Input should be a number from {low:g} to {high:g}", parameter=name)
