"""What a judge may answer to a question, and what each answer is worth."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

FIRST, SECOND, EQUAL = "first", "second", "equal"
"""What a judge may say of two texts."""


@dataclass(frozen=True, slots=True)
class Form:
    """The answers to one question.

    Attributes:
        words: Every answer that counts, as the judge is told them.
        values: What each is worth, from 0 (the constraint is broken) to 1 (it is met).
        graded: Votes are grades, of which the middle one is taken; otherwise a majority decides.
        compared: The question is which of two texts is preferred, and they swap places from vote to vote.
        told: How the judge is told the answers, where a list of them would be long.
    """

    words: tuple[str, ...]
    values: tuple[float, ...]
    graded: bool = False
    compared: bool = False
    told: str | None = None

    @property
    def instruction(self) -> str:
        """The answers as the judge is told them."""
        return self.told or f"one of these: {', '.join(self.words)}"

    def read(self, written: str) -> str | None:
        """Return the answer that a judge wrote; None when it is none of those that count."""
        wanted = plain(written)
        return next((word for word in self.words if plain(word) == wanted), None)

    def value(self, word: str, *, swapped: bool) -> float:
        """Return what an answer is worth; `swapped` says that the two texts stood in each other's place."""
        value = self.values[self.words.index(word)]
        return 1.0 - value if swapped else value


YES_NO = Form(("yes", "no"), (1.0, 0.0))
COMPARED = Form((FIRST, SECOND, EQUAL), (1.0, 0.0, 0.5), compared=True)


def choice(choices: tuple[str, ...], passing: tuple[str, ...]) -> Form:
    """Return the form of a question with named answers, of which some meet the constraint."""
    return Form(choices, tuple(1.0 if each in passing else 0.0 for each in choices))


def scale(least: int, most: int, at_least: int | None) -> Form:
    """Return the form of a grade between two whole numbers; with `at_least`, grades from there on meet the demand."""
    grades = range(least, most + 1)
    told = f"a whole number from {least} to {most}"
    words = tuple(str(grade) for grade in grades)
    if at_least is not None:
        return Form(words, tuple(1.0 if grade >= at_least else 0.0 for grade in grades), told=told)
    return Form(words, tuple((grade - least) / (most - least) for grade in grades), graded=True, told=told)


def plain(written: str) -> str:
    """Return an answer without what judges like to put around it, in one spelling.

    >>> plain(" **Yes.** ")
    'yes'
    """
    return " ".join(unicodedata.normalize("NFC", written).casefold().split()).strip(" *_`\"'.<>[]()")
