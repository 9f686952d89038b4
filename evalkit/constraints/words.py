"""Constraints on the number of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import Count, Range, judge_count, range_of
from evalkit.constraints.demands import Amount
from evalkit.constraints.examples import Examples
from evalkit.constraints.scripts import count_words, words_from
from evalkit.constraints.validation import check_limit
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score


@dataclass(frozen=True, slots=True)
class MaxWords:
    """Demand at most `limit` words; exactly `limit` is enough.

    Attributes:
        limit: The greatest number of words allowed, 0 or more.

    A word begins with a letter or digit and goes on through letters, digits, accents and underscores. A hyphen or an
    apostrophe inside a word belongs to it, and so does a point or comma between digits: `well-known`, `don't` and
    `3.5` are one word each, `and/or` is two. Signs alone (`-`, `**`, emoji) are no words.

    Scripts written without spaces (Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar and a few more) do not show
    their words. Such a text is met when it would hold the limit with every character a word, broken when it would not
    with every run of them one word, and undecided between the two.

    In a text that was cut off, a limit already exceeded stays exceeded; anything else is undecided. The span is what
    stands beyond the limit.
    """

    name: ClassVar[str] = "max_words"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=4,
        met="Kafka keeps a log.",
        broken="Kafka keeps a log of events.",
        undecided="Kafka keeps a",
    )

    limit: int

    def __post_init__(self) -> None:
        check_limit("limit", self.limit)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Amount("words", high=self.limit),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of words."""
        return _judged(text, Range(0, self.limit), whole=whole)


@dataclass(frozen=True, slots=True)
class MinWords:
    """Demand at least `limit` words; exactly `limit` is enough.

    Attributes:
        limit: The least number of words demanded, 1 or more.

    Words are counted as for `max_words`, scripts written without spaces included.

    In a text that was cut off, a number already reached stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "min_words"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=4,
        met="Kafka keeps a log.",
        broken="Kafka, surely.",
        undecided="Kafka keeps a",
    )

    limit: int

    def __post_init__(self) -> None:
        check_limit("limit", self.limit, least=1)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Amount("words", low=self.limit),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of words."""
        return _judged(text, Range(self.limit, None), whole=whole)


@dataclass(frozen=True, slots=True)
class WordCount:
    """Demand a number of words.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.

    Words are counted as for `max_words`, scripts written without spaces included.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. The span is what stands beyond the greatest number.
    """

    name: ClassVar[str] = "word_count"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 3, "at_most": 4},
        met="Kafka keeps a log.",
        broken="Kafka keeps a log of events.",
        undecided="Kafka keeps a",
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return self._range().demands("words")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of words."""
        return _judged(text, self._range(), whole=whole)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


def _judged(text: str, wanted: Range, *, whole: bool) -> Score:
    found = count_words(text)
    doubt = None
    if found.script is not None:
        doubt = f"`{found.script}` belongs to a script written without spaces between words"
    count = Count(found.low, found.high, found.low, doubt)
    return judge_count(count, wanted, "word", whole=whole, beyond=lambda limit: _beyond(text, limit))


def _beyond(text: str, limit: int) -> tuple[Span, ...]:
    beyond = words_from(text, limit)
    start, end = next(beyond)
    for _, end in beyond:  # noqa: B007 - only the last word's end matters
        pass
    return (Span(start, end),)
