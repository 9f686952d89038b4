"""What one demand of a gate comes to, be it a threshold or a comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.findings import Compared, Operating
    from evalkit.measured import RowKey

Standing: TypeAlias = Literal["good", "bad", "open"]
"""Whether what is demanded is shown, shown not to be, or neither."""

_SHOWN = 3
"""Rows that words name; the others are counted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one demand of a gate comes to.

    Attributes:
        standing: Of all rows together.
        why: In words.
        besides: What of them is not about rows that were compared.
        open_rows: Rows that more draws might decide.
        compared: Rows that were held against others.
        operating: How it behaves in the long run; None where that is not known.
    """

    standing: Standing
    why: str
    besides: tuple[str, ...] = ()
    open_rows: tuple[RowKey, ...] = ()
    compared: tuple[Compared, ...] = ()
    operating: Operating | None = None


def overall(standings: Sequence[Standing]) -> Standing:
    """Return what rows come to together: one that is bad spoils all, and one that is open leaves all open.

    >>> overall(["good", "open"]), overall(["open", "bad"]), overall([])
    ('open', 'bad', 'open')
    """
    for standing in ("bad", "open", "good"):
        if standing in standings:
            return standing
    return "open"


def some_of(reasons: Sequence[str]) -> str:
    """Write the first few reasons, and how many more there are."""
    words = "; ".join(reasons[:_SHOWN])
    return f"{words}; and {len(reasons) - _SHOWN} more" if len(reasons) > _SHOWN else words
