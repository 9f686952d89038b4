"""Judges how many of a thing a text has by the range that a suite demands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.constraints.demands import Amount
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import counted
from evalkit.constraints.validation import check_limit
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from evalkit.constraints.demands import Alternatives

MOST_SPANS = 100
"""Of things that a text may have by the thousand, a verdict points at the first hundred."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a thing a text has.

    Attributes:
        low: The least it can be.
        high: The most it can be.
        settled: The least it can be once the text goes on, whatever follows; at most `low`.
        doubt: Why it is not known; None when `low` is `high`.
    """

    low: int
    high: int
    settled: int
    doubt: str | None = None

    def shown(self, noun: str) -> str:
        """Write it with its noun."""
        return counted(self.low, noun) if self.low == self.high else f"{self.low:,} to {self.high:,} {noun}s"


@dataclass(frozen=True, slots=True)
class Range:
    """How many a suite demands.

    Attributes:
        low: The least; 0 for no limit.
        high: The most; None for no limit.
    """

    low: int
    high: int | None

    def __str__(self) -> str:
        """Write it as reasons do."""
        if self.high is None:
            return f"at least {self.low:,} wanted"
        if self.low == self.high:
            return f"exactly {self.low:,} wanted"
        return f"{self.low:,} to {self.high:,} wanted" if self.low else f"limit {self.high:,}"

    def demands(self, of: str) -> Alternatives:
        """Return it as a demand for so many of `of`, which is a plural."""
        return ((Amount(of, low=self.low, high=self.high),),)


def range_of(exactly: int | None, at_least: int | None, at_most: int | None) -> Range:
    """Make a range of the three arguments that constraints on counts take.

    Raises:
        ArgumentError: None is given, they do not go together, or every text would do; `path` names one of them.
    """
    for argument, value in (("exactly", exactly), ("at_least", at_least), ("at_most", at_most)):
        if value is not None:
            check_limit(argument, value)
    if exactly is not None:
        other = "at_least" if at_least is not None else "at_most"
        if at_least is not None or at_most is not None:
            raise ArgumentError(f"`{other}` cannot stand beside `exactly`", path=(other,), hint="keep one of them")
        return Range(exactly, exactly)
    if at_most is None:
        if at_least is None:
            raise ArgumentError("a number is missing", hint="give `exactly`, or `at_least` or `at_most` or both")
        check_limit("at_least", at_least, least=1)
        return Range(at_least, None)
    if at_least is not None and at_least > at_most:
        raise ArgumentError(f"`at_least` must not exceed `at_most`, got {at_least} and {at_most}", path=("at_least",))
    return Range(at_least or 0, at_most)


def judge_count(
    count: Count,
    wanted: Range,
    noun: str,
    *,
    whole: bool,
    places: tuple[Span, ...] = (),
    beyond: Callable[[int], tuple[Span, ...]] | None = None,
) -> Score:
    """Judge a count by the range demanded.

    Args:
        count: Of the text as it stands.
        wanted: The range.
        noun: What is counted, in the singular.
        whole: False when the text was cut off.
        places: Where what was counted stands.
        beyond: Returns what stands beyond so many; used instead of `places` when there are too many.

    Returns:
        Undecided where the count is not known well enough, or more text could change the verdict.
    """
    reason = f"{count.shown(noun)}, {wanted}"
    low, high = (count.low, count.high) if whole else (count.settled, None)
    if wanted.high is not None and low > wanted.high:
        return Score(0.0, reason, places if beyond is None else beyond(wanted.high))
    if high is not None and high < wanted.low:
        return Score(0.0, reason, places)
    if low >= wanted.low and (wanted.high is None or (high is not None and high <= wanted.high)):
        return Score(1.0, reason, places)
    if whole:
        return Score(None, f"{reason}; {count.doubt}", places)
    return verdict(reason, places, met=False, whole=False, final="neither")


def first_spans(places: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Return the first places as spans, as many as a verdict points at."""
    return tuple(Span(*place) for place, _ in zip(places, range(MOST_SPANS), strict=False))
