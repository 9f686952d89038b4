"""Finds keywords in a text, as constraints on keywords, their number, place and order do."""

from __future__ import annotations

from functools import cache
from heapq import merge
from typing import TYPE_CHECKING

from evalkit.constraints.casing import fold, spellings
from evalkit.constraints.scripts import stands_alone
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.casing import Folded


def keyword_spans(
    text: str, keyword: str, *, folded: Folded | None = None, ignore_case: bool, whole_words: bool, whole: bool = True
) -> Iterator[Span]:
    """Yield where a keyword stands, in order and without overlaps.

    Args:
        text: Where it is looked for.
        keyword: What is looked for, as it stands, whether its accents are composed or not.
        folded: The text made ready for comparison, where that is done already.
        ignore_case: Whether `kafka` is found for `Kafka`.
        whole_words: Whether a keyword that a letter, digit, underscore or accent touches is passed over.
        whole: False when the text was cut off. With `whole_words`, a keyword at the very end is then passed over, for
            its word may go on.
    """
    folded = fold(text, ignore_case=ignore_case) if folded is None else folded
    ways = [_places(text, folded, way, whole_words=whole_words) for way in _spellings(keyword, ignore_case)]
    after = 0
    for start, end in merge(*ways) if len(ways) > 1 else ways[0]:
        if start >= after and (whole or not whole_words or end < len(text)):
            yield Span(start, end)
            after = end


def longest_spelling(keyword: str, *, ignore_case: bool) -> int:
    """Return the greatest number of characters that a keyword can take up in a text."""
    return max(map(len, _spellings(keyword, ignore_case)))  # folding never shortens


def _places(text: str, folded: Folded, way: str, *, whole_words: bool) -> Iterator[tuple[int, int]]:
    start = folded.text.find(way)
    while start >= 0:
        place = folded.span(start, start + len(way))
        if place is not None and (not whole_words or stands_alone(text, Span(*place))):
            yield place
            start = folded.text.find(way, start + len(way))
        else:
            start = folded.text.find(way, start + 1)


@cache
def _spellings(keyword: str, ignore_case: bool) -> tuple[str, ...]:  # noqa: FBT001 - a cache's key
    return spellings(keyword, ignore_case=ignore_case)
