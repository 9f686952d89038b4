"""Asks a provider for the draws of a probe, within what it may cost and how many calls it may make."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from evalkit.errors import ProviderError
from evalkit.expand.key import cell_hash, draw_seed, sample_key
from evalkit.expand.messages import digest
from evalkit.types import Condition, Message, Prompt, Sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.generate.budget import Budget
    from evalkit.probe.prompts import Question
    from evalkit.protocols import Provider
    from evalkit.types import Completion, SettingValue


@dataclass(frozen=True, slots=True)
class Wanted:
    """One draw to make.

    Attributes:
        purpose: What it is for; draws for different purposes never share an answer.
        repeat: Its number among the draws of the same question for the same purpose.
        system: The system prompt; None for none.
        seed_of: Draws with the same number have the same seed; None gives each its own.
    """

    purpose: str
    question: Question
    settings: Mapping[str, SettingValue]
    repeat: int
    system: str | None = None
    seed_of: int | None = None


@dataclass(slots=True)
class Asker:
    """Makes draws and counts what they take.

    Attributes:
        seed: From which every draw's own seed follows.
        most_draws: After so many nothing more is asked; None for no end.
        calls: Calls that were made, those that were repeated included.
        draws: Answers that came back, failed ones included.
        cost_usd: What they came to, as far as prices are known.
        unpriced: Answers whose price is not known.
        served: The models that say they answered, each with the number of its answers.
        clients: Libraries and API versions that made the calls.
        stopped: Why nothing more is asked; None while more may be.
        failure: The last call that failed or was refused, in words; None while none was.
    """

    provider: Provider
    seed: int
    budget: Budget
    most_draws: int | None = None
    calls: int = 0
    draws: int = 0
    cost_usd: float = 0.0
    unpriced: int = 0
    served: dict[str, int] = field(default_factory=dict[str, int])
    clients: set[str] = field(default_factory=set[str])
    stopped: str | None = None
    failure: str | None = None
    _position: int = 0
    _held: Sample | None = None
    _reserved: dict[int, float] = field(default_factory=dict[int, float])

    async def ask(self, wanted: Sequence[Wanted]) -> list[Completion | None]:
        """Make draws and return them in the order in which they were wanted; None for one that was not asked.

        Raises:
            ProviderError: The provider failed as a whole.
        """
        samples = [self._sample(each) for each in wanted]
        places = {sample.position: place for place, sample in enumerate(samples)}
        answers: list[Completion | None] = [None] * len(samples)
        coming: Iterator[Sample] = iter(samples)
        while True:
            async with aclosing(cast("Any", self.provider.complete(self._affordable(coming)))) as stream:
                async for sample, completion in stream:
                    if sample.position not in self._reserved:
                        raise ProviderError(
                            f"adapter `{self.provider.profile.adapter}` returned a completion that nobody asked for"
                        )
                    answers[places[sample.position]] = completion
                    self._count(sample, completion)
            if self._held is None:
                return answers
            held, self._held = self._held, None
            if not await self.budget.wait_for(self.budget.most_cost(self.provider, held)):
                self.stopped = f"the cap of {self.budget.cap:g} USD was reached"
                return answers
            coming = chain([held], coming)

    def _affordable(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        """Yield samples while there are calls and money left."""
        for sample in samples:
            if self.most_draws is not None and self.draws + len(self._reserved) >= self.most_draws:
                self.stopped = f"the cap of {self.most_draws:,} calls was reached"
                return
            cost = self.budget.most_cost(self.provider, sample)
            if not self.budget.reserve(cost):
                self._held = sample
                return
            self._reserved[sample.position] = cost
            yield sample

    def _count(self, sample: Sample, completion: Completion) -> None:
        price = self.provider.price() if completion.cost_usd is None else None
        cost = completion.cost_usd if price is None else price.cost(completion.usage)
        self.budget.settle(self._reserved.pop(sample.position), cost)
        self.draws += 1
        self.calls += completion.attempts or int(completion.outcome != "unsupported")
        self.cost_usd += cost or 0.0
        if cost is None and completion.scored:
            self.unpriced += 1
        if completion.served_model is not None:
            self.served[completion.served_model] = self.served.get(completion.served_model, 0) + 1
        if completion.client is not None:
            self.clients.add(completion.client)
        if completion.outcome in ("error", "unsupported"):
            self.failure = completion.error

    def _sample(self, wanted: Wanted) -> Sample:
        profile = self.provider.profile
        messages = [] if wanted.system is None else [Message("system", wanted.system)]
        messages.append(Message("user", wanted.question.text))
        prompt = Prompt(tuple(messages), digest(messages))
        condition = Condition((("probe", wanted.purpose),))
        case = wanted.question.id
        seed = draw_seed(
            self.seed,
            case,
            wanted.repeat if wanted.seed_of is None else wanted.seed_of,
            turn=None,
            noise="independent",
            provider=profile.name,
            condition=condition,
        )
        cell = cell_hash(profile, prompt, wanted.settings, condition, case)
        self._position += 1
        return Sample(
            key=sample_key(cell, repeat=wanted.repeat, turn=None, seed=seed),
            position=self._position - 1,
            provider=profile.name,
            condition=condition,
            case_id=case,
            repeat=wanted.repeat,
            prompt=prompt,
            settings=wanted.settings,
            seed=seed,
        )
