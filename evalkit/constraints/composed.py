"""Texts with their accents composed, for libraries that take an accent of its own for something else than a letter."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_MARKED = re.compile("[^\\W\\d_][\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff]+")


@dataclass(frozen=True, slots=True)
class Composed:
    """A text in which each letter is one with the accents that follow it, where there is such a character.

    Attributes:
        places: For each character and the end, where it stands in the text as it was given; None where nothing moved.
    """

    text: str
    places: tuple[int, ...] | None

    def place(self, index: int) -> int:
        """Return where a character of the composed text stands in the given one."""
        return index if self.places is None else self.places[index]


def composed(text: str) -> Composed:
    """Compose letters with their accents: an E followed by U+0301 becomes U+00C9."""
    if text.isascii() or _MARKED.search(text) is None:
        return Composed(text, None)
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for match in _MARKED.finditer(text):
        letter = unicodedata.normalize("NFC", match[0])
        parts += [text[at : match.start()], letter]
        places += range(at, match.start())
        places += [match.start()] * len(letter)
        at = match.end()
    parts.append(text[at:])
    places += range(at, len(text) + 1)
    return Composed("".join(parts), tuple(places))
