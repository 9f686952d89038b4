"""Reads the numbers that a text gives in digits, in every way in which they can be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.constraints.scripts import UNSPACED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DecimalMark: TypeAlias = Literal[".", ","]
Reading: TypeAlias = tuple[Decimal, ...]
_Unit: TypeAlias = Literal["yes", "maybe", "no"]

LONGEST = 100_000
"""Characters that are read in good time; text made of digits takes several microseconds for each."""

_BLANK = " \u00a0\u2009\u202f"
_LETTER = rf"[^\W\d_{UNSPACED.pattern[1:-1]}]"
_INSIDE = rf"[^\W{UNSPACED.pattern[1:-1]}]"
_LINE_START = r"(?:^|(?<=[\n\r\u2028\u2029]))"
_NUMBER = re.compile(
    rf"(?P<name>{_LETTER}{_INSIDE}*(?:[-.]\d{_INSIDE}*)*)"  # GPT-4, v1.2, H2O
    rf"|(?P<marker>{_LINE_START}[ \t]*\d{{1,3}}[.)](?=[ \t]))"  # of a numbered list
    r"|(?P<date>(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{2,4}|\d{1,2}\.\d{1,2}\.\d{4}"
    r"|\d{1,2}:\d{2}(?::\d{2})?|(?!\d{1,3}(?:\.\d{3})+(?![\d.]))\d+(?:\.\d+){2,})(?!\d))"  # and times, and versions
    r"|(?P<sign>(?<![\w)\]%])[-\u2212+])?"
    rf"(?P<body>\d+(?:[.,'\u2019\u00a0\u2009\u202f\u066b\u066c]\d+)*(?:(?: \d{{3}}(?!\d))+(?:[.,]\d+)?)?|\.\d+)"
    r"(?P<power>[eE][-\u2212+]?\d{1,9}(?!\w)|[ \u00a0]?[\u00d7x*\u00b7][ \u00a0]?10"
    r"(?:\^[-\u2212+]?\d{1,4}|\u207b?[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]{1,4}))?"
    r"(?P<odd>/\d+|[\u00bc-\u00be\u2150-\u215e]|(?:st|nd|rd|th)\b)?"
)
_SCALES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12}
_LETTERS = {"k": 3, "K": 3, "M": 6, "bn": 9, "B": 9, "T": 12}
_SCALE = re.compile(rf"[{_BLANK}]?({'|'.join(_SCALES)})\b|({'|'.join(_LETTERS)})(?!\w)")
_RANGE = re.compile(rf"[*_`]{{0,3}}[{_BLANK}]?(?:(-|\u2013|\u2014|to)|and|or|,)[{_BLANK}]?[*_`]{{0,3}}")
_LONGEST_LINK = 16
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻\u2212", "0123456789--")
_CHUNK = re.compile(r"(?<!\S)\S+\s")
_SETTLING_CHUNKS = 5  # a dash or `to`, a number, its scale and its unit, and what they may have grown from


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text.

    Attributes:
        start: Where it begins.
        end: Where it ends, its unit not included.
        readings: The ways to read it, each with the numbers that it then gives, which may be none or several; empty
            when it cannot be read.
        settled: True when no further text can change it.
    """

    start: int
    end: int
    readings: tuple[Reading, ...]
    settled: bool


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    readings: tuple[Reading, ...]
    unit: _Unit


def numerals(text: str, units: tuple[str, ...], decimal_mark: DecimalMark | None) -> Iterator[Numeral]:
    """Yield the numbers of a text; with `units`, those that have one of them."""
    found = _linked(text, list(_found(text, units, decimal_mark))) if units else _found(text, units, decimal_mark)
    chunks = _SETTLING_CHUNKS + max((unit.count(" ") for unit in units), default=0)
    settled_to = _settled_to(text, chunks)
    for each in found:
        if each.unit != "no":
            readings = each.readings if each.unit == "yes" or not each.readings else (*each.readings, ())
            yield Numeral(each.start, each.end, readings, each.end <= settled_to)


def _settled_to(text: str, chunks: int) -> int:
    """Return where the last so many whole chunks between white space begin."""
    starts: list[int] = []
    for window in (200, 2_000, 20_000):
        offset = max(0, len(text) - window)
        starts = [match.start() for match in _CHUNK.finditer(text, offset)]
        if len(starts) > chunks or not offset:
            break
    return starts[-chunks] if len(starts) >= chunks else 0


def _found(text: str, units: tuple[str, ...], decimal_mark: DecimalMark | None) -> Iterator[_Found]:
    after, before = _unit_patterns(units)
    taken = 0  # up to here a unit belongs to the number before it
    for match in _NUMBER.finditer(text):
        if match["body"] is None or (match["odd"] or "").isalpha():
            continue
        negative = match["sign"] is not None and match["sign"] != "+"
        following = after.match(text, match.end()) if units else None
        scales = [0]
        scale = None if following else _SCALE.match(text, match.end())
        if scale is not None:
            scales = [_SCALES[scale[1]]] if scale[1] else [0, _LETTERS[scale[2]]]
            following = after.match(text, scale.end()) if units else None
        unit = not units or following is not None
        if not unit:
            ahead = before.search(text, max(taken, match.start() - _longest(units)), match.start())
            unit = ahead is not None
            negative = negative or (ahead is not None and ahead[1] is not None)
        taken = following.end() if following else taken
        readings: tuple[Reading, ...] = ()
        if match["odd"] is None:
            power = _power(match["power"])
            readings = tuple(
                tuple(_value(number, power + each, negative=negative and not index) for index, number in enumerate(way))
                for way in _ways(match["body"], decimal_mark)
                for each in scales
            )
        yield _Found(match.start(), match.end(), tuple(dict.fromkeys(readings)), "yes" if unit else "no")


