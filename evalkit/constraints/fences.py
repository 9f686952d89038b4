"""Takes one Markdown code fence off a document that a whole text may be wrapped in."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCED = re.compile(r"(`{3,})[^`\r\n]*(?:\r\n|\n|\r)(.*)(?:\r\n|(?<!\r)\n|\r)[ \t]*\1`*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Framed:
    """Where in a text its one document stands.

    Attributes:
        start: Its first character.
        end: One past its last.
        fenced: Whether a fence stands around it.
    """

    start: int
    end: int
    fenced: bool


def framed(text: str, *, fence: bool) -> Framed | None:
    """Return where the document stands that `text` consists of, white space around it left out.

    Args:
        text: A text that is to hold one document and nothing else.
        fence: Whether one fence of back-ticks, on lines of their own, may stand around it.

    Returns:
        The place; None when a fence is opened at the start and not closed at the end.
    """
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    if not fence or not text.startswith("`", start):
        return Framed(start, max(start, end), fenced=False)
    match = _FENCED.fullmatch(text, start, end)
    return None if match is None else Framed(*match.span(2), fenced=True)


def bare(text: str, frame: Framed) -> tuple[int, int]:
    """Return where the document stands without the white space at its ends, a fence's included."""
    document = text[frame.start : frame.end]
    start = frame.start + len(document) - len(document.lstrip())
    return start, max(start, frame.start + len(document.rstrip()))
