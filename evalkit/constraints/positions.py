"""Constraints on where in a text something stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from evalkit.constraints.demands import Wording
from evalkit.constraints.edges import StartsWith
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.regions import PARTS, Part, first_parts, last_parts, nth_part
from evalkit.constraints.searching import keyword_spans
from evalkit.constraints.validation import check_limit, check_text
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.regions import Region


@dataclass(frozen=True, slots=True)
class AppearsIn:
    """Demand that a keyword appears in the first or last part of the text.

    Attributes:
        keyword: A word or phrase, taken as it stands: a point is a point, not a pattern.
        first: In how many parts from the beginning it may stand; either this or `last` is given.
        last: In how many parts from the end it may stand.
        part: What is counted: `word`, `sentence`, `line` or `paragraph`.
        ignore_case: True finds `kafka` for `Kafka`, and `STRASSE` for `Straße`.
        whole_words: True demands that no letter, digit, underscore or accent touches the keyword.

    The keyword must end within the first parts, or begin within the last. Words are counted as for `max_words`,
    sentences as for `max_sentences`, lines and paragraphs as for `line_count` and `paragraph_count`. A text with fewer
    parts counts as a whole. Where a script hides its words or sentences, a place that may lie within or without is
    undecided. The span is the place that decides.

    In a text that was cut off, a keyword found in its first part stays found, and one not found there stays missing
    once the next part has begun; sentences need a few more words to settle. With `last`, the verdict is always
    undecided.
    """

    name: ClassVar[str] = "appears_in"
    family: ClassVar[str] = "position"
    examples: ClassVar[Examples] = Examples(
        arguments={"keyword": "Kafka", "first": 1, "part": "sentence"},
        met="Use Kafka. It keeps a log.",
        broken="It depends. Kafka keeps a log.",
        undecided="It depends",
    )

    keyword: str
    first: int | None = None
    last: int | None = None
    part: Part = "sentence"
    ignore_case: bool = True
    whole_words: bool = False

    def __post_init__(self) -> None:
        check_text("keyword", self.keyword)
        if (self.first is None) == (self.last is None):
            message = "either `first` or `last` must be given" + ("" if self.first is None else ", got both")
            raise ArgumentError(message, path=() if self.first is None else ("last",), hint="`first: 1`, for example")
        for argument, value in (("first", self.first), ("last", self.last)):
            if value is not None:
                check_limit(argument, value, least=1)
        _check_part(self.part, PARTS)

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return ((Wording(self.keyword, "in", self.ignore_case, self.whole_words),),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by where the keyword stands in it."""
        if self.first is not None:
            where = f"the first {_several(self.first, self.part)}"
            return self._judged(text, first_parts(text, self.part, self.first, whole=whole), where, whole=whole)
        assert self.last is not None
        where = f"the last {_several(self.last, self.part)}"
        if whole:
            return self._judged(text, last_parts(text, self.part, self.last), where, whole=True)
        return verdict(f"the text has not reached {where}", met=False, whole=False, final="neither")

    def _judged(self, text: str, region: Region, where: str, *, whole: bool) -> Score:
        searched = text if region.end is None else text[: region.end + 1]  # and what may touch the keyword
        places = keyword_spans(searched, self.keyword, ignore_case=self.ignore_case, whole_words=self.whole_words)
        possible: Span | None = None
        for span in places:
            if span.start < region.start or (region.end is not None and span.end > region.end):
                continue
            grows = self.whole_words and not whole and span.end == len(text)
            if span.start >= region.sure_start and span.end <= region.sure_end and not grows:
                return Score(1.0, f"{quoted(self.keyword)} is in {where}", (span,))
            possible = possible or span
        reason = f"{quoted(self.keyword)} is not in {where}"
        if possible is not None and region.doubt is not None:
            return Score(None, f"{quoted(self.keyword)} may be in {where}: {region.doubt}", (possible,))
        known = region.end is not None and possible is None
        if not known and whole:
            return Score(None, f"{reason}, as far as it can be told")
        return verdict(reason, met=False, whole=known, final="neither")


@dataclass(frozen=True, slots=True)
class PartStartsWith:
    """Demand that one sentence, line or paragraph begins with `start`.

    Attributes:
        start: The beginning, taken as it stands, not as a pattern.
        number: Which part: 1 is the first, -1 the last.
        part: `sentence`, `line` or `paragraph`.
        ignore_case: True takes `dear` for `Dear`.

    Sentences are told apart as for `max_sentences`, lines and paragraphs as for `line_count` and `paragraph_count`;
    in scripts whose sentences cannot be counted the second sentence and those after it are undecided. A text with
    fewer parts breaks the constraint. The span is what the part begins with.

    In a text that was cut off, both verdicts hold as soon as the part is long enough to tell; a part counted from the
    end, and one not yet reached, are undecided.
    """

    name: ClassVar[str] = "part_starts_with"
    family: ClassVar[str] = "position"
    examples: ClassVar[Examples] = Examples(
        arguments={"start": "However", "number": 2, "part": "paragraph"},
        met="Kafka is fast.\n\nHowever, it is complex.",
        broken="Kafka is fast.\n\nIt is complex.",
        undecided="Kafka is fast.",
    )

    start: str
    number: int
    part: Literal["sentence", "line", "paragraph"] = "paragraph"
    ignore_case: bool = True

    def __post_init__(self) -> None:
        check_text("start", self.start)
        if type(self.number) is not int or self.number == 0:
            message = f"`number` must be a whole number other than 0, got {self.number!r}"
            raise ArgumentError(message, path=("number",), hint="1 is the first, -1 the last")
        _check_part(self.part, PARTS[1:])

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the beginning of one part."""
        if self.number < 0 and not whole:
            return verdict("the text has not reached its last part", met=False, whole=False, final="neither")
        found = nth_part(text, self.part, self.number, whole=whole)
        if isinstance(found, str):
            if found:
                return Score(None, found)
            many = counted(abs(self.number), self.part)
            return verdict(f"fewer than {many}", met=False, whole=whole, final="neither")
        start, end, ended = found
        score = StartsWith(self.start, self.ignore_case).score(text[start:end], whole=ended)
        spans = tuple(Span(span.start + start, span.end + start) for span in score.spans)
        which = f"{self.part} {self.number}" if self.number > 0 else f"{self.part} {-self.number} from the end"
        return Score(score.value, f"{which} {score.reason}", spans)


def _several(number: int, part: str) -> str:
    return part if number == 1 else counted(number, part)


def _check_part(part: str, parts: Sequence[str]) -> None:
    if part not in parts:
        raise ArgumentError(f"`part` must be one of {', '.join(parts)}, got {part!r}", path=("part",))
