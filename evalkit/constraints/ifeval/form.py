"""IFEval's instructions on the form of an answer and what it must hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.ifeval.following import compared, following
from evalkit.constraints.ifeval.search import UnsearchableError, found, is_plain
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.validation import check_limit, check_text
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.finality import Final

_ANSWERS = ("My answer is yes.", "My answer is no.", "My answer is maybe.")
_MARKERS = {"P.S.": re.compile(r"p\.\s?s\."), "P.P.S": re.compile(r"p\.\s?p\.\s?s")}
_ONE_STAR = re.compile(r"\*[^\n*]*\*")
_TWO_STARS = re.compile(r"\*\*[^\n*]*\*\*")
_BLANKS = re.compile(r"\s*")
_FENCES = ("```json", "```Json", "```JSON", "```")
_MOST_SPANS = 100


@dataclass(frozen=True, slots=True)
class IfevalPlaceholders:
    """Demand placeholders such as `[name]`, as IFEval's `detectable_content:number_placeholders` does.

    Attributes:
        at_least: The least number.

    What stands between `[` and the next `]` of the same line counts, even nothing: `[]`, `[1]` and a link's `[text]`.
    """

    name: ClassVar[str] = "ifeval_placeholders"
    ifeval_id: ClassVar[str] = "detectable_content:number_placeholders"
    family: ClassVar[str] = "content"
    examples: ClassVar[Examples] = Examples(
        arguments=2, met="Dear [name] of [town].", broken="Dear [name].", undecided="Dear [name] of [to"
    )

    at_least: int

    def __post_init__(self) -> None:
        check_limit("at_least", self.at_least)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its brackets."""
        places = list(_brackets(text))
        return compared(
            text,
            len(places),
            "placeholder",
            at_least=self.at_least,
            less_than=None,
            whole=whole,
            grows=True,
            spans=tuple(places[:_MOST_SPANS]),
        )


