"""What is Anthropic's own about batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from evalkit.protocols import LostBatch
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.providers.hosted.conftest import Batched
    from vendors.server import FakeVendors


def test_a_request_is_the_document_of_a_single_call(vendors: FakeVendors, batched: Callable[..., Batched]) -> None:
    """The model in each, and no system prompt where there is none."""
    made = batched("claude", repeats=1)
    made.run(made.submit())
    assert next(iter(vendors.batches.jobs[0].requests.values())) == (
        "/v1/messages",
        {
            "model": "claude-haiku-4-5",
            "messages": [{"role": "user", "content": "Say one thing."}],
            "max_tokens": 20,
        },
    )


def test_sampling_settings_are_taken_under_the_old_version(
    vendors: FakeVendors, batched: Callable[..., Batched]
) -> None:
    """The version is pinned for the batch, and the key stands among the parameters."""
    settings = {"max_tokens": 20, "temperature": 0.5}
    made = batched("claude", settings=settings, repeats=1, options={"api_version": "2023-06-01"})
    (result,) = made.through(vendors).values()
    assert isinstance(result, Completion)
    assert result.applied == settings
    (job,) = vendors.batches.jobs
    assert job.headers["anthropic-version"] == "2023-06-01"
    assert next(iter(job.requests.values()))[1]["temperature"] == 0.5


def test_no_other_batch_is_taken_for_a_lost_one(vendors: FakeVendors, batched: Callable[..., Batched]) -> None:
    """Not one that is known, not an older one, not one that turned out to hold other keys."""
    ours, theirs = batched("claude"), batched("claude", settings={"max_tokens": 21})
    now = datetime.now(UTC)

    async def find() -> None:
        known = await ours.submit()
        keys = ours.asked.keys()
        assert await ours.api.find(LostBatch("", keys, now, {known})) is None
        assert await ours.api.find(LostBatch("", keys, now + timedelta(hours=1), set())) is None
        async with theirs:
            running = await theirs.submit()
        assert await ours.api.find(LostBatch("", keys, now, {known})) == running
        vendors.batches.end()
        assert await ours.api.find(LostBatch("", keys, now, {known})) is None

    ours.run(find())
