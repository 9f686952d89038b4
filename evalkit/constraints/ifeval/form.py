"""IFEval's checks of form: bullets, highlights, sections, JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.ifeval.answers import Threshold, answer_verdict, first_spans
from evalkit.constraints.ifeval.patterns import Unreadable, pattern
from evalkit.constraints.reasons import counted
from evalkit.constraints.validation import check_limit, check_text
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.constraints.finality import Final

_HIGHLIGHT = re.compile(r"\*[^\n*]*\*")
_DOUBLE_HIGHLIGHT = re.compile(r"\*\*[^\n*]*\*\*")
_FENCES = ("```json", "```Json", "```JSON", "```")


@dataclass(frozen=True, slots=True)
class IfevalBullets:
    """Demand an exact number of bullets, as IFEval's `detectable_format:number_bullet_lists` does.

    Attributes:
        exactly: The number of lines that begin with a bullet.

    A bullet is `-`, or `*` with something other than `*` after it, on any line after any white space. So a dividing
    line `---` is a bullet, a line that begins with `**bold**` is none, and a `*` alone on its line takes the next one
    along.

    In a text that was cut off, too many bullets stay too many; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_bullets"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "detectable_format:number_bullet_lists"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=2,
        met="Two brokers:\n* Kafka\n* RabbitMQ",
        broken="One broker:\n- Kafka",
        undecided="Two brokers:\n* Kafka\n* Rab",
    )

    exactly: int

    def __post_init__(self) -> None:
        check_limit("exactly", self.exactly)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of bullets."""
        places = list(_bullets(text))
        final: Final = self.final if len(places) > self.exactly else "neither"
        reason = f"{counted(len(places), 'bullet')}, exactly {self.exactly:,} wanted"
        met = len(places) == self.exactly
        return answer_verdict(text, reason, first_spans(places), met=met, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class IfevalHighlights:
    """Demand highlighted parts, as IFEval's `detectable_format:number_highlighted_sections` does.

    Attributes:
        at_least: The least number of highlights.

    Counted are `*parts*` and `**parts**`, each on one line and not blank. `***parts***` count as both, and two bullets
    on one line are a highlight, too.

    In a text that was cut off, a number already reached stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_highlights"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "detectable_format:number_highlighted_sections"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=2,
        met="*Kafka* keeps a log, **RabbitMQ** routes.",
        broken="*Kafka* keeps a log.",
        undecided="*Kafka* keeps a log, *Rab",
    )

    at_least: int

    def __post_init__(self) -> None:
        check_limit("at_least", self.at_least)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its number of highlights."""
        single = [match.span() for match in _HIGHLIGHT.finditer(text) if match[0].strip("*").strip()]
        double = [match.span() for match in _DOUBLE_HIGHLIGHT.finditer(text) if match[0][2:-2].strip()]
        wanted = Threshold(self.at_least, None)
        places = first_spans(sorted([*single, *double]))
        return wanted.verdict(text, len(single) + len(double), "highlight", places, whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalSections:
    """Demand numbered sections, as IFEval's `detectable_format:multiple_sections` does.

    Attributes:
        splitter: What each section begins with, such as `Section`; the benchmark reads it as a regular expression.
        at_least: The least number of sections.

    A section begins wherever the splitter stands before digits, white space between them or not: `Section 1`, but not
    `Section I`, and neither does the line matter nor which numbers they are. Case counts. The splitter is read as
    keywords are for `ifeval_contains_all`.

    In a text that was cut off, a number that a plain splitter has reached stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_sections"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "detectable_format:multiple_sections"
    final: ClassVar[Final] = "met"
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
        """Judge `text` by the number of places where a section begins."""
        ready = _section_mark(self.splitter.strip())
        if isinstance(ready, Unreadable):
            return Score(None, ready.why)
        places = [match.span() for match in ready.mark.finditer(text)]
        count = len(places) if ready.plain else len(ready.mark.split(text)) - 1  # groups add to what `split` returns
        wanted = Threshold(self.at_least, None)
        return wanted.verdict(text, count, "section", first_spans(places), whole=whole, grows=ready.plain)


@dataclass(frozen=True, slots=True)
class IfevalJson:
    """Demand that the whole text is JSON, as IFEval's `detectable_format:json_format` does.

    One code fence around it does not count, nor does white space. It is JSON if Python's parser takes it, which takes
    `NaN` and `Infinity`, too. `valid_json` keeps to the standard. A document nested more deeply than the parser can
    follow (about a thousand levels), where the reference checker fails, is undecided.

    A text that was cut off is always undecided.
    """

    name: ClassVar[str] = "ifeval_json"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "detectable_format:json_format"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met='```json\n{"broker": "Kafka"}\n```',
        broken='Here it is: {"broker": "Kafka"}',
        undecided='{"broker": "Ka',
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by parsing it."""
        document = text.strip()
        for fence in _FENCES:
            document = document.removeprefix(fence)
        document = document.removesuffix("```").strip()
        try:
            json.loads(document)
        except ValueError as error:
            fault = str(error).partition(":")[0]
            reason = f"not JSON: {fault[:1].lower()}{fault[1:]}"
            return answer_verdict(text, reason, met=False, whole=whole, final=self.final)
        except RecursionError:
            return Score(None, "nested more deeply than the parser can follow")
        return answer_verdict(text, "JSON to Python's parser", met=True, whole=whole, final=self.final)


def _bullets(text: str) -> Iterator[tuple[int, int]]:
    """Yield the lines that begin with a bullet."""
    lines = text.split("\n")
    start, taken = 0, False
    for number, line in enumerate(lines):
        bullet = line.lstrip()
        end = start + len(line)
        star = bullet.startswith("*") and not taken
        taken = star and bullet == "*" and number + 1 < len(lines)
        if bullet.startswith("-") or (star and (taken or (len(bullet) > 1 and bullet[1] != "*"))):
            yield end - len(bullet), end
        start = end + 1


@dataclass(frozen=True, slots=True)
class _SectionMark:
    """What a section begins with, and whether its splitter stands for itself."""

    mark: re.Pattern[str]
    plain: bool


@cache
def _section_mark(splitter: str) -> _SectionMark | Unreadable:
    ready = pattern(splitter, r"\s?", r"\s?\d+\s?", ignore_case=False)
    if isinstance(ready, Unreadable):
        return ready
    if ready.compiled is None:
        return Unreadable(f"IFEval takes `{splitter}` for a regular expression that repeats without end")
    return _SectionMark(ready.compiled, ready.plain)
