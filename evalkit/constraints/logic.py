"""Constraints made of other constraints, in Kleene's three-valued logic: undecided unless the decided parts suffice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

from evalkit.constraints.examples import Examples
from evalkit.errors import ArgumentError
from evalkit.protocols import Contextual
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.protocols import Constraint, Context


@dataclass(frozen=True, slots=True)
class Not:
    """Demand that another constraint is broken.

    Attributes:
        constraint: The constraint that must not be met.

    The value is 1 less that constraint's value; its reason and spans are kept. What is undecided stays undecided, so
    in a text that was cut off, a forbidden word that has been found decides, and one that has not does not.
    """

    name: ClassVar[str] = "not"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments={"contains_any": ["great question"]},
        met="Kafka keeps a log.",
        broken="Great question! Kafka keeps a log.",
        undecided="Kafka keeps",
    )

    constraint: Constraint

    def __post_init__(self) -> None:
        _check("constraint", self.constraint)

    def within(self, context: Context) -> Not:
        """Tell the part what was asked for."""
        return Not(within(self.constraint, context))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the constraint that it must not meet."""
        score = self.constraint.score(text, whole=whole)
        return Score(None if score.value is None else 1.0 - score.value, score.reason, score.spans)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Demand that every one of several constraints is met.

    Attributes:
        constraints: At least one.

    The value is the least of theirs. One that is broken decides; otherwise one that is undecided leaves the whole
    undecided. Counts as one constraint in `adherence`, where the same constraints listed one by one count each.
    """

    name: ClassVar[str] = "all_of"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments=[{"max_words": 4}, {"contains_all": ["Kafka"]}],
        met="Kafka keeps a log.",
        broken="RabbitMQ routes.",
        undecided="Kafka keeps a",
    )

    constraints: tuple[Constraint, ...]

    def __post_init__(self) -> None:
        _check_several(self.constraints)

    def within(self, context: Context) -> AllOf:
        """Tell the parts what was asked for."""
        return AllOf(tuple(within(part, context) for part in self.constraints))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by all the constraints."""
        return _joined(self.constraints, text, whole=whole, deciding=0.0)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Demand that at least one of several constraints is met.

    Attributes:
        constraints: At least one.

    The value is the greatest of theirs. One that is met decides; otherwise one that is undecided leaves the whole
    undecided.
    """

    name: ClassVar[str] = "any_of"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments=[{"starts_with": "Kafka"}, "valid_json"],
        met='{"broker": "Kafka"}',
        broken="Use Kafka.",
        undecided="Kaf",
    )

    constraints: tuple[Constraint, ...]

    def __post_init__(self) -> None:
        _check_several(self.constraints)

    def within(self, context: Context) -> AnyOf:
        """Tell the parts what was asked for."""
        return AnyOf(tuple(within(part, context) for part in self.constraints))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by any of the constraints."""
        return _joined(self.constraints, text, whole=whole, deciding=1.0)


def describe(constraint: Constraint) -> str:
    """Return the name that reports show, parts included: `not contains_any`, `all_of(max_words, valid_json)`."""
    if isinstance(constraint, Not):
        return f"not {describe(constraint.constraint)}"
    if isinstance(constraint, AllOf | AnyOf):
        return f"{constraint.name}({', '.join(describe(part) for part in constraint.constraints)})"
    return getattr(constraint, "label", constraint.name)


def within(constraint: Constraint, context: Context) -> Constraint:
    """Return a constraint with what it must know of its completion filled in, where it must know anything."""
    return constraint.within(context) if isinstance(constraint, Contextual) else constraint


def _joined(constraints: Sequence[Constraint], text: str, *, whole: bool, deciding: float) -> Score:
    """Join the parts' verdicts; the value `deciding` (0 for all, 1 for any) settles the whole by itself."""
    parts = [(constraint, constraint.score(text, whole=whole)) for constraint in constraints]
    values = [score.value for _, score in parts if score.value is not None]
    extreme = (max if deciding else min)(values, default=None)
    undecided = len(values) < len(parts)
    value = extreme if extreme == deciding or not undecided else None
    resting = [(constraint, score) for constraint, score in parts if score.value == value]
    reason = "; ".join(f"{describe(constraint)}: {score.reason}" for constraint, score in resting)
    return Score(value, reason, _spans(score for _, score in resting))


def _spans(scores: Iterable[Score]) -> tuple[Span, ...]:
    spans = {span for score in scores for span in score.spans}
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def _check_several(constraints: object) -> None:
    if not isinstance(constraints, tuple):
        raise ArgumentError(f"`constraints` must be a tuple of constraints, got {constraints!r}", path=("constraints",))
    if not constraints:
        raise ArgumentError("`constraints` must not be empty, got []", path=("constraints",))
    for index, constraint in enumerate(cast("tuple[object, ...]", constraints)):
        _check("constraints", constraint, index)


def _check(argument: str, constraint: object, *index: int) -> None:
    if not callable(getattr(constraint, "score", None)):
        raise ArgumentError(f"`{argument}` must be made of constraints, got {constraint!r}", path=(argument, *index))
