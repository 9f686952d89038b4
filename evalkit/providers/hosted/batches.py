"""What the vendors' interfaces for batches have in common: each result is read as the answer to a single call is."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from evalkit.errors import CallError, EvalkitError, ProviderError, TransientError
from evalkit.providers.hosted.answers import maybe_text
from evalkit.providers.hosted.faults import Refusal, fault_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Iterator, Mapping

    from evalkit.protocols import LostBatch
    from evalkit.providers.hosted.adapter import Request
    from evalkit.providers.hosted.answers import Answer
    from evalkit.types import Completion, Json, Profile, Sample

Value = TypeVar("Value")

_CLOCKS_APART = timedelta(minutes=10)
"""How far the vendor's clock may be from ours."""


class BatchedDialect(Protocol):
    """The part of a dialect that batches need."""

    profile: Profile

    @property
    def library(self) -> Any:  # noqa: ANN401 - the official library's client, whichever it is
        """The library's client."""
        ...

    def request(self, sample: Sample) -> Request:
        """Build the request of a sample."""
        ...

    def completion(self, request: Request, answer: Answer) -> Completion:
        """Read an answer."""
        ...


class Pricer(Protocol):
    """Adds to a completion what it cost."""

    def __call__(self, completion: Completion, *, batch: bool) -> Completion:
        """Return the completion with its price."""
        ...


@dataclass(frozen=True, slots=True)
class BatchReader:
    """Reads what a batch holds for one sample.

    Attributes:
        priced: Adds what a completion cost.
    """

    dialect: BatchedDialect
    priced: Pricer

    def answered(self, sample: Sample, answer: Answer) -> Completion | EvalkitError:
        """Read an answer as one to a single call, at the price of a batch; return an error for what is no answer."""
        try:
            completion = self.dialect.completion(self.dialect.request(sample), answer)
        except EvalkitError as error:
            return error
        except Exception as error:  # noqa: BLE001 - one odd answer is no reason to lose the others
            return CallError(f"{type(error).__name__}: {error}")
        return replace(self.priced(completion, batch=True), client=f"{completion.client}, in a batch", attempts=1)

    def refused(self, sample: Sample, status: int, body: Json) -> EvalkitError:
        """Read an error as one that a single call was answered with."""
        wire_names = self.dialect.request(sample).wire_names
        return fault_of(Refusal(self.dialect.profile, status, body, wire_names=wire_names))


async def of_batch(vendor_id: str, profile: Profile, call: Awaitable[Value]) -> Value:
    """Await a call about one batch.

    Raises:
        ProviderError: The vendor does not have the batch, said in words that fit.
    """
    try:
        return await call
    except ProviderError as error:
        status = getattr(error.__cause__, "status_code", getattr(error.__cause__, "code", None))
        if status != 404:
            raise
        raise ProviderError(
            f"{profile.name} does not have batch {vendor_id}",
            hint="it belongs to another key or is too old; a new run with `--reuse` asks only for what this one lacks",
        ) from error


def json_bytes(plain: Json) -> int:
    """Return how long plain data is as JSON, as the libraries write it, with a little to spare."""
    return len(json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace")) + 2


def json_lines(content: bytes) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a file that has one on each line.

    Raises:
        TransientError: A line is no object, as when the file was cut short.
    """
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            plain: object = json.loads(line)
        except ValueError as error:
            raise TransientError(f"line {number} of the batch's results is not whole JSON: {error}") from error
        if not isinstance(plain, dict):
            raise TransientError(f"line {number} of the batch's results is no object")
        yield cast("dict[str, Any]", plain)


def instant(body: Mapping[str, Any], key: str) -> datetime | None:
    """Return a time that a document states in RFC 3339 or in seconds since 1970; None when it states none."""
    value: object = body.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    text = maybe_text(body, key)
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def seconds_between(body: Mapping[str, Any], created: str, *ended: str) -> float | None:
    """Return the seconds from `created` to the first of `ended` that a document states; None when not known."""
    start = instant(body, created)
    end = next((at for key in ended if (at := instant(body, key)) is not None), None)
    return None if start is None or end is None else max(0.0, (end - start).total_seconds())


def too_old(lost: LostBatch, created_at: datetime | None) -> bool:
    """Tell whether a batch was there before the lost one was submitted."""
    return created_at is not None and created_at < lost.since - _CLOCKS_APART
