"""Draws what a run lacks: all providers side by side, each answer committed before anything reads it."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from evalkit.errors import ProfileError, ProviderError
from evalkit.expand import expand, live_sample, slots
from evalkit.generate.batches import NO_BATCHES, BatchEngine, batch_api, check_batches
from evalkit.generate.budget import Budget, charged
from evalkit.generate.stream import CallStream
from evalkit.generate.tally import Tally, Unwatched
from evalkit.support import unsupported_reason
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence

    from evalkit.expand import Plan, Slot
    from evalkit.generate.batches import Batching
    from evalkit.generate.tally import Watcher
    from evalkit.protocols import Provider
    from evalkit.store import Session, Store
    from evalkit.types import Case, Condition, Sample

_COMMIT_AT_MOST = 256
_COMMIT_WITHIN_S = 0.5
"""What has arrived waits no longer than this to be committed, also where a provider never lets us wait."""
_TURNS_TO_START = 4
"""Turns of the event loop after which a provider's first calls are under way, so that a kill finds them noted."""


def never() -> bool:
    """Stop nothing."""
    return False


@dataclass(frozen=True, slots=True)
class Work:
    """All that one provider is asked in a run.

    Attributes:
        repeats: Draws of each case under each condition, when all are drawn.
        due: How many of them are due by now, by condition; all of them where it says nothing.
        cells: Numbers of the cells to draw, in the order in which to ask; None draws all. See `Selection.cells`.
    """

    provider: Provider
    plan: Plan
    conditions: Sequence[Condition]
    cases: Sequence[Case]
    repeats: int
    due: Mapping[Condition, int] = field(default_factory=dict["Condition", "int"])
    cells: Sequence[int] | None = None

    def slots(self) -> Iterator[Slot]:
        """Yield every slot that is due by now."""
        for slot in slots(self.conditions, self.cases, self.repeats, self.cells):
            if slot.repeat < self.due.get(slot.condition, self.repeats):
                yield slot

    @property
    def live(self) -> bool:
        """True when histories are made of the model's own replies."""
        conversation = self.plan.suite.conversation
        return conversation is not None and conversation.mode == "live"

    @property
    def probes(self) -> int:
        """Completions that will be scored."""
        return sum(self._draws().values())

    @property
    def calls(self) -> int:
        """Completions to draw from nothing: probes, and the replies of live conversations."""
        draws = self._draws()
        replies = sum(condition.turns * drawn for condition, drawn in draws.items()) if self.live else 0
        return sum(draws.values()) + replies

    def _draws(self) -> dict[Condition, int]:
        cells = None if self.cells is None else Counter(number // len(self.cases) for number in self.cells)
        return {
            condition: (len(self.cases) if cells is None else cells[place]) * self.due.get(condition, self.repeats)
            for place, condition in enumerate(self.conditions)
        }

    @property
    def most_turns(self) -> int:
        """Exchanges of the longest live conversation; 0 where replies are not drawn."""
        return max((condition.turns for condition in self.conditions), default=0) if self.live else 0


@dataclass(frozen=True, slots=True)
class Errand:
    """Calls to one provider that no sweep lists, such as a judge's.

    Attributes:
        calls: How many there are.
        samples: Lists them; each has a position of its own.
    """

    provider: Provider
    calls: int
    samples: Callable[[], Iterator[Sample]]


async def generate(
    store: Store,
    run: str,
    works: Sequence[Work],
    *,
    reuse: bool = False,
    budget: Budget | None = None,
    watcher: Watcher | None = None,
    batching: Batching = NO_BATCHES,
    stop: Callable[[], bool] = never,
) -> Tally:
    """Draw what a run still lacks.

    A provider with batches under way is asked nothing but how far they are, unless `batching` wants more submitted.

    A provider that fails as a whole is noted in the tally while the others go on. When the task is cancelled, what has
    come back is committed and the rest is left for a later call with the same run.

    Args:
        store: Where completions go, and where earlier ones are found.
        run: The run's id.
        works: One for each provider; they run side by side.
        reuse: Take a stored answer to the same key from any run instead of asking again.
        budget: What may be spent; None for anything.
        watcher: Is told of every commit; None for nobody.
        batching: What to do with the vendors' interfaces for batches.
        stop: Whether to ask for nothing more; calls that are under way by then are waited for.

    Raises:
        UsageError: What is to be submitted as a batch cannot be.
        StoreError: The store cannot be written; every provider is stopped.
        SuiteError: A prompt cannot be built.
    """
    if batching.submit:
        check_batches(works)
    tally = Tally(planned=sum(work.calls for work in works))
    purse = budget or Budget()
    watching = watcher or Unwatched()
    engines: list[_Engine | BatchEngine] = []
    for work in works:
        api = batch_api(work.provider)
        if api is not None and (batching.submit or store.batches.open(run, work.provider.profile.name)):
            batches = BatchEngine(store, run, work, api, tally, purse, watching, batching, reuse)
            batches.count_open()
            engines.append(batches)
        else:
            engines.append(_Engine(store, run, work, tally, purse, watching, stop, reuse=reuse))
    await _side_by_side(engines)
    tally.over_budget = purse.reached
    return tally


async def run_errands(
    store: Store,
    run: str,
    errands: Sequence[Errand],
    tally: Tally,
    *,
    reuse: bool,
    budget: Budget,
    watcher: Watcher,
    stop: Callable[[], bool] = never,
) -> None:
    """Make calls that no sweep lists; all else is as for `generate`."""
    await _side_by_side([_Engine(store, run, errand, tally, budget, watcher, stop, reuse=reuse) for errand in errands])
    tally.over_budget = budget.reached


async def _side_by_side(engines: Sequence[_Engine | BatchEngine]) -> None:
    try:
        async with asyncio.TaskGroup() as group:
            for engine in engines:
                group.create_task(engine.work_off())
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors


@dataclass(slots=True)
class _Engine:
    """Works off one provider."""

    store: Store
    run: str
    work: Work | Errand
    tally: Tally
    budget: Budget
    watcher: Watcher
    stop: Callable[[], bool] = never
    reuse: bool = field(kw_only=True)
    _session: Session | None = None
    _arrived: list[tuple[Sample, Completion]] = field(default_factory=list["tuple[Sample, Completion]"])
    _outstanding: dict[tuple[int | None, int], tuple[Sample, float]] = field(
        default_factory=dict[tuple[int | None, int], "tuple[Sample, float]"]
    )
    """What was handed out and not answered, each with the money reserved for it."""
    _calls: CallStream | None = None
    """The stream being drained, where it is one of single calls, which wait for commits."""
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting_since: float = 0.0
    """When the first of what has arrived and is not committed came, in seconds of the monotonic clock."""
    _held: Sample | None = None
    _given_up: int = 0
    """Calls that were under way when drawing was stopped, and of which nothing came."""

    async def work_off(self) -> None:
        """Draw every wave: for live conversations one for each exchange, then the probes."""
        name = self.work.provider.profile.name
        if isinstance(self.work, Work) and len(self.store.done(self.run, name)) == self.work.probes:
            self.tally.already += self.work.calls
            return  # without loading a model for nothing
        try:
            await self.work.provider.prepare(lambda what, share: self.watcher.preparing(name, what, share))
            self._session = self.store.begin_session(self.run, name)
            for wave in self._waves():
                if not await self._draw(wave):
                    break  # for want of money
        except (ProviderError, ProfileError) as error:
            self.tally.failures[name] = error
            self.watcher.drawn(self.tally)
        except asyncio.CancelledError:
            if self._session is not None and self._given_up:  # it stays open: these may have been paid for
                self.store.commit(self.run, [], session=self._session, in_flight=self._given_up)
                self._session = None
            raise
        finally:
            if self._session is not None:
                self.store.end_session(self._session)

    def _waves(self) -> Iterator[Iterator[Sample]]:
        work = self.work
        if isinstance(work, Errand):
            yield work.samples()
            return
        for turn in (*range(work.most_turns), None):
            yield self._live_samples(work, turn) if work.live else self._samples(work)

    async def _draw(self, samples: Iterator[Sample]) -> bool:
        """Draw one wave; return False when there was not money enough for all of it."""
        while True:
            await self._drain(samples)
            if self._held is None:
                return True
            held, self._held = self._held, None
            if not await self.budget.wait_for(self.budget.most_cost(self.work.provider, held)):
                return False
            samples = chain([held], samples)

    async def _drain(self, samples: Iterator[Sample]) -> None:
        """Commit what has arrived whenever the provider lets us wait, so that a batch is committed as one."""
        stream = self.work.provider.complete(self._to_ask(samples))
        self._calls = stream if isinstance(stream, CallStream) else None
        if self._calls is not None:
            self._calls.keep_until_committed()
        taking = asyncio.ensure_future(self._take_all(stream))
        taking.add_done_callback(lambda _: self._news.set())
        try:
            for _ in range(_TURNS_TO_START):
                await asyncio.sleep(0)
                self._commit()
            while not taking.done():
                self._commit()
                self._news.clear()
                await self._news.wait()
            await taking
            unanswered = len(self._outstanding)
        finally:
            under_way = self.work.provider.in_flight
            try:
                await self._stop(stream, taking)
            finally:
                self._given_up = min(under_way, len(self._outstanding))
                self._forget_outstanding()
                self._commit()
        if unanswered:
            raise ProviderError(
                f"adapter `{self.work.provider.profile.adapter}` ended with {unanswered:,} of its samples unanswered",
                hint="`complete` yields one completion for each sample that it takes",
            )

    async def _take_all(self, stream: AsyncIterator[tuple[Sample, Completion]]) -> None:
        """Take what comes, as fast as it comes: a provider of many calls at once may have several in each turn."""
        async for drawn in stream:
            self._take(drawn)

    async def _stop(self, stream: AsyncIterator[tuple[Sample, Completion]], taking: asyncio.Task[None]) -> None:
        """Wait no longer for what comes next; what had come by then has been paid for and is kept."""
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)
        close = getattr(stream, "aclose", None)
        if close is not None:
            await close()
            async for late in stream:
                self._take(late)

    def _take(self, drawn: tuple[Sample, Completion]) -> None:
        """Keep a completion that was asked for, with the sample as it was handed out."""
        theirs, completion = drawn
        place = theirs.turn, theirs.position
        sample, reserved = self._outstanding.get(place, (None, 0.0))
        if sample is None or sample.key != theirs.key:
            raise ProviderError(
                f"adapter `{self.work.provider.profile.adapter}` returned a completion that nobody asked for",
                hint="each sample is answered once",
            )
        del self._outstanding[place]
        self.budget.settle(reserved, charged(completion, reserved))
        self._keep(sample, completion)

    def _keep(self, sample: Sample, completion: Completion) -> None:
        """Have a completion committed: soon, and at once where many wait because the provider makes no pause."""
        now = time.monotonic()
        if not self._arrived:
            self._waiting_since = now
        self._arrived.append((sample, completion))
        if len(self._arrived) >= _COMMIT_AT_MOST or now - self._waiting_since > _COMMIT_WITHIN_S:
            self._commit()
        else:
            self._news.set()

    def _commit(self) -> None:
        """Write what has arrived, and how many calls are under way, in one transaction."""
        assert self._session is not None
        in_flight = self.work.provider.in_flight
        if not self._arrived and in_flight <= self._session.in_flight:
            return
        arrived, self._arrived = self._arrived, []
        self.store.commit(self.run, arrived, session=self._session, in_flight=in_flight)
        if self._calls is not None:
            self._calls.committed()
        for _, completion in arrived:
            self.tally.count(completion)
        if arrived:
            self.watcher.drawn(self.tally)

    def _forget_outstanding(self) -> None:
        for _, reserved in self._outstanding.values():
            self.budget.settle(reserved, None)
        self._outstanding.clear()

    def _to_ask(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        """Yield the samples that need a call, while there is money; settle the others here."""
        for sample in samples:
            if self.stop():
                self.tally.stopped = True
                return
            reason = unsupported_reason(self.work.provider, sample.settings)
            if reason is not None:
                self._keep(sample, Completion("unsupported", error=reason))
            elif self.reuse and self.store.reuse(self.run, sample) is not None:
                self.tally.reused += 1
                self.watcher.drawn(self.tally)
            elif self.budget.reserve(cost := self.budget.most_cost(self.work.provider, sample)):
                self._outstanding[sample.turn, sample.position] = sample, cost
                yield sample
            else:
                self._held = sample
                return

    def _missing(self, work: Work, turn: int | None) -> Iterator[Slot]:
        provider = work.provider.profile.name
        done = self.store.done(self.run, provider, turn)
        self.tally.already += len(done)
        for slot in work.slots():
            if slot.position not in done:
                yield slot

    def _samples(self, work: Work) -> Iterator[Sample]:
        return expand(work.plan, self._missing(work, None))

    def _live_samples(self, work: Work, turn: int | None) -> Iterator[Sample]:
        for slot in self._missing(work, turn):
            if turn is not None and slot.turns <= turn:
                continue
            wanted = slot.turns if turn is None else turn
            replies = self.store.replies(self.run, work.provider.profile.name, slot.position, wanted)
            texts = [reply.text for reply in replies]
            failed = next((reply for reply in replies if reply.outcome in ("error", "unsupported")), None)
            if failed is None and len(replies) == wanted:
                yield live_sample(work.plan, slot, texts, turn)
            elif turn is None:
                # The messages that would have been sent are not known; those up to the failure are.
                sample = live_sample(work.plan, slot, [*texts, *[""] * (wanted - len(texts))], None)
                why = failed.error if failed else "a reply is missing"
                outcome = failed.outcome if failed else "error"
                self._keep(sample, Completion(outcome, error=f"the live conversation broke off: {why}"))
