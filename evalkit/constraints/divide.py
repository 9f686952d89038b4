"""Divides a text into parts of any kind, sentences included, and says how far it was read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.constraints.composed import composed
from evalkit.constraints.parts import NoPartsError, Parts, parts_of
from evalkit.constraints.sentences import MaxSentences
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from punkt import PunktSentenceTokenizer

Part: TypeAlias = Literal["section", "paragraph", "line", "sentence", "list_item", "code_block", "json"]

_LONGEST = 50_000  # characters; Punkt takes up to 3 microseconds for each, and is asked up to five times
_LAST_LOOKED_AT = 3


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
    read = composed(text)  # a letter with a full stop may be an initial, and its accent is no letter to Punkt
    places = list(_punkt().span_tokenize(read.text))
    count = MaxSentences(len(places)).score(read.text, whole=True)
    if count.value is None:  # of another script, whose sentences Punkt does not see
        raise UndividedError(count.reason, undecided=True)
    spans = tuple(Span(read.place(start), read.place(end)) for start, end in places)
    return Parts(spans, _settled(read.text, len(spans)))


def _settled(text: str, count: int) -> int:
    """Return how many sentences are there to stay: all before one whose beginning no further text could undo."""
    for settled in range(count - 1, max(0, count - 1 - _LAST_LOOKED_AT), -1):
        if MaxSentences(settled).score(text, whole=False).value == 0:
            return settled
    return 0


@cache
def _punkt() -> PunktSentenceTokenizer:
    from punkt import tokenizer_for

    return tokenizer_for("english")
