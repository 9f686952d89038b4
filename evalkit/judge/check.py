"""Has judges answer about labelled texts, and holds them against the labels."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.expand.messages import build_prompt
from evalkit.generate.tally import Tally
from evalkit.judge.asking import Bench
from evalkit.judge.lookup import Judgements
from evalkit.judge.quality import Judged, quality
from evalkit.protocols import Context
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.constraints.judge import Judge
    from evalkit.expand import Plan
    from evalkit.generate.budget import Budget
    from evalkit.generate.tally import Watcher
    from evalkit.judge.ask import Ask
    from evalkit.judge.labels import Label
    from evalkit.judge.lookup import OpenVote
    from evalkit.judge.quality import Quality
    from evalkit.protocols import Provider
    from evalkit.store import Store
    from evalkit.types import Condition, Run, Suite


@dataclass(frozen=True, slots=True)
class Check:
    """Labels that judges are held against.

    Attributes:
        store: Keeps the votes, apart from those of runs.
        conditions: The suite's. Templates are filled in under the first, or, where a system prompt has the judge asked,
            under the first that has that one.
        judge: Who judges where a constraint does not say.
    """

    store: Store
    run: Run
    suite: Suite
    labels: Sequence[Label]
    conditions: Sequence[Condition]
    judge: str | None

    async def ask(self, judges: Mapping[str, tuple[Provider, Plan]], *, budget: Budget, watcher: Watcher) -> Tally:
        """Ask for every vote that is not stored from an earlier check."""
        tally = Tally()
        bench = Bench(self.store, self.run, self._open, judges)
        try:
            await bench.ask(tally, reuse=True, budget=budget, watcher=watcher)
        finally:
            await asyncio.gather(*(provider.aclose() for provider in bench.providers))
        return tally

    def found(self) -> list[Quality]:
        """Say for each question how far its judge agrees with the labels."""
        by_question: dict[Judge, list[Judged]] = {}
        lookup = Judgements(self.store, self.run.id, self.judge)
        for label in self.labels:
            ask = self._question(label)
            by_question.setdefault(label.judge, []).append(Judged(label, ask, lookup(ask)))
        return [quality(judged) for judged in by_question.values()]

    def _open(self) -> Iterator[OpenVote]:
        met: set[tuple[str, int]] = set()
        lookup = Judgements(self.store, self.run.id, self.judge)
        for label in self.labels:
            lookup(self._question(label))
            for vote in lookup.lacking:
                if (vote.digest, vote.number) not in met:
                    met.add((vote.digest, vote.number))
                    yield vote
            lookup.forget()

    def _question(self, label: Label) -> Ask:
        told = (each for each in self.conditions if str(each.get("system")) == label.system)
        condition = next(told, self.conditions[0])
        messages = build_prompt(self.suite, label.case, condition, replies=[""] * condition.turns).messages
        context = Context(label.case, condition, messages, Completion("complete", text=label.text))
        return label.judge.within(context).ask(label.text)
