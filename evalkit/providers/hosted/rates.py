"""Reads the limits that vendors state in the headers of their answers."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evalkit.generate.pace import Allowance, Rates
from evalkit.generate.waiting import stated_number

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = re.compile(r"(\d+(?:\.\d+)?)(ms|[dhms])")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def openai_rates(headers: Mapping[str, str]) -> Rates | None:
    """Read `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`; resets are durations such as `6m0s` or `20ms`."""

    def allowance(kind: str) -> Allowance | None:
        return _allowance(
            headers.get(f"x-ratelimit-remaining-{kind}"),
            headers.get(f"x-ratelimit-limit-{kind}"),
            duration_s(headers.get(f"x-ratelimit-reset-{kind}", "")),
        )

    requests, tokens = allowance("requests"), allowance("tokens")
    return None if requests is None and tokens is None else Rates(requests, tokens)


def claude_rates(headers: Mapping[str, str], now: datetime | None = None) -> Rates | None:
    """Read `anthropic-ratelimit-{requests,tokens}-{limit,remaining,reset}`; resets are times (RFC 3339).

    Where `tokens`, the limit that is nearest to its end, is not stated, it is found among `input-tokens` and
    `output-tokens`.
    """
    if not any(name.startswith("anthropic-ratelimit-") for name in headers):
        return None
    moment = now or datetime.now(UTC)

    def allowance(kind: str) -> Allowance | None:
        prefix = f"anthropic-ratelimit-{kind}-"
        reset_s = _until(headers.get(prefix + "reset", ""), moment)
        return _allowance(headers.get(prefix + "remaining"), headers.get(prefix + "limit"), reset_s)

    kinds = [each for each in map(allowance, ("input-tokens", "output-tokens")) if each is not None]
    tokens = allowance("tokens") or min(kinds, key=_share_left, default=None)
    requests = allowance("requests")
    return None if requests is None and tokens is None else Rates(requests, tokens)


def _share_left(allowance: Allowance) -> float:
    return allowance.remaining / allowance.limit if allowance.limit else 1.0


def _allowance(remaining: str | None, limit: str | None, reset_s: float | None) -> Allowance | None:
    left = stated_number(remaining)
    return None if left is None else Allowance(left, stated_number(limit), reset_s)


def duration_s(text: str) -> float | None:
    """Read a duration such as `1h2m3.5s`, `20ms` or `12`, in seconds; None when it is none.

    >>> duration_s("1m30s")
    90.0
    """
    plain = stated_number(text)
    if plain is not None:
        return plain
    parts = _PARTS.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _until(time: str, now: datetime) -> float | None:
    try:
        then = datetime.fromisoformat(time)
    except ValueError:
        return None
    return max(0.0, (then - now).total_seconds()) if then.tzinfo else None
