"""Shares of a text, known or known to lie between two bounds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a text, from 0 to 1.

    Attributes:
        low: The least that it can be.
        high: The most that it can be; above `low` where a part could not be told.
    """

    low: float
    high: float


def share_of(wanted: int, unknown: int, other: int) -> Share:
    """Return the share that `wanted` has in all, when `unknown` may belong to it or not."""
    total = wanted + unknown + other
    return Share(wanted / total, (wanted + unknown) / total)


def shown_share(share: Share) -> str:
    """Write a share in whole percents, never rounding up to all or down to none.

    >>> shown_share(Share(0.5, 0.5)), shown_share(Share(0.999, 1.0))
    ('50 %', '99 to 100 %')
    """
    low, high = _percent(share.low), _percent(share.high)
    return f"{low} %" if low == high else f"{low} to {high} %"


def _percent(share: float) -> str:
    percent = round(100 * share)
    if percent == 100 and share < 1:
        return "99"
    if percent == 0 and share > 0:
        return "1"
    return str(percent)
