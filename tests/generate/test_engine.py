"""Drawing what a run lacks, with providers that are real classes of the test."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import ProviderError, StoreError, SuiteError
from evalkit.expand import Plan
from evalkit.generate import Tally, Unwatched, Work, generate
from evalkit.providers.prices import FREE
from evalkit.providers.registry import build_provider
from evalkit.store import Store
from evalkit.types import Case, Completion, Condition, Conversation, Exchange, Profile, System, Usage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from evalkit.protocols import Provider
    from evalkit.providers.prices import Price
    from evalkit.support import Support
    from evalkit.types import AxisValue, Message, Outcome, Run, Sample, Scalar, Suite


def _echo(sample: Sample) -> Completion:
    turn = "probe" if sample.turn is None else sample.turn
    return Completion("complete", text=f"{sample.case_id} {sample.repeat} {turn}", usage=Usage(2, 3))


@dataclass
class Answering:
    """A provider that answers by a function, so many samples together, with a pause between batches.

    Attributes:
        breaks_after: Samples after which the whole provider fails; None for never.
        handed: Positions of the completions that were handed over.
    """

    profile: Profile
    answer: Callable[[Sample], Completion] = _echo
    together: int = 4
    breaks_after: int | None = None
    refuses: Mapping[str, Support] = field(default_factory=dict[str, "Support"])
    asked: list[Sample] = field(default_factory=list["Sample"])
    handed: list[int] = field(default_factory=list[int])
    ended: bool = False
    in_flight: int = 0

    def price(self) -> Price | None:
        """Cost nothing."""
        return FREE

    def supports(self, setting: str) -> Support:
        """Apply everything but what is refused."""
        return self.refuses.get(setting, True)

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Say one thing."""
        say("loading", 0.5)

    async def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Answer batch after batch."""
        coming = iter(samples)
        try:
            while batch := list(islice(coming, self.together)):
                self.asked += batch
                await asyncio.sleep(0)
                for sample in batch:
                    if self.breaks_after is not None and len(self.handed) >= self.breaks_after:
                        raise ProviderError("the key is not valid", hint="set another")
                    completion = self.answer(sample)
                    self.handed.append(sample.position)
                    yield sample, completion
        finally:
            self.ended = True

    def render(self, messages: Sequence[Message]) -> str:
        """Join the messages."""
        return "\n".join(message.content for message in messages)

    def environment(self) -> Mapping[str, Scalar]:
        """Say nothing."""
        return {}

    async def aclose(self) -> None:
        """Hold nothing."""


@dataclass
class Watching:
    """Notes what it is told, and what the store held at that moment."""

    store: Store
    run: str
    told: list[int] = field(default_factory=list[int])
    held: list[int] = field(default_factory=list[int])
    prepared: list[tuple[str, str, float | None]] = field(default_factory=list["tuple[str, str, float | None]"])

    def drawn(self, tally: Tally) -> None:
        """Note the tally."""
        self.told.append(tally.done)
        self.held.append(self.store.drawn_count(self.run))

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Note the preparation."""
        self.prepared.append((provider, what, share))


CASES = (Case("one", "Say one."), Case("two", "Say two."))
CONDITIONS = (Condition((("temperature", 0.0),)), Condition((("temperature", 1.0),)))
SCRIPT = Profile("script", "scripted", "script-1")


def _work(
    suite: Suite, provider: Provider, conditions: Sequence[Condition] = CONDITIONS, repeats: int | None = None
) -> Work:
    plan = Plan(suite, provider.profile, 7, seed_drawn=False)
    return Work(provider, plan, conditions, suite.cases, suite.repeats if repeats is None else repeats)


def _begin(store: Store, suite: Suite, *profiles: Profile) -> Run:
    return store.create_run(
        suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=profiles or (SCRIPT,)
    )


def _draw(store: Store, run: Run, *works: Work, **options: Any) -> Tally:  # noqa: ANN401 - options of generate
    return asyncio.run(generate(store, run.id, works, **options))


@pytest.fixture
def suite(make_suite: Callable[..., Suite]) -> Suite:
    """Give a suite of two cases and five repeats: with two conditions, twenty samples."""
    return make_suite(cases=CASES, repeats=5)


