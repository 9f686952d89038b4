"""Gemini's Batch with inline requests: one document goes up, and the batch itself holds the answers, in order.

The library keeps only what its own models of a batch have a place for, and refuses a batch as a whole where an error in
it has details. So its calls are made, and what came back is read unread by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.errors import EvalkitError, TransientError
from evalkit.protocols import BatchReceipt, BatchState
from evalkit.providers.hosted.answers import Answer, count_in, list_in, maybe_text, object_in, read_object, text_in
from evalkit.providers.hosted.batches import json_bytes, of_batch, seconds_between
from evalkit.providers.hosted.http import keeping_answers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping

    from evalkit.protocols import LostBatch
    from evalkit.providers.hosted.batches import BatchReader
    from evalkit.types import Completion, Profile, Sample

_RUNNING = ("UNSPECIFIED", "QUEUED", "PENDING", "RUNNING", "CANCELLING", "PAUSED", "UPDATING")


class GeminiBatches:
    """Batches of generateContent.

    Args:
        reader: Of the dialect's answers.
        translated: Makes evalkit's error of one of the library's.
    """

    most_requests = 50_000  # no number is stated; the weight is met long before
    most_bytes = 19_000_000  # of 20 MB for requests that are sent inline

    def __init__(
        self, reader: BatchReader, translated: Callable[[Exception, Profile, Mapping[str, str]], EvalkitError]
    ) -> None:
        self._reader = reader
        self._profile = reader.dialect.profile
        self._translated = translated
        self._ended: dict[str, Mapping[str, Any]] = {}

    def bytes_of(self, sample: Sample) -> int:
        """Weigh a request with its key; the wire's names and frames are a little longer than ours."""
        return json_bytes(self._line(sample.key, sample)) + 200

    async def submit(self, label: str, asked: Mapping[str, Sample]) -> BatchReceipt:
        """Send every request in one document, under a name to find the batch by."""
        requests = [self._line(key, sample) for key, sample in asked.items()]
        batches = self._reader.dialect.library.aio.batches
        call = batches.create(model=self._profile.model, src=requests, config={"display_name": label})
        return BatchReceipt(text_in(await self._raw(call), "name", "the batch"))

    async def find(self, lost: LostBatch) -> str | None:
        """Look for the name among all batches."""
        config: dict[str, Any] = {"page_size": 100}
        while True:
            page = await self._raw(self._reader.dialect.library.aio.batches.list(config=config))
            for body in list_in(page, "operations", "the list of batches") if page.get("operations") else []:
                if maybe_text(object_in(body, "metadata"), "displayName") == lost.label:
                    return text_in(body, "name", "the batch")
            token = maybe_text(page, "nextPageToken")
            if not token:
                return None
            config["page_token"] = token

    async def look(self, vendor_id: str) -> BatchState:
        """Ask how far a batch is; one that has ended comes with all its answers, which are kept to be read."""
        metadata = await self._metadata(vendor_id)
        running = _state(metadata) in _RUNNING
        if not running:
            self._ended[vendor_id] = metadata
        return BatchState(running, took_s=seconds_between(metadata, "createTime", "endTime", "updateTime"))

    async def results(
        self, vendor_id: str, asked: Mapping[str, Sample]
    ) -> AsyncIterator[tuple[str, Completion | EvalkitError]]:
        """Read the answers, which are told by their key, or by their place where the vendor has lost the keys."""
        metadata = self._ended.pop(vendor_id, None) or await self._metadata(vendor_id)
        inlined = object_in(object_in(metadata, "output"), "inlinedResponses")
        if not inlined.get("inlinedResponses"):
            for key in asked:
                yield key, TransientError(f"the batch ended as {_state(metadata).lower()}, without answers")
            return
        lines = list_in(inlined, "inlinedResponses", "the batch's answers")
        in_order = list(asked) if len(lines) == len(asked) else []
        for number, line in enumerate(lines):
            key = maybe_text(object_in(line, "metadata"), "key") or (in_order[number] if in_order else "")
            if key in asked:
                yield key, self._read(asked[key], line)

    def _read(self, sample: Sample, line: Mapping[str, Any]) -> Completion | EvalkitError:
        error = object_in(line, "error")
        if error:
            return self._reader.refused(sample, _status(error), {"error": dict(error)})
        return self._reader.answered(sample, Answer(object_in(line, "response")))

    def _line(self, key: str, sample: Sample) -> dict[str, Any]:
        body = self._reader.dialect.request(sample).body
        return {"contents": body["contents"], "config": body["config"], "metadata": {"key": key}}

    async def _metadata(self, vendor_id: str) -> Mapping[str, Any]:
        call = self._raw(self._reader.dialect.library.aio.batches.get(name=vendor_id))
        body = await of_batch(vendor_id, self._profile, call)
        return object_in(body, "metadata")

    async def _raw(self, call: Awaitable[object]) -> Mapping[str, Any]:
        """Make a call of the library and return the answer as it came, whatever the library makes of it."""
        with keeping_answers() as kept:
            try:
                await call
            except EvalkitError:
                raise
            except Exception as error:
                if not kept or kept[-1].status_code != 200:
                    raise self._translated(error, self._profile, {}) from error
        await kept[-1].aread()
        return read_object(kept[-1].content, kept[-1].headers.get("content-type", ""))


def _state(metadata: Mapping[str, Any]) -> str:
    """Return the last word of `BATCH_STATE_RUNNING`, or of `JOB_STATE_RUNNING`."""
    return text_in(metadata, "state", "the batch").rpartition("STATE_")[2]


_GRPC = {3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 13: 500, 14: 503, 16: 401}


def _status(error: Mapping[str, Any]) -> int:
    """Return the HTTP status of an error, whose code is one or the number that gRPC has for it."""
    code = count_in(error, "code") or 500
    return _GRPC.get(code, code if code >= 400 else 500)
