"""Reads a text as a row of words that can be compared without regard to case, accents' form, spacing and Markdown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from evalkit.constraints.scripts import UNSPACED, words_from
from evalkit.verdicts import Span

_MARGIN = (
    2  # a word may go on after a hyphen, an apostrophe, or a point between digits, so one character more is wanted
)
_TYPOGRAPHIC = str.maketrans({"’": "'", "‐": "-", "‑": "-", "\u00ad": None, "\u200c": None, "\u200d": None})  # noqa: RUF001 - the typographic forms
_APART = UNSPACED.pattern.strip("[]")
_PIECE = re.compile(  # one character of an unspaced script, or a word between such, without what joined it to them
    rf"(?![\u3099\u309a])[{_APART}][\u0300-\u036f\u3099\u309a]*"
    rf"|(?P<word>[^\W_{_APART}](?:[^{_APART}]*[^\W_{_APART}])?[^{_APART}\-'’‐‑.,_]*)"  # noqa: RUF001 - typographic forms
)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text, in order.

    Attributes:
        words: Each in lower case and composed form, with plain apostrophes and hyphens, without `_` around it.
        starts: Where each begins in the text.
        ends: Where each ends in the text.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]

    def span(self, first: int, last: int) -> Span:
        """Return the part of the text from word `first` to word `last`."""
        return Span(self.starts[first], self.ends[last])


def tokens(text: str, *, whole: bool = True) -> Tokens:
    """Read the words of `text`.

    A word is what `max_words` counts; in a script written without spaces every character is one.

    Args:
        text: What is read.
        whole: False when the text was cut off: a last word that may go on is left out.
    """
    found = _plain(text) if text.isascii() else _any(text)
    while not whole and found.ends and len(text) - found.ends[-1] < _MARGIN:
        for row in (found.words, found.starts, found.ends):
            row.pop()
    return found


def _plain(text: str) -> Tokens:
    spans = list(words_from(text, 0))
    lower = text.lower()
    words = [lower[start:end] for start, end in spans]
    ends = [end for _, end in spans]
    if "_" in text:
        kept = [word.rstrip("_") for word in words]
        ends = [end - len(word) + len(less) for end, word, less in zip(ends, words, kept, strict=True)]
        words = kept
    return Tokens(words, [start for start, _ in spans], ends)


def _any(text: str) -> Tokens:
    found = Tokens([], [], [])
    for start, end in words_from(text, 0):
        word = text[start:end]
        if not word.isascii() and UNSPACED.search(word):
            spans = [match.span(match.lastgroup or 0) for match in _PIECE.finditer(word)]
            found.words.extend([_normal(word[first:last]) for first, last in spans])
            found.starts.extend([start + first for first, _ in spans])
            found.ends.extend([start + last for _, last in spans])
        else:
            _add(found, word, start)
    return found


def _add(found: Tokens, word: str, start: int) -> None:
    kept = word.rstrip("_")
    if kept:
        found.words.append(kept.lower() if kept.isascii() else _normal(kept))
        found.starts.append(start)
        found.ends.append(start + len(kept))


@lru_cache(maxsize=4096)
def _normal(word: str) -> str:
    plain = unicodedata.normalize("NFC", word.translate(_TYPOGRAPHIC))
    return unicodedata.normalize("NFC", plain.casefold())
