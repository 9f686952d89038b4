"""Constraints made of other constraints, in Kleene's three-valued logic: undecided unless the decided parts suffice.

A part that does not apply to a text (see `when`) is left out, as if it were not there; where no part applies, neither
does the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.composite import check_part, check_parts, describe, joined, named_with, scored, within
from evalkit.constraints.examples import Examples
from evalkit.constraints.validation import check_limit
from evalkit.errors import ArgumentError

if TYPE_CHECKING:
    from evalkit.protocols import Constraint, Context
    from evalkit.verdicts import Score

__all__ = ["AllOf", "AnyOf", "AtLeast", "Not", "describe", "within"]


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
        check_part("constraint", self.constraint)

    @property
    def parts(self) -> tuple[Constraint, ...]:
        """The constraint that must not be met."""
        return (self.constraint,)

    @property
    def label(self) -> str:
        """What reports call it: `not contains_any`."""
        return f"not {describe(self.constraint)}"

    def within(self, context: Context) -> Not:
        """Tell the part what was asked for."""
        return Not(within(self.constraint, context))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the constraint that it must not meet."""
        if isinstance(self.constraint, Not):  # exactly, where 1 - (1 - 0.1) is 0.09999999999999998
            return self.constraint.constraint.score(text, whole=whole)
        score = self.constraint.score(text, whole=whole)
        return replace(score, value=None if score.value is None else 1.0 - score.value)


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
        check_parts("constraints", self.constraints)

    @property
    def parts(self) -> tuple[Constraint, ...]:
        """The constraints that must all be met."""
        return self.constraints

    @property
    def label(self) -> str:
        """What reports call it: `all_of(max_words, valid_json)`."""
        return named_with(self.name, self.constraints)

    def within(self, context: Context) -> AllOf:
        """Tell the parts what was asked for."""
        return AllOf(tuple(within(part, context) for part in self.constraints))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by all the constraints."""
        return joined(scored(self.constraints, text, whole=whole), least=len(self.constraints))


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
        check_parts("constraints", self.constraints)

    @property
    def parts(self) -> tuple[Constraint, ...]:
        """The constraints of which one must be met."""
        return self.constraints

    @property
    def label(self) -> str:
        """What reports call it: `any_of(max_words, valid_json)`."""
        return named_with(self.name, self.constraints)

    def within(self, context: Context) -> AnyOf:
        """Tell the parts what was asked for."""
        return AnyOf(tuple(within(part, context) for part in self.constraints))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by any of the constraints."""
        return joined(scored(self.constraints, text, whole=whole), least=1)


@dataclass(frozen=True, slots=True)
class AtLeast:
    """Demand that at least `n` of several constraints are met.

    Attributes:
        n: How many, from 1 to all of them.
        of: The constraints, at least one.

    The value is the n-th greatest of theirs: 1 when `n` are met, 0 when too few can be. Where fewer than `n` of them
    apply, all that apply must be met. `n` that are met decide, and so do too many that are broken; otherwise one that
    is undecided leaves the whole undecided.
    """

    name: ClassVar[str] = "at_least"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments={"n": 2, "of": [{"contains_any": ["log"]}, {"contains_any": ["broker"]}, {"max_words": 4}]},
        met="Kafka keeps a log.",
        broken="Redis keeps every value in memory.",
        undecided="Kafka keeps a log",
    )

    n: int
    of: tuple[Constraint, ...]

    def __post_init__(self) -> None:
        check_parts("of", self.of)
        check_limit("n", self.n, least=1)
        if self.n > len(self.of):
            most = f"{len(self.of)}, the number of constraints"
            raise ArgumentError(f"`n` must be at most {most}, got {self.n}", path=("n",))

    @property
    def parts(self) -> tuple[Constraint, ...]:
        """The constraints of which `n` must be met."""
        return self.of

    @property
    def label(self) -> str:
        """What reports call it: `at_least 2 of (max_words, valid_json, ends_with)`."""
        return f"{self.name} {self.n} of ({', '.join(describe(part) for part in self.of)})"

    def within(self, context: Context) -> AtLeast:
        """Tell the parts what was asked for."""
        return AtLeast(self.n, tuple(within(part, context) for part in self.of))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by how many of the constraints it meets."""
        scores = scored(self.of, text, whole=whole)
        met = sum(score.value == 1 for _, score in scores)
        score = joined(scores, least=self.n)
        return replace(score, reason=f"{met:,} of {len(self.of):,} are met, {self.n:,} demanded; {score.reason}")
