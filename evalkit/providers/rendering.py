"""How a prompt is shown where no chat template turns it into one text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.types import Message


def plain_messages(messages: Sequence[Message]) -> str:
    """Write messages one after the other, each under its role."""
    return "\n".join(f"[{message.role}] {message.content}" for message in messages)
