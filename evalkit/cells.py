"""Reads a run back from the store cell by cell, scoring what has not been scored."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

from evalkit.constraints.digest import constraints_digest
from evalkit.constraints.walk import asks_judge
from evalkit.errors import StoreError
from evalkit.judge.lookup import Judgements, judge_of
from evalkit.protocols import Context
from evalkit.score import score
from evalkit.types import Cell, Draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.protocols import Constraint
    from evalkit.revision import Revision
    from evalkit.store import Drawn, Store
    from evalkit.types import Case, Completion, Condition, Run, Scalar, Suite
    from evalkit.verdicts import Scored

    Replies: TypeAlias = Callable[[int, int], Sequence[Completion]]
    """Returns the first replies of a live conversation by position and number."""

_WRITE_AT = 2000


def scored_cells(
    store: Store, run: Run, suite: Suite, *, again: bool = False, revision: Revision | None = None
) -> Iterator[Cell]:
    """Yield a run's cells in order of provider, condition and case, holding one at a time.

    Args:
        store: Where the run is; verdicts made here are written to it.
        run: The run.
        suite: Whose constraints judge; the run's own, or a later version of it with the same cases.
        again: Judge what has been judged before, too.
        revision: Is told what was said before and what is said now of each completion that is judged; None keeps no
            account.
    """
    scoring = _Scoring(store, run, suite, again=again, revision=revision)
    for provider in run.selection["providers"]:
        for _, drawn in groupby(store.drawn(run.id, provider), key=lambda each: (each.condition_text, each.case_id)):
            yield scoring.cell(provider, list(drawn))
            if len(scoring.unwritten) >= _WRITE_AT:
                scoring.write(provider)
        scoring.write(provider)


def scored_cell(
    store: Store, run: Run, suite: Suite, provider: str, positions: range, *, digests: Digests | None = None
) -> Cell | None:
    """Read one cell.

    Args:
        store: Where the run is; verdicts made here are written to it in one transaction.
        run: The run.
        suite: The run's own.
        provider: Who was asked.
        positions: Where the draws of the cell stand.
        digests: Of the run's suite, for callers that read many cells; None makes the one that is needed.

    Returns:
        The cell with what is drawn of it by now; None where nothing is.
    """
    members = store.drawn_at(run.id, provider, positions)
    if not members:
        return None
    scoring = _Scoring(store, run, suite, digests=digests)
    found = scoring.cell(provider, members)
    with suppress(StoreError):  # they can be made again, which a file that is read-only needs
        scoring.write(provider)
    return found


class _Scoring:
    """Scores the cells of a run one after the other, and keeps the verdicts that are to be written.

    Attributes:
        unwritten: Verdicts by position, of the provider whose cells were scored last.
    """

    def __init__(
        self,
        store: Store,
        run: Run,
        suite: Suite,
        *,
        again: bool = False,
        revision: Revision | None = None,
        digests: Digests | None = None,
    ) -> None:
        self._store = store
        self._run = run
        self._suite = suite
        self._again = again
        self._revision = revision
        self._cases = {case.id: case for case in suite.cases}
        self._judgements = Judgements(store, run.id, judge_of(run, suite))
        self._digests = digests or Digests(suite, judge_of(run, suite))
        self._named = len(run.selection["providers"]) > 1
        self.unwritten: list[tuple[int, Scored]] = []

    def cell(self, provider: str, members: Sequence[Drawn]) -> Cell:
        """Make a cell of its draws, scoring those that have not been scored."""
        case = self._cases[members[0].case_id]
        scores = [each.scored for each in members]
        digest = self._digests.of(case, members[0].condition) if self._again or None in scores else None
        replies = replies_of(self._store, self._run, provider, self._suite)
        for index, each in enumerate(members):
            if self._again or each.scored is None:
                fresh = score_drawn(each, self._suite, case, self._judgements, replies=replies)
                if fresh.verdicts:
                    fresh = replace(fresh, constraints=digest)
                if self._revision is not None:
                    name = f"{provider}:{each.position}" if self._named else f"{each.position}"
                    self._revision.compare(name, each.scored, fresh)
                scores[index] = fresh
                # What waits for a judge is scored again the next time.
                if not self._judgements.forget() or self._again:
                    self.unwritten.append((each.position, fresh))
        model = str(self._run.profiles[provider]["model"])
        return _cell(provider, model, members, [scored for scored in scores if scored is not None])

    def write(self, provider: str) -> None:
        """Write the verdicts that are to be written."""
        if self.unwritten:
            self._store.write_scores(self._run.id, provider, self.unwritten, again=self._again)
            self.unwritten.clear()


def system_constraints(suite: Suite, condition: Condition) -> tuple[Constraint, ...]:
    """Return what the system prompt of a condition demands; nothing where the suite has no such system any more."""
    name = condition.get("system")
    system = None if name is None else suite.systems.get(str(name))  # `None` may be a name, too
    return () if system is None else system.constraints


@dataclass(slots=True)
class Digests:
    """Digests of what judges each completion of a suite, each made once.

    Attributes:
        judge: Who judges where a constraint asks a judge and names none.
    """

    suite: Suite
    judge: str | None
    _found: dict[tuple[tuple[int, ...], tuple[int, ...]], str] = field(
        default_factory=dict["tuple[tuple[int, ...], tuple[int, ...]]", str]
    )

    def of(self, case: Case, condition: Condition) -> str:
        """Return the digest of the constraints of a case under a condition, and of how the suite has them judged."""
        system = system_constraints(self.suite, condition)
        # The suite holds them all, and cases share those that it demands of every case.
        key = (tuple(map(id, case.constraints)), tuple(map(id, system)))
        there = self._found.get(key)
        if there is None:
            there = self._found[key] = self._digest(case.constraints, system)
        return there

    def _digest(self, case: Sequence[Constraint], system: Sequence[Constraint]) -> str:
        suite = self.suite
        usual = (("truncated", "undecided"), ("refusals", "apart"), ("judged", "answer"))
        rules: dict[str, Scalar] = {
            name: getattr(suite, name) for name, value in usual if getattr(suite, name) != value
        }
        if any(asks_judge(constraint) for constraint in (*case, *system)):
            rules["judge"] = self.judge
        return constraints_digest(case, system, rules)


def replies_of(store: Store, run: Run, provider: str, suite: Suite) -> Replies | None:
    """Return what finds the replies of a provider's live conversations; None where the suite has none."""
    live = suite.conversation is not None and suite.conversation.mode == "live"
    return partial(store.replies, run.id, provider) if live else None


