"""The constraint on citations and the entries that they refer to."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias

from evalkit.constraints.counting import Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.joining import both
from evalkit.constraints.links import code_spans
from evalkit.constraints.markdown import LONGEST, read
from evalkit.constraints.reasons import listed
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Style: TypeAlias = Literal["numeric", "footnote", "author_year"]

_LINE_START = r"(?:^|(?<=[\r\n]))"
_NUMERIC = re.compile(r"(?<![\]\w!])\[(\d{1,4}(?:[ ]?[,;–-][ ]?\d{1,4}){0,40})\](?![(:])")  # noqa: RUF001 - a dash of ranges
_NUMERIC_ENTRY = re.compile(_LINE_START + r"[ ]{0,3}(?:[-*+][ ]{1,4})?\[(\d{1,4})\][ \t]{0,8}[:.)]?[ \t]{1,8}(?=\S)")
_LISTED_ENTRY = re.compile(_LINE_START + r"[ ]{0,3}(\d{1,4})[.)][ \t]{1,8}(?=\S)")
_FOOTNOTE = re.compile(r"\[\^([^\]\[\s^]{1,60})\](?!:)")
_FOOTNOTE_ENTRY = re.compile(_LINE_START + r"[ ]{0,3}\[\^([^\]\[\s^]{1,60})\]:")
_NAME = r"(?![a-zß-öø-ÿ])[^\W\d_](?:[^\W\d_]|['\u2019\u0300-\u036f-]){1,40}"  # begins with no small letter
_AUTHOR = rf"(?:(?:van|von|de|der|den|la|le|al|el)[ ]){{0,3}}{_NAME}"
_YEAR = r"(?:1[5-9]|20)\d\d[a-z]?"
_AUTHORS = rf"{_AUTHOR}(?:[ ](?:et[ ]al\.?|(?:and|&)[ ]{_AUTHOR})){{0,2}}"
_GROUP = re.compile(
    rf"\((?:(?:see|cf\.|e\.g\.,?|also)[ ]){{0,2}}({_AUTHORS},?[ ]{_YEAR}[^()\r\n]{{0,300}})\)"
    rf"|({_AUTHOR})(?:[ ](?:et[ ]al\.?|(?:and|&)[ ]{_AUTHOR}))?[ ]\(({_YEAR})\)"
)
_SINGLE = re.compile(rf"({_AUTHOR})(?:[ ](?:et[ ]al\.?|(?:and|&)[ ]{_AUTHOR})){{0,2}},?[ ]({_YEAR})")
_HEADINGS = re.compile(r"references?|sources?|bibliography|works cited|notes|citations|literature", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Citation:
    """One citation, or one entry.

    Attributes:
        key: What it refers by: a number, a footnote's name, or author and year.
        span: Where it stands.
    """

    key: str
    span: Span


@dataclass(frozen=True, slots=True)
class Citations:
    """Demand citations: so many, and that each has its entry.

    Attributes:
        style: `numeric` is `[1]`, `[1, 3]` or `[2-4]`; `footnote` is `[^name]`; `author_year` is `(Smith 2020)`,
            `(Smith & Lee, 2020; Wu et al. 2021)` or `Smith (2020)`.
        exactly: The number of citations demanded; stands alone.
        at_least: The least number; 1 when no number is given.
        at_most: The greatest number.
        each_defined: True demands besides that every citation has an entry and every entry a citation. A numeric entry
            is a line that begins with `[1]`, or with `1.` below a heading such as `References` or `Sources`; that of a
            footnote begins with `[^name]:`; that of an author is a line below such a heading with name and year in it,
            and those lines need no citation.

    Each number in a bracket is a citation. What stands in code counts for nothing, nor does the label of a link. An
    author's name of several words are known by the last. A text of more than 75,000
    characters is judged by its beginning, as if cut off there. Whether a source exists is not looked at.

    A text that was cut off is always undecided: what follows may make an entry or a link of a citation.
    """

    name: ClassVar[str] = "citations"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"style": "numeric", "each_defined": True},
        met="Kafka keeps a log [1].\n\n[1] Kreps et al. 2011.",
        broken="Kafka keeps a log [1] and RabbitMQ routes [2].\n\n[1] Kreps et al. 2011.",
        undecided="Kafka keeps a log [1].",
    )

    style: Style
    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    each_defined: bool = False

    def __post_init__(self) -> None:
        if self.style not in ("numeric", "footnote", "author_year"):
            raise ArgumentError(
                f"`style` must be numeric, footnote or author_year, got {self.style!r}", path=("style",)
            )
        self._range()

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its citations."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        unread = read(text).unread
        if unread is not None:
            return Score(None, unread)
        entries = _entries(text, self.style)
        found = _citations(text, self.style, entries)
        count = Count(len(found), len(found), 0)
        places = first_spans((each.span.start, each.span.end) for each in found)
        scores = [judge_count(count, self._range(), "citation", whole=whole, places=places)]
        if self.each_defined:
            scores.append(self._defined(found, entries, whole=whole))
        return both(scores)

    def _defined(self, found: Sequence[Citation], entries: Sequence[Citation], *, whole: bool) -> Score:
        cited = {each.key for each in found}
        defined = {each.key for each in entries}
        lost = [each for each in found if not self._among(each.key, defined)]
        unused = [] if self.style == "author_year" else [each for each in entries if each.key not in cited]
        if lost:
            reason = f"no entry for {listed(list(dict.fromkeys(each.key for each in lost)))}"
        elif unused:
            reason = f"no citation of {listed(list(dict.fromkeys(each.key for each in unused)))}"
        else:
            reason = "every citation has its entry"
        places = first_spans((each.span.start, each.span.end) for each in lost or unused or found)
        return verdict(reason, places, met=not lost and not unused, whole=whole, final="neither")

    def _among(self, key: str, defined: set[str]) -> bool:
        if self.style != "author_year":
            return key in defined
        author, _, year = key.rpartition(" ")
        return any(author in entry and year in entry for entry in defined)

    def _range(self) -> Range:
        given = (self.exactly, self.at_least, self.at_most)
        return Range(1, None) if given == (None, None, None) else range_of(*given)


def _citations(text: str, style: Style, entries: Sequence[Citation]) -> list[Citation]:
    """Return the citations outside of code and of entries' own labels, in order."""
    taken = code_spans(text) if style == "author_year" else [*code_spans(text), *(entry.span for entry in entries)]
    below = _below_references(text) if style == "author_year" else len(text)
    patterns = {"numeric": _numeric, "footnote": _footnotes, "author_year": _author_years}
    blocked = bytearray(len(text) + 1)
    for span in taken:
        blocked[span.start : span.end] = b"\1" * (span.end - span.start)
    found = patterns[style](text)
    return [each for each in found if not blocked[each.span.start] and each.span.start < below]


