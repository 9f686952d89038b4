"""How long to wait before a call is made again: what the provider asks for, or else exponential back-off."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from evalkit.errors import TransientError
    from evalkit.types import Json

FIRST_BACKOFF_S = 0.5
LONGEST_BACKOFF_S = 30.0
_RETRY_INFO = "google.rpc.RetryInfo"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)s")


def retry_after_s(headers: Mapping[str, str], body: Json, now: datetime) -> float | None:
    """Return how long a provider asked to wait, in seconds, or None when it did not say.

    Args:
        headers: Of the answer, names in lower case. `retry-after-ms` counts milliseconds; `retry-after` is a number of
            seconds or an HTTP date (RFC 9110, section 10.2.3). What is neither is passed over.
        body: The error as plain data; Google's carry a `google.rpc.RetryInfo` among their details.
        now: The time to which a date is compared, with a time zone.
    """
    milliseconds = stated_number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    stated = headers.get("retry-after")
    if stated is not None:
        seconds = stated_number(stated)
        if seconds is None:
            seconds = _until(stated, now)
        if seconds is not None:
            return seconds
    return _retry_info(body)


def stated_number(text: str | None) -> float | None:
    """Return the number from 0 upwards that a header states; None where it states none."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _until(date: str, now: datetime) -> float | None:
    try:
        then = parsedate_to_datetime(date)
        if then.tzinfo is None:
            then = then.replace(tzinfo=UTC)
        return max(0.0, (then - now).total_seconds())
    except (ValueError, OverflowError):  # it is no date, or one outside the calendar
        return None


def _retry_info(body: Json) -> float | None:
    for detail in error_details(body):
        if str(detail.get("@type", "")).endswith(_RETRY_INFO):
            duration = _DURATION.fullmatch(str(detail.get("retryDelay", "")))
            if duration:
                return float(duration[1])
    return None


def error_details(body: Json) -> list[dict[str, Any]]:
    """Return the `details` of an error as Google writes it; empty when there are none."""
    if not isinstance(body, dict):
        return []
    error = cast("dict[str, Any]", body).get("error")
    details = cast("dict[str, Any]", error).get("details") if isinstance(error, dict) else None
    if not isinstance(details, list):
        return []
    return [cast("dict[str, Any]", each) for each in cast("list[object]", details) if isinstance(each, dict)]


def wait_s(error: TransientError, failed: int, longest_s: float, chance: Random) -> float:
    """Return how long to wait after a call failed, before it is made again.

    Args:
        error: How it failed; what the provider asked for is obeyed.
        failed: How often it has failed by now, from 1.
        longest_s: The most that a provider's wish is obeyed.
        chance: Where the provider has none, the wait is drawn from this.
    """
    return min(error.retry_after_s, longest_s) if error.retry_after_s else backoff_s(failed, chance)


def backoff_s(attempt: int, chance: Random) -> float:
    """Draw how long to wait after the attempt with this number, from 1, when the provider did not say.

    Source: Brooker 2015, "Exponential Backoff And Jitter", full jitter: uniform from 0 to the doubled ceiling.
    """
    ceiling = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(attempt - 1, 16))
    return chance.uniform(0.0, ceiling)
