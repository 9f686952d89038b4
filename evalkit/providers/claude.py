"""The adapter for Anthropic's Messages API, through the official library.

Options of a profile: `api_version` (`2026-10-21`, the default, or `2023-06-01`, under which models up to the 4.6
family still take sampling settings); `prompt_cache` (`off`, the default, `5m` or `1h`) marks the prompt to be cached,
which pays from two repeats on where it is long enough; `tag` (`off`, the default, or `on`) sends each sample's key as
the user's id, so that the vendor's log can be matched with the store. `extra` is merged into the document, and may hold
anything but settings and what the adapter sees to itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anthropic

from evalkit.errors import CallError
from evalkit.providers.hosted.adapter import HostedAdapter, Request, checked_extra, checked_options, merged
from evalkit.providers.hosted.answers import count_in, list_in, maybe_text, object_in, text_in
from evalkit.providers.hosted.batches import BatchReader
from evalkit.providers.hosted.claude_batches import ClaudeBatches
from evalkit.providers.hosted.http import Client, call_key, checked_base_url, profile_alone
from evalkit.providers.hosted.rates import claude_rates
from evalkit.providers.hosted.stainless import post
from evalkit.types import Completion, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.generate.pace import Rates
    from evalkit.providers.hosted.answers import Answer
    from evalkit.types import Json, Outcome, Profile, Sample, SettingValue

DEFAULT_MAX_TOKENS = 1024
"""The API takes no call without a limit; this one holds where neither suite nor profile sets it."""
NEWEST, OLDEST = "2026-10-21", "2023-06-01"
_OPTIONS: Mapping[str, tuple[Json, ...]] = {
    "api_version": (NEWEST, OLDEST),
    "prompt_cache": ("off", "5m", "1h"),
    "tag": ("off", "on"),
}
_WIRE_NAMES: Mapping[str, str] = {
    "max_tokens": "max_tokens",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": "stop_sequences",
    "reasoning_effort": "output_config.effort",
    "thinking": "thinking.type",
    "thinking_budget": "thinking.budget_tokens",
}
_OWN = ("model", "messages", "system", "stream")
_OUTCOMES: Mapping[str, Outcome] = {
    "end_turn": "complete",
    "stop_sequence": "complete",
    "tool_use": "complete",
    "max_tokens": "truncated",
    "model_context_window_exceeded": "truncated",
    "pause_turn": "truncated",
    "refusal": "refusal",
}


def claude_adapter(profile: Profile) -> HostedAdapter:
    """Return the adapter for a profile.

    Raises:
        ProfileError: An option, `extra` or the base_url is wrong.
    """
    options = checked_options(profile, _OPTIONS)
    checked_extra(profile, _WIRE_NAMES, _OWN)
    version = str(options.get("api_version", NEWEST))
    vendor = "anthropic" if profile.base_url is None else None
    dialect = ClaudeDialect(profile, version)
    adapter = HostedAdapter(profile, dialect, "claude", vendor, api=version)
    adapter.batches = ClaudeBatches(BatchReader(dialect, adapter.priced))
    if options.get("prompt_cache", "off") == "off":
        adapter.cache_minimum = None
    return adapter


class ClaudeDialect:
    """Anthropic's Messages API."""

    rates: Rates | None = None

    def __init__(self, profile: Profile, version: str) -> None:
        self.profile = profile
        self.version = version
        self._base_url = checked_base_url(profile, added=("/v1",))
        self._library: anthropic.AsyncAnthropic | None = None

    @property
    def client(self) -> str:
        """The library and the API version."""
        return f"anthropic {anthropic.__version__}, API {self.version}"

    def open(self, key: str | None = None) -> None:
        """Make the library's client."""
        if self._library is None:
            key = key or call_key(self.profile)
            with profile_alone():
                self._library = anthropic.AsyncAnthropic(
                    api_key=key,
                    base_url=self._base_url,
                    default_headers={"anthropic-version": self.version},
                    http_client=(client := Client(self.profile)),
                    timeout=client.timeout,  # else a client's 5 s are taken for "not set", and become 600
                    max_retries=0,
                    open_telemetry=False,  # a run is no service to be traced, call by call
                )

    @property
    def library(self) -> anthropic.AsyncAnthropic:
        """The library's client."""
        self.open()
        assert self._library is not None
        return self._library

    def request(self, sample: Sample) -> Request:
        """Build the document: the system message apart from the turns, and absent where there is none."""
        settings = {"max_tokens": DEFAULT_MAX_TOKENS, **sample.settings}
        applied = {name: value for name, value in settings.items() if name in _WIRE_NAMES}
        messages = sample.prompt.messages
        body: dict[str, Json] = {
            "model": self.profile.model,
            "messages": [{"role": each.role, "content": each.content} for each in messages if each.role != "system"],
        }
        system = "\n\n".join(each.content for each in messages if each.role == "system")
        if system.strip():  # a blank text is refused
            body["system"] = system
        for name, value in applied.items():
            _put(body, name, value)
        options = self.profile.options
        if options.get("prompt_cache", "off") != "off":
            body["cache_control"] = {"type": "ephemeral", "ttl": options["prompt_cache"]}
        if options.get("tag") == "on":
            body["metadata"] = {"user_id": sample.key}
        return Request(merged(body, self.profile.extra), applied, {name: _WIRE_NAMES[name] for name in applied})

    async def send(self, request: Request) -> Answer:
        """Send a document to `/v1/messages`."""
        answer = await post(self.library, "/v1/messages", request, self.profile)
        self.rates = claude_rates(answer.headers) or self.rates
        return answer

    def completion(self, request: Request, answer: Answer) -> Completion:
        """Read an answer, or the message of a batch."""
        body = answer.body
        blocks = list_in(body, "content", "the answer")
        stop_reason = text_in(body, "stop_reason", "the answer")
        outcome = _OUTCOMES.get(stop_reason)
        if outcome is None:
            raise CallError(f"the answer ended with `{stop_reason}`, which is not known")
        text = "".join(text_in(block, "text", "a block") for block in blocks if block.get("type") == "text")
        details = object_in(body, "stop_details")
        return Completion(
            outcome,
            text="" if outcome == "refusal" else text,
            stop_reason=":".join(filter(None, (stop_reason, maybe_text(details, "category")))),
            applied=request.applied,
            served_model=maybe_text(body, "model"),
            usage=_usage(object_in(body, "usage")),
            reasoning="".join(
                maybe_text(block, "thinking") or "" for block in blocks if block.get("type") == "thinking"
            ),
            sent=_sent(request.body),
            request_id=answer.headers.get("request-id") or maybe_text(body, "id"),
            first_byte_s=answer.first_byte_s,
            client=self.client,
        )

    async def count_tokens(self, sample: Sample) -> int | None:
        """Ask `/v1/messages/count_tokens`, which is free."""
        body = self.request(sample).body
        counted = Request({name: body[name] for name in ("model", "messages", "system") if name in body}, {})
        answer = await post(self.library, "/v1/messages/count_tokens", counted, self.profile)
        return count_in(answer.body, "input_tokens")

    async def aclose(self) -> None:
        """Close the library's client."""
        if self._library is not None:
            await self._library.close()
            self._library = None


