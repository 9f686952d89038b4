"""Constraints on the number of lines and paragraphs."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import Count, judge_count, range_of
from evalkit.constraints.divisions import count_breaks, line_spans, paragraph_spans, trimmed
from evalkit.constraints.examples import Examples
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from evalkit.constraints.counting import Range
    from evalkit.constraints.demands import Alternatives
    from evalkit.verdicts import Score


@dataclass(frozen=True, slots=True)
class LineCount:
    r"""Demand a number of lines.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.
        blank: True also counts blank lines between others; those at the beginning and end never count.

    A line ends at a line feed, a carriage return, both together, or one of Unicode's other line breaks. How a screen
    would wrap it does not matter. An empty text has no lines.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. The span is what stands beyond the greatest number.
    """

    name: ClassVar[str] = "line_count"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments=2, met="Kafka\nRabbitMQ", broken="Kafka", undecided="Kafka\nRabbitMQ"
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    blank: bool = False

    def __post_init__(self) -> None:
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return self._range().demands("lines, blank ones included" if self.blank else "lines")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of lines."""
        if not self.blank:
            return _judged(text, self._range(), "line", line_spans, whole=whole)
        start, end = trimmed(text)
        count = count_breaks(text[start:end]) + 1 if start < end else 0
        return judge_count(Count(count, count, count), self._range(), "line", whole=whole)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


@dataclass(frozen=True, slots=True)
class ParagraphCount:
    """Demand a number of paragraphs.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.

    Paragraphs are parted by one blank line or more, or by Unicode's paragraph separator; a line that holds only white
    space is blank. Markdown is not looked at: a heading, a list or a code block between blank lines is a paragraph,
    and a blank line inside a code block parts it. An empty text has no paragraphs.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. The span is what stands beyond the greatest number.
    """

    name: ClassVar[str] = "paragraph_count"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"at_most": 2},
        met="Kafka is a log.\n\nRabbitMQ is a broker.",
        broken="Kafka is a log.\n\nRabbitMQ is a broker.\n\nBoth are fine.",
        undecided="Kafka is a log.\n\nRabbitMQ",
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return self._range().demands("paragraphs")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of paragraphs."""
        return _judged(text, self._range(), "paragraph", paragraph_spans, whole=whole)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


def _judged(
    text: str, wanted: Range, noun: str, parts: Callable[[str], Iterator[tuple[int, int]]], *, whole: bool
) -> Score:
    count = sum(1 for _ in parts(text))

    def beyond(limit: int) -> tuple[Span, ...]:
        first, _ = next(islice(parts(text), limit, None))
        return (Span(first, trimmed(text)[1]),)

    return judge_count(Count(count, count, count), wanted, noun, whole=whole, beyond=beyond)
