"""What is OpenAI's own about batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import CallError
from evalkit.generate.batches import batch_api
from evalkit.providers.hosted.traffic import traffic_in
from evalkit.providers.registry import build_provider
from evalkit.types import Completion
from tests.conftest import KEY

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Profile
    from tests.providers.hosted.conftest import Batched
    from vendors.server import FakeVendors


@pytest.mark.parametrize(("api", "path"), [("chat", "/v1/chat/completions"), ("responses", "/v1/responses")])
def test_both_interfaces_go_through_a_file(
    vendors: FakeVendors, batched: Callable[..., Batched], api: str, path: str
) -> None:
    """The endpoint is that of the interface; the label goes along as metadata."""
    made = batched("openai", options={"api": api})
    results = made.through(vendors)
    assert all(isinstance(result, Completion) and result.text for result in results.values())
    (job,) = vendors.batches.jobs
    assert {where for where, _ in job.requests.values()} == {path}
    assert job.label == {"evalkit": "label"}


def test_the_request_id_is_that_of_the_request(vendors: FakeVendors, batched: Callable[..., Batched]) -> None:
    """Not the batch's, and not the answer's."""
    made = batched("openai", repeats=1)
    ((key, result),) = made.through(vendors).items()
    assert isinstance(result, Completion)
    assert result.request_id == f"req_{key[:8]}"


def test_a_batch_that_fails_as_a_whole_fails_each_request(
    vendors: FakeVendors, batched: Callable[..., Batched]
) -> None:
    """With the vendor's reason and the line; none of it was paid for."""
    vendors.batches.most_requests["openai"] = 2
    made = batched("openai")
    results = made.through(vendors)
    assert set(results) == set(made.asked)
    for result in results.values():
        assert isinstance(result, CallError)
        assert result.message == "the batch failed: The batch has no request, or more than 50000."


def test_an_expired_batch_gives_what_it_has(vendors: FakeVendors, batched: Callable[..., Batched]) -> None:
    """What was answered in time is in the file of answers."""
    made = batched("openai")
    first = next(iter(made.asked))

    async def work() -> dict[str, object]:
        vendor_id = await made.submit()
        vendors.batches.end(lambda key: "drawn" if key == first else "expired", status="expired")
        assert not (await made.api.look(vendor_id)).running
        return dict(await made.results(vendor_id))

    results = made.run(work())
    assert isinstance(results.pop(first), Completion)
    assert [str(result) for result in results.values()] == [
        "This request could not be executed before the completion window expired."
    ] * 2


def test_a_compatible_server_has_no_batches(vendor_profile: Callable[..., Profile]) -> None:
    """Nobody can say whether it has."""
    assert batch_api(build_provider(vendor_profile("openai", "anything"))) is None


def test_the_upload_is_recorded_too(vendors: FakeVendors, batched: Callable[..., Batched], tmp_path: Path) -> None:
    """A file goes up as a stream, and is written down without the key."""
    made = batched("openai")
    with traffic_in(tmp_path, "record"):
        made.run(made.submit())
    assert len(vendors.batches.jobs) == 1
    upload, creation = (path.read_text(encoding="utf-8") for path in sorted((tmp_path / "openai").iterdir()))
    assert next(iter(made.asked)) in upload
    assert "file-000001" in creation
    assert KEY not in upload + creation
