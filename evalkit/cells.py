"""Reads a run back from the store cell by cell, scoring what has not been scored."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from evalkit.protocols import Context
from evalkit.score import score
from evalkit.types import Cell, Draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.revision import Revision
    from evalkit.store import Drawn, Store
    from evalkit.types import Case, Run, Suite
    from evalkit.verdicts import Scored

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
    cases = {case.id: case for case in suite.cases}
    named = len(run.selection["providers"]) > 1
    for provider in run.selection["providers"]:
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
                        truncated=suite.truncated,
                        refusals=suite.refusals,
                        judged=suite.judged,
                        context=partial(_context, each, cases[each.case_id]),
                    )
                    if revision is not None:
                        revision.compare(
                            f"{provider}:{each.position}" if named else f"{each.position}", each.scored, fresh
                        )
                    scores[index] = fresh
                    unwritten.append((each.position, fresh))
            yield _cell(provider, model, members, [scored for scored in scores if scored is not None])
            if len(unwritten) >= _WRITE_AT:
                store.write_scores(run.id, provider, unwritten)
                unwritten.clear()
        if unwritten:
            store.write_scores(run.id, provider, unwritten)


def _context(drawn: Drawn, case: Case) -> Context:
    return Context(case, drawn.condition, drawn.messages, drawn.completion)


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
