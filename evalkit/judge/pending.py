"""Lists the votes that a run lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.cells import replies_of, score_drawn
from evalkit.constraints.walk import asks_judge, every_constraint
from evalkit.judge.lookup import Judgements, judge_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.judge.lookup import OpenVote
    from evalkit.store import Store
    from evalkit.types import Run, Suite


def open_votes(store: Store, run: Run, suite: Suite) -> Iterator[OpenVote]:
    """Yield the votes that a run lacks, each once, by scoring what it has drawn.

    Texts that are alike are judged once: the same words get the same verdict. A vote that hangs on another verdict
    shows once that is there.

    Args:
        store: Where the run is.
        run: The run.
        suite: Whose constraints judge.
    """
    if not any(asks_judge(constraint) for constraint in every_constraint(suite)):
        return
    cases = {case.id: case for case in suite.cases}
    lookup = Judgements(store, run.id, judge_of(run, suite))
    met: set[tuple[str, int]] = set()
    for provider in run.selection["providers"]:
        replies = replies_of(store, run, provider, suite)
        for drawn in store.drawn(run.id, provider):
            score_drawn(drawn, suite, cases[drawn.case_id], lookup, replies=replies, only=asks_judge)
            for vote in lookup.lacking:
                if (vote.digest, vote.number) not in met:
                    met.add((vote.digest, vote.number))
                    yield vote
            lookup.forget()
