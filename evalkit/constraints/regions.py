"""Finds the first or last words, sentences, lines or paragraphs of a text, as far as they can be told."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.constraints.divisions import line_spans, paragraph_spans
from evalkit.constraints.scripts import UNSPACED, words_from
from evalkit.constraints.sentences import LONGEST, foreign_ends, sentence_spans, settled, settled_until

if TYPE_CHECKING:
    from collections.abc import Iterator

Part: TypeAlias = Literal["word", "sentence", "line", "paragraph"]
PARTS: tuple[Part, ...] = ("word", "sentence", "line", "paragraph")
_PIECE = re.compile(f"{UNSPACED.pattern}|[^{UNSPACED.pattern[1:]}+")


@dataclass(frozen=True, slots=True)
class Region:
    """A range of a text whose bounds may not be known exactly.

    Attributes:
        start: Where it begins, or the least place where it may.
        end: Where it ends, or the greatest place where it may; None when more text may lengthen it.
        sure_start: From here on the text lies in it for sure.
        sure_end: Up to here the text lies in it for sure, whatever follows.
        doubt: Why the bounds are not known; None when they are.
    """

    start: int
    end: int | None
    sure_start: int
    sure_end: int
    doubt: str | None = None


def first_parts(text: str, part: Part, number: int, *, whole: bool) -> Region:
    """Return where the first so many parts of a text stand; all of it when it has fewer."""
    if part == "word":
        return _first_words(text, number, whole=whole)
    if part == "sentence":
        return _first_sentences(text, number, whole=whole)
    spans = list(islice(_spans(text, part), number + 1))
    end = spans[min(number, len(spans)) - 1][1] if spans else 0
    return Region(0, end if whole or len(spans) > number else None, 0, end)


def last_parts(text: str, part: Part, number: int) -> Region:
    """Return where the last so many parts of a whole text stand; all of it when it has fewer."""
    if part == "word":
        sure = deque(_pieces(text), maxlen=number)
        spans = deque(words_from(text, 0), maxlen=number)
        start, sure_start = (spans[0][0], sure[0][0]) if spans else (0, 0)
        return _region_to_end(text, start, sure_start, _HIDDEN_WORDS)
    if part == "sentence":
        return _last_sentences(text, number)
    spans = deque(_spans(text, part), maxlen=number)
    start = spans[0][0] if spans else 0
    return _region_to_end(text, start, start, "")


def nth_part(text: str, part: Part, number: int, *, whole: bool) -> tuple[int, int, bool] | str:
    """Find one part of a text.

    Args:
        text: The text.
        part: Not `word`.
        number: From 1, or from -1 backwards from the end of a whole text.
        whole: False when the text was cut off.

    Returns:
        Where it begins and ends, and whether more text leaves its end alone; or why it cannot be told.
    """
    spans = list(_spans(text, part)) if part != "sentence" else sentence_spans(text[:LONGEST])
    index = number - 1 if number > 0 else len(spans) + number
    if part == "sentence":
        unknown = _unknown_sentence(text, spans, number, whole=whole)
        if unknown is not None:
            return unknown
    if not 0 <= index < len(spans):
        return ""
    start, end = spans[index]
    following = index + 1 < len(spans)
    if part == "sentence" and following:
        following = settled(text, spans[index + 1][0])
    return start, end, whole or following


_HIDDEN_WORDS = "the text is of a script written without spaces between words"
_HIDDEN_SENTENCES = "the text is of a script whose sentences cannot be counted"
_TOO_LONG = f"of a text of more than {LONGEST:,} characters only so many are read"


def _unknown_sentence(text: str, spans: list[tuple[int, int]], number: int, *, whole: bool) -> str | None:
    """Say why it is not known where a sentence begins; None when it is."""
    index = number - 1 if number > 0 else len(spans) + number
    if len(text) > LONGEST and (number < 0 or index >= len(spans) - 1):
        return _TOO_LONG
    start = spans[index][0] if 0 <= index < len(spans) else len(text)
    known = start if number > 0 else len(text.rstrip()) - 1
    if (index > 0 or number < 0) and any(end <= known for _, end in foreign_ends(text[:LONGEST])):
        return _HIDDEN_SENTENCES
    if not whole and 0 < index < len(spans) and not settled(text, start):
        return "the sentence has only just begun"
    return None


def _first_words(text: str, number: int, *, whole: bool) -> Region:
    nth = next(words_from(text, number - 1), None)
    sure = next(islice(_pieces(text), number - 1, None), None)
    end = len(text) if nth is None else nth[1]
    sure_end = len(text) if sure is None else sure[1]
    still_open = not whole and (nth is None or end + 2 > len(text))  # a joiner and a letter may follow
    return Region(0, None if still_open else end, 0, sure_end, _HIDDEN_WORDS if sure_end < end else None)


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the words of a text, where every character of a script without spaces is one."""
    for start, end in words_from(text, 0):
        if UNSPACED.search(text, start, end) is None:
            yield start, end
        else:
            yield from (piece.span() for piece in _PIECE.finditer(text, start, end))


def _first_sentences(text: str, number: int, *, whole: bool) -> Region:
    if len(text) > LONGEST:
        text, whole = text[:LONGEST], False
    spans = sentence_spans(text)
    following = len(spans) > number and (whole or settled(text, spans[number][0]))
    end = spans[min(number, len(spans)) - 1][1] if spans else 0
    ends = sorted([*(end for _, end in spans), *(end for _, end in foreign_ends(text))])
    sure_end = min(end, ends[number - 1]) if len(ends) >= number else end
    doubt = _HIDDEN_SENTENCES if sure_end < end else None
    if not whole:
        sure_end = min(sure_end, settled_until(text))
    return Region(0, end if whole or following else None, 0, sure_end, doubt)


def _last_sentences(text: str, number: int) -> Region:
    offset = max(0, len(text) - LONGEST)
    tail = text[offset:]
    spans = sentence_spans(tail)
    if offset and len(spans) <= number:
        return Region(0, len(text), len(text), len(text), _TOO_LONG)
    start = spans[-number][0] if len(spans) >= number else 0
    last = len(tail.rstrip())
    ends = sorted([*(end for _, end in spans[:-1]), *(end for _, end in foreign_ends(tail) if end < last)])
    sure_start = max(start, ends[-number]) if len(ends) >= number else start
    return _region_to_end(text, offset + start, offset + sure_start, _HIDDEN_SENTENCES)


def _region_to_end(text: str, start: int, sure_start: int, doubt: str) -> Region:
    return Region(start, len(text), sure_start, len(text), doubt if sure_start > start else None)


def _spans(text: str, part: Part) -> Iterator[tuple[int, int]]:
    return line_spans(text) if part == "line" else paragraph_spans(text)
