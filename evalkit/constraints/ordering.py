"""Constraints on the order in which things stand."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal

from evalkit.constraints.casing import fold
from evalkit.constraints.counting import MOST_SPANS
from evalkit.constraints.demands import Wording
from evalkit.constraints.divisions import count_breaks, line_spans
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.reasons import counted, listed, quoted
from evalkit.constraints.searching import keyword_spans, longest_spelling
from evalkit.constraints.validation import check_texts
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final

_LONGEST = 200_000  # characters; each pair of items takes some 10 microseconds to compare
_ITEM = re.compile(r"(?:[-*+\u2022\u2023\u25aa\u25cf\u2013]|\d{1,9}[.)])[ \t]+(?=\S)")  # the marks of a list's items


@dataclass(frozen=True, slots=True)
class InOrder:
    """Demand that several keywords appear, each for the first time after the one before it.

    Attributes:
        keywords: Words or phrases in the order demanded, taken as they stand. At least two, and none of them twice.
        ignore_case: True finds `kafka` for `Kafka`, and `STRASSE` for `Straße`.
        whole_words: True demands that no letter, digit, underscore or accent touches the keyword.

    Keywords are found as for `contains_all`; only the first place of each counts. A keyword that is missing breaks the
    constraint. The spans are these places, or the two that stand in the wrong order.

    In a text that was cut off, keywords that are all found stay as they are, and so do two in the wrong order; one
    that is missing while a later one has been found can only come too late. Anything else is undecided.
    """

    name: ClassVar[str] = "in_order"
    family: ClassVar[str] = "order"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments=["Kafka", "RabbitMQ"],
        met="Kafka is a log, RabbitMQ a broker.",
        broken="RabbitMQ is a broker, Kafka a log.",
        undecided="Kafka is a log,",
    )

    keywords: tuple[str, ...]
    ignore_case: bool = True
    whole_words: bool = False

    def __post_init__(self) -> None:
        check_texts("keywords", self.keywords)
        if len(self.keywords) < 2:
            raise ArgumentError(f"`keywords` must name at least two, got {self.keywords!r}", path=("keywords",))
        seen: set[str] = set()
        for index, keyword in enumerate(self.keywords):
            key = unicodedata.normalize("NFC", fold(keyword, ignore_case=self.ignore_case).text)
            if key in seen:
                raise ArgumentError(f"`keywords` names {quoted(keyword)} twice", path=("keywords", index))
            seen.add(key)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return (tuple(Wording(each, "in", self.ignore_case, self.whole_words) for each in self.keywords),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the first places of the keywords."""
        places = self._places(text)
        found = [(keyword, span) for keyword, span in places if span is not None]
        open_end = len(text) if self.whole_words and not whole else None
        sure = [(keyword, span) for keyword, span in found if span.end != open_end]
        for (one, earlier), (other, later) in pairwise(sure):
            if later.start <= earlier.start:
                reason = f"{quoted(other)} does not stand after {quoted(one)}"
                spans = tuple(sorted((earlier, later), key=lambda span: (span.start, span.end)))
                return verdict(reason, spans, met=False, whole=whole, final=self.final)
        spans = tuple(span for _, span in found)
        missing = [keyword for keyword, span in places if span is None]
        if missing:
            reason = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
            late = self._too_late(text, places, open_end)
            return verdict(reason, spans, met=False, whole=whole, final="broken" if late else "neither")
        reason = f"found in the order {listed(self.keywords)}"
        return verdict(reason, spans, met=True, whole=whole, final=self.final if len(sure) == len(found) else "neither")

    def _too_late(self, text: str, places: list[tuple[str, Span | None]], open_end: int | None) -> bool:
        """Tell whether a missing keyword can only begin after one that it should stand before."""
        after = -1
        for keyword, span in reversed(places):
            if span is not None and span.end != open_end:
                after = span.start if after < 0 else min(after, span.start)
            elif span is None and 0 <= after <= len(text) - longest_spelling(keyword, ignore_case=self.ignore_case):
                return True
        return False

    def _places(self, text: str) -> list[tuple[str, Span | None]]:
        folded = fold(text, ignore_case=self.ignore_case)
        return [
            (
                keyword,
                next(
                    keyword_spans(
                        text, keyword, folded=folded, ignore_case=self.ignore_case, whole_words=self.whole_words
                    ),
                    None,
                ),
            )
            for keyword in self.keywords
        ]


