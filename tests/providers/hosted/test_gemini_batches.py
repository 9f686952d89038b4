"""What is Gemini's own about batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from evalkit.errors import TransientError
from evalkit.types import Completion
from vendors.asked import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.providers.hosted.conftest import Batched
    from vendors.server import FakeVendors


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_both_versions_take_batches(vendors: FakeVendors, batched: Callable[..., Batched], version: str) -> None:
    """The settings stand in each request's generationConfig, and the label is the batch's display name."""
    settings = {"max_tokens": 20, "temperature": 0.5, "stop": ("END",), "thinking_budget": 128}
    made = batched("gemini", settings=settings, repeats=1, options={"api_version": version})
    (result,) = made.through(vendors).values()
    assert isinstance(result, Completion)
    assert result.applied == settings
    (job,) = vendors.batches.jobs
    assert job.label == "label"
    path, body = next(iter(job.requests.values()))
    assert path == f"/{version}/models/gemini-2.5-flash-lite:generateContent"
    assert body == {
        "contents": [{"role": "user", "parts": [{"text": "Say one thing."}]}],
        "generationConfig": {
            "temperature": 0.5,
            "maxOutputTokens": 20,
            "stopSequences": ["END"],
            "thinkingConfig": {"thinking_budget": 128},  # so does the library write it for a single call, too
        },
    }


def test_without_the_keys_the_order_tells(vendors: FakeVendors, batched: Callable[..., Batched]) -> None:
    """Gemini was seen to return inline answers without their metadata."""
    vendors.batches.keep_metadata = False
    vendors.reply = lambda asked: Reply(str(asked.number))
    made = batched("gemini", repeats=10)
    results = made.through(vendors)
    assert [getattr(results[key], "text", None) for key in made.asked] == [str(number) for number in range(10)]


def test_without_keys_and_with_fewer_answers_nothing_is_guessed(
    vendors: FakeVendors, batched: Callable[..., Batched]
) -> None:
    """An answer whose sample cannot be told is nobody's."""
    vendors.batches.keep_metadata = False
    made = batched("gemini")

    async def work() -> int:
        vendor_id = await made.submit()
        vendors.batches.end()
        vendors.batches.jobs[0].answers.popitem()
        return len(await made.results(vendor_id))

    assert made.run(work()) == 0


@pytest.mark.parametrize("status", ["canceled", "expired"])
def test_a_batch_that_ended_badly_has_no_answers(
    vendors: FakeVendors, batched: Callable[..., Batched], status: Literal["canceled", "expired"]
) -> None:
    """Each request is an error that may be asked again."""
    made = batched("gemini")

    async def work() -> list[object]:
        vendor_id = await made.submit()
        vendors.batches.end(status=status)
        assert not (await made.api.look(vendor_id)).running
        return list((await made.results(vendor_id)).values())

    results = made.run(work())
    assert len(results) == 3
    assert all(isinstance(result, TransientError) for result in results)


def test_an_error_with_details_hides_no_answer(vendors: FakeVendors, batched: Callable[..., Batched]) -> None:
    """The library's own model of a batch refuses the whole of it then; what came is read all the same."""
    made = batched("gemini")
    first = next(iter(made.asked))
    results = made.through(vendors, lambda key: "failed" if key == first else "drawn")
    assert sum(isinstance(result, Completion) for result in results.values()) == 2
    assert "Internal error encountered" in str(results[first])


def test_the_answers_come_down_once(vendors: FakeVendors, batched: Callable[..., Batched]) -> None:
    """A look at a batch that has ended brings them along."""
    made = batched("gemini")
    assert len(made.through(vendors)) == 3
    assert [received.method for received in vendors.received] == ["POST", "GET"]
