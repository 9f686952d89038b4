"""Draws through a vendor's interface for batches: hands over what a run lacks, and collects it when it is there.

That a batch is about to be submitted is committed before the vendor is asked, and the vendor's name for it right after.
So whenever the process dies, a later one either knows the batch or knows that it has to look for it, and never asks
twice without saying so.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from evalkit.errors import (
    CallError,
    ProfileError,
    ProviderError,
    SettingRefusedError,
    TransientError,
    UnreachableError,
    UsageError,
)
from evalkit.expand import expand
from evalkit.generate.calls import ATTEMPTS, LONGEST_WAIT_S
from evalkit.generate.promises import Promises
from evalkit.generate.waiting import wait_s
from evalkit.protocols import BatchReceipt, LostBatch
from evalkit.secret import scrub
from evalkit.support import unsupported_reason
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from evalkit.errors import EvalkitError
    from evalkit.generate.budget import Budget
    from evalkit.generate.engine import Work
    from evalkit.generate.tally import Tally, Watcher
    from evalkit.protocols import BatchApi, BatchState, Provider
    from evalkit.store import OpenBatch, Store
    from evalkit.types import Sample

Value = TypeVar("Value")

COMMIT_AT_MOST = 256
POLL_S = 60.0
"""How often a batch is looked at when a run waits for it."""
GRACE_S = 10.0
"""How long a vendor may take to list a batch that it was sent while the connection broke."""
_DEADLINE_S = 900.0
"""The longest that one exchange with a vendor may take; a batch is up to 256 MB."""


@dataclass(frozen=True, slots=True)
class Batching:
    """What a run does with batches, besides collecting those that have ended.

    Attributes:
        submit: Hand over what is missing, where the vendor takes batches.
        wait: Look again and again until every batch has ended.
    """

    submit: bool = False
    wait: bool = False


NO_BATCHES = Batching()
"""Nothing is submitted."""


def batch_api(provider: Provider) -> BatchApi | None:
    """Return a provider's interface for batches; None when it has none."""
    api: BatchApi | None = getattr(provider, "batches", None)
    return api


def check_batches(works: Sequence[Work]) -> None:
    """Refuse to submit conversations whose next message hangs on a reply.

    Raises:
        UsageError: A provider that takes batches is to hold live conversations.
    """
    for work in works:
        if work.most_turns and batch_api(work.provider) is not None:
            raise UsageError(
                f"live conversations cannot be drawn in batches: each message of {work.provider.profile.name} would"
                " wait for the reply before it",
                hint="leave --batch out, or use `mode: scripted` or `mode: padding`",
            )


