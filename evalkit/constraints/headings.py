"""The constraint on Markdown headings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.demands import Form
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.joining import both
from evalkit.constraints.markdown import LONGEST, read
from evalkit.constraints.reasons import listed
from evalkit.constraints.validation import check_texts
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.markdown import Block

_MARKS = re.compile(r"[*`~]|(?<!\w)_+|_+(?!\w)")
_DEEPEST_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Headings:
    """Demand Markdown headings: so many, or with certain texts, or both.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.
        level: Only headings of this level count, from 1 (`#`) to 6; None counts all.
        texts: What headings must say, in this order; others may stand between them.

    Headings are found as CommonMark finds them, underlined ones and those in quotes and lists included; a line in bold
    type is none. In comparing texts, case, emphasis, white space and a colon at the end do not count. A text of more
    than 75,000 characters is judged by its beginning, as if cut off there.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and what was found stays found;
    anything else is undecided. The spans are the headings.
    """

    name: ClassVar[str] = "headings"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"texts": ["Context", "Decision"]},
        met="# Context\nOne broker.\n\n# Decision\nKafka.",
        broken="# Decision\nKafka.\n\n# Context\nOne broker.",
        undecided="# Context\nOne broker.",
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    level: int | None = None
    texts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.texts != ():
            check_texts("texts", self.texts)
        if self.level is not None and (type(self.level) is not int or not 1 <= self.level <= _DEEPEST_LEVEL):
            raise ArgumentError(f"`level` must be from 1 to 6, got {self.level!r}", path=("level",))
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        wanted = self._range()
        if not self.texts and (wanted is None or wanted.low == 0):
            return ((),)
        return ((Form("Markdown"),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its headings."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        document = read(text)
        if document.unread is not None:
            return Score(None, document.unread)
        found = [block for block in document.blocks if block.kind == "heading" and self.level in (None, block.level)]
        scores: list[Score] = []
        wanted = self._range()
        if wanted is not None:
            count = Count(len(found), len(found), sum(block.stays for block in found))
            places = first_spans((block.span.start, block.span.end) for block in found)
            noun = "heading" if self.level is None else f"level-{self.level} heading"
            scores.append(judge_count(count, wanted, noun, whole=whole, places=places))
        if self.texts:
            scores.append(self._by_texts(found, whole=whole))
        return both(scores)

    def _by_texts(self, found: Sequence[Block], *, whole: bool) -> Score:
        """Look for the texts one after the other."""
        wanted = [_plain(text) for text in self.texts]
        places: list[Span] = []
        stays = True
        for block in found:
            if len(places) < len(wanted) and _plain(block.content) == wanted[len(places)]:
                places.append(block.span)
                stays = stays and block.stays
        missing = self.texts[len(places) :]
        if not missing:
            reason = f"headings {listed(self.texts)} found in order"
            return verdict(reason, tuple(places), met=True, whole=whole, final="met" if stays else "neither")
        after = f" after {listed(self.texts[: len(places)])}" if places else ""
        return verdict(
            f"no heading {listed(missing[:1])}{after}", tuple(places), met=False, whole=whole, final="neither"
        )

    def _range(self) -> Range | None:
        if self.texts and (self.exactly, self.at_least, self.at_most) == (None, None, None):
            return None
        return range_of(self.exactly, self.at_least, self.at_most)


def _plain(heading: str) -> str:
    """Return what a heading says in a form to compare."""
    folded = unicodedata.normalize("NFKC", _MARKS.sub("", heading)).casefold()
    return " ".join(folded.split()).rstrip(":").rstrip()