def _linked(text: str, found: Sequence[_Found]) -> Iterator[_Found]:
    """Give both ends of a range the unit that stands at one of them."""
    states: list[_Unit] = [each.unit for each in found]
    for order in (range(len(found) - 2, -1, -1), range(len(found) - 1)):
        for index in order:
            here, there = (index, index + 1) if order.step < 0 else (index + 1, index)
            gap = text[found[index].end : found[index + 1].start]
            if states[here] == "no" and states[there] != "no" and 0 < len(gap) <= _LONGEST_LINK:
                link = _RANGE.fullmatch(gap)
                if link is not None:
                    states[here] = states[there] if link[1] else "maybe"
    for each, state in zip(found, states, strict=True):
        yield _Found(each.start, each.end, each.readings, state)


@cache
def _unit_patterns(units: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Return the patterns of what may follow and what may stand before a number with one of the units."""
    longest_first = sorted(units, key=len, reverse=True)
    ended = r"(?![\w/^\u00b2\u00b3])"  # `MB` is not the unit of `MB/s`, nor `$` in `5 $6` that of 5
    after = "|".join(re.escape(unit) + (ended if unit[-1].isalnum() else r"(?!\d)") for unit in longest_first)
    before = "|".join((r"(?<!\w)" if unit[0].isalnum() else "") + re.escape(unit) for unit in longest_first)
    return (
        re.compile(rf"[*_`]{{0,3}}[{_BLANK}]?[*_`]{{0,3}}(?:{after})"),
        re.compile(rf"([-\u2212])?(?:{before})[{_BLANK}]?[*_`]{{0,3}}\Z"),
    )


def _longest(units: tuple[str, ...]) -> int:
    return max(map(len, units)) + 6


def _power(written: str | None) -> int:
    if written is None:
        return 0
    digits = written.strip().translate(_SUPERSCRIPTS)
    if digits[0] in "eE":
        return int(digits[1:])
    return int(digits.partition("10")[2].removeprefix("^"))


def _value(number: str, power: int, *, negative: bool) -> Decimal:
    value = Decimal(f"{number}E{power}")
    return value.copy_negate() if negative else value


def _ways(body: str, decimal_mark: DecimalMark | None) -> list[tuple[str, ...]]:
    """Return the ways to read digits with what stands between them, as numbers that `Decimal` reads."""
    if body.isdigit():
        return [(body,)]
    if " " in body:
        parts = body.split(" ")
        apart = [way for part in parts for way in _ways(part, decimal_mark)[:1]]
        split = tuple(number for way in apart for number in way)
        joined = _grouped(body.replace(" ", "'"), decimal_mark)
        return [*joined, split]
    return _grouped(body, decimal_mark)


def _grouped(body: str, decimal_mark: DecimalMark | None) -> list[tuple[str, ...]]:
    point, comma = _with_point(body), _read(body, decimal=",", thousands=".")
    ways = list(dict.fromkeys(way for way in (point, comma) if way is not None))
    if decimal_mark == ".":
        return ways[:1] if point is not None else []
    return ways[-1:] if decimal_mark == "," else ways


def _with_point(body: str) -> tuple[str, ...] | None:
    """Read with a decimal point; what commas then do not group, they part."""
    whole = _read(body, decimal=".", thousands=",")
    if whole is not None or "," not in body:
        return whole
    parts = [_read(part, decimal=".", thousands="'") for part in body.split(",")]
    return None if any(part is None for part in parts) else tuple(number for part in parts if part for number in part)


def _read(body: str, *, decimal: str, thousands: str) -> tuple[str, ...] | None:
    """Read one number by one convention; None when it does not follow it."""
    integer, *fraction = re.split(rf"[{re.escape(decimal)}\u066b]", body)
    if len(fraction) > 1 or (fraction and not fraction[0].isdigit()):
        return None
    groups = re.split(rf"[{re.escape(thousands)}'\u2019\u00a0\u2009\u202f\u066c]", integer)
    marks = {each for each in integer if not each.isdigit()}
    if len(groups) > 1 and not (
        len(marks) == 1
        and 1 <= len(groups[0]) <= 3
        and int(groups[0][0]) > 0
        and len(groups[-1]) == 3
        and (all(len(group) == 3 for group in groups[1:-1]) or all(len(group) == 2 for group in groups[1:-1]))
    ):
        return None
    digits = "".join(groups)
    if digits and not digits.isdigit():
        return None
    return (f"{digits or '0'}.{fraction[0]}" if fraction else digits,)
