"""The adapter for Gemini's generateContent, through the official library.

Options of a profile: `api_version` (`v1`, or `v1beta`, on which `-latest` names and some previews are found; the
default is what the model's name needs). `extra` is merged into the library's `GenerateContentConfig`, and may hold
anything but settings and what the adapter sees to itself.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from google import genai
from google.genai import errors, types
from pydantic import ValidationError

from evalkit.errors import CallError, EvalkitError, ProfileError, SettingRefusedError, TransientError, suggestion
from evalkit.providers.hosted.adapter import HostedAdapter, Request, checked_extra, checked_options, merged
from evalkit.providers.hosted.answers import (
    Answer,
    count_in,
    list_in,
    maybe_list,
    maybe_text,
    missing,
    object_in,
    read_object,
)
from evalkit.providers.hosted.batches import BatchReader
from evalkit.providers.hosted.chat import SEED_BITS
from evalkit.providers.hosted.faults import Refusal, fault_of, network_fault
from evalkit.providers.hosted.gemini_batches import GeminiBatches
from evalkit.providers.hosted.http import (
    Client,
    call_key,
    checked_base_url,
    first_byte_s,
    keeping_answers,
    profile_alone,
    trusted,
)
from evalkit.types import Completion, TokenLogprobs, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.generate.pace import Rates
    from evalkit.types import Json, Outcome, Profile, Sample, SettingValue

_OPTIONS: Mapping[str, tuple[Json, ...]] = {"api_version": ("v1", "v1beta")}
_FIELDS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "max_tokens": "max_output_tokens",
    "stop": "stop_sequences",
    "seed": "seed",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "logprobs": "logprobs",
    "reasoning_effort": "thinking_config.thinking_level",
    "thinking_budget": "thinking_config.thinking_budget",
}
_OWN = (
    "system_instruction",
    "candidate_count",
    "http_options",
    "should_return_http_response",
    "automatic_continuation",
    "automatic_function_calling",
)
"""`candidate_count` among them: only one of several answers would be kept, and all of them paid."""
_OUTCOMES: Mapping[str, Outcome] = {
    "STOP": "complete",
    "MAX_TOKENS": "truncated",
    "CONTINUATION": "truncated",
    **dict.fromkeys(
        ("SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"), "refusal"
    ),
}


def gemini_adapter(profile: Profile) -> HostedAdapter:
    """Return the adapter for a profile.

    Raises:
        ProfileError: An option or the base_url is wrong, or `extra` has what the library's configuration has not.
    """
    checked_options(profile, _OPTIONS)
    checked_extra(profile, _FIELDS, _OWN)
    for name in profile.extra:
        if name not in types.GenerateContentConfig.model_fields:
            raise ProfileError(
                f"extra has `{name}`, which the library's GenerateContentConfig does not know",
                hint=suggestion(name, types.GenerateContentConfig.model_fields),
            )
    try:
        types.GenerateContentConfig(**profile.extra)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise ProfileError(f"extra has a wrong `{place}`: {first['msg']}") from error
    vendor = "google" if profile.base_url is None else None
    dialect = GeminiDialect(profile)
    adapter = HostedAdapter(profile, dialect, "gemini", vendor)
    adapter.batches = GeminiBatches(BatchReader(dialect, adapter.priced), translated)
    return adapter


class GeminiDialect:
    """Gemini's generateContent."""

    rates: Rates | None = None
    """Gemini states none in its headers."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        beta = profile.model.endswith("-latest") or "preview" in profile.model or "-exp" in profile.model
        self.version = str(profile.options.get("api_version", "v1beta" if beta else "v1"))
        self._base_url = checked_base_url(profile, added=("/v1", "/v1beta"))
        self._library: genai.Client | None = None
        self._http: Client | None = None

    @property
    def client(self) -> str:
        """The library and the API version."""
        return f"google-genai {version('google-genai')}, API {self.version}"

    def open(self, key: str | None = None) -> None:
        """Make the library's client. It must be kept: it closes itself once nobody holds it."""
        if self._library is None:
            key = key or call_key(self.profile)
            self._http = Client(self.profile)
            with profile_alone():
                self._library = genai.Client(
                    api_key=key,
                    http_options=types.HttpOptions(
                        base_url=self._base_url,
                        api_version=self.version,
                        timeout=max(1, round(self.profile.timeout_s * 1000)),
                        client_args={"verify": trusted()},  # else it reads the certificates two times more
                        async_client_args={"ssl": trusted()},
                        httpx_async_client=self._http,  # else it takes aiohttp where that is found, and asks twice
                    ),
                )

    @property
    def library(self) -> genai.Client:
        """The library's client."""
        self.open()
        assert self._library is not None
        return self._library

    def request(self, sample: Sample) -> Request:
        """Build the contents and the configuration: the system message apart, and absent where there is none."""
        messages = sample.prompt.messages
        contents = [
            {"role": "model" if each.role == "assistant" else "user", "parts": [{"text": each.content}]}
            for each in messages
            if each.role != "system"
        ]
        system = "\n\n".join(each.content for each in messages if each.role == "system")
        config: dict[str, Json] = {"system_instruction": system} if system.strip() else {}
        applied: dict[str, SettingValue] = {}
        for name, value in sample.settings.items():
            if name in _FIELDS:
                applied[name] = _put(config, name, value, sample)
        config = merged(config, self.profile.extra)
        wire_names = {name: _FIELDS[name] for name in applied}
        return Request({"model": self.profile.model, "contents": contents, "config": config}, applied, wire_names)

    async def send(self, request: Request) -> Answer:
        """Call `generateContent` once, with none of the further calls that the library would make by itself."""
        config = types.GenerateContentConfig(
            **request.body["config"],
            should_return_http_response=True,
            automatic_continuation=False,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )
        models: Any = self.library.aio.models  # its types name libraries that need not be there
        try:
            with keeping_answers() as kept:
                answer: types.GenerateContentResponse = await models.generate_content(
                    model=request.body["model"], contents=request.body["contents"], config=config
                )
        except Exception as error:
            raise translated(error, self.profile, request.wire_names) from error
        raw = answer.sdk_http_response
        assert raw is not None
        headers = {name.lower(): value for name, value in (raw.headers or {}).items()}
        content_type = headers.get("content-type", "")
        return Answer(read_object(raw.body or "", content_type), headers, first_byte_s(kept[-1]))

    def completion(self, request: Request, answer: Answer) -> Completion:
        """Read an answer, or one of a batch."""
        body = answer.body
        blocked = maybe_text(object_in(body, "promptFeedback"), "blockReason")
        candidates = list_in(body, "candidates", "the answer") if not blocked else []
        if not blocked and not candidates:
            raise missing("candidate")
        candidate = candidates[0] if candidates else {}
        stop_reason = f"prompt blocked: {blocked}" if blocked else maybe_text(candidate, "finishReason")
        if stop_reason is None:
            raise missing("`finishReason`")
        outcome: Outcome | None = "refusal" if blocked else _OUTCOMES.get(stop_reason)
        if outcome is None:
            raise CallError(f"the answer ended with `{stop_reason}`")
        content = object_in(candidate, "content")
        parts = maybe_list(content, "parts")
        if outcome == "complete" and not parts:
            raise missing("text")
        text = "".join(maybe_text(part, "text") or "" for part in parts if not part.get("thought"))
        return Completion(
            outcome,
            text="" if outcome == "refusal" else text,
            stop_reason=stop_reason,
            applied=request.applied,
            served_model=maybe_text(body, "modelVersion"),
            usage=_usage(object_in(body, "usageMetadata")),
            logprobs=_logprobs(object_in(candidate, "logprobsResult")),
            reasoning="".join(maybe_text(part, "text") or "" for part in parts if part.get("thought")),
            sent={name: value for name, value in request.body["config"].items() if name != "system_instruction"},
            request_id=maybe_text(body, "responseId"),
            first_byte_s=answer.first_byte_s,
            client=self.client,
        )

    async def count_tokens(self, sample: Sample) -> int | None:
        """Ask `countTokens`, which is free; the system message is counted as if it were a turn."""
        body = self.request(sample).body
        system = body["config"].get("system_instruction")
        turns = [{"role": "user", "parts": [{"text": system}]}] if system else []
        models: Any = self.library.aio.models
        try:
            counted: types.CountTokensResponse = await models.count_tokens(
                model=self.profile.model, contents=[*turns, *body["contents"]]
            )
        except Exception as error:
            raise translated(error, self.profile, {}) from error
        return counted.total_tokens

    async def aclose(self) -> None:
        """Close the library's client."""
        if self._library is not None:
            await self._library.aio.aclose()
            self._library.close()
            self._library = None
        if self._http is not None:
            await self._http.aclose()
            self._http = None


