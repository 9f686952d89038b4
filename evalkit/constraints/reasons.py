"""Small pieces of wording that reasons and messages share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_QUOTE = 60
_MOST_QUOTES = 8


def counted(count: int, noun: str) -> str:
    """Write a count with its noun.

    >>> counted(1, "word"), counted(1200, "word")
    ('1 word', '1,200 words')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def quoted(text: str) -> str:
    """Write a text between back-ticks on one line, its middle left out when it is long."""
    if len(text) > _LONGEST_QUOTE:
        half = _LONGEST_QUOTE // 2
        text = f"{text[:half]}…{text[-half:]}"
    return f"`{' '.join(text.split())}`" if not text.isspace() else f"`{text!r}`"


def listed(texts: Sequence[str]) -> str:
    """Write quoted texts as a list in words; what exceeds the first eight is counted.

    >>> listed(["Kafka", "RabbitMQ"])
    '`Kafka` and `RabbitMQ`'
    """
    parts = [quoted(text) for text in texts[:_MOST_QUOTES]]
    if len(texts) > _MOST_QUOTES:
        parts.append(f"{len(texts) - _MOST_QUOTES:,} more")
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
