"""How long to wait before a call is made again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import TransientError
from evalkit.generate.waiting import backoff_s, error_details, retry_after_s, wait_s

if TYPE_CHECKING:
    from evalkit.types import Json

NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


def _google(delay: object) -> Json:
    """Return an error of Google's with a time to wait among its details."""
    details: list[dict[str, object]] = [
        {"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": None},
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay},
    ]
    return {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": details}}


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, None, 7.0),
        ({"retry-after": "0.25"}, None, 0.25),
        ({"retry-after": " 3 "}, None, 3.0),
        ({"retry-after-ms": "1500"}, None, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "2"}, None, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "2"}, None, 2.0),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:30 GMT"}, None, 30.0),
        ({"retry-after": "Tuesday, 24-Nov-26 12:00:30 GMT"}, None, 30.0),
        ({"retry-after": "Tue Nov 24 12:00:30 2026"}, None, 30.0),
        ({"retry-after": "Tue, 24 Nov 2026 13:00:30 +0100"}, None, 30.0),
        ({"retry-after": "Tue, 24 Nov 2026 11:59:00 GMT"}, None, 0.0),
        ({}, _google("45.837906927s"), 45.837906927),
        ({}, _google("31s"), 31.0),
        ({"retry-after": "in a while"}, _google("31s"), 31.0),
        ({"retry-after": "5"}, _google("31s"), 5.0),
    ],
)
def test_what_a_provider_asks_is_read_in_every_form(headers: dict[str, str], body: Json, seconds: float) -> None:
    """Milliseconds before seconds, the three dates of RFC 9110, and Google's details."""
    assert retry_after_s(headers, body, NOW) == pytest.approx(seconds)


@pytest.mark.parametrize("stated", ["-5", "nan", "inf", "-inf", "1e999", "", "soon", "12 s", "31 Feb", "9" * 14])
def test_what_is_no_time_is_passed_over(stated: str) -> None:
    """A negative, endless or meaningless wait is none; one that is only absurd is left to the cap."""
    waits = retry_after_s({"retry-after": stated}, None, NOW), retry_after_s({"retry-after-ms": stated}, None, NOW)
    if stated.isdigit():
        assert waits == (float(stated), float(stated) / 1000)
    else:
        assert waits == (None, None)


@pytest.mark.parametrize("delay", ["-3s", "3", "s", "", None, {"seconds": 3}, 3, "3m", "1e3s"])
def test_what_is_no_duration_of_googles_is_passed_over(delay: object) -> None:
    """Protobuf writes seconds with an `s` behind them and nothing else."""
    assert retry_after_s({}, _google(delay), NOW) is None


@pytest.mark.parametrize(
    "body",
    [None, "<html>", [], {}, {"error": "no"}, {"error": {"details": "no"}}, {"error": {"details": ["no", 3, None]}}],
)
def test_a_body_without_details_has_none(body: Json) -> None:
    """Whatever a proxy sends in its place."""
    assert error_details(body) == []
    assert retry_after_s({}, body, NOW) is None


@given(st.text(max_size=40))
def test_no_header_makes_it_fail(text: str) -> None:
    """What comes out is a time from 0 upwards, or None."""
    for name in ("retry-after", "retry-after-ms"):
        seconds = retry_after_s({name: text}, None, NOW)
        assert seconds is None or 0 <= seconds < float("inf")


@given(st.integers(0, 10**7))
def test_a_date_is_read_to_the_second(seconds: int) -> None:
    """As the standard library writes it."""
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after_s({"retry-after": date}, None, NOW) == seconds


@given(st.integers(1, 10_000), st.integers(0, 2**32))
def test_back_off_has_full_jitter(attempt: int, seed: int) -> None:
    """Uniform between 0 and half a second doubled with each attempt, 30 seconds at most."""
    ceiling = min(30.0, 0.5 * 2 ** min(attempt - 1, 100))
    assert 0 <= backoff_s(attempt, Random(seed)) <= ceiling


@pytest.mark.parametrize(("attempt", "ceiling"), [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (50, 30.0)])
def test_back_off_uses_all_of_its_range(attempt: int, ceiling: float) -> None:
    """Over many draws the mean is the middle and both ends are met, so that calls do not come back together."""
    chance = Random(attempt)
    draws = [backoff_s(attempt, chance) for _ in range(2000)]
    assert sum(draws) / len(draws) == pytest.approx(ceiling / 2, rel=0.05)  # 4 standard errors are 0.052
    assert min(draws) < 0.01 * ceiling
    assert max(draws) > 0.99 * ceiling


@pytest.mark.parametrize(("asked", "seconds"), [(0.25, 0.25), (7.0, 7.0), (7.5, 7.0)])
def test_a_wish_is_obeyed_up_to_the_longest_wait(asked: float, seconds: float) -> None:
    """Nothing is drawn then, so that it holds for all calls alike."""
    assert wait_s(TransientError("busy", retry_after_s=asked), 3, 7.0, Random(1)) == seconds


@pytest.mark.parametrize("asked", [None, 0.0])
def test_without_a_wish_it_is_backed_off(asked: float | None) -> None:
    """By the number of failures; to be asked for no wait at all is no wish either."""
    error = TransientError("busy", retry_after_s=asked)
    assert wait_s(error, 3, 7.0, Random(1)) == backoff_s(3, Random(1))
