"""Finds words in any script, and tells where a script does not show them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.verdicts import Span

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u0f00-\u0fff"  # Tibetan, which parts syllables
    "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f"  # Myanmar
    "\u1780-\u17ff\u19e0-\u19ff"  # Khmer
    "\u1950-\u19df\u1a20-\u1aaf"  # Tai Le, New Tai Lue, Lanna
    "\ua980-\ua9df\u1b00-\u1b7f"  # Javanese, Balinese
    "\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f"  # Hiragana, Katakana and their marks
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
UNSPACED = re.compile(f"[{_UNSPACED}]")
"""One character of a script that is written without spaces between words."""

_FIRST_UNSPACED = "\u0e00"
_JOINERS = r"(?:[-'{more}]|(?<=\d)[.,](?=\d))"
_ASCII_WORD = re.compile(rf"[A-Za-z0-9]\w*(?:{_JOINERS.format(more='')}[A-Za-z0-9]\w*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class WordCount:
    """How many words a text has.

    Attributes:
        low: The least it can be; never falls when the text goes on.
        high: The most it can be; above `low` only where a script hides its words.
        script: One character of that script; None when `low` is exact.
    """

    low: int
    high: int
    script: str | None


def count_words(text: str) -> WordCount:
    """Count the words of a text.

    A word begins with a letter or digit and goes on through letters, digits, accents and underscores; a hyphen or
    apostrophe inside it belongs to it (`well-known`, `don't`), and so does a point or comma between digits (`3.5`).
    In a script written without spaces every character may be a word, and at least every run of them is.
    """
    low = len(_word(text).findall(text))
    if text.isascii():
        return WordCount(low, low, None)
    hidden = UNSPACED.search(text)
    if hidden is None:
        return WordCount(low, low, None)
    return WordCount(low, len(_word(text).findall(UNSPACED.sub(" x ", text))), hidden.group())


def words_from(text: str, first: int) -> Iterator[tuple[int, int]]:
    """Yield where the words of `text` stand, from word number `first` (counted from 0) on."""
    return map(re.Match[str].span, islice(_word(text).finditer(text), first, None))


def stands_alone(text: str, span: Span) -> bool:
    """Tell whether no letter, digit, underscore or accent touches the span from outside.

    In a script written without spaces any place may be a word's edge, so nothing touches there.
    """
    start, end = span.start, span.end
    return not (
        (start > 0 and _joined(text[start - 1], text[start])) or (end < len(text) and _joined(text[end], text[end - 1]))
    )


def _joined(outside: str, inside: str) -> bool:
    if not (outside.isalnum() or outside == "_" or unicodedata.category(outside)[0] == "M"):
        return False
    if outside < _FIRST_UNSPACED and inside < _FIRST_UNSPACED:  # quicker than two searches
        return True
    return UNSPACED.match(outside) is None and UNSPACED.match(inside) is None


def _word(text: str) -> re.Pattern[str]:
    return _ASCII_WORD if text.isascii() else _any_word()


@cache
def _any_word() -> re.Pattern[str]:
    r"""Build the pattern of a word; Python's `\w` leaves out the marks that Indic and Thai words are written with."""
    inside = rf"[\w{_marks()}\u200c\u200d\u00ad]*"  # joiners and soft hyphens do not end a word
    joiners = _JOINERS.format(more="’‐‑")  # noqa: RUF001 - the typographic forms of both
    return re.compile(rf"[^\W_]{inside}(?:{joiners}[^\W_]{inside})*")


def _marks() -> str:
    """Return the inside of a character class that holds every combining mark."""
    last = 0x1FFFF  # beyond it stand only the variation selectors
    marks = [code for code in range(0x300, last) if unicodedata.category(chr(code))[0] == "M"]
    starts = [code for code, before in zip(marks, [0, *marks], strict=False) if code != before + 1]
    ends = [code for code, after in zip(marks, [*marks[1:], last], strict=True) if code != after - 1]
    ranges = [*zip(starts, ends, strict=True), (0xE0100, 0xE01EF)]
    return "".join(f"{chr(start)}-{chr(end)}" for start, end in ranges)
