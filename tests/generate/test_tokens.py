"""Rough counts of tokens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.generate.tokens import UNSTATED_MAX_TOKENS, estimated_tokens, most_output_tokens, prompt_tokens
from evalkit.types import Message, Prompt

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Sample


@pytest.mark.parametrize(
    ("messages", "tokens"),
    [
        ((), 0),
        ((Message("user", ""),), 4),
        ((Message("user", "abcd" * 10),), 14),
        ((Message("system", "abcd" * 10), Message("user", "abc")), 18),
        ((Message("user", "漢字漢字"),), 7),
        ((Message("user", "\ud800 a lone surrogate"),), 8),
    ],
)
def test_a_token_is_four_bytes(messages: tuple[Message, ...], tokens: int) -> None:
    """And a message has a few of its own."""
    assert prompt_tokens(Prompt(messages, "0")) == tokens


def test_an_answer_needs_what_it_may_have(make_sample: Callable[..., Sample]) -> None:
    """Its limit, or a guess where there is none."""
    sample = make_sample(0, "abcd" * 10, max_tokens=100)
    assert (most_output_tokens(sample), estimated_tokens(sample)) == (100, 114)
    assert most_output_tokens(replace(sample, settings={})) == UNSTATED_MAX_TOKENS


def test_the_estimate_is_near_a_real_tokenizers_count() -> None:
    """English prose has between three and five and a half bytes a token in today's vocabularies."""
    prose = (
        "A message queue keeps work until someone has time for it. A log keeps what happened, and lets every reader"
        " go through it at a pace of its own. Which of the two a system needs depends on who must not lose what."
    )
    assert len(prose.split()) < prompt_tokens(Prompt((Message("user", prose),), "0")) < 2 * len(prose.split())