def test_every_sample_is_asked_once_and_stored(store: Store, suite: Suite) -> None:
    """The tally counts outcomes and tokens."""
    run, provider = _begin(store, suite), Answering(SCRIPT)
    tally = _draw(store, run, _work(suite, provider))
    assert [sample.position for sample in provider.asked] == list(range(20))
    assert [drawn.completion.text for drawn in store.drawn(run.id, "script")] == [
        f"{sample.case_id} {sample.repeat} probe" for sample in provider.asked
    ]
    assert (tally.planned, tally.done, tally.asked, tally.already, tally.reused) == (20, 20, 20, 0, 0)
    assert tally.outcomes == {"complete": 20}
    assert tally.output_tokens == 60
    assert tally.failures == {}


def test_nothing_is_told_before_it_is_stored(store: Store, suite: Suite, tmp_path: Path) -> None:
    """Whatever the watcher hears of, another connection finds in the file."""
    run = _begin(store, suite)
    with Store(tmp_path / ".evalkit" / "runs.db") as other:
        watcher = Watching(other, run.id)
        _draw(store, run, _work(suite, Answering(SCRIPT, together=3)), watcher=watcher)
    assert watcher.held == watcher.told
    assert watcher.told[-1] == 20
    assert watcher.prepared == [("script", "loading", 0.5)]


