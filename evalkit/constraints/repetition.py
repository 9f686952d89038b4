"""Constraints that a text does not repeat itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.ngrams import merged, repeated_ngrams
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.tokens import tokens
from evalkit.constraints.validation import check_limit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.finality import Final
    from evalkit.constraints.tokens import Tokens
    from evalkit.verdicts import Score, Span

_SENTENCE_END = re.compile(r"(?:[!?\n…。！？]|\.(?!\d)|(?<!\d)\.)+")  # noqa: RUF001 - full-width marks
_LINE_END = re.compile(r"\n")
_MOST_SPANS = 50


@dataclass(frozen=True, slots=True)
class NoRepetition:
    """Demand that no run of words comes again and again: the loops in which small models end.

    Attributes:
        ngram: How many words in a row are compared; 2 or more. A loop of longer passages repeats every shorter run.
        at_most: How often the same run may stand in the text.

    Runs may overlap: in `ha ha ha ha ha` two words in a row stand four times. Case, spacing, punctuation, Markdown and
    the form of accents do not matter; code counts too. In a script written without spaces every character counts as a
    word.

    In a text that was cut off, a number already exceeded stays exceeded; anything else is undecided. The spans are
    where the run that first exceeds it stands once too often.
    """

    name: ClassVar[str] = "no_repetition"
    family: ClassVar[str] = "repetition"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments={"ngram": 3, "at_most": 2},
        met="Kafka keeps a log. Kafka keeps a log.",
        broken="Kafka keeps a log. Kafka keeps a log. Kafka keeps a log.",
        undecided="Kafka keeps a log. Kafka keeps a log.",
    )

    ngram: int = 8
    at_most: int = 2

    def __post_init__(self) -> None:
        check_limit("ngram", self.ngram, least=2)
        check_limit("at_most", self.at_most, least=1)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the run of words that stands in it most often."""
        read = tokens(text, whole=whole)
        firsts, greatest = repeated_ngrams(read.words, self.ngram, self.at_most)
        reason = f"the same {self.ngram:,} words stand {counted(greatest, 'time')}, at most {self.at_most:,} allowed"
        if firsts:
            run = read.span(firsts[0], firsts[0] + self.ngram - 1)
            reason += f": {quoted(text[run.start : run.end])}"
        return verdict(reason, merged(read, firsts, self.ngram), met=not firsts, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class NoRepeatedSentences:
    """Demand that no sentence comes twice.

    Attributes:
        words: How many words a sentence must have to count; shorter ones may repeat.

    A sentence ends at a full stop, `!`, `?`, `…`, the Chinese and Japanese forms of these, or a line break; an
    abbreviation's full stop parts it too, alike wherever it stands. Two are the same if they have the same words: case,
    spacing, punctuation and Markdown do not matter. Code counts too. In a script written without spaces every character
    counts as a word.

    In a text that was cut off, a sentence already repeated stays so; anything else is undecided. The spans are the
    repeated sentences, from the second time on.
    """

    name: ClassVar[str] = "no_repeated_sentences"
    family: ClassVar[str] = "repetition"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Kafka keeps a log. RabbitMQ keeps a queue.",
        broken="Kafka keeps a log. It is fast. *Kafka* keeps a log!",
        undecided="Kafka keeps a log. Kafka keeps",
    )

    words: int = 3

    def __post_init__(self) -> None:
        check_limit("words", self.words, least=1)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the sentences that stand in it more than once."""
        return _repeated(text, _SENTENCE_END, self.words, "sentence", whole=whole)


@dataclass(frozen=True, slots=True)
class NoRepeatedLines:
    """Demand that no line comes twice.

    Attributes:
        words: How many words a line must have to count; shorter ones may repeat.

    Two lines are the same if they have the same words: case, spacing, punctuation and Markdown do not matter, and lines
    of signs alone never count. Code counts too. In a script written without spaces every character counts as a word.

    In a text that was cut off, a line already repeated stays so; anything else is undecided. The spans are the repeated
    lines, from the second time on.
    """

    name: ClassVar[str] = "no_repeated_lines"
    family: ClassVar[str] = "repetition"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="- Kafka keeps a log\n- RabbitMQ keeps a queue",
        broken="- Kafka keeps a log\n- It is fast\n- Kafka keeps a log\n",
        undecided="- Kafka keeps a log\n- Kafka keeps a log",
    )

    words: int = 2

    def __post_init__(self) -> None:
        check_limit("words", self.words, least=1)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the lines that stand in it more than once."""
        return _repeated(text, _LINE_END, self.words, "line", whole=whole)


def _repeated(text: str, part_end: re.Pattern[str], least: int, kind: str, *, whole: bool) -> Score:
    read = tokens(text)
    seen: set[tuple[str, ...]] = set()
    spans: list[Span] = []
    count = 0
    for first, after in _parts(text, read, part_end, whole=whole):
        if after - first < least:
            continue
        words = tuple(read.words[first:after])
        if words not in seen:
            seen.add(words)
            continue
        count += 1
        if len(spans) < _MOST_SPANS:
            spans.append(read.span(first, after - 1))
    reason = f"{counted(count, kind)} repeated"
    if spans:
        reason += f", the first {quoted(text[spans[0].start : spans[0].end])}"
    return verdict(reason, tuple(spans), met=not count, whole=whole, final="broken")


def _parts(text: str, read: Tokens, part_end: re.Pattern[str], *, whole: bool) -> Iterator[tuple[int, int]]:
    """Yield each part of the text as its first word and the one after its last; of a cut text those that have ended."""
    starts, words = read.starts, len(read.starts)
    settled = words if whole else read.settled(len(text))
    at = 0
    ends = [match.end() for match in part_end.finditer(text)]
    if whole:
        ends.append(len(text))
    for end in ends:
        first = at
        while at < words and starts[at] < end:
            at += 1
        if at > settled:  # a full stop may turn out to be a decimal point
            return
        yield first, at