def _put(body: dict[str, Json], name: str, value: SettingValue) -> None:
    """Put a setting into the document."""
    if name == "stop":
        body["stop_sequences"] = list(value) if isinstance(value, tuple) else [value]
    elif name == "reasoning_effort":
        body["output_config"] = {"effort": value}
    elif name == "thinking":
        body.setdefault("thinking", {})["type"] = value
    elif name == "thinking_budget":
        body.setdefault("thinking", {}).setdefault("type", "enabled")
        body["thinking"]["budget_tokens"] = value
    else:
        body[name] = value


def _usage(usage: Mapping[str, Any]) -> Usage:
    """Count the prompt whole: Anthropic's `input_tokens` leave out what was read from a cache or written to one."""
    fresh = count_in(usage, "input_tokens")
    read, written = count_in(usage, "cache_read_input_tokens"), count_in(usage, "cache_creation_input_tokens")
    return Usage(
        input_tokens=None if fresh is None else fresh + (read or 0) + (written or 0),
        output_tokens=count_in(usage, "output_tokens"),
        cached_tokens=read,
        cache_write_tokens=written,
        reasoning_tokens=count_in(object_in(usage, "output_tokens_details"), "thinking_tokens"),
    )


def _sent(body: Mapping[str, Json]) -> Mapping[str, Json]:
    return {name: value for name, value in body.items() if name not in ("messages", "system")}
