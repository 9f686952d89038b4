"""Drawing through the vendors' batches: the real adapters against the fake vendors."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import pytest

from evalkit.errors import ProviderError, UsageError
from evalkit.expand import Plan
from evalkit.generate import Batching, Tally, Work, generate
from evalkit.providers.registry import build_provider
from evalkit.types import Condition, Conversation, Exchange, Profile
from tests.generate.conftest import Drawing
from vendors.asked import Reply
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from evalkit.store import Store
    from evalkit.types import Suite
    from vendors.asked import Vendor
    from vendors.server import FakeVendors

VENDORS: tuple[Vendor, ...] = ("claude", "openai", "gemini")
every_vendor = pytest.mark.parametrize("vendor", VENDORS)
SUBMIT = Batching(submit=True)


@every_vendor
def test_a_sweep_is_submitted_once_and_collected_once(
    vendors: FakeVendors, drawing: Callable[..., Drawing], vendor: Vendor
) -> None:
    """Looking at it while it runs asks for nothing; when it has ended, everything is there at half price."""
    draw = drawing(vendor)
    submitted = draw(SUBMIT)
    assert (submitted.done, submitted.left) == (0, 10)
    for again in (Batching(), SUBMIT):
        tally = draw(again)
        assert (tally.done, tally.left, tally.failures) == (0, 10, {})
    vendors.batches.end()
    collected = draw()
    assert (collected.done, collected.left, collected.outcomes) == (10, 0, {"complete": 10})
    assert collected.cost_usd == pytest.approx(10 * (3 + 5) / 2)
    assert set(vendors.batches.asked(vendor).values()) == {1}
    assert len(vendors.batches.asked(vendor)) == 10
    assert vendors.completions(vendor) == []
    assert draw().already == 10
    latencies = [each.completion.latency_s for each in draw.store.drawn(draw.run.id, vendor)]
    assert all(latency is not None and latency >= 0 for latency in latencies)


def test_a_sweep_is_cut_by_requests_and_by_weight(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """As few batches as the limits allow, none above them."""
    draw = drawing("claude", limits={"batch_requests": 4})
    draw(SUBMIT)
    assert [len(job.requests) for job in vendors.batches.jobs] == [4, 4, 2]


def test_every_sample_of_many_is_committed_once(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """More than one transaction holds."""
    draw = drawing("openai", repeats=300)
    draw(SUBMIT)
    vendors.batches.end()
    tally = draw()
    assert tally.outcomes == {"complete": 600}
    assert draw.outcomes("openai") == {"complete": 600}


@every_vendor
def test_failures_are_drawn_again_by_a_later_resumption(
    vendors: FakeVendors, drawing: Callable[..., Drawing], vendor: Vendor
) -> None:
    """In batches or one by one; what was answered is asked no more."""
    draw = drawing(vendor)
    draw(SUBMIT)
    keys = sorted(vendors.batches.asked(vendor))
    bad: dict[str, Any] = dict(zip(keys, ("failed", "expired", "canceled"), strict=False))
    vendors.batches.end(lambda key: bad.get(key, "drawn"))
    collected = draw()
    assert collected.outcomes == {"complete": 7, "error": 3}
    assert collected.left == 3
    draw(SUBMIT)
    assert vendors.batches.asked(vendor) == Counter({key: 2 if key in bad else 1 for key in keys})
    vendors.batches.end(lambda key: "failed" if key == keys[0] else "drawn")
    assert draw().outcomes == {"complete": 2, "error": 1}
    assert draw().outcomes == {"complete": 1}  # one by one
    assert len(vendors.completions(vendor)) == 1
    assert set(vendors.batches.paid(vendor).values()) == {1}
    assert draw.outcomes(vendor) == {"complete": 10}


def test_submitting_again_collects_first(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """`--batch --resume` of an ended batch takes in what there is and hands over what failed."""
    draw = drawing("openai")
    draw(SUBMIT)
    bad = min(vendors.batches.asked("openai"))
    vendors.batches.end(lambda key: "expired" if key == bad else "drawn")
    tally = draw(SUBMIT)
    assert (tally.outcomes, tally.left) == ({"complete": 9, "error": 1}, 1)
    assert list(vendors.batches.jobs[1].requests) == [bad]


@every_vendor
def test_a_refused_setting_makes_the_cell_unsupported(
    vendors: FakeVendors,
    store: Store,
    make_suite: Callable[..., Suite],
    vendor_profile: Callable[..., Profile],
    vendor: Vendor,
) -> None:
    """With the vendor's words, which the provider remembers; the profile had said that the model takes it."""
    model, setting, value = {
        "claude": ("claude-haiku-4-5", "temperature", 0.5),
        "openai": ("gpt-5-mini", "temperature", 0.5),
        "gemini": ("gemini-2.5-flash-lite", "logprobs", 2),
    }[vendor]
    profile = vendor_profile(
        vendor, model, supports={setting: True}, options={"server": "openai"} if vendor == "openai" else {}
    )
    suite = make_suite(settings={"max_tokens": 20, setting: value})
    run = store.create_run(suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=[profile])

    async def work(batching: Batching) -> Mapping[str, str]:
        provider: Any = build_provider(profile)
        plan = Plan(suite, profile, 7, seed_drawn=False)
        works = [Work(provider, plan, (Condition(),), suite.cases, suite.repeats)]
        await generate(store, run.id, works, batching=batching)
        await provider.aclose()
        refusals: Mapping[str, str] = provider.refusals
        return refusals

    asyncio.run(work(SUBMIT))
    vendors.batches.end()
    refusals = asyncio.run(work(Batching()))
    (job,) = vendors.batches.jobs
    assert len(job.requests) == 2
    assert list(refusals) == [setting]
    for drawn in store.drawn(run.id, vendor):
        assert drawn.completion.outcome == "unsupported"
        assert drawn.completion.error is not None
        assert drawn.completion.error.startswith(f"{model} refused `{setting}`: ")


