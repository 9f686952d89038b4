"""The check of words in capitals."""

from __future__ import annotations

import pytest

from evalkit.constraints.ifeval.capitals import IfevalCapitalWords


@pytest.mark.parametrize(
    ("text", "value"), [("I like IT", 1.0), ("I like it", 0.0), ("IT'S fine", 1.0)], ids=["at", "below", "two tokens"]
)
def test_words_in_capitals_are_counted(text: str, value: float) -> None:
    """Single letters count, and a clitic is a word of its own."""
    assert IfevalCapitalWords(at_least=2).score(text, whole=True).value == value


def test_a_cut_text_is_judged_by_plain_words_before_its_end() -> None:
    """The last word may go on, and one with marks may be parted otherwise."""
    assert IfevalCapitalWords(at_least=2).score("KAFKA AND", whole=False).value is None
    assert IfevalCapitalWords(at_least=2).score("KAFKA AND ", whole=False).value == 1
    assert IfevalCapitalWords(less_than=2).score("KAFKA AND ", whole=False).value == 0


def test_a_very_long_text_is_judged_by_its_beginning() -> None:
    """What its first 100,000 characters decide holds; the rest is not read."""
    text = "KAFKA keeps a log. " * 10_000
    assert IfevalCapitalWords(at_least=5_000).score(text, whole=True).value == 1
    assert IfevalCapitalWords(less_than=50_000).score(text, whole=True).value is None
