"""The number of tokens, as the provider counted them."""

from __future__ import annotations

import pytest

from evalkit.constraints.logic import within
from evalkit.constraints.token_count import TokenCount
from evalkit.protocols import Context
from evalkit.score import score
from evalkit.types import Case, Completion, Condition, Message, Usage


def _context(completion: Completion) -> Context:
    return Context(Case("one", "Why?"), Condition(), (Message("user", "Why?"),), completion)


@pytest.mark.parametrize(
    ("usage", "text", "value"),
    [
        (Usage(output_tokens=12, reasoning_tokens=7), "Because.", 1.0),
        (Usage(output_tokens=13, reasoning_tokens=7), "Because.", 0.0),
        (Usage(output_tokens=12), "Because.", None),
        (Usage(reasoning_tokens=5), "Because.", None),
        (Usage(output_tokens=12, reasoning_tokens=5), "Hm.", 1.0),
        (Usage(output_tokens=5, reasoning_tokens=1), "Hm.\n\nBecause.", 1.0),
        (Usage(output_tokens=5, reasoning_tokens=0), "Becau", None),
        (Usage(output_tokens=5, reasoning_tokens=0), "Bec", 0.0),
    ],
    ids=["answer", "one over", "not parted", "not said", "reasoning", "both", "a part", "a part that is too short"],
)
def test_tokens_are_those_of_the_text_that_is_judged(usage: Usage, text: str, value: float | None) -> None:
    """What the provider did not count is bounded by its bytes."""
    context = _context(Completion("complete", "Because.", reasoning="Hm.", usage=usage))
    assert within(TokenCount(exactly=5), context).score(text, whole=True).value == value


def test_all_tokens_are_the_answers_where_there_is_no_reasoning() -> None:
    """Neither shown nor counted."""
    context = _context(Completion("complete", "Because.", usage=Usage(output_tokens=3)))
    assert within(TokenCount(3), context).score("Because.", whole=True).reason == "3 tokens, exactly 3 wanted"


@pytest.mark.parametrize(
    ("text", "value"), [("", 0.0), ("a", 1.0), ("abc", None), ("\ud800", None)], ids=["none", "one", "open", "bytes"]
)
def test_a_text_has_at_most_one_token_for_each_byte(text: str, value: float | None) -> None:
    """And at least one, unless it is empty."""
    assert TokenCount(exactly=1).score(text, whole=True).value == value


def test_a_cut_text_keeps_what_was_exceeded() -> None:
    """Tokens only become more."""
    context = _context(Completion("truncated", "Because of", usage=Usage(output_tokens=5)))
    assert within(TokenCount(at_most=4), context).score("Because of", whole=False).value == 0
    assert within(TokenCount(at_most=5), context).score("Because of", whole=False).value is None
    assert within(TokenCount(at_least=5), context).score("Because of", whole=False).value == 1


def test_a_completion_is_scored_by_its_own_count() -> None:
    """The verdict has the constraint's name and family; the loose one is open where a shorter variant could meet it."""
    completion = Completion("complete", "One line.\nAnother.", usage=Usage(output_tokens=9))
    (verdict,) = score(completion, [TokenCount(at_most=8)], context=lambda: _context(completion)).verdicts
    assert (verdict.constraint, verdict.family, verdict.value, verdict.loose) == ("token_count", "length", 0.0, 1.0)
