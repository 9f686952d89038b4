"""Constraints on the number of characters, of all or of one."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from evalkit.constraints.counting import MOST_SPANS, Count, judge_count, range_of
from evalkit.constraints.divisions import trimmed
from evalkit.constraints.examples import Examples
from evalkit.constraints.graphemes import count_graphemes, grapheme_spans
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_text
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.constraints.counting import Range
    from evalkit.constraints.demands import Alternatives
    from evalkit.verdicts import Score

Unit: TypeAlias = Literal["graphemes", "code_points", "utf8_bytes"]
_NOUNS: dict[Unit, str] = {"graphemes": "character", "code_points": "code point", "utf8_bytes": "byte"}


@dataclass(frozen=True, slots=True)
class CharacterCount:
    """Demand a number of characters.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.
        unit: `graphemes` are what a reader takes for one character (Unicode's UAX #29): an accented letter, a flag or
            a family of emoji is one however it is encoded, and so is a line break. `code_points` and `utf8_bytes` are
            what databases and protocols count.
        ignore_white_space: True counts only what is not white space.

    White space around the text does not count.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. With graphemes, the span is what stands beyond the greatest number.
    """

    name: ClassVar[str] = "character_count"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 4, "at_most": 5}, met="Kafka", broken="RabbitMQ", undecided="Kafka"
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    unit: Unit = "graphemes"
    ignore_white_space: bool = False

    def __post_init__(self) -> None:
        self._range()
        if self.unit not in _NOUNS:
            raise ArgumentError(f"`unit` must be one of {', '.join(_NOUNS)}, got {self.unit!r}", path=("unit",))

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        without = " other than white space" if self.ignore_white_space else ""
        return self._range().demands(f"{_NOUNS[self.unit]}s{without}")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of characters."""
        start, end = trimmed(text)
        judged = text[start:end]
        count = self._count(judged)

        def beyond(limit: int) -> tuple[Span, ...]:
            if self.unit != "graphemes" or self.ignore_white_space:
                return ()
            first, _ = next(islice(grapheme_spans(judged), limit, None))
            return (Span(start + first, end),)

        noun = _NOUNS[self.unit]
        return judge_count(Count(count, count, count), self._range(), noun, whole=whole, beyond=beyond)

    def _count(self, text: str) -> int:
        if self.unit == "graphemes" and self.ignore_white_space and not text.isascii():
            return sum(not text[start:end].isspace() for start, end in grapheme_spans(text))
        if self.ignore_white_space:
            text = "".join(text.split())
        if self.unit == "graphemes":
            return count_graphemes(text)
        return len(text) if self.unit == "code_points" else len(text.encode("utf-8", errors="surrogatepass"))

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


@dataclass(frozen=True, slots=True)
class LetterCount:
    """Demand a number of times that a letter, or any other character, appears.

    Attributes:
        letter: One character as a reader sees it; with its accent where it has one, composed or not.
        exactly: The number demanded; stands alone. 0 forbids the letter.
        at_least: The least number.
        at_most: The greatest number.
        ignore_case: True counts `E` for `e`.

    An accent makes another letter: `e` is not counted in `é`, however that is encoded. The spans are the first hundred
    places.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. The letter at the very end is not yet counted, for an accent may follow.
    """

    name: ClassVar[str] = "letter_count"
    family: ClassVar[str] = "keywords"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"letter": "k", "at_least": 2}, met="Kafka", broken="RabbitMQ", undecided="RabbitMQ"
    )

    letter: str
    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    ignore_case: bool = True

    def __post_init__(self) -> None:
        check_text("letter", self.letter)
        if count_graphemes(self.letter) != 1:
            message = f"`letter` must be one character, got {self.letter!r}"
            raise ArgumentError(message, path=("letter",), hint="`keyword_count` counts words and phrases")
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        letter = quoted(_compared(self.letter, ignore_case=self.ignore_case))
        return self._range().demands(f"times {letter}{'' if self.ignore_case else ' in this case'}")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by how often it has the letter."""
        letter = _compared(self.letter, ignore_case=self.ignore_case)
        if text.isascii():
            searched = text.lower() if self.ignore_case else text
            places = [(at, at + 1) for at, each in enumerate(searched) if each == letter]
        else:
            spans = list(grapheme_spans(text))
            found = Counter(text[start:end] for start, end in spans)
            same = {each for each in found if _compared(each, ignore_case=self.ignore_case) == letter}
            places = [(start, end) for start, end in spans if text[start:end] in same]
        settled = sum(1 for _, end in places[-1:] if end == len(text))
        count = Count(len(places), len(places), len(places) - settled)
        shown = tuple(Span(*place) for place in places[:MOST_SPANS])
        return judge_count(count, self._range(), f"{quoted(self.letter)}", whole=whole, places=shown)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


def _compared(letter: str, *, ignore_case: bool) -> str:
    """Write a letter in the one way in which it is compared."""
    composed = unicodedata.normalize("NFC", letter)
    return unicodedata.normalize("NFC", composed.casefold()) if ignore_case else composed
