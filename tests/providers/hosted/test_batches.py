"""What holds for the batches of every vendor, through the official libraries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, cast

import pytest

from evalkit.errors import CallError, ProviderError, SettingRefusedError, TransientError
from evalkit.protocols import LostBatch
from evalkit.providers.hosted.batches import instant, json_lines, seconds_between, too_old
from evalkit.types import Completion
from vendors.asked import Reply
from vendors.http import HttpAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from evalkit.types import SettingValue
    from tests.providers.hosted.conftest import Batched
    from vendors.asked import Vendor
    from vendors.server import FakeVendors

    Make = Callable[..., Batched]

VENDORS: tuple[Vendor, ...] = ("claude", "openai", "gemini")
every_vendor = pytest.mark.parametrize("vendor", VENDORS)


@every_vendor
def test_requests_go_out_as_single_calls_would(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """Under the keys of their samples, in the samples' order, in one batch."""
    made = batched(vendor)
    made.run(made.submit())
    (job,) = vendors.batches.jobs
    assert list(job.requests) == list(made.asked)
    vendors.batches.end()
    drawn = [answer for _, answer in job.answers.values()]
    assert [answer.status for answer in drawn] == [200, 200, 200]


@every_vendor
def test_a_batch_runs_until_it_ends(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """And says when it expires, where the vendor states that."""
    made = batched(vendor)

    async def work() -> None:
        receipt = await made.api.submit("label", made.asked)
        state = await made.api.look(receipt.vendor_id)
        assert state.running
        assert state.took_s is None or vendor == "gemini"
        if vendor != "gemini":
            assert state.expires_at is not None
            assert abs(state.expires_at - datetime.now(UTC) - timedelta(days=1)) < timedelta(hours=1)
            assert receipt.expires_at == state.expires_at
        vendors.batches.end()
        assert not (await made.api.look(receipt.vendor_id)).running

    made.run(work())


@every_vendor
def test_completions_are_whole_and_cost_half(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """Three words in and five out are 3 + 50 dollars for a call, and 26.50 in a batch."""
    vendors.reply = lambda asked: Reply(f"one two three four {asked.number}")
    made = batched(vendor, repeats=6)
    results = made.through(vendors)
    assert set(results) == set(made.asked)
    for result in results.values():
        assert isinstance(result, Completion)
        assert result.outcome == "complete"
        assert result.text.startswith("one two three four ")
        assert (result.usage.input_tokens, result.usage.output_tokens) == (3, 5)
        assert result.cost_usd == pytest.approx(26.5)
        assert result.applied == {"max_tokens": 20}
        assert result.served_model is not None
        assert result.request_id
        assert result.sent
        assert result.client is not None
        assert result.client.endswith(", in a batch")
        assert result.attempts == 1
    if vendor != "gemini":
        assert list(results) != list(made.asked)


@every_vendor
def test_each_answer_is_given_to_its_own_sample(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """Whatever the order in which the answers come."""
    vendors.reply = lambda asked: Reply(str(asked.number))
    made = batched(vendor, repeats=20)
    results = made.through(vendors)
    texts = [getattr(results[key], "text", None) for key in made.asked]
    assert texts == [str(number) for number in range(20)]


@every_vendor
def test_each_request_ends_in_its_own_way(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """One is answered; one fails at the vendor, one expires, one is cancelled, and those may be asked again."""
    made = batched(vendor, repeats=4)
    fates: dict[str, Any] = dict(zip(made.asked, ("drawn", "failed", "expired", "canceled"), strict=True))
    results = made.through(vendors, fates.__getitem__)
    answered, *others = (results[key] for key in made.asked)
    assert isinstance(answered, Completion)
    assert [type(other) for other in others] == [TransientError] * 3


@every_vendor
def test_what_no_file_holds_is_not_made_up(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """A request that the vendor lost has no result; for Gemini, which loses none, it is an error."""
    made = batched(vendor)
    lost = list(made.asked)[1]
    results = made.through(vendors, lambda key: "lost" if key == lost else "drawn")
    assert isinstance(results.get(lost), TransientError if vendor == "gemini" else type(None))
    assert sum(isinstance(result, Completion) for result in results.values()) == 2


REFUSED: Mapping[Vendor, tuple[str, Mapping[str, SettingValue], str, str]] = {
    "claude": ("claude-haiku-4-5", {"temperature": 0.5}, "temperature", "temperature: Extra inputs are not permitted"),
    "openai": ("gpt-5-mini", {"temperature": 0.5}, "temperature", "Unsupported value: 'temperature' does not support"),
    "gemini": ("gemini-2.5-flash-lite", {"logprobs": 2}, "logprobs", "Logprobs is not enabled for models"),
}


@every_vendor
def test_a_refused_setting_is_told_from_an_error(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """By the vendor's own words."""
    model, settings, setting, words = REFUSED[vendor]
    made = batched(vendor, model=model, settings={"max_tokens": 20, **settings}, repeats=1)
    (result,) = made.through(vendors).values()
    assert isinstance(result, SettingRefusedError)
    assert result.setting == setting
    assert words in result.message


@every_vendor
@pytest.mark.parametrize(("ending", "outcome"), [("length", "truncated"), ("refused", "refusal")])
def test_endings_are_read_as_in_a_single_call(
    vendors: FakeVendors, batched: Make, vendor: Vendor, ending: Literal["length", "refused"], outcome: str
) -> None:
    """A limit truncates, and a refusal is one."""
    vendors.reply = lambda _asked: Reply("some words", ending=ending)
    (result,) = batched(vendor, repeats=1).through(vendors).values()
    assert isinstance(result, Completion)
    assert result.outcome == outcome


def _lost(made: Batched, *known: str, label: str = "label", since: datetime | None = None) -> LostBatch:
    return LostBatch(label, made.asked.keys(), since or datetime.now(UTC), set(known))


@every_vendor
@pytest.mark.parametrize("ended", ["running", "ended"])
def test_a_lost_batch_is_found(vendors: FakeVendors, batched: Make, vendor: Vendor, ended: str) -> None:
    """Among more batches than the vendor lists on a page of its own choosing."""
    ours, theirs = batched(vendor), batched(vendor, repeats=2)

    async def find() -> tuple[str, str | None]:
        vendor_id = await ours.submit()
        async with theirs:
            for number in range(4):
                await theirs.api.submit(f"other {number}", theirs.asked)
        if ended == "ended":
            vendors.batches.end()
        return vendor_id, await ours.api.find(_lost(ours))

    submitted, found = ours.run(find())
    assert found == submitted


@every_vendor
def test_a_batch_that_never_was_is_not_found(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """There are none, or none of that name."""
    made = batched(vendor)

    async def find() -> None:
        assert await made.api.find(_lost(made)) is None
        known = await made.submit()
        vendors.batches.end()
        assert await made.api.find(_lost(made, known, label="another")) is None

    made.run(find())


@every_vendor
def test_a_batch_that_is_too_large_is_refused_as_a_whole(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """In the vendor's words; nothing was created."""
    vendors.batches.most_bytes[vendor] = 100
    made = batched(vendor)
    with pytest.raises(CallError, match="Request exceeds the maximum size"):
        made.run(made.submit())
    assert vendors.batches.jobs == []


@every_vendor
def test_the_weight_of_a_batch_is_not_underestimated(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """The sum over the samples is at least what arrives, less the frame around them all."""
    made = batched(vendor, repeats=30)
    made.run(made.submit())
    arrived = int(vendors.received[0].headers["content-length"])
    weighed = sum(made.api.bytes_of(sample) for sample in made.asked.values())
    assert arrived - 500 <= weighed <= arrived * 2


@every_vendor
def test_a_wrong_key_ends_the_provider(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """Whatever is asked of the batches."""
    vendors.key = "another"
    made = batched(vendor)
    with pytest.raises(ProviderError, match="refused the key"):
        made.run(made.api.look("batches/job000001"))


@every_vendor
def test_an_unknown_batch_is_named(batched: Make, vendor: Vendor) -> None:
    """It is not one of this key's, or no longer there; the hint says how to go on."""
    made = batched(vendor)
    name = {"claude": "msgbatch_9", "openai": "batch_9", "gemini": "batches/job9"}[vendor]
    with pytest.raises(ProviderError, match=f"{vendor} does not have batch {name}") as raised:
        made.run(made.api.look(name))
    assert raised.value.hint is not None
    assert "`--reuse`" in raised.value.hint


@every_vendor
@pytest.mark.parametrize("kind", ["html", "empty", "truncated"])
def test_rubbish_with_status_200_may_be_asked_again(
    vendors: FakeVendors, batched: Make, vendor: Vendor, kind: Literal["html", "empty", "truncated"]
) -> None:
    """A proxy's page, nothing, or half a document says not that there is a batch."""

    def spoil(_vendor: str, answer: HttpAnswer) -> HttpAnswer:
        if kind == "html":
            return HttpAnswer(200, b"<html>Sign in</html>", {"content-type": "text/html"})
        return HttpAnswer(200, b"" if kind == "empty" else answer.content[:40], answer.headers)

    vendors.batches.at_creation = spoil
    made = batched(vendor)
    with pytest.raises(TransientError):
        made.run(made.submit())
    assert len(vendors.batches.jobs) == 1


async def _as_the_library_reads(made: Batched, vendor: Vendor, vendor_id: str) -> tuple[Any, int]:
    """Read a batch by the library's own models: its state, and how many answers it holds."""
    library: Any = cast("Any", made.api)._reader.dialect.library
    if vendor == "claude":
        batch = await library.messages.batches.retrieve(vendor_id)
        return batch.processing_status, len([each async for each in await library.messages.batches.results(vendor_id)])
    if vendor == "openai":
        batch = await library.batches.retrieve(vendor_id)
        content = await library.files.content(batch.output_file_id)
        assert [each.id async for each in library.batches.list(limit=2)] == [vendor_id]
        return batch.status, len(content.text.splitlines())
    batch = await library.aio.batches.get(name=vendor_id)
    assert [each.name async for each in await library.aio.batches.list()] == [vendor_id]
    return batch.state.name, len(batch.dest.inlined_responses)


@every_vendor
def test_the_fake_speaks_as_the_libraries_read(vendors: FakeVendors, batched: Make, vendor: Vendor) -> None:
    """Their own models of a batch find everything in it, so that what is read here is of the real form."""
    made = batched(vendor)

    async def work() -> tuple[Any, int]:
        vendor_id = await made.submit()
        vendors.batches.end()
        return await _as_the_library_reads(made, vendor, vendor_id)

    ended = {"claude": "ended", "openai": "completed", "gemini": "JOB_STATE_SUCCEEDED"}
    assert made.run(work()) == (ended[vendor], 3)


def test_a_line_that_was_cut_is_no_line() -> None:
    """What came before it has been read, and blank lines are nothing."""
    lines = json_lines(b'{"a": 1}\n\n{"a": 2}\n{"a"')
    assert [next(lines), next(lines)] == [{"a": 1}, {"a": 2}]
    with pytest.raises(TransientError, match="line 4"):
        next(lines)
    with pytest.raises(TransientError, match="no object"):
        list(json_lines(b"[1]"))


def test_times_are_read_in_every_form() -> None:
    """RFC 3339 with nanoseconds, without a zone, seconds since 1970; rubbish is not known."""
    body = {"a": "2026-11-24T10:00:00.123456Z", "b": "2026-11-24T10:00:01", "c": 1795514400, "d": "soon", "e": None}
    assert instant(body, "a") == datetime(2026, 11, 24, 10, 0, 0, 123456, UTC)
    assert instant(body, "b") == datetime(2026, 11, 24, 10, 0, 1, tzinfo=UTC)
    assert instant(body, "c") == datetime.fromtimestamp(1795514400, UTC)
    assert [instant(body, key) for key in "def"] == [None, None, None]
    assert seconds_between(body, "a", "d", "b") == pytest.approx(0.876544)
    assert seconds_between(body, "d", "a") is None
    assert seconds_between(body, "a", "d") is None


def test_clocks_may_differ_by_minutes() -> None:
    """A batch that seems a little older than the moment of its submission may be it."""
    since = datetime(2026, 11, 24, 10, tzinfo=UTC)
    lost = LostBatch("label", frozenset(), since, frozenset())
    assert not too_old(lost, since - timedelta(minutes=9))
    assert too_old(lost, since - timedelta(minutes=11))
    assert not too_old(lost, None)