@pytest.mark.parametrize("together", [1, 5, 8, 20])
def test_what_comes_without_a_pause_is_committed_as_one(store: Store, suite: Suite, together: int) -> None:
    """A killed run lacks whole batches, so that a batch can be formed again as it was."""
    run = _begin(store, suite)
    watcher = Watching(store, run.id)
    _draw(store, run, _work(suite, Answering(SCRIPT, together=together)), watcher=watcher)
    assert watcher.told == [min(20, together * (batch + 1)) for batch in range(-(-20 // together))]


def test_a_stream_without_a_pause_is_committed_in_parts(store: Store, suite: Suite) -> None:
    """Not only at the end of a long night."""
    run = _begin(store, suite)
    watcher = Watching(store, run.id)
    _draw(store, run, _work(suite, Answering(SCRIPT, together=10_000), repeats=250), watcher=watcher)
    assert watcher.told[-1] == 1000
    assert len(watcher.told) >= 4


@pytest.mark.parametrize("steps", [*range(40), 10_000])
def test_what_was_handed_over_is_kept_when_a_run_is_stopped(store: Store, suite: Suite, steps: int) -> None:
    """After any number of steps of the event loop: paid for is stored, and the provider is told to end."""
    run, provider = _begin(store, suite), Answering(SCRIPT, together=2)

    async def stop() -> None:
        task = asyncio.ensure_future(generate(store, run.id, [_work(suite, provider)]))
        for _ in range(steps):
            await asyncio.sleep(0)
            if task.done():
                return
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stop())
    assert store.done(run.id, "script") == set(provider.handed)
    assert provider.ended or not provider.asked
    if steps == 10_000:
        assert len(provider.handed) == 20


def test_a_stopped_run_goes_on_with_what_is_missing(store: Store, suite: Suite) -> None:
    """Each sample is asked once over both sittings."""
    run, first, second = _begin(store, suite), Answering(SCRIPT, breaks_after=7), Answering(SCRIPT)
    _draw(store, run, _work(suite, first))
    assert first.handed == list(range(7))
    tally = _draw(store, run, _work(suite, second))
    assert [sample.position for sample in second.asked] == list(range(7, 20))
    assert (tally.already, tally.asked, tally.done, tally.planned) == (7, 13, 20, 20)
    third = Answering(SCRIPT)
    assert _draw(store, run, _work(suite, third)).asked == 0
    assert third.asked == []


def test_only_errors_are_asked_again(store: Store, suite: Suite) -> None:
    """A refusal is an answer."""
    outcomes: list[Outcome] = ["complete", "truncated", "refusal", "error"]

    def mixed(sample: Sample) -> Completion:
        outcome = outcomes[sample.position % 4]
        return Completion(outcome, error="timeout" if outcome == "error" else None)

    run, again = _begin(store, suite), Answering(SCRIPT)
    tally = _draw(store, run, _work(suite, Answering(SCRIPT, mixed)))
    assert tally.outcomes == dict.fromkeys(outcomes, 5)
    assert tally.failures == {}
    _draw(store, run, _work(suite, again))
    assert [sample.position for sample in again.asked] == [3, 7, 11, 15, 19]
    counts = Counter(drawn.completion.outcome for drawn in store.drawn(run.id, "script"))
    assert counts == {"complete": 10, "truncated": 5, "refusal": 5}


def test_a_provider_that_fails_does_not_stop_the_other(store: Store, suite: Suite) -> None:
    """What it gave before is kept; the tally says why it ended."""
    other = Profile("other", "scripted", "other-1")
    run = _begin(store, suite, SCRIPT, other)
    works = [_work(suite, Answering(SCRIPT, breaks_after=3)), _work(suite, Answering(other, together=1))]
    tally = _draw(store, run, *works)
    assert {name: error.message for name, error in tally.failures.items()} == {"script": "the key is not valid"}
    assert store.done(run.id, "script") == {0, 1, 2}
    assert len(store.done(run.id, "other")) == 20
    assert (tally.planned, tally.done) == (40, 23)


class Unusable(Answering):
    """A provider that cannot even be prepared."""

    async def prepare(self, say: Callable[[str, float | None], None]) -> None:
        """Fail, after a word."""
        say("looking for a copy", None)
        raise ProviderError("no copy of the model")


def test_a_provider_that_cannot_be_prepared_is_never_asked(store: Store, suite: Suite) -> None:
    """It is one failure, not one for each sample."""
    run, provider = _begin(store, suite), Unusable(SCRIPT)
    watcher = Watching(store, run.id)
    tally = _draw(store, run, _work(suite, provider), watcher=watcher)
    assert list(tally.failures) == ["script"]
    assert provider.asked == []
    assert watcher.told == [0]


def test_what_a_provider_cannot_apply_is_settled_without_a_call(store: Store, suite: Suite) -> None:
    """A range refuses what lies outside; the cell says so, and is not asked again."""
    run, provider = _begin(store, suite), Answering(SCRIPT, refuses={"temperature": (0, 0.5)})
    tally = _draw(store, run, _work(suite, provider))
    assert [sample.position for sample in provider.asked] == list(range(10))
    assert tally.outcomes == {"complete": 10, "unsupported": 10}
    cold = list(store.drawn(run.id, "script"))[10:]
    assert {drawn.completion.error for drawn in cold} == {"script-1 takes `temperature` from 0 to 0.5, not 1"}
    again = Answering(SCRIPT)
    _draw(store, run, _work(suite, again))
    assert again.asked == []


def test_reuse_asks_for_nothing_that_is_stored(store: Store, suite: Suite) -> None:
    """A new run takes the old answers; without the option it draws its own."""
    first, second, third = (_begin(store, suite) for _ in range(3))
    _draw(store, first, _work(suite, Answering(SCRIPT, breaks_after=12)))
    provider = Answering(SCRIPT)
    watcher = Watching(store, second.id)
    tally = _draw(store, second, _work(suite, provider), reuse=True, watcher=watcher)
    assert [sample.position for sample in provider.asked] == list(range(12, 20))
    assert (tally.reused, tally.asked, tally.done) == (12, 8, 20)
    assert watcher.held == watcher.told
    fresh = Answering(SCRIPT)
    _draw(store, third, _work(suite, fresh))
    assert len(fresh.asked) == 20


def test_reuse_of_all_asks_for_nothing(store: Store, suite: Suite) -> None:
    """Stored errors are no answers."""
    first, second = _begin(store, suite), _begin(store, suite)
    _draw(
        store,
        first,
        _work(suite, Answering(SCRIPT, lambda sample: Completion("error" if sample.position == 4 else "complete"))),
    )
    provider = Answering(SCRIPT)
    _draw(store, second, _work(suite, provider), reuse=True)
    assert [sample.position for sample in provider.asked] == [4]


def test_a_store_that_cannot_be_written_stops_everything(store: Store, suite: Suite) -> None:
    """The error is that of the store, not a group of errors; what was committed stays."""
    other = Profile("other", "scripted", "other-1")
    run = _begin(store, suite, SCRIPT, other)
    connection = store._connection  # pyright: ignore[reportPrivateUsage] - the disk is made full for this one
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 8}")
    long = Answering(SCRIPT, lambda _: Completion("complete", text="x" * 3000), together=1)
    with pytest.raises(StoreError, match="the disk is full"):
        _draw(store, run, _work(suite, long), _work(suite, Answering(other, together=1)))
    assert long.ended
    there = store.done(run.id, "script")
    assert there
    assert there == set(long.handed[: len(there)])


def test_a_prompt_that_cannot_be_built_stops_the_run(store: Store, make_suite: Callable[..., Suite]) -> None:
    """It is the suite that is wrong, not one sample."""
    suite = make_suite(cases=(Case("one", "Say {{ nothing_of_the_kind }}."),))
    run = _begin(store, suite)
    with pytest.raises(SuiteError, match="nothing_of_the_kind"):
        _draw(store, run, _work(suite, Answering(SCRIPT)))


def test_a_fault_of_a_provider_is_not_hidden(store: Store, suite: Suite) -> None:
    """An unexpected error is raised, after what came before it was stored."""

    def fail(sample: Sample) -> Completion:
        if sample.position == 5:
            raise ZeroDivisionError
        return _echo(sample)

    run = _begin(store, suite)
    with pytest.raises(ZeroDivisionError):
        _draw(store, run, _work(suite, Answering(SCRIPT, fail)))
    assert store.done(run.id, "script") == set(range(5))


class Backwards(Answering):
    """A provider whose stream is a plain iterator that answers in its own order."""

    def complete(self, samples: Iterable[Sample]) -> AsyncIterator[tuple[Sample, Completion]]:
        """Take all and answer from the end."""
        return _Reversed(list(samples))


@dataclass
class _Reversed:
    samples: list[Sample]

    def __aiter__(self) -> _Reversed:
        return self

    async def __anext__(self) -> tuple[Sample, Completion]:
        if not self.samples:
            raise StopAsyncIteration
        sample = self.samples.pop()
        return sample, _echo(sample)


def test_answers_may_come_in_any_order(store: Store, suite: Suite) -> None:
    """From any asynchronous iterator, generator or not."""
    run = _begin(store, suite)
    _draw(store, run, _work(suite, Backwards(SCRIPT)))
    texts = [drawn.completion.text for drawn in store.drawn(run.id, "script")]
    assert texts == [f"{case} {repeat} probe" for _ in CONDITIONS for case in ("one", "two") for repeat in range(5)]


EXCHANGES = tuple(Exchange(f"Q{index}?", None) for index in range(3))


@pytest.fixture
def live(make_suite: Callable[..., Suite]) -> Suite:
    """Give a suite whose conversations are the model's own."""
    return make_suite(
        cases=CASES, repeats=1, systems={"s": System(text="Be brief.")}, conversation=Conversation(EXCHANGES, "live")
    )


def _turns(*turns: AxisValue) -> list[Condition]:
    return [Condition((("turns", each),)) for each in turns]


def test_live_conversations_go_wave_by_wave(store: Store, live: Suite) -> None:
    """Every reply of one depth is drawn before the next depth begins, so that batches are full."""
    run, provider = _begin(store, live), Answering(SCRIPT)
    work = _work(live, provider, _turns(0, 1, 3))
    tally = _draw(store, run, work)
    order = [(sample.turn, sample.position) for sample in provider.asked]
    assert order == [
        *((0, position) for position in (2, 3, 4, 5)),
        *((turn, position) for turn in (1, 2) for position in (4, 5)),
        *((None, position) for position in range(6)),
    ]
    assert work.calls == tally.planned == tally.done == 6 + 2 * (0 + 1 + 3)
    probe = provider.asked[-1]
    assert [message.content for message in probe.prompt.messages] == [
        "Q0?", "two 0 0", "Q1?", "two 0 1", "Q2?", "two 0 2", "Say two.",
    ]  # fmt: skip
    assert len({sample.key for sample in provider.asked}) == len(provider.asked)
    assert len({sample.seed for sample in provider.asked if sample.position == 5}) == 4


@pytest.mark.parametrize("after", range(0, 15, 2))
def test_a_live_conversation_resumes_where_it_stopped(store: Store, live: Suite, tmp_path: Path, after: int) -> None:
    """Each reply is asked once over both sittings, and the messages are those of one sitting."""
    run, first, second = _begin(store, live), Answering(SCRIPT, breaks_after=after), Answering(SCRIPT)
    _draw(store, run, _work(live, first, _turns(0, 1, 3)))
    tally = _draw(store, run, _work(live, second, _turns(0, 1, 3)))
    assert len(first.handed) + len(second.handed) == tally.planned == tally.done == 14
    assert tally.already == after
    with Store(tmp_path / "other.db") as other:
        whole = _begin(other, live)
        straight = Answering(SCRIPT)
        _draw(other, whole, _work(live, straight, _turns(0, 1, 3)))
    assert (first.asked[:after] + second.asked) == straight.asked


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_reply_that_failed_makes_its_probe_an_error(store: Store, live: Suite, failing: int) -> None:
    """One that names it; other conversations go on, and a later sitting mends the whole."""

    def fail(sample: Sample) -> Completion:
        if (sample.turn, sample.case_id) == (failing, "one"):
            return Completion("error", error="connection reset")
        return _echo(sample)

    run, provider, later = _begin(store, live), Answering(SCRIPT, fail), Answering(SCRIPT)
    _draw(store, run, _work(live, provider, _turns(3)))
    broken, whole = store.drawn(run.id, "script")
    assert broken.completion.outcome == "error"
    assert broken.completion.error == "the live conversation broke off: connection reset"
    assert whole.completion.outcome == "complete"
    assert [sample.turn for sample in provider.asked if sample.case_id == "one"] == list(range(failing + 1))
    _draw(store, run, _work(live, later, _turns(3)))
    assert [(sample.turn, sample.case_id) for sample in later.asked] == [
        *((turn, "one") for turn in range(failing, 3)),
        (None, "one"),
    ]
    assert {drawn.completion.outcome for drawn in store.drawn(run.id, "script")} == {"complete"}


def test_an_unsupported_live_conversation_is_unsupported(store: Store, live: Suite) -> None:
    """Not an error, and nothing is asked."""
    run, provider = _begin(store, live), Answering(SCRIPT, refuses={"temperature": False})
    conditions = [Condition((("turns", 2), ("temperature", 0.5)))]
    _draw(store, run, _work(live, provider, conditions))
    assert provider.asked == []
    outcomes = [(drawn.completion.outcome, drawn.completion.error) for drawn in store.drawn(run.id, "script")]
    assert [outcome for outcome, _ in outcomes] == ["unsupported"] * 2
    assert all("script-1 does not take `temperature`" in str(error) for _, error in outcomes)


def test_scripted_conversations_need_no_waves(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Only mode `live` asks for replies."""
    scripted = Conversation(tuple(Exchange("Q?", "A.") for _ in range(3)))
    suite = make_suite(cases=CASES, repeats=1, conversation=scripted)
    run, provider = _begin(store, suite), Answering(SCRIPT)
    work = _work(suite, provider, _turns(0, 3))
    _draw(store, run, work)
    assert work.calls == len(provider.asked) == 4
    assert not work.live


def test_nobody_has_to_watch() -> None:
    """What is told to nobody is forgotten."""
    watcher = Unwatched()
    watcher.preparing("script", "loading", None)
    watcher.drawn(Tally())


def _peak_bytes(store: Store, suite: Suite, repeats: int) -> int:
    run = _begin(store, suite)
    tracemalloc.start()
    try:
        tally = _draw(store, run, _work(suite, build_provider(SCRIPT), repeats=repeats))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert tally.done == 4 * repeats
    return peak


@pytest.mark.slow
def test_memory_does_not_grow_with_the_sweep(store: Store, suite: Suite) -> None:
    """Ten times as many samples take no more memory while they are drawn."""
    _peak_bytes(store, suite, 50)  # imports and caches
    small = _peak_bytes(store, suite, 500)
    large = _peak_bytes(store, suite, 5000)
    assert large < small + 1_000_000
