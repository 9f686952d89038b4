"""Parts a text into lines and paragraphs, whatever it ends its lines with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_BREAKS = "\n\r\x0b\x0c\x85\u2028\u2029"  # those of UAX #14, Unicode's line breaking
_UNSEEN = r"\s\ufeff\u200b\u2060"  # white space, and characters that fill no line by themselves
_BREAK = re.compile(rf"\r\n|[{_BREAKS}]")
_LINE = re.compile(rf"[^{_UNSEEN}](?:[^{_BREAKS}]*[^{_UNSEEN}])?")


def line_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the lines stand that hold more than white space, without the white space around them."""
    return (match.span() for match in _LINE.finditer(text))


def paragraph_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the paragraphs stand: lines with no blank line between them, without the white space around them."""
    start: int | None = None
    end = 0
    for line_start, line_end in line_spans(text):
        if start is None:
            start = line_start
        elif _parted(text[end:line_start]):
            yield start, end
            start = line_start
        end = line_end
    if start is not None:
        yield start, end


def count_breaks(text: str) -> int:
    """Count the line breaks; a carriage return before a line feed is one with it."""
    return len(_BREAK.findall(text))


def trimmed(text: str) -> tuple[int, int]:
    """Return where a text stands without the white space around it; an empty range when it has nothing else."""
    start = len(text) - len(text.lstrip())
    return (start, len(text.rstrip())) if start < len(text) else (0, 0)


def _parted(gap: str) -> bool:
    return gap != "\n" and ("\u2029" in gap or count_breaks(gap) > 1)
