"""Sorts what went wrong with a call: to be tried again, the end of this call, of a setting, or of the provider."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import httpx2

from evalkit.errors import CallError, ProviderError, SettingRefusedError, TransientError, UnreachableError
from evalkit.generate.calls import TIMEOUT_S
from evalkit.generate.waiting import error_details, retry_after_s
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.errors import EvalkitError
    from evalkit.types import Json, Profile

_TRANSIENT = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_OUT_OF_MONEY = re.compile(
    r"insufficient_quota|billing|credit balance|spend(?:ing)? limit|usage limit|exceeded your current quota",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(r"api[ _-]?key|authentication|unauthorized", re.IGNORECASE)
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP answer that is an error.

    Attributes:
        body: The document as plain data; a text when it was none.
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
        return ProviderError(f"{name} {stop}: {words.message or said}", hint=_HINTS[stop])
    if status in _TRANSIENT:
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
        return UnreachableError(f"cannot reach {place}: {said}")
    if isinstance(error, httpx2.TimeoutException):
        return TransientError(f"no answer within {profile.timeout_s or TIMEOUT_S:g} s")
    if isinstance(error, httpx2.HTTPError):
        return TransientError(f"the connection failed: {said}")
    return CallError(f"{type(error).__name__}: {error}")


_KEY, _MONEY, _DAY, _MODEL, _PLACE = (
    "refused the key",
    "has no credit left",
    "has used up its quota of the day",
    "does not know what was asked for",
    "answered as no such service does",
)
_HINTS = {
    _KEY: "look at the variable that `key_env` names, and at what the key may be used for",
    _MONEY: "the run goes on with `--resume` once there is credit",
    _DAY: "the run goes on with `--resume` once the quota is renewed",
    _MODEL: "`model` in the profile must be one that this key may use",
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
        return _MODEL if words.message else _PLACE
    if 300 <= status < 400:
        return _PLACE
    return None


def _is_out_of_money(words: _Words, everything: str) -> bool:
    # Google words a passing limit like the end of a quota, and says in the details which of them it is.
    return words.kind != "RESOURCE_EXHAUSTED" and bool(_OUT_OF_MONEY.search(everything))


def _per_day(body: Json) -> bool:
    """Tell whether Google's quota that was passed is one of the day."""
    for detail in error_details(body):
        violations = detail.get("violations")
        if isinstance(violations, list) and any("PerDay" in str(each) for each in cast("list[object]", violations)):
            return True
    return False


def _words(body: Json) -> _Words:
    """Find the vendor's words: `{"error": {...}}` of all three, or the same without the frame."""
    if isinstance(body, list) and body:
        body = cast("list[object]", body)[0]
    if not isinstance(body, dict):
        return _Words("", "", "", "")
    outer = cast("dict[str, Any]", body)
    error = outer.get("error")
    inner = cast("dict[str, Any]", error) if isinstance(error, dict) else outer

    def text(key: str) -> str:
        value: object = inner.get(key)
        return value if isinstance(value, str) else ""

    message = text("message") or (error if isinstance(error, str) else "")
    return _Words(message[:_SHOWN], text("type") or text("status"), text("code"), text("param"))


def _refused_setting(words: _Words, wire_names: Mapping[str, str]) -> str | None:
    """Return the setting that an error is about: the one it names as its parameter, or else in its message."""
    for setting, wire in wire_names.items():
        if words.parameter and words.parameter in (wire, wire.split(".")[0]):
            return setting
    for setting, wire in wire_names.items():
        if any(_mentions(words.message, spelling) for spelling in _spellings(wire)):
            return setting
    return None


def _spellings(wire: str) -> tuple[str, ...]:
    """Return a name as it may stand in a message: whole, its last part, and in snake case."""
    last = wire.rpartition(".")[2]
    return wire, last, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", last).lower()


def _mentions(message: str, name: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(name)}(?![\w])", message, re.IGNORECASE) is not None