def _put(config: dict[str, Json], name: str, value: SettingValue, sample: Sample) -> SettingValue:
    """Put a setting into the configuration, and return the value that is sent."""
    if name == "stop":
        config["stop_sequences"] = list(value) if isinstance(value, tuple) else [value]
    elif name == "seed":
        value = config["seed"] = sample.seed % 2**SEED_BITS
    elif name == "logprobs":
        config["response_logprobs"] = True
        if value:
            config["logprobs"] = value
    elif name == "reasoning_effort":
        config.setdefault("thinking_config", {})["thinking_level"] = _thinking_level(str(value))
    elif name == "thinking_budget":
        config.setdefault("thinking_config", {})["thinking_budget"] = value
    else:
        config[_FIELDS[name]] = value
    return value


def _thinking_level(effort: str) -> str:
    level = effort.upper()
    if level not in types.ThinkingLevel.__members__:  # the library would warn, and send what no model takes
        raise SettingRefusedError(f"Gemini has no thinking level `{effort}`", setting="reasoning_effort")
    return level


def translated(error: Exception, profile: Profile, wire_names: Mapping[str, str]) -> EvalkitError:
    """Return evalkit's error for one of the library's; network errors come through it as httpx2's own."""
    if isinstance(error, EvalkitError):
        return error  # raised by our own HTTP client
    if isinstance(error, errors.APIError):
        failed: Any = error
        headers: Mapping[str, str] = getattr(failed.response, "headers", None) or {}
        # Of what is no JSON the library makes a message, were it a page of a proxy.
        body: Json = failed.details if "json" in headers.get("content-type", "") else failed.message
        return fault_of(Refusal(profile, int(failed.code), body, headers, wire_names))
    if isinstance(error, json.JSONDecodeError):
        return TransientError(f"the answer is not whole JSON: {error}")
    return network_fault(error, profile)