@dataclass(frozen=True, slots=True)
class SortedList:
    """Demand that the items of every list stand in alphabetical order.

    Attributes:
        order: `ascending` from A to Z, or `descending`.

    An item is a line that begins with a bullet (`-`, `*`, `+`, `•` and the like) or a number and a point or bracket;
    its first line is compared, without regard to case and to signs such as `**`. Items that are further indented are a
    list of their own; a line that is no item ends the lists that are as far indented as it is, or further. Equal items
    may stand in either order.
    A text without items breaks the constraint.

    Alphabets differ: where the first difference is not one between letters A to Z or digits, where words or numbers as
    wholes would be sorted otherwise than character by character (`New York` and `Newark`, `2` and `10`), and nothing
    else is out of order, the verdict is undecided. The spans are the items, or the two in the wrong order.

    In a text that was cut off, two ended items in the wrong order stay so; anything else is undecided. A text of more
    than 200,000 characters is judged by its beginning, as if cut off there.
    """

    name: ClassVar[str] = "sorted_list"
    family: ClassVar[str] = "order"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="- Kafka\n- NATS\n- RabbitMQ",
        broken="- NATS\n- Kafka\n- RabbitMQ",
        undecided="- Kafka\n- NATS",
    )

    order: Literal["ascending", "descending"] = "ascending"

    def __post_init__(self) -> None:
        if self.order not in ("ascending", "descending"):
            raise ArgumentError(f"`order` must be ascending or descending, got {self.order!r}", path=("order",))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the order of its lists' items."""
        if len(text) > _LONGEST:
            return beginning_judged(self, text, _LONGEST)
        count = 0
        shown: list[Span] = []
        doubtful: tuple[Span, Span] | None = None
        for item, before in _items(text):
            count += 1
            if len(shown) < MOST_SPANS:
                shown.append(item)
            if before is None:
                continue
            one, other = (text[span.start : span.end] for span in (before, item))
            compared = _compare(one, other) if self.order == "ascending" else _compare(other, one)
            if compared == 1:
                reason = f"{quoted(one)} stands before {quoted(other)}"
                ended = count_breaks(text[item.end :]) > 0
                final: Final = self.final if ended else "neither"
                return verdict(reason, (before, item), met=False, whole=whole, final=final)
            if compared is None and doubtful is None:
                doubtful = (before, item)
        if doubtful is not None:
            one, other = (quoted(text[span.start : span.end]) for span in doubtful)
            return Score(None, f"which of {one} and {other} comes first depends on the alphabet's rules", doubtful)
        reason = f"{counted(count, 'item')} in {self.order} order" if count else "no item of a list"
        return verdict(reason, tuple(shown), met=count > 0, whole=whole, final="neither")


def _items(text: str) -> Iterator[tuple[Span, Span | None]]:
    """Yield every item of a list with the one before it in the same list."""
    last: list[tuple[int, Span]] = []  # of the list at hand and of those that it is nested in: indentation, last item
    reached = 0
    for start, end in line_spans(text):
        lead = text[reached:start]
        indentation = len(lead) - max(lead.rfind(mark) for mark in "\n\r\u2028\u2029") - 1
        mark = _ITEM.match(text, start, end)
        while last and last[-1][0] > indentation:
            last.pop()
        if mark is not None:
            item = Span(mark.end(), end)
            before = last.pop()[1] if last and last[-1][0] == indentation else None
            last.append((indentation, item))
            yield item, before
        elif last and last[-1][0] == indentation:
            last.pop()
        reached = end


def _compare(one: str, other: str) -> int | None:
    """Return -1, 0 or 1 as `one` is sorted before, with or after `other`; None when rules of sorting differ on it."""
    found = {_compare_characters(key(one), key(other)) for key in (_letters, _words, _numbers)}
    return found.pop() if len(found) == 1 else None


def _compare_characters(one: str, other: str) -> int | None:
    differing = next(((mine, theirs) for mine, theirs in zip(one, other, strict=False) if mine != theirs), None)
    if differing is None:
        return (len(one) > len(other)) - (len(one) < len(other))
    mine, theirs = differing
    return (1 if mine > theirs else -1) if mine.isascii() and theirs.isascii() else None


def _letters(item: str) -> str:
    return "".join(filter(str.isalnum, _plain(item)))


def _words(item: str) -> str:
    return " ".join(filter(None, map(_letters, item.split())))


def _numbers(item: str) -> str:
    """Write the item's numbers with leading zeros, so that they are sorted as numbers."""
    return re.sub(r"\d+", lambda number: number.group().zfill(30), _letters(item))


def _plain(item: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", item).casefold())