def test_what_a_model_cannot_do_is_settled_without_a_batch(
    vendors: FakeVendors, drawing: Callable[..., Drawing]
) -> None:
    """Nothing is submitted where nothing is left to ask."""
    tally = drawing("claude", settings={"max_tokens": 20, "temperature": 0.5})(SUBMIT)
    assert (tally.outcomes, tally.left) == ({"unsupported": 10}, 0)
    assert vendors.batches.jobs == []


def test_refusals_and_truncations_are_no_errors(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """They are collected as what they are, and need no further draw."""
    endings: tuple[Literal["length", "refused"], ...] = ("length", "refused")
    vendors.reply = lambda asked: Reply("some words", ending=endings[asked.number % 2])
    draw = drawing("gemini")
    draw(SUBMIT)
    vendors.batches.end()
    assert draw().outcomes == {"truncated": 5, "refusal": 5}
    assert draw().already == 10


def test_stored_answers_are_reused_before_anything_is_submitted(
    vendors: FakeVendors, drawing: Callable[..., Drawing]
) -> None:
    """A second run of the same samples submits none."""
    first = drawing("claude")
    first(SUBMIT)
    vendors.batches.end()
    first()
    second = drawing("claude")
    tally = second(SUBMIT, reuse=True)
    assert (tally.reused, tally.left) == (10, 0)
    assert len(vendors.batches.jobs) == 1


def test_providers_without_batches_are_asked_as_usual(
    store: Store,
    make_suite: Callable[..., Suite],
    vendor_profile: Callable[..., Profile],
    make_profile: Callable[..., Profile],
) -> None:
    """In the same run; a compatible server is one of them."""
    compatible = vendor_profile("openai", "gpt-4.1-mini", name="compatible")
    profiles = [vendor_profile("claude", "claude-haiku-4-5"), compatible, make_profile()]
    suite = make_suite(settings={"max_tokens": 20})
    run = store.create_run(suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=profiles)
    draw = Drawing(store, run, suite, profiles)
    tally = draw(SUBMIT)
    assert (tally.asked, tally.left) == (4, 2)
    assert {name: sum(draw.outcomes(name).values()) for name in ("claude", "compatible", "script")} == {
        "claude": 0,
        "compatible": 2,
        "script": 2,
    }


def test_live_conversations_are_refused_before_anything_is_bought(
    vendors: FakeVendors,
    store: Store,
    make_suite: Callable[..., Suite],
    vendor_profile: Callable[..., Profile],
) -> None:
    """Each message waits for a reply, which a batch cannot."""
    profile = vendor_profile("claude", "claude-haiku-4-5")
    conversation = Conversation((Exchange("Hello.", None),), mode="live")
    suite = make_suite(conversation=conversation, axes={"turns": (1,)})
    run = store.create_run(suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=[profile])

    async def work() -> None:
        plan = Plan(suite, profile, 7, seed_drawn=False)
        works = [Work(build_provider(profile), plan, (Condition((("turns", 1),)),), suite.cases, 1)]
        await generate(store, run.id, works, batching=SUBMIT)

    with pytest.raises(UsageError, match="live conversations cannot be drawn in batches") as raised:
        asyncio.run(work())
    assert raised.value.hint is not None
    assert vendors.received == []


def _lose_the_answer(_vendor: str, answer: HttpAnswer) -> HttpAnswer:
    return HttpAnswer(answer.status, answer.content, answer.headers, manner="reset")


@every_vendor
def test_a_batch_whose_receipt_was_lost_is_found_at_once(
    vendors: FakeVendors, drawing: Callable[..., Drawing], vendor: Vendor
) -> None:
    """The connection broke after the vendor had taken it; the second attempt looks before it submits."""
    vendors.batches.at_creation = _lose_the_answer
    draw = drawing(vendor)
    tally = draw(SUBMIT)
    assert tally.failures == {}
    (batch,) = draw.store.batches.open(draw.run.id)
    assert batch.vendor_id is not None
    assert batch.vendor_id.endswith(vendors.batches.jobs[0].id)
    vendors.batches.end()
    assert draw().outcomes == {"complete": 10}
    assert len(vendors.batches.jobs) == 1


@every_vendor
@pytest.mark.parametrize("ended", ["running", "ended"])
def test_a_batch_whose_receipt_never_came_is_found_by_a_later_process(
    vendors: FakeVendors, drawing: Callable[..., Drawing], vendor: Vendor, ended: str
) -> None:
    """Stopped while the vendor was being asked: what was meant is known, and nothing is asked twice."""
    reached = threading.Event()

    def hang(_vendor: str, answer: HttpAnswer) -> HttpAnswer:
        reached.set()
        return HttpAnswer(answer.status, answer.content, answer.headers, manner="hang")

    vendors.batches.at_creation = hang
    draw = drawing(vendor)

    async def stop() -> None:
        task = asyncio.ensure_future(draw.drawing(SUBMIT))
        assert await asyncio.to_thread(reached.wait, 30)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stop())
    vendors.batches.at_creation = lambda _vendor, answer: answer
    (batch,) = draw.store.batches.open(draw.run.id)
    assert batch.vendor_id is None
    if ended == "ended":
        vendors.batches.end()
    else:
        assert draw(SUBMIT).left == 10
        vendors.batches.end()
    assert draw().outcomes == {"complete": 10}
    assert len(vendors.batches.jobs) == 1


