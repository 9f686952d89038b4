"""How many tokens a prompt has, roughly, for limits and budgets before anything was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evalkit.types import Prompt, Sample

BYTES_A_TOKEN = 4
"""English prose has about four bytes a token in the vocabularies of today's models; other scripts have fewer."""
_FRAME = 4
"""Tokens that mark the beginning and end of a message, about."""
UNSTATED_MAX_TOKENS = 1024
"""What an answer is taken to need at most when nothing says how long it may be."""


def prompt_tokens(prompt: Prompt) -> int:
    """Return about how many tokens a prompt has: its bytes in UTF-8 by four, and a few for each message."""
    return sum(len(message.content.encode("utf-8", "replace")) // BYTES_A_TOKEN + _FRAME for message in prompt.messages)


def most_output_tokens(sample: Sample) -> int:
    """Return the most tokens that the answer may have, or a guess when nothing limits it."""
    limit = sample.settings.get("max_tokens", UNSTATED_MAX_TOKENS)
    assert isinstance(limit, int)
    return limit


def estimated_tokens(sample: Sample) -> float:
    """Return about how many tokens a call takes in all, its answer at full length."""
    return prompt_tokens(sample.prompt) + most_output_tokens(sample)
