"""Anthropic's Message Batches: one document with every request, and a file of results, unordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.errors import TransientError
from evalkit.protocols import BatchReceipt, BatchState
from evalkit.providers.hosted.adapter import Request
from evalkit.providers.hosted.answers import Answer, count_in, list_in, maybe_text, object_in, text_in
from evalkit.providers.hosted.batches import instant, json_bytes, json_lines, of_batch, seconds_between, too_old
from evalkit.providers.hosted.stainless import fetch, fetch_object, post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from evalkit.errors import EvalkitError
    from evalkit.protocols import LostBatch
    from evalkit.providers.hosted.batches import BatchReader
    from evalkit.types import Completion, Sample

_PATH = "/v1/messages/batches"
_STATUSES = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "overloaded_error": 529,
}
"""The status that a single call would have been answered with; the results of a batch name only the kind."""


class ClaudeBatches:
    """Message Batches."""

    most_requests = 100_000
    most_bytes = 256_000_000

    def __init__(self, reader: BatchReader) -> None:
        self._reader = reader
        self._profile = reader.dialect.profile

    def bytes_of(self, sample: Sample) -> int:
        """Weigh a request with its key."""
        return json_bytes(self._line(sample.key, sample))

    async def submit(self, label: str, asked: Mapping[str, Sample]) -> BatchReceipt:  # noqa: ARG002 - there is no place
        """Send every request in one document."""
        requests = [self._line(key, sample) for key, sample in asked.items()]
        library = self._reader.dialect.library
        body = (await post(library, _PATH, Request({"requests": requests}, {}), self._profile)).body
        return BatchReceipt(text_in(body, "id", "the batch"), instant(body, "expires_at"))

    async def find(self, lost: LostBatch) -> str | None:
        """Look for a batch of as many requests, made since; one that has ended must hold the very keys.

        Anthropic keeps nothing that would tell a running batch from another, so the oldest that may be it is taken for
        it. When it has ended, its results tell.
        """
        candidate: str | None = None
        async for body in self._listed():
            if too_old(lost, instant(body, "created_at")):
                break
            vendor_id = text_in(body, "id", "the batch")
            counts = object_in(body, "request_counts")
            total = sum(count_in(counts, name) or 0 for name in counts)
            if vendor_id in lost.known or total != len(lost.keys):
                continue
            if _running(body):
                candidate = vendor_id
            elif any(text_in(line, "custom_id", "a result") in lost.keys for line in await self._lines(vendor_id)):
                return vendor_id
        return candidate

    async def look(self, vendor_id: str) -> BatchState:
        """Ask how far a batch is."""
        body = await of_batch(vendor_id, self._profile, self._get(f"{_PATH}/{vendor_id}"))
        took_s = seconds_between(body, "created_at", "ended_at")
        return BatchState(_running(body), instant(body, "expires_at"), took_s)

    async def results(
        self, vendor_id: str, asked: Mapping[str, Sample]
    ) -> AsyncIterator[tuple[str, Completion | EvalkitError]]:
        """Read the file of results."""
        for line in await self._lines(vendor_id):
            key = text_in(line, "custom_id", "a result")
            if key in asked:
                yield key, self._read(asked[key], object_in(line, "result"))

    def _read(self, sample: Sample, result: Mapping[str, Any]) -> Completion | EvalkitError:
        kind = maybe_text(result, "type")
        if kind == "succeeded":
            return self._reader.answered(sample, Answer(object_in(result, "message")))
        if kind == "errored":
            error = object_in(result, "error")
            status = _STATUSES.get(maybe_text(object_in(error, "error"), "type") or "", 500)
            return self._reader.refused(sample, status, dict(error))
        return TransientError(f"the request was {kind} in the batch")

    def _line(self, key: str, sample: Sample) -> dict[str, Any]:
        return {"custom_id": key, "params": dict(self._reader.dialect.request(sample).body)}

    async def _lines(self, vendor_id: str) -> list[Mapping[str, Any]]:
        call = fetch(self._reader.dialect.library, f"{_PATH}/{vendor_id}/results", self._profile)
        response = await of_batch(vendor_id, self._profile, call)
        return list(json_lines(response.content))

    async def _listed(self) -> AsyncIterator[Mapping[str, Any]]:
        """List batches, the newest first."""
        query: dict[str, str] = {}
        while True:
            page = await self._get(_PATH, limit=100, **query)
            for body in list_in(page, "data", "the list of batches"):
                yield body
            last = maybe_text(page, "last_id")
            if not page.get("has_more") or last is None:
                return
            query = {"after_id": last}

    async def _get(self, path: str, **query: str | int) -> Mapping[str, Any]:
        return await fetch_object(self._reader.dialect.library, path, self._profile, **query)


def _running(body: Mapping[str, Any]) -> bool:
    return text_in(body, "processing_status", "the batch") != "ended"
