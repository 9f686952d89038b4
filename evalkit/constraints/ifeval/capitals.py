"""IFEval's check of how many words are in capitals."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged
from evalkit.constraints.ifeval.answers import Compared
from evalkit.constraints.ifeval.sentences import LONGEST
from evalkit.constraints.ifeval.tokens import capital_words

if TYPE_CHECKING:
    from evalkit.verdicts import Score

_SURE = re.compile(r"(?<!\S)[A-Z]+(?=\s)")
"""A word that is in capitals whatever stands around it."""


@dataclass(frozen=True, slots=True)
class IfevalCapitalWords(Compared):
    """Demand a number of words in capitals, as IFEval's `change_case:capital_word_frequency` does.

    Attributes:
        at_least: The least number of such words.
        less_than: One more than the greatest number. This or `at_least` is given.

    Words are the tokens of NLTK's `word_tokenize` with capital letters and no small ones: `I`, `A` and `B2` count,
    `IT'S` and `CANNOT` are two each, `WELL-KNOWN` is one. A text of more than 100,000 characters is judged by its
    beginning, as if cut off there.

    In a text that was cut off, a number that plain words have reached stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_capital_words"
    family: ClassVar[str] = "case"
    ifeval_id: ClassVar[str] = "change_case:capital_word_frequency"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 2},
        met="Kafka is FAST, and I like it.",
        broken="Kafka is FAST, and we like it.",
        undecided="Kafka is FAST, and",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of words in capitals."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        limit = self.wanted.limit
        sure = not whole and len(_SURE.findall(text)) >= limit
        return self.wanted.verdict(text, capital_words(text), "word", whole=whole, grows=sure)
