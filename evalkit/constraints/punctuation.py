"""The constraint that a text has no punctuation, or none of some marks."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import MOST_SPANS
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import counted, listed
from evalkit.errors import ArgumentError
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score


@dataclass(frozen=True, slots=True)
class NoPunctuation:
    """Demand that the text has no punctuation, or none of the marks given.

    Attributes:
        marks: The marks that are forbidden, one after the other (`,;` forbids both); without it, every character that
            Unicode calls punctuation, which is to say dashes, brackets, quotation marks, `*`, `#` and `_` too, but not
            `+`, `=`, `<` or a currency sign.

    A mark is also found in its other widths: `,` finds the full-width comma of Chinese. It is not found in other marks
    that do the same work, such as `、` or `،`. `no_punctuation: ","` counts a comma inside `1,000`. The spans are the
    first hundred places.

    In a text that was cut off, a mark found decides; anything else is undecided.
    """

    name: ClassVar[str] = "no_punctuation"
    family: ClassVar[str] = "punctuation"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=",", met="Kafka is a log.", broken="Kafka, a log.", undecided="Kafka is a"
    )

    marks: str | None = None

    def __post_init__(self) -> None:
        if self.marks is None:
            return
        if not isinstance(self.marks, str):  # pyright: ignore[reportUnnecessaryIsInstance] - whoever builds it
            raise ArgumentError(f"`marks` must be a text, got {self.marks!r}", path=("marks",))
        if not self.marks or any(each.isalnum() or each.isspace() for each in self.marks):
            raise ArgumentError(
                f"`marks` must hold marks alone, no letters, digits or white space, got {self.marks!r}",
                path=("marks",),
                hint='`no_punctuation: ",;"` forbids two; `letter_count` and `contains_none` forbid letters and words',
            )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the marks in it."""
        forbidden = sorted(each for each in set(text) if self._forbids(each))
        if not forbidden:
            what = "no punctuation" if self.marks is None else f"found none of {listed(list(self.marks))}"
            return verdict(what, met=True, whole=whole, final=self.final)
        mark = re.compile(f"[{re.escape(''.join(forbidden))}]")
        places = [match.span() for match in mark.finditer(text)]
        spans = tuple(Span(*place) for place in places[:MOST_SPANS])
        reason = f"found {listed(forbidden)}, {counted(len(places), 'place')} in all"
        return verdict(reason, spans, met=False, whole=whole, final=self.final)

    def _forbids(self, character: str) -> bool:
        if self.marks is None:
            return unicodedata.category(character)[0] == "P"
        return unicodedata.normalize("NFKC", character) in map(_widthless, self.marks)


def _widthless(mark: str) -> str:
    return unicodedata.normalize("NFKC", mark)
