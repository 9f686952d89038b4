"""Constraints on how often keywords appear, never included."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import MOST_SPANS, Count, judge_count, range_of
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.keywords import Keywords
from evalkit.constraints.reasons import listed, quoted
from evalkit.constraints.searching import keyword_spans
from evalkit.constraints.validation import check_text

if TYPE_CHECKING:
    from evalkit.constraints.counting import Range
    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score, Span


@dataclass(frozen=True, slots=True)
class ContainsNone(Keywords):
    """Demand that no keyword appears anywhere in the text.

    Attributes:
        keywords: Words or phrases, taken as they stand: a point is a point, not a pattern. At least one.
        ignore_case: True finds `kafka` for `Kafka`, and `STRASSE` for `Straße`.
        whole_words: True finds only keywords that no letter, digit, underscore or accent touches; by default `log` is
            found in `blog`.

    Keywords are found as for `contains_all`. The spans are every place of each, up to a hundred.

    In a text that was cut off, a keyword found stays found; none found is undecided.
    """

    name: ClassVar[str] = "contains_none"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=["sorry", "great question"],
        met="Kafka keeps a log.",
        broken="Great question! Kafka keeps a log.",
        undecided="Kafka keeps",
    )

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return (tuple(self.wording(each, "nowhere") for each in self.keywords),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the keywords found in it."""
        found: list[str] = []
        spans: set[Span] = set()
        for keyword, places in zip(self.keywords, self.places(text, whole=whole), strict=True):
            here = list(islice(places, MOST_SPANS))
            if here:
                found.append(keyword)
                spans.update(here)
        reason = f"found {listed(found)}" if found else f"found none of {listed(self.keywords)}"
        shown = tuple(sorted(spans, key=lambda span: (span.start, span.end))[:MOST_SPANS])
        return verdict(reason, shown, met=not found, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class KeywordCount:
    """Demand a number of times that a keyword appears.

    Attributes:
        keyword: A word or phrase, taken as it stands: a point is a point, not a pattern.
        exactly: The number demanded; stands alone. 0 forbids the keyword.
        at_least: The least number.
        at_most: The greatest number.
        ignore_case: True counts `kafka` for `Kafka`, and `STRASSE` for `Straße`.
        whole_words: True counts only places that no letter, digit, underscore or accent touches; by default `log` is
            counted in `blog`.

    A keyword is found as for `contains_all`; places do not overlap, so that `aa` is counted once in `aaa`. The spans
    are the first hundred places.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided. With `whole_words`, a keyword at the very end of a cut text is not yet
    counted, for its word may go on.
    """

    name: ClassVar[str] = "keyword_count"
    family: ClassVar[str] = "keywords"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"keyword": "Kafka", "at_least": 2},
        met="Kafka is a log. Use Kafka.",
        broken="Kafka is a log.",
        undecided="Kafka is a",
    )

    keyword: str
    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    ignore_case: bool = True
    whole_words: bool = False

    def __post_init__(self) -> None:
        check_text("keyword", self.keyword)
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        how = ("" if self.ignore_case else " in this case") + (" as a whole word" if self.whole_words else "")
        return self._range().demands(f"times {quoted(self.keyword)}{how}")

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by how often it has the keyword."""
        found = [0, 0]
        shown: list[Span] = []
        for span in keyword_spans(text, self.keyword, ignore_case=self.ignore_case, whole_words=self.whole_words):
            found[0] += 1
            found[1] += not self.whole_words or span.end < len(text)
            if len(shown) < MOST_SPANS:
                shown.append(span)
        count = Count(found[0], found[0], found[1])
        return judge_count(count, self._range(), quoted(self.keyword), whole=whole, places=tuple(shown))

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)
