"""Cuts a model's words around the places that a verdict rests on, and marks these.

Such a text can hold anything: commands to a terminal, characters that turn the direction of what follows, a thousand
accents on one letter. What is shown of it is lines of a known width that stay where they are put.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.verdicts import Span

COLUMNS = 94
LINES = 8
CUT = "…"

_BEFORE = 120
"""Characters shown before the first place, at most."""
_LINES_BEFORE = 2
_WITHOUT_PLACE = 4
"""Lines of a text of which no place is named."""
_PAIRS = (("«", "»"), ("⟦", "⟧"), (">>>", "<<<"), ("[[[", "]]]"))
"""What marks a place; the first pair that the text does not use itself."""
_JOINERS = frozenset("\u200c\u200d")  # they shape letters and emoji, and hide nothing
_MOST_ACCENTS = 2


@dataclass(frozen=True, slots=True)
class _Glyph:
    """What is written for one character, or for a mark; `width` in columns."""

    written: str
    width: int
    opens: bool = False
    space: bool = False
    ends_line: bool = False


def excerpt(
    text: str,
    spans: Sequence[Span],
    *,
    lines: int = LINES,
    columns: int = COLUMNS,
    marks: tuple[str, str] | None = None,
) -> list[str]:
    r"""Return lines of a text around the first place of a verdict, with all places in them marked.

    Args:
        text: What was judged.
        spans: Places in it, in any order; what lies outside the text is left out.
        lines: At most so many; fewer where no place is named, for then the text is only shown to be known again.
        columns: At most so wide, marks included.
        marks: What stands before and after a place; None chooses what the text does not use.

    >>> from evalkit.verdicts import Span
    >>> excerpt("Kafka, \x1b[31mno doubt.", [Span(0, 5)])
    ['«Kafka», \\x1b[31mno doubt.']
    """
    places = _merged(spans, len(text))
    if not places:
        lines = min(lines, _WITHOUT_PLACE)
    first = places[0][0] if places else 0
    start, end = max(0, first - _BEFORE), min(len(text), first + lines * columns)
    wrapped = _wrapped(_glyphs(text, start, end, places, marks), columns - 2 * len(CUT))
    marked = next((number for number, line in enumerate(wrapped) if any(glyph.opens for glyph in line)), 0)
    top = max(0, marked - _LINES_BEFORE)
    shown = ["".join(glyph.written for glyph in line).rstrip() for line in wrapped[top : top + lines]]
    if not shown:
        return []
    if start or top:
        shown[0] = CUT + shown[0]
    if end < len(text) or top + lines < len(wrapped):
        shown[-1] += CUT
    return shown


def on_one_line(text: str, columns: int) -> str:
    r"""Put a text on one line of at most so many columns; what is hidden is written as its code.

    >>> on_one_line("two\nlines, \x07 and more", 20)
    'two lines, \\x07…'
    """
    return in_lines(text, columns, most=1)[0]


def in_lines(text: str, columns: int, *, most: int) -> list[str]:
    """Put a text on at least one and at most so many lines, each of at most so many columns; see `on_one_line`.

    >>> in_lines("so many words", 10, most=2)
    ['so many', 'words']
    """
    shown = text[: 4 * columns * most]  # no more is looked at than can be shown, for a text may be very long
    glyphs = list(_visible(" ".join(shown.split())))
    whole = len(shown) == len(text)
    lines = _wrapped(glyphs, columns)
    if len(lines) > most or not whole:
        lines = _wrapped(glyphs, columns - len(CUT))  # again, with room for the sign that it is cut
        whole = whole and len(lines) <= most
    written = ["".join(glyph.written for glyph in line).rstrip() for line in lines[:most]]
    return written if whole else [*written[:-1], written[-1] + CUT]


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes; letters of East Asia and emoji take two.

    >>> width_of("Kafka"), width_of("卡夫卡")
    (5, 6)
    """
    return sum(_width(character) for character in text)


def _merged(spans: Iterable[Span], length: int) -> list[tuple[int, int]]:
    """Put places in order, inside the text, those that touch as one."""
    inside = sorted((max(0, min(each.start, each.end)), min(length, max(each.start, each.end))) for each in spans)
    places: list[tuple[int, int]] = []
    for start, end in inside:
        if start > length or end < start:
            continue
        if places and start <= places[-1][1]:
            places[-1] = places[-1][0], max(end, places[-1][1])
        else:
            places.append((start, end))
    return places


def _glyphs(
    text: str, start: int, end: int, places: Sequence[tuple[int, int]], chosen: tuple[str, str] | None
) -> Iterator[_Glyph]:
    """Yield what is written for the part of a text, with marks around its places."""
    window = text[start:end]
    unused = (pair for pair in _PAIRS if pair[0] not in window and pair[1] not in window)
    opening, closing = chosen or next(unused, _PAIRS[-1])
    marks: dict[int, list[_Glyph]] = {}
    for first, last in places:
        if first <= end and last >= start:
            marks.setdefault(max(first, start), []).append(_Glyph(opening, len(opening), opens=True))
            if last <= end:
                marks.setdefault(last, []).append(_Glyph(closing, len(closing)))
    done = start
    for place in sorted(marks):
        yield from _visible(text[done:place])
        yield from marks[place]
        done = place
    yield from _visible(text[done:end])


def _visible(text: str) -> Iterator[_Glyph]:
    accents = 0
    for number, character in enumerate(text):
        category = unicodedata.category(character)
        accents = accents + 1 if category in ("Mn", "Me") else 0
        if character == "\n":
            yield _Glyph("", 0, ends_line=True)
        elif character == "\r" and text[number + 1 : number + 2] == "\n":
            continue
        elif _hidden(character, category) or accents > _MOST_ACCENTS:
            code = character.encode("unicode_escape").decode("ascii")
            yield _Glyph(code, len(code))
        else:
            yield _Glyph(character, _width(character), space=character == " ")


def _hidden(character: str, category: str) -> bool:
    """Tell whether a character shows nothing, or moves what is shown."""
    if category in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp"):
        return True
    return category == "Cf" and character not in _JOINERS


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def _wrapped(glyphs: Iterable[_Glyph], columns: int) -> list[list[_Glyph]]:
    """Put glyphs into lines that are no wider, broken at spaces where one is near enough to the end."""
    lines: list[list[_Glyph]] = [[]]
    width = 0
    for glyph in glyphs:
        if glyph.ends_line:
            lines.append([])
            width = 0
            continue
        if width + glyph.width > columns:
            rest = _after_last_space(lines[-1])
            del lines[-1][len(lines[-1]) - len(rest) :]
            lines.append(rest)
            width = sum(each.width for each in rest)
        lines[-1].append(glyph)
        width += glyph.width
    return lines if lines[-1] or len(lines) == 1 else lines[:-1]


def _after_last_space(line: Sequence[_Glyph]) -> list[_Glyph]:
    for number in range(len(line) - 1, len(line) // 2, -1):
        if line[number].space:
            return list(line[number + 1 :])
    return []
