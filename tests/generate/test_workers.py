"""Workers that share a provider's places."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import TransientError
from evalkit.expand import Plan
from evalkit.generate import Tally, Unwatched, Work, generate
from evalkit.generate.workers import Place, Workers
from evalkit.providers.adopt import adopt
from evalkit.types import Completion, Condition, Message, Profile, Prompt, Sample

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from evalkit.store import Store
    from evalkit.support import Support
    from evalkit.types import Run, Suite


async def _ended(workers: Workers) -> None:
    workers.start()
    while workers.busy:  # noqa: ASYNC110 - as a stream of completions has its own event for it
        await asyncio.sleep(0.001)


def _pieces(count: int, do: Callable[[int], Awaitable[None]]) -> Callable[[], Awaitable[bool]]:
    """Return work that does so many numbered pieces."""
    left = iter(range(count))

    async def work() -> bool:
        piece = next(left, None)
        if piece is None:
            return False
        await do(piece)
        return True

    return work


def _nothing() -> None:
    """Be told that a worker has ended."""


def test_all_work_is_done_by_so_many_at_a_time() -> None:
    """No more hold a place than there are."""
    under_way, most, done = 0, 0, list[int]()

    async def do(piece: int) -> None:
        nonlocal under_way, most
        async with Place(workers):
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0)
            under_way -= 1
        done.append(piece)

    async def go() -> None:
        await _ended(workers)

    workers = Workers(3, _pieces(20, do), _nothing)
    asyncio.run(go())
    assert sorted(done) == list(range(20))
    assert most == 3


def test_another_goes_ahead_while_one_waits() -> None:
    """With one place, nine pieces are done before the first is back; then there is one worker again."""
    done = list[int]()

    async def do(piece: int) -> None:
        if piece == 0:
            with workers.aside():
                while len(done) < 9:  # noqa: ASYNC110 - the others' progress is what is waited for
                    await asyncio.sleep(0)
        async with Place(workers):
            await asyncio.sleep(0)
        done.append(piece)

    async def go() -> None:
        await asyncio.wait_for(_ended(workers), 30)

    workers = Workers(1, _pieces(10, do), _nothing)
    asyncio.run(go())
    assert done == [*range(1, 10), 0]


def test_no_endless_number_waits() -> None:
    """A provider that fails every call gets no new work after a while, whatever there is."""
    begun = 0

    async def do(_piece: int) -> None:
        nonlocal begun
        begun += 1
        with workers.aside():
            await released.wait()

    async def go() -> int:
        workers.start()
        for _ in range(200):
            await asyncio.sleep(0)
        waiting = begun
        released.set()
        while workers.busy:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        return waiting

    released = asyncio.Event()
    workers = Workers(4, _pieces(1000, do), _nothing)
    assert asyncio.run(go()) == 12
    assert begun == 1000


def test_the_first_failure_ends_the_others_after_their_piece() -> None:
    """What is under way is finished; nothing new is begun."""
    done, told = list[int](), 0

    def tell() -> None:
        nonlocal told
        told += 1

    async def do(piece: int) -> None:
        await asyncio.sleep(0)
        if piece == 1:
            raise LookupError(piece)
        await asyncio.sleep(0.01)
        done.append(piece)

    async def go() -> Workers:
        workers = Workers(3, _pieces(50, do), tell)
        await _ended(workers)
        return workers

    failure = asyncio.run(go()).failure
    assert isinstance(failure, LookupError)
    assert sorted(done) == [0, 2]
    assert told == 3


def test_stopping_ends_those_that_wait_too() -> None:
    """At once."""

    async def do(_piece: int) -> None:
        with workers.aside():
            await asyncio.sleep(3600)

    async def go() -> bool:
        workers.start()
        await asyncio.sleep(0.01)
        await workers.stop()
        return workers.busy

    workers = Workers(2, _pieces(10, do), _nothing)
    assert asyncio.run(go()) is False


def test_nobody_goes_ahead_where_that_is_not_wanted() -> None:
    """The place stays free."""
    begun = list[int]()

    async def do(piece: int) -> None:
        begun.append(piece)
        if piece == 0:
            with workers.aside(replaced=False):
                await asyncio.sleep(0.01)
        begun.append(piece)

    async def go() -> None:
        await _ended(workers)

    workers = Workers(1, _pieces(3, do), _nothing)
    asyncio.run(go())
    assert begun == [0, 0, 1, 1, 2, 2]


class Flaky:
    """An adapter that fails once for each of some samples after the first, and counts how many call at once."""

    def __init__(self, failing: int) -> None:
        self.profile = Profile("flaky", "./flaky.py:Flaky", "flaky-1", limits={"concurrency": 2})
        self.failing = failing
        self.asked: list[int] = []
        self.at_once = 0
        self.most_at_once = 0

    def supports(self, setting: str) -> Support:  # noqa: ARG002 - all of them
        """Apply everything."""
        return True

    async def call(self, sample: Sample) -> Completion:
        """Fail once for each of the samples from the second on."""
        first = sample.position not in self.asked
        self.asked.append(sample.position)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if first and 1 <= sample.position <= self.failing:
            raise TransientError("the server is tired")
        return Completion("complete", text=str(sample.position))


def _sample(position: int) -> Sample:
    prompt = Prompt((Message("user", "Say one."),), "0" * 64)
    return Sample(f"{position:064}", position, "flaky", Condition(), "one", position, prompt, {}, 7)


@pytest.mark.parametrize("failing", [0, 1, 2, 38])
def test_a_sample_in_back_off_holds_no_place(failing: int) -> None:
    """Others are asked meanwhile, never more at once than allowed; all are answered, each asked as often as needed."""
    adapter = Flaky(failing)

    async def go() -> list[int]:
        calls = adopt(adapter, adapter.profile)
        return [sample.position async for sample, _ in calls.complete(map(_sample, range(40)))]

    answered = asyncio.run(go())
    assert sorted(answered) == list(range(40))
    assert len(adapter.asked) == 40 + failing
    assert adapter.most_at_once <= 2
    if failing in (1, 2):
        assert answered.index(3) < answered.index(1)


def test_a_server_never_heard_from_is_not_asked_for_more() -> None:
    """Two places, and both samples in back-off: no third is sent to where nobody may be."""
    adapter = Flaky(40)

    async def go() -> list[int]:
        calls = adopt(adapter, adapter.profile)
        stream = calls.complete(map(_sample, range(1, 20)))
        answered = [(await anext(aiter(stream)))[0].position]
        return [*answered, *[sample.position async for sample, _ in stream]]

    assert sorted(asyncio.run(go())) == list(range(1, 20))
    assert sorted(adapter.asked[:2]) == [1, 2]
    assert adapter.asked[2] in (1, 2)


class Hurried:
    """An adapter of single calls that answers many in each turn of the event loop."""

    def __init__(self) -> None:
        self.profile = Profile("hurried", "./hurried.py:Hurried", "hurried-1", limits={"concurrency": 50})
        self.answered = 0

    def supports(self, setting: str) -> Support:  # noqa: ARG002 - all of them
        """Apply everything."""
        return True

    async def call(self, sample: Sample) -> Completion:
        """Answer in the next turn."""
        await asyncio.sleep(0)
        self.answered += 1
        return Completion("complete", text=str(sample.position))


class Hanging(Hurried):
    """An adapter that never answers."""

    async def call(self, sample: Sample) -> Completion:
        """Begin, and hang."""
        await asyncio.sleep(3600)
        return await super().call(sample)


def _run(store: Store, suite: Suite, adapter: Hurried) -> tuple[Run, Work]:
    run = store.create_run(
        suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=[adapter.profile]
    )
    plan = Plan(suite, adapter.profile, 7, seed_drawn=False)
    return run, Work(adopt(adapter, adapter.profile), plan, [Condition()], suite.cases, suite.repeats)


@dataclass
class Counting(Unwatched):
    """Notes how many answers are not yet in the store, whenever some have come there."""

    adapter: Hurried
    lacking: list[int] = field(default_factory=list[int])

    def drawn(self, tally: Tally) -> None:
        """Count."""
        self.lacking.append(self.adapter.answered - tally.asked)


def test_many_answers_at_once_do_not_pile_up(store: Store, make_suite: Callable[..., Suite]) -> None:
    """They are committed as they come, so that a kill costs no more than the calls of a few turns."""
    suite, adapter = make_suite(repeats=2000), Hurried()
    watcher = Counting(adapter)
    run, work = _run(store, suite, adapter)
    tally = asyncio.run(generate(store, run.id, [work], watcher=watcher))
    assert tally.outcomes == {"complete": 2000 * len(suite.cases)}
    assert len(watcher.lacking) >= 20
    assert max(watcher.lacking) <= 100


def test_calls_are_noted_before_the_first_comes_back(store: Store, make_suite: Callable[..., Suite]) -> None:
    """A kill at this moment finds in the store how many were under way, and so does whoever stops the run."""
    run, work = _run(store, make_suite(repeats=2000), Hanging())

    async def kill() -> dict[str, int]:
        task = asyncio.ensure_future(generate(store, run.id, [work]))
        await asyncio.sleep(0.1)
        found = store.broken_off(run.id)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return found

    assert asyncio.run(kill()) == {"hurried": 50}
    assert store.broken_off(run.id) == {"hurried": 50}  # given up, they may have been paid for all the same
