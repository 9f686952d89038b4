"""The constraint on the number of sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.demands import Amount
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.validation import check_limit
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from punkt import PunktSentenceTokenizer

    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final

_LONGEST = 100_000  # characters; Punkt takes up to 3 microseconds for each on text made to be slow
_END_MARKS = re.compile(r"[.?!]+(?=\W)")
_SETTLING_WORDS = 3  # Punkt looks at one token beyond a full stop; the word after that settles where the token ends
_BLANKS = re.compile(r"[ \t\n\r\x0b\x0c]+")  # Punkt parts tokens at other white space too, but not everywhere
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
        if len(text) > _LONGEST:
            return beginning_judged(self, text, _LONGEST)
        most = _most_sentences(text)
        if most <= self.limit:
            reason = f"no more than {counted(most, 'sentence')}, limit {self.limit:,}"
            return self._unless_foreign(text, most, reason, whole=whole)
        spans = list(_punkt().span_tokenize(text))
        reason = f"{counted(len(spans), 'sentence')}, limit {self.limit:,}"
        if len(spans) <= self.limit:
            return self._unless_foreign(text, len(spans), reason, whole=whole)
        start, end = spans[self.limit][0], spans[-1][1]
        settled = _settled(text[start:])
        final: Final = self.final if settled else "neither"
        return verdict(reason, (Span(start, end),), met=False, whole=whole, final=final)

    def _unless_foreign(self, text: str, count: int, reason: str, *, whole: bool) -> Score:
        if not text.isascii():
            foreign = _FOREIGN_END.findall(text)
            if count + len(foreign) > self.limit:
                return Score(None, f"{reason}; {quoted(foreign[0])} is of a script whose sentences cannot be counted")
        return verdict(reason, met=True, whole=whole, final=self.final)


def _most_sentences(text: str) -> int:
    """Return a number that Punkt's count cannot exceed, at a fraction of its cost: it ends at most one at each mark."""
    stripped = text.rstrip()
    return 1 + len(_END_MARKS.findall(stripped)) if stripped else 0


def _settled(rest: str) -> bool:
    """Tell whether enough words follow a sentence's start to fix that it is a start, whatever comes next."""
    tokens = _BLANKS.split(rest, maxsplit=50)[:50]
    return sum(any(character.isalnum() for character in token) for token in tokens) >= _SETTLING_WORDS


@cache
def _punkt() -> PunktSentenceTokenizer:
    from punkt import tokenizer_for

    return tokenizer_for("english")
