"""IFEval's instructions on length: words, sentences and paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged
from evalkit.constraints.ifeval.following import check_relation, compared, following
from evalkit.constraints.ifeval.tokens import LONGEST, sentence_count
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.validation import check_limit, check_text
from evalkit.errors import ArgumentError

if TYPE_CHECKING:
    from evalkit.verdicts import Score

_WORD = re.compile(r"\w+")
_DIVIDER = re.compile(r"\s?\*\*\*\s?")
_WORD_ENDS = ".,?!'\""


@dataclass(frozen=True, slots=True)
class IfevalWordCount:
    r"""Demand so many words, as IFEval's `length_constraints:number_words` does.

    Attributes:
        at_least: The least number; or
        less_than: the number that is already too many.

    A word is a run of letters, digits and underscores: `don't` and `well-known` are two. `word_count` takes them for
    one.
    """

    name: ClassVar[str] = "ifeval_word_count"
    ifeval_id: ClassVar[str] = "length_constraints:number_words"
    family: ClassVar[str] = "length"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 4}, met="I don't know.", broken="I know it.", undecided="I know it"
    )

    at_least: int | None = None
    less_than: int | None = None

    def __post_init__(self) -> None:
        check_relation(self.at_least, self.less_than)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of words."""
        count = len(_WORD.findall(text))
        return compared(text, count, "word", at_least=self.at_least, less_than=self.less_than, whole=whole, grows=True)


@dataclass(frozen=True, slots=True)
class IfevalSentenceCount:
    """Demand so many sentences, as IFEval's `length_constraints:number_sentences` does.

    Attributes:
        at_least: The least number; or
        less_than: the number that is already too many.

    Sentences are Punkt's, English model, whatever the language. A text of more than 100,000 characters is judged by its
    beginning, as if cut off there; a text that was cut off is undecided.
    """

    name: ClassVar[str] = "ifeval_sentence_count"
    ifeval_id: ClassVar[str] = "length_constraints:number_sentences"
    family: ClassVar[str] = "length"
    examples: ClassVar[Examples] = Examples(
        arguments={"less_than": 3},
        met="Dr. Lee likes Kafka. I do not.",
        broken="Kafka is a log. I like it. So do you.",
        undecided="Kafka is a log. I",
    )

    at_least: int | None = None
    less_than: int | None = None

    def __post_init__(self) -> None:
        check_relation(self.at_least, self.less_than)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of sentences."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        count = sentence_count(text)
        return compared(
            text, count, "sentence", at_least=self.at_least, less_than=self.less_than, whole=whole, grows=False
        )


@dataclass(frozen=True, slots=True)
class IfevalParagraphCount:
    """Demand a number of paragraphs between `***`, as IFEval's `length_constraints:number_paragraphs` does.

    Attributes:
        exactly: The number.

    Only `***` divides; blank lines do not. An empty part at the beginning or end is no paragraph, and one in between
    breaks the constraint. A text that was cut off is undecided.
    """

    name: ClassVar[str] = "ifeval_paragraph_count"
    ifeval_id: ClassVar[str] = "length_constraints:number_paragraphs"
    family: ClassVar[str] = "length"
    examples: ClassVar[Examples] = Examples(
        arguments=2, met="Kafka.\n***\nRabbitMQ.", broken="Kafka.\n\nRabbitMQ.", undecided="Kafka.\n***\nRabbit"
    )

    exactly: int

    def __post_init__(self) -> None:
        check_limit("exactly", self.exactly)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its parts between dividers."""
        filled = [bool(part.strip()) for part in _DIVIDER.split(text)]
        if not all(filled[1:-1]):
            return following(text, "an empty paragraph between two dividers", met=False, whole=whole)
        # The only part of a text without dividers is both its first and its last, and counted out once.
        count = len(filled) - sum(not each for each in (filled[:1] + filled[1:][-1:]))
        reason = f"{counted(count, 'paragraph')} between dividers, {self.exactly:,} wanted"
        return following(text, reason, met=count == self.exactly, whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalParagraphFirstWord:
    """Demand a first word of one of so many paragraphs, as `length_constraints:nth_paragraph_first_word` does.

    Attributes:
        word: The first word, without regard to case.
        paragraph: The paragraph's number, counted from 1.
        paragraphs: How many there must be in all.

    Paragraphs are what stands between two line breaks (not a run of them); those without a text are not counted among
    `paragraphs`, but they are when `paragraph` is looked up. The word ends before the first `.`, `,`, `?`, `!`, `'` or
    `"`. A text that was cut off is undecided.
    """

    name: ClassVar[str] = "ifeval_paragraph_first_word"
    ifeval_id: ClassVar[str] = "length_constraints:nth_paragraph_first_word"
    family: ClassVar[str] = "length"
    examples: ClassVar[Examples] = Examples(
        arguments={"word": "queues", "paragraph": 2, "paragraphs": 2},
        met="Logs are kept.\n\nQueues, in turn, are emptied.",
        broken="Logs are kept.\n\nThe queues are emptied.",
        undecided="Logs are kept.\n\nQueues, in",
    )

    word: str
    paragraph: int
    paragraphs: int

    def __post_init__(self) -> None:
        check_text("word", self.word)
        check_limit("paragraph", self.paragraph, least=1)
        check_limit("paragraphs", self.paragraphs, least=1)
        if self.paragraph > self.paragraphs:
            raise ArgumentError(
                f"`paragraph` must be at most the {self.paragraphs} `paragraphs`, got {self.paragraph}",
                path=("paragraph",),
            )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the first word of the paragraph."""
        parts = text.split("\n\n")
        count = sum(bool(part.strip()) for part in parts)
        said = f"{counted(count, 'paragraph')}, {self.paragraphs:,} wanted"
        if self.paragraph > count:
            return following(text, said, met=False, whole=whole)
        words = parts[self.paragraph - 1].split(maxsplit=1)
        if not words:
            return following(text, f"{said}; paragraph {self.paragraph} is empty", met=False, whole=whole)
        first = _cut(words[0])
        met = count == self.paragraphs and first == self.word.lower()
        reason = f"{said}; paragraph {self.paragraph} begins with {quoted(first) if first else 'a sign'}"
        return following(text, reason, met=met, whole=whole)


def _cut(word: str) -> str:
    word = word.lstrip("'").lstrip('"')
    end = next((index for index, character in enumerate(word) if character in _WORD_ENDS), len(word))
    return "".join(character.lower() for character in word[:end])
