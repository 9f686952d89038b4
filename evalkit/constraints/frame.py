"""Constraints on what frames a text: its title, its sections, its postscript, quotation marks around it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from evalkit.constraints.counting import Count, Range, first_spans, judge_count, range_of
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_text
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.finality import Final

_LINE = re.compile(r"[^\r\n]+")
_HEADING = re.compile(r" {0,3}#[ \t]{1,8}(?![ \t]*#*[ \t]*$)\S")
_ANGLED = re.compile(r"\s*<<(?=[^<>]{0,400}[^\s<>])[^<>]{1,400}>>\s*")
_UNDERLINE = re.compile(r" {0,3}=+[ \t]*")
_POSTSCRIPT = re.compile(
    r"[ \t*_>]{0,8}P\.?[ ]?(?:P\.?[ ]?){0,3}S(?:\.|:|\b(?=[ ]?[:.,\u2013\u2014-]|[ ]))", re.IGNORECASE
)
_PAIRS = {'"': '"', "“": "”", "„": "“”", "«": "»", "»": "«", "「": "」", "『": "』", "”": "”"}
_NUMBER = (
    r"(?:\d{1,4}|[IVXLC]{2,8}|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|[A-Z](?=[ \t#*_]{0,8}(?:[.:)\u2013\u2014-]|$|[\r\n])))"
)


@dataclass(frozen=True, slots=True)
class HasTitle:
    """Demand that the text begins with a title.

    Attributes:
        style: `markdown` is a heading of the first level (`# Title`, or underlined with `=`), `angled` a first line of
            `<<Title>>`, `any` either.

    The title is the first line that is not blank; white space around it does not count. One that says nothing is none.

    In a text that was cut off, both verdicts hold once the title's line has ended, and the one below it has if it may
    underline a heading; anything else is undecided.
    """

    name: ClassVar[str] = "has_title"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="# Kafka\n\nIt keeps a log.", broken="Kafka keeps a log.", undecided="# Kafka"
    )

    style: Literal["any", "markdown", "angled"] = "any"

    def __post_init__(self) -> None:
        if self.style not in ("any", "markdown", "angled"):
            raise ArgumentError(f"`style` must be any, markdown or angled, got {self.style!r}", path=("style",))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its first line."""
        lines = [line for line, _ in zip(_lines(text), range(2), strict=False)]
        if not lines:
            return verdict("empty, so without a title", met=False, whole=whole, final="neither")
        first = lines[0]
        shown = text[first.start : first.end]
        underlined = len(lines) > 1 and _UNDERLINE.fullmatch(text[lines[1].start : lines[1].end]) is not None
        adjoining = underlined and len(re.findall(r"\r\n|\n|\r", text[first.end : lines[1].start])) == 1
        marked = _HEADING.match(shown) is not None or (adjoining and not shown.startswith(("    ", "\t", "#", ">")))
        met = (self.style != "angled" and marked) or (self.style != "markdown" and _ANGLED.fullmatch(shown) is not None)
        ended = len(lines) > 1 and lines[1].end < len(text)
        reason = f"{'title' if met else 'first line'} {quoted(shown.strip())}"
        return verdict(reason, (first,), met=met, whole=whole, final=self.final if ended else "neither")


