"""What all constraints made of others have in common: their names, what they pass on, and how verdicts are joined."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from evalkit.constraints.walk import every_part
from evalkit.errors import ArgumentError
from evalkit.protocols import Contextual
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.protocols import Constraint, Context

_MOST_REASONS = 8


def describe(constraint: Constraint) -> str:
    """Return the name that reports show, parts included: `not contains_any`, `all_of(max_words, valid_json)`."""
    return getattr(constraint, "label", constraint.name)


def named_with(name: str, parts: Iterable[Constraint]) -> str:
    """Write a name with the parts between brackets."""
    return f"{name}({', '.join(describe(part) for part in parts)})"


def within(constraint: Constraint, context: Context) -> Constraint:
    """Return a constraint with what it must know of its completion filled in, where it must know anything."""
    return constraint.within(context) if isinstance(constraint, Contextual) else constraint


def version_of(constraint: Constraint) -> int:
    """Return the version of a constraint's meaning, which rises with that of any part."""
    return 1 + sum(getattr(each, "version", 1) - 1 for each in every_part(constraint))


def family_of(constraint: Constraint) -> str | None:
    """Return what kind of demand a constraint is: one made of others is of their kind, where they are all of one."""
    families = {family_of(part) for part in getattr(constraint, "parts", ())}
    return families.pop() if len(families) == 1 else getattr(constraint, "family", None)


def scored(constraints: Sequence[Constraint], text: str, *, whole: bool) -> list[tuple[str, Score]]:
    """Judge a text by each constraint; return each name with its score."""
    return [(describe(constraint), constraint.score(text, whole=whole)) for constraint in constraints]


def joined(scores: Sequence[tuple[str, Score]], *, least: int) -> Score:
    """Join verdicts into the one that at least `least` of them are met.

    Args:
        scores: Each with the name that reasons call it; those that do not apply are left out.
        least: From 1 (any) to all of them.

    Returns:
        The `least`-th greatest value; None unless it is the same whatever becomes of the undecided. The reason and the
        spans are those of the scores that have that value.
    """
    applying = [(name, score) for name, score in scores if score.applies is not False]
    if not applying:
        return Score(None, reasons_of(scores), applies=False)
    value = _nth_value([score for _, score in applying], least)
    resting = [(name, score) for name, score in applying if score.value == value]
    known = any(score.applies for _, score in applying)
    details = "\n\n".join(score.detail for _, score in resting if score.detail is not None)
    spans = spans_of(score for _, score in resting)
    return Score(value, reasons_of(resting), spans, details or None, applies=True if known else None)


def _nth_value(scores: Sequence[Score], least: int) -> float | None:
    """Return the n-th greatest value where it is the same for every value that the undecided may come to have.

    An undecided one that turns out not to apply takes its place among the demanded with it, so that the value lies
    between the two that are compared here in that case, too.
    """
    decided = sorted((score.value for score in scores if score.value is not None), reverse=True)
    undecided = len(scores) - len(decided)
    if not undecided:
        return decided[min(least, len(decided)) - 1]
    lowest = decided[least - 1] if least <= len(decided) else 0.0
    reached = least - undecided  # with each of the undecided met
    highest = 1.0 if reached <= 0 or not decided else decided[min(reached, len(decided)) - 1]
    return lowest if lowest == highest else None


def spans_of(scores: Iterable[Score]) -> tuple[Span, ...]:
    """Return the spans of several scores in order, each once."""
    spans = {span for score in scores for span in score.spans}
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))


def reasons_of(scores: Sequence[tuple[str, Score]]) -> str:
    """Write the reasons of several scores, each after its name; what exceeds the first eight is counted."""
    reasons = [f"{name}: {score.reason}" for name, score in scores[:_MOST_REASONS]]
    if len(scores) > _MOST_REASONS:
        reasons.append(f"{len(scores) - _MOST_REASONS:,} more like these")
    return "; ".join(reasons)


def check_parts(argument: str, constraints: object) -> None:
    """Demand a tuple of constraints, at least one.

    Raises:
        ArgumentError: It is not one; `path` leads to the part at fault.
    """
    if not isinstance(constraints, tuple):
        raise ArgumentError(f"`{argument}` must be a tuple of constraints, got {constraints!r}", path=(argument,))
    if not constraints:
        raise ArgumentError(f"`{argument}` must not be empty, got []", path=(argument,))
    for index, constraint in enumerate(cast("tuple[object, ...]", constraints)):
        check_part(argument, constraint, index)


def check_part(argument: str, constraint: object, *index: int) -> None:
    """Demand a constraint.

    Raises:
        ArgumentError: It is not one.
    """
    if not callable(getattr(constraint, "score", None)):
        raise ArgumentError(f"`{argument}` must be made of constraints, got {constraint!r}", path=(argument, *index))