@dataclass(frozen=True, slots=True)
class IfevalPostscript:
    """Demand a postscript, as IFEval's `detectable_content:postscript` does.

    Attributes:
        marker: `P.S.`, `P.P.S` or, as an unescaped pattern, any other text; without regard to case.

    It may stand anywhere, in the middle of a line too.
    """

    name: ClassVar[str] = "ifeval_postscript"
    ifeval_id: ClassVar[str] = "detectable_content:postscript"
    family: ClassVar[str] = "content"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments="P.S.", met="Use Kafka.\n\nP. S. Or not.", broken="Use Kafka.", undecided="Use Kafka.\n\nP."
    )

    marker: str

    def __post_init__(self) -> None:
        check_text("marker", self.marker)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by whether the marker stands in it."""
        known = _MARKERS.get(self.marker.strip())
        lowered = text.lower()
        if known is not None:
            met = known.search(lowered) is not None
        else:
            try:
                met = next(found(self.marker.strip().lower(), lowered), None) is not None
            except UnsearchableError as error:
                return Score(None, str(error))
        reason = f"{'a' if met else 'no'} postscript {quoted(self.marker)}"
        return following(text, reason, met=met, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class IfevalBullets:
    """Demand a number of bullets, as IFEval's `detectable_format:number_bullet_lists` does.

    Attributes:
        exactly: The number.

    A line that begins with `*` and goes on with anything but another `*` counts, and so does every line that begins
    with `-`, a ruled line included.
    """

    name: ClassVar[str] = "ifeval_bullets"
    ifeval_id: ClassVar[str] = "detectable_format:number_bullet_lists"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=2, met="* Kafka\n- RabbitMQ", broken="* Kafka", undecided="* Kafka\n- Rab"
    )

    exactly: int

    def __post_init__(self) -> None:
        check_limit("exactly", self.exactly)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its lines that begin as bullets do."""
        places = [*_bullets(text, "*"), *_bullets(text, "-")]
        spans = tuple(sorted(places, key=lambda span: span.start)[:_MOST_SPANS])
        reason = f"{counted(len(places), 'bullet')}, {self.exactly:,} wanted"
        final: Final = self.final if len(places) > self.exactly else "neither"
        return following(text, reason, spans, met=len(places) == self.exactly, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class IfevalYesNoMaybe:
    """Demand `My answer is yes.`, `... no.` or `... maybe.`, as `detectable_format:constrained_response` does.

    Any of the three may stand anywhere in the answer, more than one too.
    """

    name: ClassVar[str] = "ifeval_yes_no_maybe"
    ifeval_id: ClassVar[str] = "detectable_format:constrained_response"
    family: ClassVar[str] = "content"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="Well. My answer is no.", broken="My answer is no", undecided="My answer is"
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by whether one of the answers stands in it."""
        for answer in _ANSWERS:
            start = text.find(answer)
            if start >= 0:
                span = Span(start, start + len(answer))
                return following(text, f"found `{answer}`", (span,), met=True, whole=whole, final=self.final)
        return following(text, "none of the three answers", met=False, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class IfevalHighlights:
    """Demand highlighted parts, as IFEval's `detectable_format:number_highlighted_sections` does.

    Attributes:
        at_least: The least number.

    What stands between two `*` of one line counts, and what stands between two `**` counts once more, so that `**a** b
    **c**` has three: `a`, `c`, and ` b ` between them.
    """

    name: ClassVar[str] = "ifeval_highlights"
    ifeval_id: ClassVar[str] = "detectable_format:number_highlighted_sections"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments=2, met="*Kafka* and *RabbitMQ*.", broken="*Kafka* alone.", undecided="*Kafka* and *Rab"
    )

    at_least: int

    def __post_init__(self) -> None:
        check_limit("at_least", self.at_least)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by what stands between stars."""
        ones = [match for match in _ONE_STAR.finditer(text) if match.group().strip("*").strip()]
        twos = [match for match in _TWO_STARS.finditer(text) if match.group()[2:-2].strip()]
        places = sorted({match.span() for match in (*ones, *twos)})
        return compared(
            text,
            len(ones) + len(twos),
            "highlight",
            at_least=self.at_least,
            less_than=None,
            whole=whole,
            grows=True,
            spans=tuple(Span(*place) for place in places[:_MOST_SPANS]),
        )


@dataclass(frozen=True, slots=True)
class IfevalSections:
    """Demand sections that are numbered, as IFEval's `detectable_format:multiple_sections` does.

    Attributes:
        splitter: What stands before each number, as an unescaped pattern and with regard to case, such as `Section`.
        at_least: The least number.

    Only digits number a section (`Section 1`, `Section1`): roman numerals do not.
    """

    name: ClassVar[str] = "ifeval_sections"
    ifeval_id: ClassVar[str] = "detectable_format:multiple_sections"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments={"splitter": "Section", "at_least": 2},
        met="Section 1\nKafka.\nSection 2\nRabbitMQ.",
        broken="Section I\nKafka.\nSection II\nRabbitMQ.",
        undecided="Section 1\nKafka.\nSection",
    )

    splitter: str
    at_least: int

    def __post_init__(self) -> None:
        check_text("splitter", self.splitter)
        check_limit("at_least", self.at_least)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its numbered sections."""
        splitter = self.splitter.strip()
        if not is_plain(splitter):
            return Score(None, f"{quoted(splitter)} is read as a pattern, and not one that can be searched for safely")
        places = [Span(*match.span(1)) for match in re.finditer(rf"({splitter}\s?\d+)\s?", text)]
        return compared(
            text,
            len(places),
            "numbered section",
            at_least=self.at_least,
            less_than=None,
            whole=whole,
            grows=True,
            spans=tuple(places[:_MOST_SPANS]),
        )


@dataclass(frozen=True, slots=True)
class IfevalJson:
    """Demand JSON, with a code fence or without, as IFEval's `detectable_format:json_format` does.

    Read as Python does, which takes `NaN` and `Infinity` for numbers. A fence needs no line of its own. `valid_json` is
    stricter. A text that was cut off is undecided.
    """

    name: ClassVar[str] = "ifeval_json"
    ifeval_id: ClassVar[str] = "detectable_format:json_format"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met='```json\n{"a": 1}\n```', broken="Here it is: {}", undecided='{"a": 1'
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by reading it."""
        inner = text.strip()
        for fence in _FENCES:
            inner = inner.removeprefix(fence)
        inner = inner.removesuffix("```").strip()
        try:
            json.loads(inner)
        except ValueError as error:
            words = str(error)
            return following(text, f"not JSON: {words[0].lower()}{words[1:]}", met=False, whole=whole)
        except RecursionError:
            return Score(None, "nested more deeply than the parser can follow")
        return following(text, "one JSON document", met=True, whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalTitle:
    """Demand a title such as `<<A title>>`, as IFEval's `detectable_format:title` does; it may stand anywhere."""

    name: ClassVar[str] = "ifeval_title"
    ifeval_id: ClassVar[str] = "detectable_format:title"
    family: ClassVar[str] = "format"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="<<Brokers>>\nKafka.", broken="# Brokers\nKafka.", undecided="<<Brok"
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by whether a title stands in it."""
        title = next(_titles(text), None)
        if title is None:
            return following(text, "no title between `<<` and `>>`", met=False, whole=whole, final=self.final)
        shown = quoted(text[title.start : title.end])
        return following(text, f"title {shown}", (title,), met=True, whole=whole, final=self.final)


def _brackets(text: str) -> Iterator[Span]:
    """Yield each `[` with the next `]` of its line; a plain pattern would take quadratic time over `[[[[`."""
    start = text.find("[")
    while start >= 0:
        line_end = text.find("\n", start)
        end = text.find("]", start, line_end if line_end >= 0 else len(text))
        if end >= 0:
            yield Span(start, end + 1)
            start = text.find("[", end + 1)
        else:
            start = text.find("[", line_end) if line_end >= 0 else -1


def _bullets(text: str, sign: str) -> Iterator[Span]:
    r"""Yield the lines that begin with `sign`, as patterns with a leading `\\s*` find them, but in linear time.

    Blanks before the sign may hold line breaks, so that several blank lines before a bullet are part of it.
    """
    position = 0
    while position <= len(text):
        blank = _BLANKS.match(text, position)
        assert blank is not None
        at = blank.end()
        after = at + 1
        fits = text.startswith(sign, at) and (sign == "-" or (after < len(text) and text[after] != "*"))
        if fits:
            end = text.find("\n", after + (sign == "*"))
            end = len(text) if end < 0 else end
            yield Span(at, end)
            position = end if end > 0 and text[end - 1 : end] == "\n" else end + 1
        else:
            following_line = text.find("\n", at)
            position = following_line + 1 if following_line >= 0 else len(text) + 1


def _titles(text: str) -> Iterator[Span]:
    """Yield what stands between the first `<<` and the last `>>` of each line, where that is more than signs."""
    position = 0
    for line in text.split("\n"):
        start, end = line.find("<<"), line.rfind(">>")
        if 0 <= start <= end - 3 and line[start : end + 2].lstrip("<").rstrip(">").strip():
            yield Span(position + start, position + end + 2)
        position += len(line) + 1
