"""IFEval's checks of what a text holds: placeholders, a postscript, a title, an answer out of three, no comma."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.ifeval.answers import Threshold, answer_verdict, first_spans
from evalkit.constraints.ifeval.patterns import Pattern, Unreadable, pattern
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_limit, check_text
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.finality import Final

_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_MARKERS = {"P.S.": r"p\.\s?s\.", "P.P.S": r"p\.\s?p\.\s?s"}


@dataclass(frozen=True, slots=True)
class IfevalPlaceholders:
    """Demand placeholders in square brackets, as IFEval's `detectable_content:number_placeholders` does.

    Attributes:
        at_least: The least number of placeholders.

    Anything between `[` and the next `]` of the same line counts, even nothing, and even a link's text.

    In a text that was cut off, a number already reached stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_placeholders"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "detectable_content:number_placeholders"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=2,
        met="Dear [name], see you at [place].",
        broken="Dear [name], see you there.",
        undecided="Dear [name], see you at",
    )

    at_least: int

    def __post_init__(self) -> None:
        check_limit("at_least", self.at_least)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of placeholders."""
        places = list(_bracketed(text))
        wanted = Threshold(self.at_least, None)
        return wanted.verdict(text, len(places), "placeholder", first_spans(places), whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalPostscript:
    r"""Demand a postscript, as IFEval's `detectable_content:postscript` does.

    Attributes:
        marker: `P.S.`, `P.P.S`, or another beginning of it, which the benchmark reads as a regular expression.

    The marker may stand anywhere, in the middle of a word too; case does not count. Within `P.S.` and `P.P.S` a space
    may follow a point. Other markers are read as keywords are for `ifeval_contains_all`: in `P.S` the point stands for
    any character, so that `pass` has one.

    In a text that was cut off, `P.S.`, `P.P.S` and a plain ASCII marker stay found; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_postscript"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "detectable_content:postscript"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments="P.S.",
        met="Use Kafka.\n\nP.S. Mind the offsets.",
        broken="Use Kafka. PS: Mind the offsets.",
        undecided="Use Kafka.\n\nP.",
    )

    marker: str

    def __post_init__(self) -> None:
        check_text("marker", self.marker)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by whether the marker stands in it."""
        marker = self.marker.strip()
        ready = _marker(marker)
        if isinstance(ready, Unreadable):
            return Score(None, ready.why)
        lowered = text.lower()
        if ready.ascii_only and not lowered.isascii():
            return Score(None, f"{quoted(marker)} is a pattern that repeats without end, and the text is not ASCII")
        match = next(ready.matches(lowered), None)
        found = match is not None
        spans = (Span(*match.span()),) if match is not None and len(lowered) == len(text) else ()
        sure = marker in _MARKERS or (ready.plain and marker.isascii())
        reason = f"{'a' if found else 'no'} postscript {quoted(marker)}"
        return answer_verdict(text, reason, spans, met=found, whole=whole, final=self.final if sure else "neither")


@dataclass(frozen=True, slots=True)
class IfevalTitle:
    """Demand a title in double angular brackets, as IFEval's `detectable_format:title` does.

    The brackets stand anywhere on one line, with more than white space and angular brackets between them.

    In a text that was cut off, a title that has been found stays found; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_title"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "detectable_format:title"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="<<Brokers>>\nUse Kafka.",
        broken="# Brokers\nUse Kafka.",
        undecided="<<Brok",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by whether it has a title."""
        for start, end in _titles(text):
            if text[start:end].lstrip("<").rstrip(">").strip():
                reason = f"the title {quoted(text[start:end])}"
                return answer_verdict(text, reason, (Span(start, end),), met=True, whole=whole, final=self.final)
        return answer_verdict(text, "no title in `<<` and `>>`", met=False, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class IfevalYesNoMaybe:
    """Demand one of three answers, as IFEval's `detectable_format:constrained_response` does.

    They are `My answer is yes.`, `My answer is no.` and `My answer is maybe.`, in this very form; they may stand
    anywhere, and other text around them.

    In a text that was cut off, an answer that has been found stays found; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_yes_no_maybe"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "detectable_format:constrained_response"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="My answer is maybe.",
        broken="Maybe.",
        undecided="My answer is",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by whether one of the answers stands in it."""
        for answer in _ANSWERS:
            start = text.find(answer)
            if start >= 0:
                spans = (Span(start, start + len(answer)),)
                return answer_verdict(text, f"found {quoted(answer)}", spans, met=True, whole=whole, final=self.final)
        return answer_verdict(text, "none of the three answers", met=False, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class IfevalNoComma:
    """Demand that there is no comma, as IFEval's `punctuation:no_comma` does.

    Only `,` is one; those of other scripts (`،`, `、`) are not.

    In a text that was cut off, a comma that has been found decides; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_no_comma"
    family: ClassVar[str] = "punctuation"
    ifeval_id: ClassVar[str] = "punctuation:no_comma"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Use Kafka or RabbitMQ.",
        broken="Use Kafka, not RabbitMQ.",
        undecided="Use Kafka or",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its first comma."""
        place = text.find(",")
        spans = () if place < 0 else (Span(place, place + 1),)
        reason = "no comma" if place < 0 else "a comma"
        return answer_verdict(text, reason, spans, met=place < 0, whole=whole, final=self.final)


def _bracketed(text: str) -> Iterator[tuple[int, int]]:
    """Yield each `[` with the next `]` of its line, without overlaps; in linear time, which `re` would not take."""
    start, line_end = 0, -1
    while (start := text.find("[", start)) >= 0:
        if start > line_end:
            line_end = text.find("\n", start)
            line_end = len(text) if line_end < 0 else line_end
        end = text.find("]", start, line_end)
        if end < 0:
            start = line_end
        else:
            yield start, end + 1
            start = end + 1


def _titles(text: str) -> Iterator[tuple[int, int]]:
    """Yield, for each line, what stands from the first `<<` to the last `>>`, if anything does between them."""
    start = text.find("<<")
    while start >= 0:
        line_end = text.find("\n", start)
        line_end = len(text) if line_end < 0 else line_end
        end = text.rfind(">>", start + 3, line_end)
        if end >= 0:
            yield start, end + 2
        start = text.find("<<", line_end)


@cache
def _marker(marker: str) -> Pattern | Unreadable:
    """Make a marker ready to be looked for in a text in small letters.

    The reference puts blanks before it and the rest of the line after it, which are there in any text.
    """
    known = _MARKERS.get(marker)
    return pattern(marker.lower() if known is None else known, ignore_case=False)
