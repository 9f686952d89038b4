"""IFEval's checks of how many words, sentences and paragraphs there are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged
from evalkit.constraints.ifeval.answers import Compared, answer_verdict
from evalkit.constraints.ifeval.sentences import LONGEST, sentences
from evalkit.constraints.ifeval.words import count_words
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.validation import check_limit, check_text
from evalkit.errors import ArgumentError

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score

_PARAGRAPH_MARK = re.compile(r"\s?\*\*\*\s?")
_ENDS_WORD = frozenset(".,?!'\"")
_SETTLING_WORDS = 3  # as for `max_sentences`: one decides, the next but one settles where that ends
_BLANKS = re.compile(r"[ \t\n\r\x0b\x0c]+")


@dataclass(frozen=True, slots=True)
class IfevalWordCount(Compared):
    r"""Demand a number of words, as IFEval's `length_constraints:number_words` does.

    Attributes:
        at_least: The least number of words.
        less_than: One more than the greatest number of words. This or `at_least` is given.

    A word is a run of letters, digits, accents and underscores: `don't` and `well-known` are two words each, and a run
    of Chinese, Japanese or Thai is one. `max_words` and `min_words` count as people do.

    In a text that was cut off, a number already reached stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_word_count"
    family: ClassVar[str] = "length"
    ifeval_id: ClassVar[str] = "length_constraints:number_words"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 4},
        met="Kafka keeps a log.",
        broken="Kafka, surely.",
        undecided="Kafka keeps a",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of words."""
        return self.wanted.verdict(text, count_words(text), "word", whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalSentenceCount(Compared):
    """Demand a number of sentences, as IFEval's `length_constraints:number_sentences` does.

    Attributes:
        at_least: The least number of sentences.
        less_than: One more than the greatest number of sentences. This or `at_least` is given.

    Sentences are told apart as NLTK does with its English model; see `max_sentences`, which counts the same but for
    runs of marks: `Wow!!!` at the end of a text is two sentences to NLTK. Marks of other scripts, such as `。`, end
    none. A text of more than 100,000 characters is judged by its beginning, as if cut off there.

    In a text that was cut off, a number already reached stays reached, once a few words follow the last sentence that
    counts; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_sentence_count"
    family: ClassVar[str] = "length"
    ifeval_id: ClassVar[str] = "length_constraints:number_sentences"
    examples: ClassVar[Examples] = Examples(
        arguments={"less_than": 3},
        met="Dr. Lee likes Kafka. I do not.",
        broken="Kafka is a log. RabbitMQ is a broker. Both are fine.",
        undecided="Kafka is a log. RabbitMQ is a",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of sentences."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        found = sentences(text)
        limit = self.wanted.limit
        settled = len(found) >= limit and (limit == 0 or _settled(text[found[limit - 1][0] :]))
        return self.wanted.verdict(text, len(found), "sentence", whole=whole, grows=settled)


@dataclass(frozen=True, slots=True)
class IfevalParagraphCount:
    """Demand a number of paragraphs parted by `***`, as IFEval's `length_constraints:number_paragraphs` does.

    Attributes:
        exactly: The number of paragraphs.

    Nothing before the first `***` or after the last is no paragraph; nothing between two of them breaks the check.

    In a text that was cut off, too many paragraphs stay too many, and so does nothing between two marks; anything else
    is undecided.
    """

    name: ClassVar[str] = "ifeval_paragraph_count"
    family: ClassVar[str] = "length"
    ifeval_id: ClassVar[str] = "length_constraints:number_paragraphs"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=2,
        met="Kafka keeps a log.\n***\nRabbitMQ routes.",
        broken="Kafka keeps a log.\n\nRabbitMQ routes.",
        undecided="Kafka keeps a log.\n***\nRabbitMQ",
    )

    exactly: int

    def __post_init__(self) -> None:
        check_limit("exactly", self.exactly)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of paragraphs."""
        parts = _PARAGRAPH_MARK.split(text)
        if any(not part.strip() for part in parts[1:-1]):
            reason = "nothing between two `***`"
            return answer_verdict(text, reason, met=False, whole=whole, final=self.final)
        count = sum(bool(part.strip()) for part in parts)
        begun = bool(parts[-1].strip()) and not parts[-1].replace("*", "").strip()  # may still become a mark
        final: Final = self.final if count - begun > self.exactly else "neither"
        reason = f"{counted(count, 'paragraph')} parted by `***`, exactly {self.exactly:,} wanted"
        return answer_verdict(text, reason, met=count == self.exactly, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class IfevalParagraphFirstWord:
    """Demand a number of paragraphs and the first word of one, as IFEval's `nth_paragraph_first_word` does.

    Attributes:
        word: The first word; case does not count.
        paragraph: Which paragraph begins with it, from 1.
        paragraphs: How many there are.

    Paragraphs are parted by two line breaks, with not even a space between them. Empty ones are not counted in the
    number, but they are in finding the one that is asked for: after three line breaks in a row it is often the wrong
    one. The word ends at white space or one of `. , ? ! ' "`; quotes before it do not count.

    In a text that was cut off, too many paragraphs stay too many, and a wrong word in a paragraph that has ended stays
    wrong; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_paragraph_first_word"
    family: ClassVar[str] = "position"
    ifeval_id: ClassVar[str] = "length_constraints:nth_paragraph_first_word"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments={"word": "rabbit", "paragraph": 2, "paragraphs": 2},
        met="Kafka keeps a log.\n\nRabbit, then, routes.",
        broken="Kafka keeps a log.\n\nIt is fast.",
        undecided="Kafka keeps a log.\n\nRab",
    )

    word: str
    paragraph: int
    paragraphs: int

    def __post_init__(self) -> None:
        check_text("word", self.word)
        check_limit("paragraph", self.paragraph, least=1)
        check_limit("paragraphs", self.paragraphs, least=1)
        if self.paragraph > self.paragraphs:
            message = f"`paragraph` must be one of {self.paragraphs}, got {self.paragraph}"
            raise ArgumentError(message, path=("paragraph",))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of paragraphs and the first word of one."""
        parts = text.split("\n\n")
        count = sum(bool(part.strip()) for part in parts)
        named = parts[self.paragraph - 1].split(maxsplit=1) if self.paragraph <= count else []
        found = _first_word(named[0]) if named else None
        ended = self.paragraph < len(parts)
        right = found == self.word.lower()
        number = f"{counted(count, 'paragraph')}, exactly {self.paragraphs:,} wanted"
        first = "is empty or missing" if found is None else f"begins with {quoted(found) if found else 'no word'}"
        reason = f"{number}; number {self.paragraph} {first}, {quoted(self.word)} wanted"
        missed = ended and not right and (found is not None or not parts[self.paragraph - 1].strip())
        final: Final = self.final if count > self.paragraphs or missed else "neither"
        return answer_verdict(text, reason, met=right and count == self.paragraphs, whole=whole, final=final)


def _first_word(word: str) -> str:
    """Return a word without the quotes before it, up to the first mark in it, in small letters."""
    kept: list[str] = []
    for letter in word.lstrip("'").lstrip('"'):
        if letter in _ENDS_WORD:
            break
        kept.append(letter.lower())
    return "".join(kept)


def _settled(rest: str) -> bool:
    """Tell whether enough words follow a sentence's start to fix that it is a start, whatever comes next."""
    tokens = _BLANKS.split(rest, maxsplit=50)[:50]
    return sum(any(character.isalnum() for character in token) for token in tokens) >= _SETTLING_WORDS
