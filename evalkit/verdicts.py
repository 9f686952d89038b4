"""What constraints say: of a text, of a completion, and what their verdicts come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Source: TypeAlias = Literal["case", "system"]
SOURCES: tuple[Source, ...] = ("case", "system")


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of characters `[start, end)` in a completion's text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Score:
    """What one constraint says of one text.

    Attributes:
        value: From 0 (broken) to 1 (met); None when it cannot be known.
        reason: Why, in words.
        spans: The parts of the text that the verdict rests on, in order.
        detail: What more there is to read, such as a traceback or a judge's words; None for most.
        applies: False when the text is none that the constraint speaks of, so that it is neither met nor broken; None
            when that is not known yet. The value is None then. True for all but `when`, `in_each` and what is made of
            them.
    """

    value: float | None
    reason: str
    spans: tuple[Span, ...] = ()
    detail: str | None = None
    applies: bool | None = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one constraint said of one completion, strict and loose.

    Attributes:
        constraint: The constraint's name; composites carry their parts, as in `not contains_any`.
        value: As judged on the text itself, from 0 to 1; None when undecided.
        loose: The same, met if any of the eight IFEval variants of the text meets it; None when undecided.
        detail: What more there is to read; see `Score`.
        family: What kind of demand it is: `length`, `keywords`, `format` and the like; None when it says none.
        source: Who demands it: the case (or the suite for all cases), or the system prompt that was in force.
        ifeval_id: The id of the IFEval instruction that it judges exactly as the benchmark does; None for others.
        version: Of the constraint's meaning; it rises when the same text would be judged otherwise.
        applies: False when the constraint does not speak of this text; `value` and `loose` are None then, and it counts
            neither as decided nor as undecided.
    """

    constraint: str
    value: float | None
    loose: float | None
    reason: str
    spans: tuple[Span, ...] = ()
    detail: str | None = None
    family: str | None = None
    source: Source = "case"
    ifeval_id: str | None = None
    version: int = 1
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Scored:
    """What all constraints said of one completion.

    Attributes:
        verdicts: One for each constraint of the case, in order, then one for each of the system prompt that was in
            force; empty for a completion that is not scored.
        adherence: Share of the decided constraints that are met; None when none is decided.
        full_adherence: 1 when every constraint that applies is met, 0 when any is broken; None when that is undecided,
            or none applies.
        constraints: Digest of the constraints that judged; None where that is not known.
    """

    verdicts: tuple[Verdict, ...] = ()
    adherence: float | None = None
    full_adherence: float | None = None
    constraints: str | None = None
