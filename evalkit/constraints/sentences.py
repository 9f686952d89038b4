"""Constraints on the number of sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.composed import composed
from evalkit.constraints.counting import Count, Range, judge_count, range_of
from evalkit.constraints.demands import Amount
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.validation import check_limit
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from punkt import PunktSentenceTokenizer

    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final

LONGEST = 100_000
"""Characters that Punkt is given; it takes up to 3 microseconds for each on text made to be slow."""

_LAST_LOOKED_AT = 200  # sentences without words, such as `! ! !`, before the count is not taken for settled
_LOOKED_AT = 10_000  # characters after a sentence's start
_END_MARKS = re.compile(r"[.?!]+(?=\W)")
_SETTLING_WORDS = 3  # Punkt looks at one token beyond a full stop; the word after that settles where the token ends
_BLANKS = re.compile(r"[ \t\n\r\x0b\x0c]+")  # Punkt parts tokens at other white space too, but not everywhere
_TOKEN = re.compile(r"[^ \t\n\r\x0b\x0c]+")
_FOREIGN_END = re.compile(
    "[\u3002\uff01\uff0e\uff1f\uff61"  # Chinese and Japanese
    "\u0964\u0965\u061f\u06d4\u0589\u1362\u1367\u1368\u104a\u104b\u17d4\u17d5\u0f0d\u0f0e"  # other scripts' own marks
    "\u0e00-\u0eff]"  # Thai and Lao have no mark at all: any letter may be the last of a sentence
)


@dataclass(frozen=True, slots=True)
class MaxSentences:
    """Demand at most `limit` sentences; exactly `limit` is enough.

    Attributes:
        limit: The greatest number of sentences allowed, 0 or more.

    Sentences are told apart by the Punkt algorithm (Kiss & Strunk 2006) with the English model that NLTK and the
    IFEval benchmark use: it knows that `Dr.` ends none, but takes `e.g.` for an end unless a comma follows. Only `.`,
    `?` and `!` end a sentence; a line break alone does not, so a list without full stops is one sentence. An empty
    text has none.

    Where other scripts' marks (such as `。`) could end further sentences, or a script has no such marks (Thai, Lao),
    the verdict is broken when Punkt already finds too many, and otherwise undecided if those further sentences could
    exceed the limit. A text of more than 100,000 characters is judged by its beginning, as if cut off there.

    In a text that was cut off, a limit already exceeded stays exceeded, once a few words follow the sentence that
    exceeds it; anything else is undecided. The span is what stands beyond the limit.
    """

    name: ClassVar[str] = "max_sentences"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=2,
        met="Dr. Lee likes Kafka. I do not.",
        broken="Kafka is a log. RabbitMQ is a broker. Both are fine.",
        undecided="Kafka is a log. RabbitMQ is a",
    )

    limit: int

    def __post_init__(self) -> None:
        check_limit("limit", self.limit)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Amount("sentences", high=self.limit),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of sentences."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        return _judged(text, Range(0, self.limit), whole=whole)


@dataclass(frozen=True, slots=True)
class SentenceCount:
    """Demand a number of sentences.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.

    Sentences are counted as for `max_sentences`, other scripts and very long texts included.

    In a text that was cut off, a number already reached or exceeded stays so, once a few words follow the sentence that
    decides; anything else is undecided. The span is what stands beyond the greatest number.
    """

    name: ClassVar[str] = "sentence_count"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments=2,
        met="Dr. Lee likes Kafka. I do not.",
        broken="Kafka is a log.",
        undecided="Kafka is a log. RabbitMQ is a broker.",
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return self._range().demands("sentences")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of sentences."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        return _judged(text, self._range(), whole=whole)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Return where Punkt finds the sentences of a text; takes long above `LONGEST` characters."""
    read = composed(text)  # Punkt takes a capital with an accent of its own for a word, not for an initial
    return [(read.place(start), read.place(end)) for start, end in _punkt().span_tokenize(read.text)]


def foreign_ends(text: str) -> list[tuple[int, int]]:
    """Return where sentences may end that Punkt does not know of: at other scripts' marks, or anywhere in Thai."""
    return [] if text.isascii() else [match.span() for match in _FOREIGN_END.finditer(text)]


def settled(text: str, start: int) -> bool:
    """Tell whether enough words follow a sentence's start to fix that it is a start, whatever comes next."""
    tokens = _BLANKS.split(text[start : start + _LOOKED_AT], maxsplit=50)[:50]
    return sum(any(character.isalnum() for character in token) for token in tokens) >= _SETTLING_WORDS


def settled_count(text: str, spans: list[tuple[int, int]]) -> int:
    """Count the sentences whose beginnings stay, whatever follows."""
    for index in range(len(spans) - 1, max(0, len(spans) - _LAST_LOOKED_AT), -1):
        if settled(text, spans[index][0]):
            return index + 1
    return min(1, len(spans))


def settled_until(text: str) -> int:
    """Return up to where the sentences that begin there stay as they are, whatever comes next."""
    offset = max(0, len(text) - _LOOKED_AT)
    tokens = [match.start() for match in _TOKEN.finditer(text, offset) if any(map(str.isalnum, match.group()))]
    return tokens[-_SETTLING_WORDS] if len(tokens) >= _SETTLING_WORDS else 0


def _judged(text: str, wanted: Range, *, whole: bool) -> Score:
    further = foreign_ends(text)
    doubt = None
    if further:
        mark = quoted(text[slice(*further[0])])
        doubt = f"{mark} is of a script whose sentences cannot be counted"
    most = _most_sentences(text)
    if whole and not wanted.low and wanted.high is not None and most + len(further) <= wanted.high:
        return Score(1.0, f"no more than {counted(most + len(further), 'sentence')}, {wanted}")
    spans = sentence_spans(text)
    count = Count(len(spans), len(spans) + len(further), settled_count(text, spans), doubt)
    return judge_count(
        count, wanted, "sentence", whole=whole, beyond=lambda limit: (Span(spans[limit][0], spans[-1][1]),)
    )


def _most_sentences(text: str) -> int:
    """Return a number that Punkt's count cannot exceed, at a fraction of its cost: it ends at most one at each mark."""
    stripped = text.rstrip()
    return 1 + len(_END_MARKS.findall(stripped)) if stripped else 0


@cache
def _punkt() -> PunktSentenceTokenizer:
    from punkt import tokenizer_for

    return tokenizer_for("english")