@dataclass(slots=True)
class BatchEngine:
    """Works off one provider in batches."""

    store: Store
    run: str
    work: Work
    api: BatchApi
    tally: Tally
    budget: Budget
    watcher: Watcher
    batching: Batching
    reuse: bool
    _settled: list[tuple[Sample, Completion]] = field(default_factory=list["tuple[Sample, Completion]"])
    _promises: Promises = field(init=False)
    _chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        self._promises = Promises(self.work.provider, self.budget, self.tally)

    @property
    def _name(self) -> str:
        return self.work.provider.profile.name

    def count_open(self) -> None:
        """Count what earlier sittings handed over: at the most that it may come to, about, until it is collected."""
        if self.budget.cap is None:
            return
        for batch in self._open():
            waiting = {each.key for each in self.store.batches.samples(batch.id) if not each.collected}
            for key, sample in self._asked(batch).items():
                if key in waiting:
                    self._promises.make_again(sample)

    async def work_off(self) -> None:
        """Collect what has ended, submit what is missing if that is wanted, and wait if that is."""
        done = len(self.store.done(self.run, self._name))
        self.tally.already += done
        try:
            if done < self.work.calls or self._open():
                await self.work.provider.prepare(lambda what, share: self.watcher.preparing(self._name, what, share))
                await self._collect()
                if self.batching.submit:
                    await self._submit()
                while self.batching.wait and self._open():
                    await asyncio.sleep(self.work.provider.profile.limits.get("batch_poll_s", POLL_S))
                    await self._collect()
        except (ProviderError, ProfileError) as error:
            self.tally.failures[self._name] = error
            self.watcher.drawn(self.tally)
        finally:
            self.tally.left += self.work.calls - len(self.store.done(self.run, self._name))

    def _open(self) -> list[OpenBatch]:
        return self.store.batches.open(self.run, self._name)

    async def _collect(self) -> None:
        """Take in every batch that has ended; one that cannot be had does not keep the others away.

        Raises:
            ProviderError: One cannot be had.
        """
        failure: ProviderError | None = None
        for batch in self._open():
            try:
                await self._take_in(batch)
            except ProviderError as error:
                failure = failure or error
        if failure is not None:
            raise failure

    async def _take_in(self, batch: OpenBatch) -> None:
        """Take in one batch, if it has ended; look for it first where its name is not known."""
        strange: set[str] = set()
        while True:
            vendor_id = batch.vendor_id or await self._search(batch, strange)
            if vendor_id is None or vendor_id in strange:
                self.store.batches.lose(batch.id)
                return
            named = replace(batch, vendor_id=vendor_id)
            state = await self._patiently(partial(self.api.look, vendor_id))
            self.store.batches.submitted(batch.id, vendor_id, state.expires_at)
            if state.running or await self._patiently(partial(self._read, named, state)):
                return
            # It holds none of our keys: a batch of as many requests, by somebody else, at the same time.
            strange.add(vendor_id)
            self.store.batches.disown(batch.id)
            batch = replace(batch, vendor_id=None)

    async def _search(self, batch: OpenBatch, strange: set[str]) -> str | None:
        """Look for a batch; one that was submitted a moment ago may not be listed yet."""
        found = await self._patiently(partial(self._find, batch, strange))
        age_s = (datetime.now(UTC) - batch.intended_at).total_seconds()
        if found is None and age_s < self._grace_s:
            await asyncio.sleep(self._grace_s - age_s)
            found = await self._patiently(partial(self._find, batch, strange))
        return found

    @property
    def _grace_s(self) -> float:
        return min(GRACE_S, self.work.provider.profile.limits.get("longest_wait_s", LONGEST_WAIT_S))

    async def _find(self, batch: OpenBatch, strange: set[str]) -> str | None:
        keys = {each.key for each in self.store.batches.samples(batch.id)}
        known = self.store.batches.vendor_ids() | strange
        return await self.api.find(LostBatch(batch.label, keys, batch.intended_at, known))

    async def _read(self, batch: OpenBatch, state: BatchState) -> bool:
        """Commit what came of a batch; False when nothing in it is ours."""
        asked = self._asked(batch)
        listed = self.store.batches.samples(batch.id)
        waiting = {each.key for each in listed if not each.collected}
        ours = len(waiting) < len(listed)
        arrived: list[tuple[Sample, Completion]] = []
        async for key, result in self.api.results(batch.vendor_id or "", asked):
            ours = True
            if key not in waiting:
                continue
            waiting.discard(key)
            arrived.append((asked[key], self._completion(asked[key], result, state)))
            if len(arrived) == COMMIT_AT_MOST:
                self._keep(batch, arrived, whole=False)
                arrived = []
        if not ours:
            return False
        silent = Completion("error", error=f"batch {batch.vendor_id} ended without an answer to it", attempts=1)
        arrived += [(asked[key], silent) for key in sorted(waiting)]
        while len(arrived) > COMMIT_AT_MOST:
            self._keep(batch, arrived[:COMMIT_AT_MOST], whole=False)
            arrived = arrived[COMMIT_AT_MOST:]
        self._keep(batch, arrived, whole=True)
        return True

    def _keep(self, batch: OpenBatch, arrived: list[tuple[Sample, Completion]], *, whole: bool) -> None:
        for sample, completion in self.store.batches.collect(batch, arrived, whole=whole):
            self.tally.count(completion)
            self._promises.keep(sample, completion)
        self.watcher.drawn(self.tally)

    def _asked(self, batch: OpenBatch) -> Mapping[str, Sample]:
        """Build the samples of a batch again, by the keys that the vendor was given, in the same order."""
        keys = {each.position: each.key for each in self.store.batches.samples(batch.id)}
        every = self.work.slots()
        samples = expand(self.work.plan, (slot for slot in every if slot.position in keys))
        return {keys[sample.position]: sample for sample in samples}

    def _completion(self, sample: Sample, result: Completion | EvalkitError, state: BatchState) -> Completion:
        if isinstance(result, Completion):
            return replace(result, latency_s=state.took_s)
        if isinstance(result, SettingRefusedError):
            refuse: Callable[..., Completion] | None = getattr(self.work.provider, "refuse", None)
            if refuse is not None:
                return refuse(result, sample.settings)
            return Completion("unsupported", error=scrub(result.message), attempts=1)
        return Completion("error", error=scrub(result.message), attempts=1)

    async def _submit(self) -> None:
        """Hand over what is missing and not handed over yet, in as few batches as the vendor's limits allow."""
        most = min(self.api.most_requests, int(self.work.provider.profile.limits.get("batch_requests", 10**9)))
        chunk: list[Sample] = []
        weight = 0
        try:
            async for sample in self._to_ask():
                weighs = self.api.bytes_of(sample)
                if chunk and (len(chunk) == most or weight + weighs > self.api.most_bytes):
                    await self._hand_over(chunk)
                    chunk, weight = [], 0
                chunk.append(sample)
                weight += weighs
            if chunk:
                await self._hand_over(chunk)
        finally:
            self._commit_settled()
            self._promises.release()

    async def _to_ask(self) -> AsyncIterator[Sample]:
        """Yield the samples that need asking, while there is money; settle the others here."""
        provider = self.work.provider
        taken = self.store.done(self.run, self._name) | self.store.batches.waiting(self.run, self._name)
        every = self.work.slots()
        for sample in expand(self.work.plan, (slot for slot in every if slot.position not in taken)):
            reason = unsupported_reason(provider, sample.settings)
            if reason is not None:
                self._settle(sample, Completion("unsupported", error=reason))
            elif self.reuse and self.store.reuse(self.run, sample) is not None:
                self.tally.reused += 1
                self.watcher.drawn(self.tally)
            elif self.api.bytes_of(sample) > self.api.most_bytes:
                self._settle(sample, Completion("error", error="the request is larger than a batch may be"))
            elif await self._promises.reserve(sample):
                yield sample
            else:
                return

    def _settle(self, sample: Sample, completion: Completion) -> None:
        self._settled.append((sample, completion))
        if len(self._settled) == COMMIT_AT_MOST:
            self._commit_settled()

    def _commit_settled(self) -> None:
        settled, self._settled = self._settled, []
        if settled:
            self.store.commit(self.run, settled)
            for _, completion in settled:
                self.tally.count(completion)
            self.watcher.drawn(self.tally)

    async def _hand_over(self, chunk: Sequence[Sample]) -> None:
        """Submit one batch.

        Raises:
            ProviderError: The vendor has not taken it, or nobody knows whether it has.
        """
        batch = self.store.batches.intend(self.run, self._name, chunk)
        asked = {sample.key: sample for sample in chunk}
        doubts: list[TransientError] = []

        async def submit() -> BatchReceipt:
            found: str | None = None
            if _may_have_arrived(doubts):
                await asyncio.sleep(self._grace_s)
                found = await self._find(batch, set())
            return BatchReceipt(found) if found else await self.api.submit(batch.label, asked)

        try:
            receipt = await self._patiently(submit, doubts)
        except ProviderError:
            if not _may_have_arrived(doubts):
                self.store.batches.refused(batch.id)
                for sample in chunk:
                    self._promises.keep(sample, None)
            raise
        self.store.batches.submitted(batch.id, receipt.vendor_id, receipt.expires_at)
        self._promises.make()

    async def _patiently(self, call: Callable[[], Awaitable[Value]], met: list[TransientError] | None = None) -> Value:
        """Try until it works or no more attempt makes sense.

        Args:
            call: What to do.
            met: Is given the passing failures.

        Raises:
            ProviderError: It does not work.
        """
        limits = self.work.provider.profile.limits
        attempts = int(limits.get("attempts", ATTEMPTS))
        attempt = 1
        while True:
            try:
                async with asyncio.timeout(_DEADLINE_S):
                    return await call()
            except (TransientError, TimeoutError) as error:
                failed = error if isinstance(error, TransientError) else TransientError("no answer in time")
            except CallError as error:
                raise ProviderError(f"{self._name}: {scrub(error.message)}", hint=error.hint) from error
            if met is not None:
                met.append(failed)
            if attempt == attempts:
                raise ProviderError(
                    f"{self._name}: {scrub(failed.message)}; asked {attempts} times",
                    hint="`--resume` goes on once the provider is well again",
                )
            await asyncio.sleep(wait_s(failed, attempt, limits.get("longest_wait_s", LONGEST_WAIT_S), self._chance))
            attempt += 1


def _may_have_arrived(doubts: Sequence[TransientError]) -> bool:
    """Tell whether a vendor may have taken a batch in an attempt that failed."""
    return any(not isinstance(doubt, UnreachableError) for doubt in doubts)
