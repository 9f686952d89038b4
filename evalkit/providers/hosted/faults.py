"""Sorts what went wrong with a call: to be tried again, the end of this call, of a setting, or of the provider."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import httpx2

from evalkit.errors import CallError, ProviderError, SettingRefusedError, TransientError, UnreachableError
from evalkit.generate.waiting import error_details, retry_after_s
from evalkit.secret import scrub
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.errors import EvalkitError
    from evalkit.types import Json, Profile

_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
"""520 to 524 come from a proxy that stands before many a service, 529 from a service that is overloaded."""
_OUT_OF_MONEY = re.compile(
    r"insufficient_quota|billing|credit balance|spend(?:ing)? limit|usage limit|exceeded your current quota",
    re.IGNORECASE,
)
_PASSING_LIMITS = ("rate_limit_exceeded", "rate_limit_error", "RESOURCE_EXHAUSTED", "requests", "tokens")
"""Kinds and codes of limits that pass, whatever else their messages say, such as where to pay for higher ones."""
_BAD_KEY = re.compile(r"api[ _-]?key|authentication|unauthorized", re.IGNORECASE)
_TOO_LONG = re.compile(
    r"context[ _](?:length|limit|window)"
    r"|\b(?:prompt|messages|input (?:length|tokens?|token count))\b.{0,60}\b(?:too (?:long|large)|exceeds?)\b",
    re.IGNORECASE | re.DOTALL,
)
"""A prompt that does not fit. Such messages advise a lower `max_tokens`, but it is not the setting that is refused."""
_ABOUT_THE_PROMPT = ("messages", "input", "contents", "model")
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {
    "max_tokens": ("max_completion_tokens", "max_output_tokens"),
    "stop": ("stop_sequences", "stop_sequence"),
    "logprobs": ("top_logprobs", "response_logprobs"),
    "frequency_penalty": ("penalty", "penalties"),
    "presence_penalty": ("penalty", "penalties"),
    "reasoning_effort": ("effort", "reasoning"),
    "thinking_budget": ("thinking.type", "thinking", "budget"),
}
"""What vendors write in errors about a setting besides its name in the document."""
_DAILY = re.compile(r"per[ _-]?day", re.IGNORECASE)
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer that is an error.

    Attributes:
        body: The document as plain data; a text when it was none, of which a page is not read.
        headers: Names in lower case.
        wire_names: Of the settings that were sent, each with the name under which the vendor knows it.
    """

    profile: Profile
    status: int
    body: Json
    headers: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    wire_names: Mapping[str, str] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True)
class _Words:
    """An error in the vendor's own words; each empty when not given."""

    message: str
    kind: str
    code: str
    parameter: str


def fault_of(refusal: Refusal) -> EvalkitError:
    """Return the error that stands for an HTTP answer with an error status."""
    words = _words(refusal.body)
    status, name = refusal.status, refusal.profile.name
    said = f"{status}: {words.message}" if words.message else f"status {status}"
    stop = _end_of_provider(refusal, words)
    if stop is not None:
        moved = f", on to {refusal.headers['location'].partition('?')[0]}" if "location" in refusal.headers else ""
        return ProviderError(scrub(f"{name} {stop}: {words.message or said}{moved}"), hint=_HINTS[stop])
    # Anthropic and OpenAI say so where it is otherwise than the status suggests.
    advice = refusal.headers.get("x-should-retry", "")
    if advice == "true" or (advice != "false" and (status in _TRANSIENT or status < 300)):
        wait_s = retry_after_s(refusal.headers, refusal.body, datetime.now(UTC))
        return TransientError(said, retry_after_s=wait_s, too_many=status == 429)
    setting = _refused_setting(words, refusal.wire_names) if status in (400, 422) else None
    if setting is not None:
        return SettingRefusedError(words.message, setting=setting)
    return CallError(said)


def network_fault(error: Exception, profile: Profile) -> EvalkitError:
    """Return the error that stands for a call that no HTTP answer came to."""
    said = str(error) or type(error).__name__
    if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
        place = profile.base_url or f"the servers of adapter `{profile.adapter}`"
        return UnreachableError(f"cannot reach {place}: {_ERRNO.sub('', said)}")
    if isinstance(error, httpx2.TimeoutException):
        return TransientError(f"no answer within {profile.timeout_s:g} s")
    if isinstance(error, httpx2.HTTPError):
        return TransientError(f"the connection failed: {said}")
    return CallError(f"{type(error).__name__}: {error}")


