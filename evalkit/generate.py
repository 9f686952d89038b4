"""From samples to completions: asks every provider at once and commits what comes back before anything reads it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from evalkit.errors import EvalkitError, ProfileError, ProviderError
from evalkit.expand import expand, live_sample, slots
from evalkit.support import unsupported_reason
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence

    from evalkit.expand import Plan, Slot
    from evalkit.protocols import Provider
    from evalkit.store import Store
    from evalkit.types import Case, Condition, Outcome, Sample

_COMMIT_AT_MOST = 256


@dataclass(frozen=True, slots=True)
class Work:
    """All that one provider is asked in a run."""

    provider: Provider
    plan: Plan
    conditions: Sequence[Condition]
    cases: Sequence[Case]
    repeats: int

    @property
    def live(self) -> bool:
        """True when histories are made of the model's own replies."""
        conversation = self.plan.suite.conversation
        return conversation is not None and conversation.mode == "live"

    @property
    def calls(self) -> int:
        """Completions to draw from nothing: probes, and the replies of live conversations."""
        probes = len(self.cases) * self.repeats
        if not self.live:
            return probes * len(self.conditions)
        return probes * sum(1 + _turns(condition) for condition in self.conditions)


@dataclass(slots=True)
class Tally:
    """How far a run is; changes while it goes on.

    Attributes:
        planned: Completions that the run is made of.
        already: Those that were there before this run, or this resumption, began.
        reused: Those taken from stored answers (`--reuse`).
        asked: Those that providers were asked for and that came back.
        outcomes: How those that were asked for ended.
        output_tokens: Tokens generated, as far as providers say.
        failures: What ended a provider as a whole, by its name.
    """

    planned: int = 0
    already: int = 0
    reused: int = 0
    asked: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=dict["Outcome", int])
    output_tokens: int = 0
    failures: dict[str, EvalkitError] = field(default_factory=dict[str, EvalkitError])

    @property
    def done(self) -> int:
        """Completions that are in the store."""
        return self.already + self.reused + self.asked

    def count(self, completion: Completion) -> None:
        """Add one completion that was asked for."""
        self.asked += 1
        self.outcomes[completion.outcome] = self.outcomes.get(completion.outcome, 0) + 1
        self.output_tokens += completion.usage.output_tokens or 0


class Watcher(Protocol):
    """Is told how a run goes; a progress bar, for one."""

    def drawn(self, tally: Tally) -> None:
        """Take note of the tally after a commit; it goes on changing."""
        ...

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Take note of what a provider does before its first sample; `share` of it is done, None when not known."""
        ...


class Unwatched:
    """Watches nothing."""

    def drawn(self, tally: Tally) -> None:
        """Ignore the tally."""

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Ignore what is prepared."""


async def generate(
    store: Store,
    run: str,
    works: Sequence[Work],
    *,
    reuse: bool = False,
    watcher: Watcher | None = None,
) -> Tally:
    """Draw what a run still lacks.

    A provider that fails as a whole is noted in the tally while the others go on. When the task is cancelled, what has
    come back is committed and the rest is left for a later call with the same run.

    Args:
        store: Where completions go, and where earlier ones are found.
        run: The run's id.
        works: One for each provider; they run side by side.
        reuse: Take a stored answer to the same key from any run instead of asking again.
        watcher: Is told of every commit; None for nobody.

    Raises:
        StoreError: The store cannot be written; every provider is stopped.
        SuiteError: A prompt cannot be built.
    """
    tally = Tally(planned=sum(work.calls for work in works))
    engines = [_Engine(store, run, work, tally, watcher or Unwatched(), reuse=reuse) for work in works]
    try:
        async with asyncio.TaskGroup() as group:
            for engine in engines:
                group.create_task(engine.work_off())
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors
    return tally


