"""Finds the votes that a run has, and notes those that it lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from evalkit.constraints.parts import asks_judge, every_part
from evalkit.protocols import Context
from evalkit.score import score

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.judge.ask import Ask
    from evalkit.protocols import Constraint
    from evalkit.store import Drawn, Store
    from evalkit.types import Case, Completion, Run, Suite


@dataclass(frozen=True, slots=True)
class OpenVote:
    """A vote that a run lacks.

    Attributes:
        judge: Who is to be asked.
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
        judge = ask.judge or self.judge
        for number in range(ask.votes):
            if judge is not None and (number not in there or there[number].outcome == "error"):
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


def open_votes(store: Store, run: Run, suite: Suite) -> Iterator[OpenVote]:
    """Yield the votes that a run lacks, each once, by scoring what it has drawn.

    Texts that are alike are judged once: the same words get the same verdict. A vote that hangs on another, as under
    `when`, shows once that one is there.

    Args:
        store: Where the run is.
        run: The run.
        suite: Whose constraints judge.
    """
    asking = {
        case.id: (case, judging)
        for case in suite.cases
        if (judging := [each for each in case.constraints if asks_judge(each)])
    }
    lookup = Judgements(store, run.id, judge_of(run, suite))
    met: set[tuple[str, int]] = set()
    for provider in run.selection["providers"] if asking else ():
        for drawn in store.drawn(run.id, provider):
            if drawn.case_id not in asking:
                continue
            case, constraints = asking[drawn.case_id]
            score(
                drawn.completion,
                constraints,
                context=partial(context_of, drawn, case, lookup),
                truncated=suite.truncated,
                refusals=suite.refusals,
                judged=suite.judged,
            )
            for vote in lookup.lacking:
                if (vote.digest, vote.number) not in met:
                    met.add((vote.digest, vote.number))
                    yield vote
            lookup.forget()


def context_of(drawn: Drawn, case: Case, judgements: Judgements) -> Context:
    """Return what a stored completion was asked for, and what judges say of it."""
    return Context(case, drawn.condition, drawn.messages, drawn.completion, judgements)
