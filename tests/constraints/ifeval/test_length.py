"""The checks of words, sentences and paragraphs."""

from __future__ import annotations

import pytest

from evalkit.constraints.ifeval.length import (
    IfevalParagraphCount,
    IfevalParagraphFirstWord,
    IfevalSentenceCount,
    IfevalWordCount,
)
from evalkit.errors import ArgumentError


@pytest.mark.parametrize(
    ("text", "value"),
    [("don't", 1.0), ("a b", 1.0), ("ab", 0.0), ("漢字", 0.0)],
    ids=["apostrophe", "two", "one", "Han"],
)
def test_words_are_runs_of_letters(text: str, value: float) -> None:
    """An apostrophe parts them, and a script without spaces has one."""
    assert IfevalWordCount(at_least=2).score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Lee came. He left.", 2),
        ("One, e.g. this", 1),
        ("Wow!!!", 2),
        ("He said so.\nThen left", 2),
        ("好。好。", 1),
    ],
)
def test_sentences_are_nltk_s(text: str, count: int) -> None:
    """Titles end none, a run of marks at the end is two, and marks of other scripts end none."""
    assert IfevalSentenceCount(at_least=count).score(text, whole=True).value == 1
    assert IfevalSentenceCount(less_than=count).score(text, whole=True).value == 0


def test_a_very_long_text_is_judged_by_its_beginning() -> None:
    """What its first 100,000 characters decide holds; the rest is not read."""
    text = "It keeps a log. " * 10_000
    assert IfevalSentenceCount(at_least=6_000).score(text, whole=True).value == 1
    assert IfevalSentenceCount(at_least=9_000).score(text, whole=True).value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("a***b", 1.0), ("***a***b***", 1.0), ("a\n\nb", 0.0), ("a******b", 0.0), ("a***b***c", 0.0)],
    ids=["two", "marks around", "blank line", "nothing between", "three"],
)
def test_paragraphs_are_parted_by_asterisks(text: str, value: float) -> None:
    """Nothing at either end is no paragraph; nothing in between breaks."""
    assert IfevalParagraphCount(2).score(text, whole=True).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("One.\n\n\"Rabbit's hole", 1.0),
        ("One.\n\nRABBIT? No", 1.0),
        ("One.\n\nrabbits", 0.0),
        ("One.\n\n\n\nRabbit", 0.0),
        ("One.\n\nRabbit\n\nthree", 0.0),
        ("One.\n \nRabbit", 0.0),
    ],
    ids=["quotes", "mark", "longer word", "an empty one counts", "one more", "a space between"],
)
def test_the_first_word_of_a_paragraph(text: str, value: float) -> None:
    """Quotes before it do not count, and it ends at a mark; an empty paragraph moves the number on."""
    assert IfevalParagraphFirstWord("Rabbit", 2, 2).score(text, whole=True).value == value


def test_a_paragraph_beyond_the_last_is_refused() -> None:
    """The reference would draw another at random."""
    with pytest.raises(ArgumentError) as refused:
        IfevalParagraphFirstWord("a", 3, 2)
    assert refused.value.path == ("paragraph",)


def test_an_ended_paragraph_with_a_wrong_word_decides_a_cut_text() -> None:
    """One that may go on does not, nor does one that may get its word."""
    first = IfevalParagraphFirstWord("rabbit", 1, 2)
    assert first.score("Rab", whole=False).value is None
    assert first.score("Rab\n\n", whole=False).value == 0
    assert first.score("Rabbit\n\nb\n\nc", whole=False).value == 0
