"""Constraints on capital and small letters, in every script that has both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import MOST_SPANS, Count, first_spans, judge_count, range_of
from evalkit.constraints.demands import Casing
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import counted
from evalkit.constraints.scripts import UNSPACED, words_from
from evalkit.constraints.validation import check_limit
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.counting import Range
    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score

_RUN = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class AllUppercase:
    """Demand that every letter that has a capital form is a capital.

    Letters of scripts without case (Arabic, Han, Hindi and many more), digits and signs are passed over, so a text
    without any cased letter meets the constraint. The language does not matter. The spans are the words with small
    letters, up to a hundred.

    In a text that was cut off, a small letter found decides; anything else is undecided.
    """

    name: ClassVar[str] = "all_uppercase"
    family: ClassVar[str] = "case"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="USE KAFKA 3.5.", broken="USE Kafka.", undecided="USE KAFKA"
    )

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Casing("upper"),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its small letters."""
        return _judged(text, text.upper(), "small letters", whole=whole)


@dataclass(frozen=True, slots=True)
class AllLowercase:
    """Demand that the text has no capital letter.

    Letters of scripts without case (Arabic, Han, Hindi and many more), digits and signs are passed over, so a text
    without any cased letter meets the constraint. The language does not matter. The spans are the words with capitals,
    up to a hundred.

    In a text that was cut off, a capital found decides; anything else is undecided.
    """

    name: ClassVar[str] = "all_lowercase"
    family: ClassVar[str] = "case"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="use kafka 3.5.", broken="use Kafka.", undecided="use kafka"
    )

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Casing("lower"),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its capitals."""
        return _judged(text, text.lower(), "capital letters", whole=whole)


@dataclass(frozen=True, slots=True)
class CapitalWordCount:
    """Demand a number of words that are written in capitals.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.
        min_letters: How many capitals a word must have to count: 1 counts `I` and `A`, 2 does not.

    Words are told apart as for `max_words`. One counts when it has capitals and no small letter: `API`, `WELL-KNOWN`
    and `GPT-4` do, `APIs` does not. Scripts without case have no such words, and where a script without spaces touches
    a word, it does not matter. The spans are the first hundred.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. A word at the very end is not yet counted.
    """

    name: ClassVar[str] = "capital_word_count"
    family: ClassVar[str] = "case"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 2}, met="The API is REST.", broken="The API is fine.", undecided="The API is REST"
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    min_letters: int = 1

    def __post_init__(self) -> None:
        self._range()
        check_limit("min_letters", self.min_letters, least=1)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return self._range().demands(f"words in {self.min_letters} or more capitals")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of words in capitals."""
        searched = text if text.isascii() else UNSPACED.sub(" ", text)
        places = [place for place in words_from(searched, 0) if self._counts(searched[slice(*place)])]
        # After the last word a joiner and a letter may still follow: `API-` may become `API-key`.
        settled = sum(1 for _, end in places if end + 2 <= len(text))
        count = Count(len(places), len(places), settled)
        return judge_count(count, self._range(), "capital word", whole=whole, places=first_spans(places))

    def _counts(self, word: str) -> bool:
        return word == word.upper() and sum(map(_is_capital, word)) >= self.min_letters

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


def _is_capital(character: str) -> bool:
    return character != character.lower()


def _judged(text: str, demanded: str, wrong: str, *, whole: bool) -> Score:
    """Judge a text by what would have to change in it."""
    if text == demanded:
        return verdict(f"no {wrong}", met=True, whole=whole, final="broken")
    places = list(_differing(text, upper=demanded == text.upper()))
    spans = tuple(places[:MOST_SPANS])
    return verdict(f"{wrong} in {counted(len(places), 'word')}", spans, met=False, whole=whole, final="broken")


def _differing(text: str, *, upper: bool) -> Iterator[Span]:
    for match in _RUN.finditer(text):
        run = match.group()
        if run != (run.upper() if upper else run.lower()):
            yield Span(*match.span())