_ERRNO = re.compile(r"^\[Errno -?\d+\] ")
"""The operating system's number for what it then says in words."""
_KEY, _MONEY, _DAY, _MODEL, _PLACE = (
    "refused the key",
    "has no credit left",
    "has used up its quota of the day",
    "does not know the model",
    "answered as no such service does",
)
_NOTHING_THERE = ("", "not found", "method not allowed")
"""What a server says that has no such path; one that lacks a model names it."""
_HINTS = {
    _KEY: "look at the variable that `key_env` names, and at what the key may be used for",
    _MONEY: "the run goes on with `--resume` once there is credit",
    _DAY: "the run goes on with `--resume` once the quota is renewed",
    _MODEL: "look at `model` in the profile, which must be one that this key may use, and at `base_url`",
    _PLACE: "look at `base_url` in the profile",
}


def _end_of_provider(refusal: Refusal, words: _Words) -> str | None:
    """Say why no further call makes sense, or return None when one may."""
    status = refusal.status
    everything = f"{words.kind} {words.code} {words.message}"
    if status in (401, 403) or (status == 400 and _BAD_KEY.search(everything)):
        return _MONEY if _is_out_of_money(words, everything) else _KEY
    if status == 402 or (status in (400, 429) and _is_out_of_money(words, everything)):
        return _MONEY
    if status == 429 and _per_day(refusal.body):
        return _DAY
    if status in (404, 405, 410):
        return _PLACE if words.message.casefold().strip(". ") in _NOTHING_THERE else _MODEL
    if 300 <= status < 400:
        return _PLACE
    return None


def _is_out_of_money(words: _Words, everything: str) -> bool:
    passing = words.kind in _PASSING_LIMITS or words.code in _PASSING_LIMITS
    return not passing and bool(_OUT_OF_MONEY.search(everything))


def _per_day(body: Json) -> bool:
    """Tell whether Google's quota that was passed is one of the day."""
    for detail in error_details(body):
        violations = detail.get("violations")
        if isinstance(violations, list) and any(_DAILY.search(str(each)) for each in cast("list[object]", violations)):
            return True
    return False


def _words(body: Json) -> _Words:
    """Find the vendor's words: `{"error": {...}}` of all three, or the same without the frame."""
    if isinstance(body, list) and body:
        body = cast("list[object]", body)[0]
    if isinstance(body, str) and not body.lstrip().startswith("<"):
        return _Words(" ".join(body.split())[:_SHOWN], "", "", "")
    if not isinstance(body, dict):
        return _Words("", "", "", "")
    outer = cast("dict[str, Any]", body)
    error = outer.get("error")
    inner = cast("dict[str, Any]", error) if isinstance(error, dict) else outer

    def text(key: str) -> str:
        value: object = inner.get(key)
        return value if isinstance(value, str) else ""

    message = text("message") or (error if isinstance(error, str) else "") or _detail(outer.get("detail"))
    return _Words(message[:_SHOWN], text("type") or text("status"), text("code"), text("param"))


def _detail(detail: object) -> str:
    """Write out the `detail` of servers that check a document by a schema: a text, or places with what is wrong."""
    if not isinstance(detail, list):
        return detail if isinstance(detail, str) else ""
    places = [cast("dict[str, Any]", each) for each in cast("list[object]", detail) if isinstance(each, dict)]
    return "; ".join(f"{'.'.join(map(str, each.get('loc', ())))}: {each.get('msg', '')}" for each in places)


def _refused_setting(words: _Words, wire_names: Mapping[str, str]) -> str | None:
    """Return the setting that an error is about: the one it names as its parameter, or else in its message.

    Of several that a message mentions it is the one of the longest name, which says most: `thinking.budget_tokens`
    before `thinking`.
    """
    if _TOO_LONG.search(f"{words.code} {words.message}") or words.parameter.startswith(_ABOUT_THE_PROMPT):
        return None
    if words.parameter:
        for setting, wire in wire_names.items():
            if words.parameter in (wire, wire.partition(".")[0], setting, *_ALSO_CALLED.get(setting, ())):
                return setting
    mentioned = [
        (len(name), rank == 0, setting)
        for setting, wire in wire_names.items()
        for rank, names in enumerate((_own_names(wire), (setting, *_ALSO_CALLED.get(setting, ()))))
        for name in names
        if _mentions(words.message, name)
    ]
    return max(mentioned, key=lambda each: each[:2])[2] if mentioned else None


def _own_names(wire: str) -> tuple[str, ...]:
    """Return a name in the document as it may stand in a message: whole, or its last part if that says enough."""
    last = wire.rpartition(".")[2]
    return (wire,) if last == "type" else (wire, last)


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str]:
    """Match a name however it is spelled: `top_p`, `topP`, `top p`."""
    spelled = re.escape(name).replace("_", "[ _-]?")
    return re.compile(rf"(?<!\w){spelled}(?!\w)", re.IGNORECASE)


def _mentions(message: str, name: str) -> bool:
    return _pattern(name).search(message) is not None
