"""Constraints on the number of words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.demands import Amount
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import counted
from evalkit.constraints.scripts import count_words, words_from
from evalkit.constraints.validation import check_limit
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final
    from evalkit.constraints.scripts import WordCount


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
        count = count_words(text)
        if count.low > self.limit:
            reason = f"{_shown(count)}, limit {self.limit:,}"
            return verdict(reason, _beyond(text, self.limit), met=False, whole=whole, final=self.final)
        if count.high > self.limit:
            return Score(None, _hidden(count))
        return verdict(f"{_shown(count)}, limit {self.limit:,}", met=True, whole=whole, final=self.final)


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
        count = count_words(text)
        if count.low < self.limit <= count.high:
            return Score(None, _hidden(count))
        reason = f"{_shown(count)}, at least {self.limit:,} wanted"
        return verdict(reason, met=count.low >= self.limit, whole=whole, final=self.final)


def _shown(count: WordCount) -> str:
    if count.low == count.high:
        return counted(count.low, "word")
    return f"{count.low:,} to {count.high:,} words"


def _hidden(count: WordCount) -> str:
    return f"{_shown(count)}; `{count.script}` belongs to a script written without spaces between words"


def _beyond(text: str, limit: int) -> tuple[Span, ...]:
    beyond = words_from(text, limit)
    start, end = next(beyond)
    for _, end in beyond:  # noqa: B007 - only the last word's end matters
        pass
    return (Span(start, end),)
