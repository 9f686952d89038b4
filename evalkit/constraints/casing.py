"""Compares texts without regard to case and still points into the original text.

`str.lower` will not do: its Greek final sigma depends on what follows, so that more text could change what was already
read. `str.casefold` takes one character at a time, but may turn one into several (`ß` into `ss`, `İ` into `i` and a
dot), which moves every later index.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made ready for comparison.

    Attributes:
        text: The characters to compare.
        origins: For each of them the index in the original text, with that text's length at the end; None when every
            character stands where it stood.
    """

    text: str
    origins: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the range `[start, end)` in the original text, or None when it would split one of its characters."""
        if self.origins is None:
            return start, end
        splits_first = start > 0 and self.origins[start] == self.origins[start - 1]
        splits_last = start < end and self.origins[end] == self.origins[end - 1]
        return None if splits_first or splits_last else (self.origins[start], self.origins[end])


def fold(text: str, *, ignore_case: bool) -> Folded:
    """Make `text` ready for comparison; folding a text and its continuation apart gives the same characters."""
    if not ignore_case:
        return Folded(text, None)
    folded = text.casefold()
    if len(folded) == len(text):  # no character folds to nothing, so each became exactly one
        return Folded(folded, None)
    origins = [index for index, character in enumerate(text) for _ in character.casefold()]
    origins.append(len(text))
    return Folded(folded, origins)


def spellings(text: str, *, ignore_case: bool) -> tuple[str, ...]:
    """Return the ways to write what a suite demands: as given, and with its accents composed and decomposed."""
    ways = (text, unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text))
    return tuple(dict.fromkeys(fold(way, ignore_case=ignore_case).text for way in ways))
