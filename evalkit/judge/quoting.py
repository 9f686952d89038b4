"""Quotes what a judge is to look at, so that nothing in it can end the quotation or pass for the judge's own words.

Every line of a quoted text begins with `| `, and the lines around it bear a mark that follows from a hash over all that
is quoted. A text that held its own mark would have to hold a hash of itself.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PREFIX = "| "
_KEPT = frozenset("\t\u200c\u200d")
"""A tab, and the joiners that scripts and emoji need."""
_SHOWN = ("Cc", "Cf", "Cs")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a quoted text cannot know.

    Attributes:
        around: Stands in the lines before and after each quotation.
        reply: What the judge must write before its verdict; it stands nowhere near a quotation.
    """

    around: str
    reply: str


def marks(texts: Sequence[str]) -> Marks:
    """Derive the marks of a question: the same for the same texts, so that a run that goes on asks the same."""
    number = 0
    while True:
        plain = json.dumps([number, *texts])
        digest = hashlib.sha256(plain.encode()).hexdigest()
        found = Marks(digest[:16], digest[16:28])
        if not any(mark in text for text in texts for mark in (found.around, found.reply)):
            return found
        number += 1


def quote(text: str, name: str, mark: str) -> str:
    """Write a text as a quotation.

    Line endings of any kind become line feeds, and characters that nobody sees (control, direction and tag characters,
    half a surrogate pair) are spelt out.
    """
    lines = [PREFIX + _visible(line) for line in text.splitlines() or [""]]
    return "\n".join((f"[{name} {mark} begins]", *lines, f"[{name} {mark} ends]"))


class _Spelling(dict[int, str]):
    """What stands for each character, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        unseen = unicodedata.category(character) in _SHOWN and character not in _KEPT
        self[code] = f"\\u{{{code:X}}}" if unseen else character
        return self[code]


_SPELLING = _Spelling()


def _visible(line: str) -> str:
    return line if line.isprintable() else line.translate(_SPELLING)  # nearly every line is printable
