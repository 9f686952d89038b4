"""Constraints on parts of a text: on each section, paragraph, line, sentence, list item, code block or JSON value."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, get_args

from evalkit.constraints.composite import check_part, describe, joined, within
from evalkit.constraints.divide import Part, UndividedError, divide
from evalkit.constraints.examples import Examples
from evalkit.constraints.json_text import steps_of
from evalkit.constraints.reasons import counted
from evalkit.constraints.validation import check_limit
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from typing import Self

    from evalkit.constraints.parts import Parts
    from evalkit.protocols import Constraint, Context

_KINDS: tuple[str, ...] = get_args(Part)
_NOUNS = {"list_item": "list item", "code_block": "code block", "json": "value"}
_GROWING = ("paragraph", "line")  # of the others, more text may show that the last one is none, or begins elsewhere
_MOST = 10_000
_OPEN = "undecided, as the text was cut off"
_TO_COME = ("what follows", Score(None, _OPEN, applies=None))
_NOT_READ = ("what follows", Score(None, f"only the first {_MOST:,} are read", applies=None))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the two constraints on parts of a text have in common."""

    name: ClassVar[str]
    family: ClassVar[str] = "logic"
    every: ClassVar[bool]

    part: Part
    constraint: Constraint
    level: int | None = None
    pointer: str | None = None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def parts(self) -> tuple[Constraint, ...]:
        """What is demanded of the parts."""
        return (self.constraint,)

    @property
    def label(self) -> str:
        """What reports call it: `in_each paragraph max_words`."""
        return f"{self.name} {_noun(self.part)} {describe(self.constraint)}"

    def within(self, context: Context) -> Self:
        """Tell what is demanded of the parts what was asked for."""
        return replace(self, constraint=within(self.constraint, context))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge the parts of `text`."""
        noun = _noun(self.part)
        try:
            divided = divide(text, self.part, level=self.level, pointer=self.pointer or "")
        except UndividedError as error:
            if error.undecided or not whole:
                return Score(None, str(error) if whole else f"{error}; {_OPEN}", applies=None)
            return self._without(str(error))
        whole = whole and not divided.cut
        scores = _scores(self, text, divided.parts, whole=whole)
        if not scores:
            return self._without(f"no {noun}")
        found = counted(len(divided.parts.spans), noun)
        score = joined(scores, least=len(scores) if self.every else 1)
        return replace(score, reason=f"{found}; {score.reason}")

    def _without(self, reason: str) -> Score:
        """Judge a text without any such part."""
        return Score(None, reason, applies=False) if self.every else Score(0.0, reason)


@dataclass(frozen=True, slots=True)
class InEach(_Parts):
    """Demand a constraint of each part of the text.

    Attributes:
        part: `section` (what stands below a Markdown heading), `paragraph` (between blank lines), `line` (not blank),
            `sentence` (of English, as for `max_sentences`), `list_item`, `code_block`, or `json` (values of a JSON
            document).
        constraint: What is demanded of each, as of a text of its own.
        level: Of the headings that begin a section, 1 to 6; by default every heading does.
        pointer: Which values of the JSON document: a JSON Pointer (RFC 6901) in which `*` stands for every element or
            member, as in `/items/*/name`. A text is taken without its quotation marks.

    A text without any such part is none that the constraint speaks of: it *does not apply* there, as with `when`. The
    spans are those of the parts that the verdict rests on, in the whole text.

    In a text that was cut off, a part that is complete and breaks the constraint decides, and so does the last line or
    paragraph if more text cannot mend it; anything else is undecided. Of more than 10,000 parts, and of sentences
    beyond 50,000 characters, only the beginning is read; Markdown of more than 75,000 characters is undecided.
    """

    name: ClassVar[str] = "in_each"
    every: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"part": "line", "constraint": {"max_words": 3}},
        met="Kafka: a log\nRabbitMQ: a broker",
        broken="Kafka: a log\nRabbitMQ: a broker of messages",
        undecided="Kafka: a log\nRabbitMQ: a broker",
    )


@dataclass(frozen=True, slots=True)
class InAny(_Parts):
    """Demand that some part of the text meets a constraint.

    Attributes:
        part: `section` (what stands below a Markdown heading), `paragraph` (between blank lines), `line` (not blank),
            `sentence` (of English, as for `max_sentences`), `list_item`, `code_block`, or `json` (values of a JSON
            document).
        constraint: What is demanded of one of them, as of a text of its own.
        level: Of the headings that begin a section, 1 to 6; by default every heading does.
        pointer: Which values of the JSON document: a JSON Pointer (RFC 6901) in which `*` stands for every element or
            member, as in `/items/*/name`. A text is taken without its quotation marks.

    A text without any such part breaks it. The spans are those of the parts that the verdict rests on, in the whole
    text.

    In a text that was cut off, a part that is complete and meets the constraint decides, and so does the last line or
    paragraph if more text cannot undo it; anything else is undecided. Of more than 10,000 parts, and of sentences
    beyond 50,000 characters, only the beginning is read; Markdown of more than 75,000 characters is undecided.
    """

    name: ClassVar[str] = "in_any"
    every: ClassVar[bool] = False
    examples: ClassVar[Examples] = Examples(
        arguments={"part": "sentence", "constraint": {"contains_all": ["Kafka", "log"]}},
        met="RabbitMQ is a broker. Kafka is a log.",
        broken="RabbitMQ logs. Kafka does too.",
        undecided="RabbitMQ is a broker. Kafka is",
    )


def _scores(demand: _Parts, text: str, parts: Parts, *, whole: bool) -> list[tuple[str, Score]]:
    """Judge each part, and note what may still come."""
    noun = _noun(demand.part)
    scores: list[tuple[str, Score]] = []
    for index, span in enumerate(parts.spans[:_MOST]):
        settled = whole or index < parts.settled
        if settled or demand.part in _GROWING:
            score = _score(demand, text, span, whole=settled)
        else:
            score = Score(None, _OPEN, applies=None)
        scores.append((f"{noun} {index + 1:,}", score))
    if len(parts.spans) > _MOST:
        scores.append(_NOT_READ)
    elif not whole:
        scores.append(_TO_COME)
    return scores


def _score(demand: _Parts, text: str, span: Span, *, whole: bool) -> Score:
    """Judge one part; where the constraint points at nothing in it, the verdict rests on the part itself."""
    part, start = text[span.start : span.end], span.start
    written = None
    if demand.part == "json" and part.startswith('"'):
        written, part, start = part, json.loads(part, strict=False), span.start + 1
    score = demand.constraint.score(part, whole=whole)
    if not score.spans or (written is not None and written[1:-1] != part):  # escapes shift what follows them
        return replace(score, spans=(span,))
    return replace(score, spans=tuple(Span(each.start + start, each.end + start) for each in score.spans))


def _noun(part: Part) -> str:
    return _NOUNS.get(part, part)


def _check(demand: _Parts) -> None:
    check_part("constraint", demand.constraint)
    if demand.part not in _KINDS:
        raise ArgumentError(f"`part` must be one of {', '.join(_KINDS)}, got {demand.part!r}", path=("part",))
    if demand.level is not None:
        if demand.part != "section":
            message = f"`level` is of sections, and the part is {demand.part}"
            raise ArgumentError(message, path=("level",), hint="leave it out, or write `part: section`")
        check_limit("level", demand.level, least=1)
        if demand.level > 6:
            raise ArgumentError(f"`level` must be at most 6, got {demand.level}", path=("level",))
    if (demand.pointer is None) is (demand.part == "json"):
        message = "`pointer` is needed" if demand.pointer is None else f"`pointer` is of JSON, not of a {demand.part}"
        hint = "for example `pointer: /items/*/name`" if demand.pointer is None else "leave it out"
        raise ArgumentError(message, path=("pointer",), hint=hint)
    try:
        steps_of(demand.pointer or "")
    except ValueError as error:
        raise ArgumentError(f"`pointer` is no JSON Pointer: {error}", path=("pointer",)) from error
