"""A constraint that speaks only of the texts that meet another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.composite import check_part, describe, spans_of, within
from evalkit.constraints.examples import Examples
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.protocols import Constraint, Context


@dataclass(frozen=True, slots=True)
class When:
    """Demand a constraint of the texts that meet another, and nothing of the others.

    Attributes:
        if_: What a text must meet in full for the demand to apply.
        then: What is demanded of it then.

    Where the condition is met, the verdict is that of `then`. Where it is not, the constraint *does not apply*: it is
    neither met nor broken nor undecided, and counts nowhere in adherence. (To count such texts as met, write `any_of`
    with the condition under `not`.) Made part of another constraint, it is left out there. Where the condition is
    undecided, so is the verdict.

    The loose verdict is the best over those variants of the text to which the constraint applies.
    """

    name: ClassVar[str] = "when"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments={"if": {"contains_any": ["Kafka"]}, "then": {"contains_any": ["log"]}},
        met="Kafka keeps a log.",
        broken="Kafka is written in Java.",
        undecided="Kafka is",
    )

    if_: Constraint
    then: Constraint

    def __post_init__(self) -> None:
        check_part("if", self.if_)
        check_part("then", self.then)

    @property
    def parts(self) -> tuple[Constraint, ...]:
        """The condition and the demand."""
        return (self.if_, self.then)

    @property
    def label(self) -> str:
        """What reports call it: `when contains_any, max_words`."""
        return f"when {describe(self.if_)}, {describe(self.then)}"

    def within(self, context: Context) -> When:
        """Tell the parts what was asked for."""
        return When(within(self.if_, context), within(self.then, context))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` where it meets the condition."""
        condition = self.if_.score(text, whole=whole)
        why = f"{describe(self.if_)}: {condition.reason}"
        if condition.value is None:
            # A condition that does not apply to the text is not met by it.
            applies = False if condition.applies is False else None
            return Score(None, why, condition.spans, condition.detail, applies=applies)
        if condition.value < 1:
            return Score(None, why, condition.spans, condition.detail, applies=False)
        demand = self.then.score(text, whole=whole)
        reason = f"{why}; {describe(self.then)}: {demand.reason}"
        return replace(demand, reason=reason, spans=spans_of((condition, demand)))
