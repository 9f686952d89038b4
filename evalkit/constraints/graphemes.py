"""Parts a text into graphemes: what readers take for one character, by Unicode's UAX #29.

The library `regex` keeps their properties; Python's own `re` has none. It reads a run of regional indicators, of which
two make a flag, in quadratic time, so flags are paired here and hidden from it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{1,2}")
_STAND_INS = ("", "a", "a\u0301")  # of the same length, and parted from their neighbours as flags are


def count_graphemes(text: str) -> int:
    """Count the graphemes of a text; the number never falls when the text goes on."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    return sum(1 for _ in _clusters(text))


def grapheme_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the graphemes of a text stand. More text can change the last one only, and only lengthen it."""
    return (match.span() for match in _clusters(text))


def _clusters(text: str) -> Iterator[re.Match[str]]:
    matches: Iterator[re.Match[str]] = _cluster().finditer(_FLAG.sub(_stand_in, text))
    return matches


def _stand_in(flag: re.Match[str]) -> str:
    return _STAND_INS[len(flag.group())]


@cache
def _cluster() -> Any:  # noqa: ANN401 - the library ships no types
    regex: Any = import_module("regex")
    return regex.compile(r"\X")
