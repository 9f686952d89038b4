"""Finds the votes that a run has, and notes those that it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.constraints.walk import every_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.judge.ask import Ask
    from evalkit.protocols import Constraint
    from evalkit.store import Store
    from evalkit.types import Completion, Run, Suite


@dataclass(frozen=True, slots=True)
class OpenVote:
    """A vote that a run lacks.

    Attributes:
        judge: Who is to be asked; empty where nobody is named.
        ask: The question.
        digest: Of the question.
        number: Which vote on it.
    """

    judge: str
    ask: Ask
    digest: str
    number: int


@dataclass(slots=True)
class Judgements:
    """The votes of one run, called by constraints as `Context.judgements`.

    Attributes:
        judge: Who judges where a constraint does not say.
        lacking: Votes that were looked for and not found since `forget` was called.
    """

    store: Store
    run: str
    judge: str | None
    lacking: list[OpenVote] = field(default_factory=list[OpenVote])

    def __call__(self, ask: Ask) -> Sequence[Completion | None]:
        """Return the votes on a question, in order; None for those that are not there."""
        digest = ask.digest(self.judge)
        there = self.store.judgements(self.run, digest)
        judge = ask.judge or self.judge or ""
        for number in range(ask.votes):
            if number not in there or there[number].outcome == "error":
                self.lacking.append(OpenVote(judge, ask, digest, number))
        return [there.get(number) for number in range(ask.votes)]

    def forget(self) -> bool:
        """Forget what was lacking; return whether anything was."""
        lacked = bool(self.lacking)
        self.lacking.clear()
        return lacked


def judge_of(run: Run, suite: Suite) -> str | None:
    """Return who judges where a constraint does not say: the command's choice, or else the suite's."""
    chosen: str | None = run.selection.get("judge")
    return chosen or suite.judge


def judges_named(constraints: Iterable[Constraint], default: str | None) -> list[str | None]:
    """Return who judges, for each constraint or part of one that asks a judge; None where nobody is named."""
    return [
        getattr(part, "by", None) or default
        for constraint in constraints
        for part in every_part(constraint)
        if getattr(part, "asks_judge", False)
    ]
