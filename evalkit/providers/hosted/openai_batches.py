"""OpenAI's Batch: a file of requests goes up, and a file of answers and one of errors come down, unordered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalkit.errors import CallError, TransientError
from evalkit.protocols import BatchReceipt, BatchState
from evalkit.providers.hosted.adapter import Request
from evalkit.providers.hosted.answers import Answer, count_in, list_in, maybe_text, object_in, read_object, text_in
from evalkit.providers.hosted.batches import instant, json_bytes, json_lines, of_batch, seconds_between, too_old
from evalkit.providers.hosted.stainless import answered, fetch, fetch_object, post

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from evalkit.errors import EvalkitError
    from evalkit.protocols import LostBatch
    from evalkit.providers.hosted.batches import BatchReader
    from evalkit.types import Completion, Sample

_RUNNING = ("validating", "in_progress", "finalizing", "cancelling")
_ENDED = ("completed_at", "expired_at", "cancelled_at", "failed_at")
_LABEL = "evalkit"


class OpenAIBatches:
    """Batches of Chat Completions or Responses.

    Args:
        reader: Of the dialect's answers.
        endpoint: The path that every request of a batch is for.
    """

    most_requests = 50_000
    most_bytes = 200_000_000

    def __init__(self, reader: BatchReader, endpoint: str) -> None:
        self._reader = reader
        self._profile = reader.dialect.profile
        self._endpoint = endpoint

    def bytes_of(self, sample: Sample) -> int:
        """Weigh a line of the file."""
        return json_bytes(self._line(sample.key, sample))

    async def submit(self, label: str, asked: Mapping[str, Sample]) -> BatchReceipt:
        """Upload the requests as a file, and make a batch of it; the label goes along as metadata."""
        lines = [json.dumps(self._line(key, sample), ensure_ascii=False) for key, sample in asked.items()]
        content = "\n".join(lines).encode("utf-8", "replace")
        library = self._reader.dialect.library
        uploaded = await answered(
            library.files.with_raw_response.create(
                file=(f"{label}.jsonl", content, "application/jsonl"), purpose="batch"
            ),
            self._profile,
        )
        file = read_object(uploaded.content, uploaded.headers.get("content-type", ""))
        request = {
            "input_file_id": text_in(file, "id", "the uploaded file"),
            "endpoint": self._endpoint,
            "completion_window": "24h",
            "metadata": {_LABEL: label},
        }
        body = (await post(library, "/batches", Request(request, {}), self._profile)).body
        return BatchReceipt(text_in(body, "id", "the batch"), instant(body, "expires_at"))

    async def find(self, lost: LostBatch) -> str | None:
        """Look for the label among the batches made since."""
        query: dict[str, str] = {}
        while True:
            page = await self._get("/batches", limit=100, **query)
            listed = list_in(page, "data", "the list of batches")
            for body in listed:
                if too_old(lost, instant(body, "created_at")):
                    return None
                if object_in(body, "metadata").get(_LABEL) == lost.label:
                    return text_in(body, "id", "the batch")
            if not page.get("has_more") or not listed:
                return None
            query = {"after": text_in(listed[-1], "id", "the batch")}

    async def look(self, vendor_id: str) -> BatchState:
        """Ask how far a batch is."""
        body = await of_batch(vendor_id, self._profile, self._get(f"/batches/{vendor_id}"))
        running = text_in(body, "status", "the batch") in _RUNNING
        return BatchState(running, instant(body, "expires_at"), seconds_between(body, "created_at", *_ENDED))

    async def results(
        self, vendor_id: str, asked: Mapping[str, Sample]
    ) -> AsyncIterator[tuple[str, Completion | EvalkitError]]:
        """Read the file of answers and the file of errors; a batch that failed as a whole has neither."""
        body = await of_batch(vendor_id, self._profile, self._get(f"/batches/{vendor_id}"))
        if maybe_text(body, "status") == "failed":
            reason = _failure(body)
            for key in asked:
                yield key, CallError(reason)
        for file in ("output_file_id", "error_file_id"):
            file_id = maybe_text(body, file)
            if not file_id:
                continue
            call = fetch(self._reader.dialect.library, f"/files/{file_id}/content", self._profile)
            response = await of_batch(vendor_id, self._profile, call)
            for line in json_lines(response.content):
                key = text_in(line, "custom_id", "a result")
                if key in asked:
                    yield key, self._read(asked[key], line)

    def _read(self, sample: Sample, line: Mapping[str, Any]) -> Completion | EvalkitError:
        response = object_in(line, "response")
        body, status = object_in(response, "body"), count_in(response, "status_code")
        if status == 200:
            request_id = maybe_text(response, "request_id")
            return self._reader.answered(sample, Answer(body, {"x-request-id": request_id} if request_id else {}))
        if status is not None:
            return self._reader.refused(sample, status, dict(body))
        error = object_in(line, "error")
        return TransientError(
            maybe_text(error, "message") or maybe_text(error, "code") or "the request was not answered"
        )

    def _line(self, key: str, sample: Sample) -> dict[str, Any]:
        body = dict(self._reader.dialect.request(sample).body)
        return {"custom_id": key, "method": "POST", "url": self._endpoint, "body": body}

    async def _get(self, path: str, **query: str | int) -> Mapping[str, Any]:
        return await fetch_object(self._reader.dialect.library, path, self._profile, **query)


def _failure(body: Mapping[str, Any]) -> str:
    """Say why a batch failed as a whole, in the vendor's words."""
    errors = object_in(body, "errors")
    listed = list_in(errors, "data", "the batch's errors") if errors.get("data") else []
    words = [
        f"{maybe_text(each, 'message') or maybe_text(each, 'code')}"
        + (f" (line {each['line']})" if each.get("line") is not None else "")
        for each in listed
    ]
    return f"the batch failed: {'; '.join(words[:3]) or 'no reason was given'}"
