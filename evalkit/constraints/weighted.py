"""Constraints that count for more or less."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, ClassVar, cast

from evalkit.constraints.composite import check_part, describe, reasons_of, spans_of, within
from evalkit.constraints.examples import Examples
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.protocols import Constraint, Context


@dataclass(frozen=True, slots=True)
class Weighed:
    """A constraint with its weight.

    Attributes:
        weight: How much it counts beside the others; a number above 0.
        constraint: The constraint.
    """

    weight: float
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class Weighted:
    """Demand several constraints, some more than others.

    Attributes:
        of: Each a constraint with its weight, which is above 0; at least one.
        at_least: The share of the weight, above 0 and at most 1, that must be met. Without it the share itself is the
            value.

    The share is the mean of the parts' values, weighed; parts that do not apply have no weight. With `at_least` the
    value is 1 or 0. An undecided part may come to anything between 0 and 1: the verdict is decided only if every such
    share gives the same value, which without `at_least` is never so.
    """

    name: ClassVar[str] = "weighted"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments={
            "of": [
                {"weight": 3, "constraint": {"contains_any": ["Kafka"]}},
                {"weight": 1, "constraint": {"max_words": 4}},
            ],
            "at_least": 0.75,
        },
        met="Kafka keeps everything in a log.",
        broken="RabbitMQ routes.",
        undecided="A log of",
    )

    of: tuple[Weighed, ...]
    at_least: float | None = None

    def __post_init__(self) -> None:
        _check(self.of)
        if self.at_least is not None and not 0 < self.at_least <= 1:
            message = f"`at_least` must be above 0 and at most 1, got {self.at_least}"
            raise ArgumentError(message, path=("at_least",))

    @property
    def parts(self) -> tuple[Constraint, ...]:
        """The constraints without their weights."""
        return tuple(each.constraint for each in self.of)

    @property
    def label(self) -> str:
        """What reports call it: `weighted(3 max_words, 1 valid_json)`."""
        parts = ", ".join(f"{each.weight:g} {describe(each.constraint)}" for each in self.of)
        return f"{self.name}({parts})" if self.at_least is None else f"{self.name}({parts}; {self.at_least:g})"

    def within(self, context: Context) -> Weighted:
        """Tell the parts what was asked for."""
        parts = tuple(Weighed(each.weight, within(each.constraint, context)) for each in self.of)
        return Weighted(parts, self.at_least)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the weight of what it meets."""
        judged = [(each, each.constraint.score(text, whole=whole)) for each in self.of]
        applying = [(each, score) for each, score in judged if score.applies is not False]
        if not applying:
            return Score(None, _reasons(judged), applies=False)
        total = _sum(_exact(each.weight) for each, _ in applying)
        met = _sum(_exact(each.weight) * _exact(score.value or 0) for each, score in applying)
        unknown = _sum(_exact(each.weight) for each, score in applying if score.value is None)
        value = self._value(met / total, (met + unknown) / total)
        resting = [(each, score) for each, score in applying if score.value != 1] or applying
        reason = f"{float(met):g} of {float(total):g} by weight are met"
        reason += f", {float(unknown):g} undecided" if unknown else ""
        reason += "" if self.at_least is None else f", share {self.at_least:g} demanded"
        known = any(score.applies for _, score in applying)
        return Score(
            value,
            f"{reason}; {_reasons(resting)}",
            spans_of(score for _, score in resting),
            applies=True if known else None,
        )

    def _value(self, lowest: Fraction, highest: Fraction) -> float | None:
        """Return the value where it is the same for every share between the two."""
        if self.at_least is None:
            return float(lowest) if lowest == highest else None
        demanded = _exact(self.at_least)
        if lowest >= demanded:
            return 1.0
        return 0.0 if highest < demanded else None


def _exact(number: float) -> Fraction:
    """Return a number as it is written: in floats, 0.7 of 10 is less than 7 (by a little)."""
    return Fraction(str(number))


def _sum(numbers: Iterable[Fraction]) -> Fraction:
    return sum(numbers, Fraction())


def _reasons(judged: Sequence[tuple[Weighed, Score]]) -> str:
    return reasons_of([(describe(each.constraint), score) for each, score in judged])


def _check(of: object) -> None:
    if not isinstance(of, tuple):
        raise ArgumentError(f"`of` must be a tuple of constraints with weights, got {of!r}", path=("of",))
    if not of:
        raise ArgumentError("`of` must not be empty, got []", path=("of",))
    for index, each in enumerate(cast("tuple[object, ...]", of)):
        if not isinstance(each, Weighed):
            raise ArgumentError(f"`of` must hold constraints with weights, got {each!r}", path=("of", index))
        check_part("of", each.constraint, index)
        if not (isfinite(each.weight) and each.weight > 0):
            raise ArgumentError(
                f"`of` must have weights above 0, got {each.weight}",
                path=("of", index, "weight"),
                hint="leave out what has no weight",
            )