@dataclass(slots=True)
class _Engine:
    """Works off one provider."""

    store: Store
    run: str
    work: Work
    tally: Tally
    watcher: Watcher
    reuse: bool = field(kw_only=True)
    _arrived: list[tuple[Sample, Completion]] = field(default_factory=list["tuple[Sample, Completion]"])

    async def work_off(self) -> None:
        """Draw every wave: for live conversations one for each exchange, then the probes."""
        name = self.work.provider.profile.name
        probes = len(self.work.conditions) * len(self.work.cases) * self.work.repeats
        if len(self.store.done(self.run, name)) == probes:
            self.tally.already += self.work.calls
            return  # without loading a model for nothing
        try:
            await self.work.provider.prepare(lambda what, share: self.watcher.preparing(name, what, share))
            deepest = max((_turns(condition) for condition in self.work.conditions), default=0)
            for turn in range(deepest if self.work.live else 0):
                await self._drain(self._live_samples(turn))
            await self._drain(self._live_samples(None) if self.work.live else self._samples())
        except (ProviderError, ProfileError) as error:
            self.tally.failures[name] = error
            self.watcher.drawn(self.tally)

    async def _drain(self, samples: Iterator[Sample]) -> None:
        """Commit what has arrived whenever the provider lets us wait, so that a batch is committed as one."""
        stream = self.work.provider.complete(self._to_ask(samples))
        upcoming: asyncio.Task[tuple[Sample, Completion] | None] | None = None
        try:
            while True:
                upcoming = asyncio.ensure_future(_next(stream))
                await asyncio.sleep(0)
                if not upcoming.done() or len(self._arrived) >= _COMMIT_AT_MOST:
                    self._commit()
                drawn = await upcoming
                upcoming = None
                if drawn is None:
                    break
                self._arrived.append(drawn)
        finally:
            if upcoming is not None:
                await self._stop(upcoming)
            self._commit()
            close = getattr(stream, "aclose", None)
            if close is not None:
                await close()

    async def _stop(self, upcoming: asyncio.Task[tuple[Sample, Completion] | None]) -> None:
        """Wait no longer for what comes next; what came just now has been paid for and is kept."""
        upcoming.cancel()
        (drawn,) = await asyncio.gather(upcoming, return_exceptions=True)
        if isinstance(drawn, tuple):
            self._arrived.append(drawn)

    def _commit(self) -> None:
        if not self._arrived:
            return
        arrived, self._arrived = self._arrived, []
        self.store.commit(self.run, arrived)
        for _, completion in arrived:
            self.tally.count(completion)
        self.watcher.drawn(self.tally)

    def _settle(self, sample: Sample, completion: Completion) -> None:
        """Keep a completion that took no call."""
        self._arrived.append((sample, completion))
        if len(self._arrived) >= _COMMIT_AT_MOST:
            self._commit()

    def _to_ask(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        """Yield the samples that need a call; settle the others here."""
        for sample in samples:
            reason = unsupported_reason(self.work.provider, sample.settings)
            if reason is not None:
                self._settle(sample, Completion("unsupported", error=reason))
            elif self.reuse and self.store.reuse(self.run, sample) is not None:
                self.tally.reused += 1
                self.watcher.drawn(self.tally)
            else:
                yield sample

    def _missing(self, turn: int | None) -> Iterator[Slot]:
        provider = self.work.provider.profile.name
        done = self.store.done(self.run, provider, turn)
        self.tally.already += len(done)
        for slot in slots(self.work.conditions, self.work.cases, self.work.repeats):
            if slot.position not in done:
                yield slot

    def _samples(self) -> Iterator[Sample]:
        return expand(self.work.plan, self._missing(None))

    def _live_samples(self, turn: int | None) -> Iterator[Sample]:
        for slot in self._missing(turn):
            if turn is not None and slot.turns <= turn:
                continue
            wanted = slot.turns if turn is None else turn
            replies = self.store.replies(self.run, self.work.provider.profile.name, slot.position, wanted)
            texts = [reply.text for reply in replies]
            failed = next((reply for reply in replies if reply.outcome in ("error", "unsupported")), None)
            if failed is None and len(replies) == wanted:
                yield live_sample(self.work.plan, slot, texts, turn)
            elif turn is None:
                # The messages that would have been sent are not known; those up to the failure are.
                sample = live_sample(self.work.plan, slot, [*texts, *[""] * (wanted - len(texts))], None)
                why = failed.error if failed else "a reply is missing"
                outcome = failed.outcome if failed else "error"
                self._settle(sample, Completion(outcome, error=f"the live conversation broke off: {why}"))


async def _next(stream: AsyncIterator[tuple[Sample, Completion]]) -> tuple[Sample, Completion] | None:
    """Return what comes next, or None at the end; a coroutine may not raise StopAsyncIteration out of a task."""
    return await anext(stream, None)


def _turns(condition: Condition) -> int:
    turns = condition.get("turns", 0)
    assert isinstance(turns, int)
    return turns