@every_vendor
def test_a_batch_that_never_arrived_is_given_up_with_a_word(
    vendors: FakeVendors, drawing: Callable[..., Drawing], vendor: Vendor
) -> None:
    """It was meant and is not at the vendor's: its samples are asked again, and the run can say so."""
    draw = drawing(vendor)
    draw.store.batches.intend(draw.run.id, vendor, draw.samples())
    assert (draw().left, vendors.batches.jobs) == (10, [])
    assert draw.store.batches.lost(draw.run.id) == {vendor: 10}
    draw(SUBMIT)
    vendors.batches.end()
    assert draw().outcomes == {"complete": 10}
    assert set(vendors.batches.asked(vendor).values()) == {1}


def test_somebody_elses_batch_is_given_back(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """Anthropic cannot tell running batches of one size apart; their results can."""
    draw, other = drawing("claude"), drawing("claude", settings={"max_tokens": 21})
    draw.store.batches.intend(draw.run.id, "claude", draw.samples())
    other(SUBMIT)
    # Another store's batch, as far as this one can tell.
    (theirs,) = other.store.batches.open(other.run.id)
    other.store.batches.refused(theirs.id)
    draw()
    (taken,) = draw.store.batches.open(draw.run.id)
    assert taken.vendor_id == vendors.batches.jobs[0].id
    vendors.batches.end()
    assert draw().left == 10
    assert draw.store.batches.open(draw.run.id) == []
    assert draw.store.batches.lost(draw.run.id) == {"claude": 10}


def test_a_vendor_that_is_down_is_no_reason_to_lose_a_batch(
    vendors: FakeVendors, drawing: Callable[..., Drawing]
) -> None:
    """The provider failed; the next resumption collects."""
    draw = drawing("claude")
    draw(SUBMIT)
    vendors.batches.end()
    key, vendors.key = vendors.key, "another"
    tally = draw()
    assert isinstance(tally.failures["claude"], ProviderError)
    assert tally.left == 10
    vendors.key = key
    assert draw().outcomes == {"complete": 10}
    assert len(vendors.batches.jobs) == 1


def test_a_batch_that_is_refused_is_not_looked_for(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """A bad key means that nothing was taken; once it is right, the samples are submitted."""
    draw = drawing("gemini")
    key, vendors.key = vendors.key, "another"
    assert list(draw(SUBMIT).failures) == ["gemini"]
    assert draw.store.batches.open(draw.run.id) == []
    vendors.key = key
    assert draw(SUBMIT).failures == {}
    assert draw.store.batches.lost(draw.run.id) == {}
    assert len(vendors.batches.jobs) == 1


def test_waiting_ends_with_the_batches(vendors: FakeVendors, drawing: Callable[..., Drawing]) -> None:
    """It looks now and then, and collects as soon as there is something."""
    submitted = threading.Event()

    def creating(_vendor: str, answer: HttpAnswer) -> HttpAnswer:
        submitted.set()
        return answer

    vendors.batches.at_creation = creating
    draw = drawing("gemini")

    async def work() -> Tally:
        task = asyncio.ensure_future(draw.drawing(Batching(submit=True, wait=True)))
        assert await asyncio.to_thread(submitted.wait, 30)
        await asyncio.sleep(0.2)
        assert not task.done()
        vendors.batches.end()
        return await task

    tally = asyncio.run(work())
    assert (tally.outcomes, tally.left) == ({"complete": 10}, 0)


def test_one_batch_that_cannot_be_had_keeps_no_other_away(
    vendors: FakeVendors, drawing: Callable[..., Drawing]
) -> None:
    """It was deleted at the vendor's, or belongs to another key."""
    draw = drawing("openai", limits={"batch_requests": 5})
    draw(SUBMIT)
    vendors.batches.end()
    del vendors.batches.jobs[0]
    tally = draw()
    assert tally.outcomes == {"complete": 5}
    assert "openai does not have batch batch_000001" in tally.failures["openai"].message


@every_vendor
@pytest.mark.parametrize("delay_ms", [0, 5, 15, 40])
def test_a_run_that_is_stopped_at_any_moment_asks_and_keeps_everything_once(
    vendors: FakeVendors, drawing: Callable[..., Drawing], vendor: Vendor, delay_ms: int
) -> None:
    """While it submits, and while it collects; a vendor gets a moment to list what it was sent last."""
    draw = drawing(vendor, limits={"longest_wait_s": 0.4, "batch_requests": 4})

    async def stop(batching: Batching) -> None:
        task = asyncio.ensure_future(draw.drawing(batching))
        await asyncio.sleep(delay_ms / 1000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(stop(SUBMIT))
    assert draw(SUBMIT).left == 10
    vendors.batches.end()
    asyncio.run(stop(Batching()))
    draw()
    assert draw.outcomes(vendor) == {"complete": 10}
    assert set(vendors.batches.asked(vendor).values()) == {1}
    with sqlite3.connect(draw.store.path) as connection:
        assert connection.execute("SELECT count(*) FROM completions").fetchone() == (10,)
    connection.close()


OWN_ADAPTER = """
from evalkit.protocols import BatchReceipt, BatchState
from evalkit.types import Completion


class Night:
    most_requests, most_bytes = 4, 10_000

    def bytes_of(self, sample):
        return 100

    async def submit(self, label, asked):
        return BatchReceipt(label)

    async def find(self, lost):
        return None

    async def look(self, vendor_id):
        return BatchState(running=False, took_s=3600.0)

    async def results(self, vendor_id, asked):
        for key, sample in asked.items():
            yield key, Completion("complete", text=sample.case_id, cost_usd=0.25)


class Own:
    batches = Night()

    def __init__(self, profile):
        self.profile = profile

    def supports(self, setting):
        return True

    async def call(self, sample):
        raise AssertionError("one by one")
"""


def test_an_adapter_of_ones_own_may_take_batches(
    store: Store, make_suite: Callable[..., Suite], tmp_path: Path
) -> None:
    """By an attribute `batches`; the rest may be left out."""
    (tmp_path / "own.py").write_text(OWN_ADAPTER, encoding="utf-8")
    profile = Profile("own", "./own.py:Own", "night", path=tmp_path / "own.yaml")
    suite = make_suite(repeats=10)
    run = store.create_run(suite, seed=7, seed_from="suite", selection={}, planned=0, versions={}, profiles=[profile])
    draw = Drawing(store, run, suite, [profile])
    assert draw(SUBMIT).left == 10
    assert len(store.batches.open(run.id)) == 3
    tally = draw()
    assert (tally.outcomes, tally.cost_usd) == ({"complete": 10}, 2.5)
    assert {each.completion.latency_s for each in store.drawn(run.id, "own")} == {3600.0}
