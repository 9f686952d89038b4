"""Reads a run back from the store cell by cell, scoring what has not been scored."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from evalkit.protocols import Context
from evalkit.score import score
from evalkit.types import Cell, Draw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.protocols import Constraint
    from evalkit.store import Drawn, Store
    from evalkit.types import Case, Completion, Condition, Run, Suite
    from evalkit.verdicts import Scored

_WRITE_AT = 2000


def scored_cells(store: Store, run: Run, suite: Suite, *, again: bool = False) -> Iterator[Cell]:
    """Yield a run's cells in order of provider, condition and case, holding one at a time.

    Args:
        store: Where the run is; verdicts made here are written to it.
        run: The run.
        suite: Whose constraints judge; the run's own, or a later version of it with the same cases.
        again: Judge what has been judged before, too.
    """
    cases = {case.id: case for case in suite.cases}
    live = suite.conversation is not None and suite.conversation.mode == "live"
    for provider in run.selection["providers"]:
        replies = partial(store.replies, run.id, provider) if live else None
        model = str(run.profiles[provider]["model"])
        unwritten: list[tuple[int, Scored]] = []
        for _, drawn in groupby(store.drawn(run.id, provider), key=lambda each: (each.condition_text, each.case_id)):
            members = list(drawn)
            scores = [each.scored for each in members]
            for index, each in enumerate(members):
                if again or each.scored is None:
                    fresh = score(
                        each.completion,
                        cases[each.case_id].constraints,
                        system=system_constraints(suite, each.condition),
                        truncated=suite.truncated,
                        refusals=suite.refusals,
                        judged=suite.judged,
                        context=partial(_context, each, cases[each.case_id], replies),
                    )
                    scores[index] = fresh
                    unwritten.append((each.position, fresh))
            yield _cell(provider, model, members, [scored for scored in scores if scored is not None])
            if len(unwritten) >= _WRITE_AT:
                store.write_scores(run.id, provider, unwritten)
                unwritten.clear()
        if unwritten:
            store.write_scores(run.id, provider, unwritten)


def system_constraints(suite: Suite, condition: Condition) -> tuple[Constraint, ...]:
    """Return what the system prompt of a condition demands; nothing where the suite has no such system any more."""
    name = condition.get("system")
    system = None if name is None else suite.systems.get(str(name))  # `None` may be a name, too
    return () if system is None else system.constraints


def _context(drawn: Drawn, case: Case, replies: Callable[[int, int], Sequence[Completion]] | None) -> Context:
    """Gather what a completion was asked for.

    Args:
        drawn: The completion, with what was sent.
        case: What it was drawn for.
        replies: Returns the first replies of a live conversation by position and number; None where there is none.
    """
    condition = drawn.condition
    earlier = None if replies is None else tuple(replies(drawn.position, condition.turns))
    return Context(case, condition, drawn.messages, drawn.completion, earlier)


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
