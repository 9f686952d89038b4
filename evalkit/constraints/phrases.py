"""Finds set phrases in a text, whatever its case, spacing, apostrophes and Markdown.

A phrase is written with its choices in braces: `{I am|I'm} {so|very|} sorry` is six phrases, for the last choice of the
second brace is empty. One that begins with `^` counts only at the beginning of a sentence or line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

from evalkit.constraints.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.tokens import Tokens

_SLOT = re.compile(r"\{([^{}]*)\}|([^{}]+)")
_BREAK = re.compile(r"[.!?;|…。！？]|\n[ \t\r]*\n")  # noqa: RUF001 - full-width marks
_START = re.compile(r"[.!?:…。！？\n]")  # noqa: RUF001 - full-width marks


@dataclass(slots=True)
class Book:
    """What has been read of some phrases, and how they may go on.

    Attributes:
        following: By the next word.
        ends: Whether a phrase ends here.
        leading: Whether it counts only at the beginning of a sentence or line.
    """

    following: dict[str, Book] = field(default_factory=dict[str, "Book"])
    ends: bool = False
    leading: bool = True


@cache
def book(phrases: tuple[str, ...], also: tuple[str, ...] = ()) -> Book:
    """Make phrases ready to be found; those of `also` are taken as they stand, without choices."""
    made = Book()
    for written in phrases:
        parts = [
            [tokens(each).words for each in (choice.split("|") if choice else [plain])]
            for choice, plain in _SLOT.findall(written.removeprefix("^"))
        ]
        for chosen in product(*parts):
            _enter(made, [word for words in chosen for word in words], leading=written.startswith("^"))
    for written in also:
        _enter(made, tokens(written).words, leading=False)
    return made


def found(text: str, words: Tokens, phrases: Book) -> Iterator[tuple[int, int]]:
    """Yield where phrases stand in a text, each as its first and last word; they do not overlap."""
    done = 0
    for first, word in enumerate(words.words):
        if word in phrases.following and first >= done:
            end = match_at(text, words, phrases, first)
            if end is not None:
                yield first, end - 1
                done = end


def match_at(text: str, words: Tokens, phrases: Book, first: int) -> int | None:
    """Return the word after the longest phrase that begins at word `first`; None when none begins there.

    No phrase runs on over the end of a sentence, of a paragraph or of a table's cell.
    """
    end = None
    node = phrases
    for at in range(first, len(words.words)):
        following = node.following.get(words.words[at])
        if following is None or (at > first and _BREAK.search(text, words.ends[at - 1], words.starts[at])):
            break
        node = following
        if node.ends and (not node.leading or _begins(text, words, first)):
            end = at + 1
    return end


def _enter(made: Book, words: list[str], *, leading: bool) -> None:
    node = made
    for word in words:
        node = node.following.setdefault(word, Book())
    if words:
        node.ends = True
        node.leading = node.leading and leading


def _begins(text: str, words: Tokens, first: int) -> bool:
    return first == 0 or _START.search(text, words.ends[first - 1], words.starts[first]) is not None