def _numeric(text: str) -> Iterator[Citation]:
    for match in _NUMERIC.finditer(text):
        span = Span(*match.span())
        for part in re.split(r"[,;]", match.group(1)):
            low, *rest = (int(number) for number in re.findall(r"\d+", part))
            for number in range(low, min(rest[-1], low + 99) + 1) if rest else (low,):
                yield Citation(str(number), span)


def _footnotes(text: str) -> Iterator[Citation]:
    for match in _FOOTNOTE.finditer(text):
        yield Citation(_folded(match.group(1)), Span(*match.span()))


def _author_years(text: str) -> Iterator[Citation]:
    for match in _GROUP.finditer(text):
        span = Span(*match.span())
        if match.group(1) is None:
            yield Citation(f"{_folded(match.group(2).split()[-1])} {match.group(3)}", span)
            continue
        for each in _SINGLE.finditer(match.group(1)):
            yield Citation(f"{_folded(each.group(1).split()[-1])} {each.group(2)}", span)


def _entries(text: str, style: Style) -> list[Citation]:
    code = bytearray(len(text) + 1)
    for span in code_spans(text):
        code[span.start : span.end] = b"\1" * (span.end - span.start)
    if style == "author_year":
        below = _below_references(text)
        lines = re.finditer(r"[^\r\n]+", text[below:])
        return [Citation(_folded(line.group()), Span(below + line.start(), below + line.end())) for line in lines]
    pattern = _NUMERIC_ENTRY if style == "numeric" else _FOOTNOTE_ENTRY
    matches = list(pattern.finditer(text))
    if style == "numeric":
        matches += _LISTED_ENTRY.finditer(text, _below_references(text))
    return [
        Citation(str(int(match.group(1))) if style == "numeric" else _folded(match.group(1)), Span(*match.span()))
        for match in matches
        if not code[match.start()]
    ]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _below_references(text: str) -> int:
    """Return where the last heading like `References` ends, by its own line in bold or as a heading; else the end."""
    places = [
        block.span.end
        for block in read(text).blocks
        if block.kind == "heading" and _HEADINGS.fullmatch(block.content.strip(" *_:#"))
    ]
    if places:
        return places[-1]
    lines = re.finditer(r"[^\r\n]+", text)
    named = [line.end() for line in lines if len(line.group()) < 40 and _HEADINGS.fullmatch(line.group().strip(" *_:"))]
    return named[-1] if named else len(text)