@dataclass(frozen=True, slots=True)
class HasPostscript:
    """Demand a postscript: a line that begins with `P.S.`, and says something.

    Attributes:
        marker: What it begins with; None takes `P.S.`, `PS:`, `P. S.` and `P.P.S.`, whatever their case.

    Emphasis around the marker does not count, nor does a `>` before it. A marker given is taken as it stands, case
    included.

    In a text that was cut off, a postscript that has begun to say something is there; anything else is undecided. The
    span is the line.
    """

    name: ClassVar[str] = "has_postscript"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="Use Kafka.\n\nP.S. Mind the disks.", broken="Use Kafka.", undecided="Use Kafka.\n\nP.S."
    )

    marker: str | None = None

    def __post_init__(self) -> None:
        if self.marker is not None:
            check_text("marker", self.marker)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its postscript."""
        for line in _lines(text):
            shown = text[line.start : line.end]
            said = self._said(shown)
            if said is not None and any(character.isalnum() for character in said):
                return verdict(f"postscript {quoted(shown)}", (line,), met=True, whole=whole, final=self.final)
        return verdict("no postscript", met=False, whole=whole, final=self.final)

    def _said(self, line: str) -> str | None:
        """Return what stands behind the marker."""
        if self.marker is None:
            match = _POSTSCRIPT.match(line)
            return None if match is None else line[match.end() :]
        bare = line.lstrip(" \t*_>")
        for form in ("NFC", "NFD"):
            marker = unicodedata.normalize(form, self.marker.strip())
            if bare.startswith(marker):
                return bare.removeprefix(marker)
        return None


@dataclass(frozen=True, slots=True)
class Sections:
    """Demand a number of sections that a line such as `Section 1` begins.

    Attributes:
        splitter: The word that begins a section, such as `Section`, `Day` or `PART`; case counts for nothing.
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.

    A section begins with a line that begins with the word and a number after it: `Section 1`, `Section IV: Costs`,
    `**Day two**`, `## Part B`. The number may be in digits, a Roman numeral, or a word up to ten; or it
    is one letter, if nothing but a colon, a full stop, a bracket or a dash follows. Markdown's marks before the word do
    not count; the word elsewhere in a line begins nothing. For sections of headings with
    other texts, use `headings`.

    In a text that was cut off, a line counts once it goes on behind the number; a greatest number exceeded stays
    exceeded, and a least number reached stays reached; anything else is undecided. The spans are those lines' words.
    """

    name: ClassVar[str] = "sections"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"splitter": "Day", "at_least": 2},
        met="Day 1\nRead.\n\nDay 2\nWrite.",
        broken="Day 1\nRead on day 2.",
        undecided="Day 1\nRead.",
    )

    splitter: str
    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        check_text("splitter", self.splitter)
        self._range()

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its sections."""
        ways = dict.fromkeys(unicodedata.normalize(form, self.splitter) for form in ("NFC", "NFD"))
        words = "|".join(r"[ \t]{1,8}".join(map(re.escape, way.split())) for way in ways)
        line = re.compile(
            rf"(?:^|(?<=[\r\n]))[ \t#*_>-]{{0,16}}(?P<mark>(?:{words})[ \t]{{1,4}}[#*_]{{0,3}}{_NUMBER})"
            r"(?![^\W_]|['\u2019\u0300-\u036f])",
            re.IGNORECASE,
        )
        found = [match.span("mark") for match in line.finditer(text)]
        settled = len(found) - (bool(found) and not text[found[-1][1] :].strip(" \t#*_"))
        count = Count(len(found), len(found), settled)
        return judge_count(count, self._range(), "section", whole=whole, places=first_spans(found))

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


@dataclass(frozen=True, slots=True)
class InQuotes:
    """Demand that the whole text stands in one pair of double quotation marks.

    White space around the text does not count. `"…"`, `“…”`, `„…“`, `«…»`, `»…«`, `「…」` and `『…』` are pairs; single
    marks are none, and the two must belong together. A mark inside the text must not close the pair before the end,
    unless it is `"`, which quotations inside may use.

    In a text that was cut off, the verdict is broken when it does not begin with a quotation mark; anything else is
    undecided. The spans are the two marks.
    """

    name: ClassVar[str] = "in_quotes"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met='"Use Kafka."', broken='He said "Use Kafka."', undecided='"Use Kafka."'
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its first and last character."""
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        if start >= end:
            return verdict("empty, so not in quotation marks", met=False, whole=whole, final="neither")
        first, last = text[start], text[end - 1]
        places = (Span(start, start + 1), Span(end - 1, end)) if end - start > 1 else (Span(start, end),)
        if first not in _PAIRS:
            reason = f"begins with {quoted(first)}, no quotation mark"
            return verdict(reason, places[:1], met=False, whole=whole, final=self.final)
        if end - start == 1 or last not in _PAIRS[first] or not text[start + 1 : end - 1].strip():
            reason = f"begins with {quoted(first)} and ends with {quoted(last)}"
            return verdict(reason, places, met=False, whole=whole, final="neither")
        inside = text[start + 1 : end - 1]
        if (
            first != '"'
            and first not in _PAIRS[first]
            and any(_closes_early(inside, first, each) for each in _PAIRS[first])
        ):
            return verdict("the quotation ends before the text does", places, met=False, whole=whole, final="neither")
        return verdict(
            f"stands between {quoted(first)} and {quoted(last)}", places, met=True, whole=whole, final="neither"
        )


def _closes_early(inside: str, opening: str, closing: str) -> bool:
    """Tell whether the mark that opened the text is closed inside it."""
    depth = 1
    for character in inside:
        if character == closing:
            depth -= 1
        elif character == opening:
            depth += 1
        if depth == 0:
            return True
    return False


def _lines(text: str) -> Iterator[Span]:
    """Yield the lines that are not blank, without a byte order mark."""
    for match in _LINE.finditer(text, 1 if text.startswith("\ufeff") else 0):
        if match.group().strip():
            yield Span(*match.span())
