"""The constraint on how hard a text is to read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from evalkit.constraints.english import foreign
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.prose import prose
from evalkit.constraints.reasons import counted
from evalkit.constraints.tokens import tokens
from evalkit.constraints.validation import check_bounds, check_choice
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.finality import Final

Formula = Literal["flesch_kincaid", "automated_readability", "coleman_liau"]

_FEWEST_WORDS = 30
_LONGEST = 100_000  # characters; Punkt takes up to 3 microseconds for each on text made to be slow
_BLOCK_START = re.compile(r"[ \t]*(?:[-*+•]|\d{1,9}[.)]|#{1,6}|\||>)[ \t]|[ \t\r]*$")


@dataclass(frozen=True, slots=True)
class ReadingGrade:
    """Demand that the text can be read with so many years of school, in the United States.

    Attributes:
        at_most: The highest grade allowed.
        at_least: The lowest grade allowed.
        formula: `flesch_kincaid` (Kincaid et al. 1975; words in a sentence, syllables in a word),
            `automated_readability` (Smith & Senter 1967; characters in a word) or `coleman_liau` (1975; letters and
            sentences in 100 words).

    Sentences are told apart as for `max_sentences`; a paragraph, a heading and an item of a list end one too. Syllables
    are counted by syllapy, which is right for about 98 of 100 words, so that a grade by `flesch_kincaid` is good to
    some 0.2 in a text of a page. Numbers count as words of one syllable. Code (fences and back-ticks) and addresses are
    left out.

    English only: a text that is plainly in another language is undecided, and so is one of fewer than 30 words, for
    which the formulas were not made, or of more than 100,000 characters.

    A text that was cut off is always undecided.
    """

    name: ClassVar[str] = "reading_grade"
    family: ClassVar[str] = "register"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_most": 6},
        met="The cat sat on the mat. It saw a dog. The dog ran to the cat. The cat did not like it at all. "
        "So it went up a tree. The dog had to wait.",
        broken="Distributed architectures necessitate comprehensive consideration of consistency guarantees, "
        "availability requirements and operational complexity, particularly whenever several heterogeneous "
        "organisations simultaneously administer interdependent infrastructure components across many geographically "
        "separated regions of the planet.",
        undecided="The cat sat on the mat. It saw a dog. The dog ran to the cat. The cat did not like it at all. "
        "So it went up a tree. The dog had to wait",
    )

    at_most: float | None = None
    at_least: float | None = None
    formula: Formula = "flesch_kincaid"

    def __post_init__(self) -> None:
        check_bounds(self.at_least, self.at_most)
        check_choice("formula", self.formula, get_args(Formula))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its grade."""
        if len(text) > _LONGEST:
            return Score(None, f"more than {_LONGEST:,} characters, too long to be read")
        kept = prose(text, quotations=True, links=False)
        words = tokens(kept)
        other = foreign(kept, words)
        if other is not None:
            return Score(None, f"no grade can be given, as the text is in {other}")
        if len(words.words) < _FEWEST_WORDS:
            return Score(None, f"{counted(len(words.words), 'word')}, too few for a grade ({_FEWEST_WORDS} are needed)")
        grade = round(_grade(self.formula, words.words, count_sentences(kept)), 1)
        met = (self.at_most is None or grade <= self.at_most) and (self.at_least is None or grade >= self.at_least)
        return verdict(f"grade {grade:.1f} by {self.formula}", met=met, whole=whole, final=self.final)


def _grade(formula: Formula, words: list[str], sentences: int) -> float:
    count = len(words)
    if formula == "flesch_kincaid":
        return 0.39 * count / sentences + 11.8 * sum(map(count_syllables, words)) / count - 15.59
    characters = sum(character.isalnum() for word in words for character in word)
    if formula == "automated_readability":
        return 4.71 * characters / count + 0.5 * count / sentences - 21.43
    letters = sum(character.isalpha() for word in words for character in word)
    return 0.0588 * 100 * letters / count - 0.296 * 100 * sentences / count - 15.8


def count_sentences(text: str) -> int:
    """Count the sentences of a text that have words, at least 1; the parts of a list are sentences of their own."""
    punkt: Any = import_module("punkt")
    tokenizer = punkt.tokenizer_for("english")
    return max(
        1,
        sum(
            any(character.isalnum() for character in block[start:end])
            for block in _blocks(text)
            for start, end in tokenizer.span_tokenize(block)
        ),
    )


def count_syllables(word: str) -> int:
    """Count the syllables of an English word in small letters, at least 1."""
    return sum(_syllables(part) for part in word.split("-") if part) or 1


@cache
def _syllapy() -> Any:  # noqa: ANN401 - ships no types
    return import_module("syllapy")


def _syllables(part: str) -> int:
    return _syllapy().count(part) or 1


def _blocks(text: str) -> Iterator[str]:
    kept: list[str] = []
    for line in text.split("\n"):
        if _BLOCK_START.match(line):
            yield "\n".join(kept)
            kept = []
        kept.append(line)
    yield "\n".join(kept)