def score_drawn(
    drawn: Drawn,
    suite: Suite,
    case: Case,
    judgements: Judgements,
    *,
    replies: Replies | None,
    only: Callable[[Constraint], bool] | None = None,
) -> Scored:
    """Score one stored completion.

    Args:
        drawn: The completion.
        suite: By whose rules.
        case: Whose constraints judge, beside those of the system prompt that was in force.
        judgements: What judges have said, and what they are still to be asked.
        replies: See `replies_of`.
        only: Chooses constraints; None takes all.
    """
    return score(
        drawn.completion,
        [each for each in case.constraints if only is None or only(each)],
        system=[each for each in system_constraints(suite, drawn.condition) if only is None or only(each)],
        truncated=suite.truncated,
        refusals=suite.refusals,
        judged=suite.judged,
        context=partial(_context, drawn, case, judgements, replies),
    )


def _context(drawn: Drawn, case: Case, judgements: Judgements, replies: Replies | None) -> Context:
    """Gather what a completion was asked for."""
    condition = drawn.condition
    earlier = None if replies is None else tuple(replies(drawn.position, condition.turns))
    return Context(case, condition, drawn.messages, drawn.completion, earlier, judgements=judgements)


def _cell(provider: str, model: str, members: Sequence[Drawn], scores: Sequence[Scored]) -> Cell:
    first = members[0]
    return Cell(
        provider=provider,
        model=model,
        condition=first.condition,
        case_id=first.case_id,
        requested=first.requested,
        rule_share=first.rule_share,
        draws=tuple(
            Draw(each.repeat, each.completion, scored, each.position)
            for each, scored in zip(members, scores, strict=True)
        ),
    )
