"""Constraints on the numbers in a text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Literal

from evalkit.constraints.counting import MOST_SPANS, Count, judge_count, range_of
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.numerals import LONGEST, DecimalMark, numerals
from evalkit.constraints.reasons import counted, listed, quoted
from evalkit.constraints.validation import check_texts
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.counting import Range
    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.numerals import Numeral


@dataclass(frozen=True, slots=True)
class NumbersWithin:
    """Demand that the numbers in the text, or one of them, lie within a range.

    Attributes:
        at_least: The least number allowed.
        at_most: The greatest number allowed.
        units: Only numbers with one of these units count, written before or after them: `[MB/s, MB/sec]`, `[$]`,
            `["%"]`. Nothing is converted and no other spelling is known. Without it, every number counts.
        match: `every` number that counts must lie in the range, which a text without any does; or `any`, at least one.
        decimal_mark: `.` or `,`, where the language of the answer settles it.

    Numbers are read in digits of any script, with signs, fractions, exponents (`1e6`, `1.5 x 10^6`), thousands marks
    and the words `thousand` to `trillion`. No numbers are: those of a numbered list, dates, times, versions (`1.2.3`),
    ordinals (`2nd`), and digits that follow a letter or a letter and a hyphen (`v2`, `GPT-4`). A unit at one end of a
    range (`5 to 10 MB/s`) holds for both; after `and`, `or` and a comma it may.

    What can be read in several ways is undecided where they disagree: `1,000` and `1.000` without `decimal_mark`,
    `10 000`, `5M`; and so is what cannot be read, such as `1/2`. The spans are the numbers that decide.

    In a text that was cut off, with `every` a number outside stays outside, and with `any` one inside stays inside,
    once a few words follow it; anything else is undecided. A text of more than 100,000 characters is judged by its
    beginning, as if cut off there.
    """

    name: ClassVar[str] = "numbers_within"
    family: ClassVar[str] = "numbers"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 0, "at_most": 1000, "units": ["MB/s"]},
        met="In 2024 it moved 600 MB/s.",
        broken="It moves 6e5 MB/s.",
        undecided="It moves 600",
    )

    at_least: float | None = None
    at_most: float | None = None
    units: tuple[str, ...] = ()
    match: Literal["every", "any"] = "every"
    decimal_mark: DecimalMark | None = None

    def __post_init__(self) -> None:
        for argument, value in (("at_least", self.at_least), ("at_most", self.at_most)):
            if value is not None and (type(value) not in (int, float) or value != value):  # noqa: PLR0124 - not a number
                raise ArgumentError(f"`{argument}` must be a number, got {value!r}", path=(argument,))
        if self.at_least is None and self.at_most is None:
            raise ArgumentError("a number is missing", hint="give `at_least` or `at_most` or both")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            message = f"`at_least` must not exceed `at_most`, got {self.at_least} and {self.at_most}"
            raise ArgumentError(message, path=("at_least",))
        _check(self.units, self.decimal_mark)
        if self.match not in ("every", "any"):
            raise ArgumentError(f"`match` must be every or any, got {self.match!r}", path=("match",))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its numbers."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        deciding: list[Span] = []
        doubtful: list[Span] = []
        others: list[Span] = []
        count = 0
        bad = self.match == "every"
        for number in numerals(text, self.units, self.decimal_mark):
            count += 1
            inside: set[bool | None] = {self._inside(reading) for reading in number.readings}
            inside = inside or {None}
            # A single number outside decides for `every`, a single one inside for `any`.
            decides = inside == {not bad}
            known = whole or number.settled
            kept = deciding if decides and known else doubtful if len(inside) > 1 or None in inside else others
            kept.append(Span(number.start, number.end))
        if deciding:
            reason = f"{_listed(text, deciding)} {'outside' if bad else 'within'} {self._range()}"
            return Score(0.0 if bad else 1.0, reason, tuple(deciding[:MOST_SPANS]))
        if doubtful and whole:
            reason = f"{_listed(text, doubtful)} can be read in more than one way, {self._range()} or not"
            return Score(None, reason, tuple(doubtful[:MOST_SPANS]))
        what = (
            f"{counted(count, 'number')}, {'all' if bad else 'none'} within {self._range()}" if count else self._none()
        )
        return verdict(what, tuple(others[:MOST_SPANS]), met=bad, whole=whole, final="neither")

    def _inside(self, reading: tuple[Decimal, ...]) -> bool:
        within = (self._holds(number) for number in reading)
        return all(within) if self.match == "every" else any(within)

    def _holds(self, number: Decimal) -> bool:
        low, high = (None if each is None else Decimal(repr(each)) for each in (self.at_least, self.at_most))
        return (low is None or number >= low) and (high is None or number <= high)

    def _range(self) -> str:
        if self.at_most is None:
            return f"{self.at_least:g} or more"
        return f"{self.at_most:g} or less" if self.at_least is None else f"{self.at_least:g} to {self.at_most:g}"

    def _none(self) -> str:
        return f"no number with the unit {listed(self.units)}" if self.units else "no number"


@dataclass(frozen=True, slots=True)
class NumberCount:
    """Demand a number of numbers in the text.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.
        units: Only numbers with one of these units count; see `numbers_within`.
        decimal_mark: `.` or `,`, where the language of the answer settles it.

    Numbers are found as for `numbers_within`; equal ones each count. Where it can be read in several ways how many
    there are (`10 000`), the count is not exact. The spans are the first hundred numbers.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached, once a few words follow; anything else is undecided, and so for a text of more than 100,000
    characters, of which only the beginning is read.
    """

    name: ClassVar[str] = "number_count"
    family: ClassVar[str] = "numbers"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 2},
        met="It moves 600 MB/s in 20 ms.",
        broken="It moves 600 MB/s.",
        undecided="It moves 600",
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    units: tuple[str, ...] = ()
    decimal_mark: DecimalMark | None = None

    def __post_init__(self) -> None:
        self._range()
        _check(self.units, self.decimal_mark)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return self._range().demands(f"numbers with the unit {listed(self.units)}" if self.units else "numbers")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by how many numbers it has."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        found = list(numerals(text, self.units, self.decimal_mark))
        low = sum(map(_fewest, found))
        high = sum(max(map(len, number.readings), default=2) for number in found)
        settled = sum(_fewest(number) for number in found if number.settled)
        doubt = next((number for number in found if len(set(map(len, number.readings))) != 1), None)
        why = None if doubt is None else f"{quoted(text[doubt.start : doubt.end])} can be read in more than one way"
        spans = tuple(Span(number.start, number.end) for number in found[:MOST_SPANS])
        return judge_count(Count(low, high, settled, why), self._range(), "number", whole=whole, places=spans)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


def _fewest(number: Numeral) -> int:
    return min(map(len, number.readings), default=1)


def _listed(text: str, spans: list[Span]) -> str:
    words = listed([text[span.start : span.end] for span in spans])
    return f"{words} {'is' if len(spans) == 1 else 'are'}"


def _check(units: tuple[str, ...], decimal_mark: str | None) -> None:
    if units != ():
        check_texts("units", units)
    if decimal_mark not in (None, ".", ","):
        message = f"`decimal_mark` must be `.` or `,`, got {decimal_mark!r}"
        raise ArgumentError(message, path=("decimal_mark",))