def _usage(usage: Mapping[str, Any]) -> Usage:
    """Count the output whole: Gemini's candidates leave out what was thought, and a count of 0 is not written."""
    answered, thought = count_in(usage, "candidatesTokenCount"), count_in(usage, "thoughtsTokenCount")
    prompt, total = count_in(usage, "promptTokenCount"), count_in(usage, "totalTokenCount")
    if answered is not None or thought is not None:
        output: int | None = (answered or 0) + (thought or 0)
    else:
        output = None if prompt is None or total is None else max(0, total - prompt)
    return Usage(
        input_tokens=prompt,
        output_tokens=output,
        cached_tokens=count_in(usage, "cachedContentTokenCount"),
        reasoning_tokens=thought,
    )


def _logprobs(logprobs: Mapping[str, Any]) -> TokenLogprobs | None:
    chosen = maybe_list(logprobs, "chosenCandidates")
    if not chosen:
        return None
    top = maybe_list(logprobs, "topCandidates")
    return TokenLogprobs(
        distribution="model",
        tokens=tuple(str(each.get("token", "")) for each in chosen),
        logprobs=tuple(_number(each) for each in chosen),
        top=tuple(
            tuple((str(each.get("token", "")), _number(each)) for each in list_in(step, "candidates", "a step"))
            for step in top
        ),
    )


def _number(step: Mapping[str, Any]) -> float:
    value: object = step.get("logProbability")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise missing("`logProbability` in a step of the log-probabilities")
    return float(value)
