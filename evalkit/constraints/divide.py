"""Divides a text into parts of any kind, sentences included, and says how far it was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from evalkit.constraints.parts import NoPartsError, Parts, parts_of
from evalkit.constraints.sentences import MaxSentences, foreign_ends, sentence_spans, settled_count
from evalkit.verdicts import Span

Part: TypeAlias = Literal["section", "paragraph", "line", "sentence", "list_item", "code_block", "json"]

_LONGEST = 50_000  # characters; Punkt takes up to 3 microseconds for each, and each sentence is judged besides


class UndividedError(ValueError):
    """A text cannot be divided; `undecided` where that is because it is beyond what is read."""

    def __init__(self, reason: str, *, undecided: bool) -> None:
        super().__init__(reason)
        self.undecided = undecided


@dataclass(frozen=True, slots=True)
class Divided:
    """The parts of a text.

    Attributes:
        parts: Where they stand, and how many of them whatever follows.
        cut: True when only the beginning of the text was read.
    """

    parts: Parts
    cut: bool = False


def divide(text: str, part: Part, *, level: int | None = None, pointer: str = "") -> Divided:
    """Divide a text; see `parts_of` for what the kinds of part, `level` and `pointer` mean.

    Sentences are told apart by the Punkt algorithm, as `max_sentences` does, in the first 50,000 characters.

    Raises:
        UndividedError: The text is not JSON, is in a script whose sentences are not known, or is beyond what is read.
    """
    if part == "sentence":
        return Divided(_sentences(text[:_LONGEST]), cut=len(text) > _LONGEST)
    try:
        return Divided(parts_of(text, part, level=level, pointer=pointer))
    except NoPartsError as error:
        raise UndividedError(str(error), undecided=error.undecided) from error


def _sentences(text: str) -> Parts:
    spans = sentence_spans(text)
    if foreign_ends(text):  # of another script, whose sentences Punkt does not see
        raise UndividedError(MaxSentences(len(spans)).score(text, whole=True).reason, undecided=True)
    complete = max(0, settled_count(text, spans) - 1)  # all before one whose beginning no further text could undo
    return Parts(tuple(Span(start, end) for start, end in spans), complete)
