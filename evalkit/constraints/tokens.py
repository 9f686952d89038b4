"""Reads a text as a row of words that can be compared without regard to case, accents' form, spacing and Markdown."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

from evalkit.constraints.scripts import UNSPACED, words_from
from evalkit.verdicts import Span

_MARGIN = (
    2  # a word may go on after a hyphen, an apostrophe, or a point between digits, so one character more is wanted
)
_TYPOGRAPHIC = str.maketrans({"’": "'", "‐": "-", "‑": "-", "\u00ad": None, "\u200c": None, "\u200d": None})  # noqa: RUF001 - the typographic forms
_APART = UNSPACED.pattern.strip("[]")
_COMPOSING = "\u3099\u309a\u102e\u1b35"  # of these scripts, what a normal form may join to what stands before it
_PIECE = re.compile(  # one character of an unspaced script, or a word between such, without what joined it to them
    rf"(?![\u3099\u309a])[{_APART}][\u0300-\u036f{_COMPOSING}]*"
    rf"|[^\W_{_APART}](?:[^{_APART}]*[^\W_{_APART}])?[^{_APART}\-'’‐‑.,_]*"  # noqa: RUF001 - typographic forms
)
_SIGN = re.compile(rf"[^\w{_APART}]|[_{_COMPOSING}]")  # what makes the pattern above more than the one below
_PLAIN_PIECE = re.compile(rf"[{_APART}]|[^\W_{_APART}]+")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of a text, in order.

    Attributes:
        words: Each in lower case and composed form, with plain apostrophes and hyphens, without `_` around it.
        starts: Where each begins in the text.
        ends: Where each ends in the text.
        reach: Up to where the last one was looked for; beyond its end stand only signs that may join it to more.
    """

    words: list[str]
    starts: list[int]
    ends: list[int]
    reach: int = 0

    def span(self, first: int, last: int) -> Span:
        """Return the part of the text from word `first` to word `last`."""
        return Span(self.starts[first], self.ends[last])

    def settled(self, length: int) -> int:
        """Return how many of the words stay as they are, whatever follows a text of `length` characters."""
        settled = len(self.words)
        if settled and length - self.reach < _MARGIN:
            settled -= 1
        while settled and length - self.ends[settled - 1] < _MARGIN:
            settled -= 1
        return settled


def tokens(text: str, *, whole: bool = True) -> Tokens:
    """Read the words of `text`.

    A word is what `max_words` counts; in a script written without spaces every character is one.

    Args:
        text: What is read.
        whole: False when the text was cut off: a last word that may go on is left out.
    """
    found = _plain(text) if text.isascii() else _any(text)
    settled = len(found.words) if whole else found.settled(len(text))
    for row in (found.words, found.starts, found.ends):
        del row[settled:]
    return found


def _plain(text: str) -> Tokens:
    spans = list(words_from(text, 0))
    lower = text.lower()
    words = [lower[start:end] for start, end in spans]
    ends = [end for _, end in spans]
    reach = ends[-1] if ends else 0
    if "_" in text:
        kept = [word.rstrip("_") for word in words]
        ends = [end - len(word) + len(less) for end, word, less in zip(ends, words, kept, strict=True)]
        words = kept
    return Tokens(words, [start for start, _ in spans], ends, reach)


def _any(text: str) -> Tokens:
    written: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    end = 0
    for start, end in words_from(text, 0):
        if end - start == 1 or UNSPACED.search(text, start, end) is None:
            word = text[start:end].rstrip("_")
            written.append(word)
            starts.append(start)
            ends.append(start + len(word))
        elif _SIGN.search(text, start, end) is None:
            pieces = _PLAIN_PIECE.findall(text, start, end)
            written += pieces
            edges = list(accumulate(map(len, pieces), initial=start))  # with no sign between, one ends where one begins
            starts += edges[:-1]
            ends += edges[1:]
        else:
            spans = [match.span() for match in _PIECE.finditer(text, start, end)]
            written += [text[first:last] for first, last in spans]
            starts += [first for first, _ in spans]
            ends += [last for _, last in spans]
    normal = {word: _normal(word) for word in set(written)}  # in a long text most words come more than once
    return Tokens([normal[word] for word in written], starts, ends, end)


def _normal(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFC", word.translate(_TYPOGRAPHIC))
    return unicodedata.normalize("NFC", plain.casefold())
