"""What people are told of batches that vendors are at work on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.reports.format import count

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from evalkit.store import OpenBatch, Store
    from evalkit.types import Run


def batch_lines(store: Store, run: str) -> Iterator[str]:
    """Say for each provider how much is in batches, since when, and when they expire."""
    by_provider: dict[str, list[OpenBatch]] = {}
    for batch in store.batches.open(run):
        by_provider.setdefault(batch.provider, []).append(batch)
    for provider, batches in by_provider.items():
        named = [batch for batch in batches if batch.vendor_id is not None]
        if named:
            yield _line(provider, named)
        unknown = sum(batch.waiting for batch in batches if batch.vendor_id is None)
        if unknown:
            yield (
                f"{provider}: whether the vendor has got {count(unknown, 'sample')} is not known, for no answer came to"
                " the batch when it was submitted; `--resume` looks for it"
            )


def _line(provider: str, batches: list[OpenBatch]) -> str:
    waiting = sum(batch.waiting for batch in batches)
    samples = f"{count(waiting, 'sample')} {'is' if waiting == 1 else 'are'}"
    where = f"batch {batches[0].vendor_id}" if len(batches) == 1 else f"{len(batches)} batches"
    since = _shown(min(batch.intended_at for batch in batches))
    expiries = [batch.expires_at for batch in batches if batch.expires_at is not None]
    expires = f", which expires {_shown(min(expiries))}" if expiries and len(batches) == 1 else ""
    if expiries and len(batches) > 1:
        expires = f", the first of which expires {_shown(min(expiries))}"
    return f"{provider}: {samples} in {where} since {since}{expires}"


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def what_resuming_does(store: Store, run: Run) -> str:
    """Say which command goes on with an incomplete run."""
    if store.batches.open(run.id):
        return f"`--resume {run.id}` collects what has ended"
    half = ", and with `--batch` at half price" if store.batches.used(run.id) else ""
    return f"`--resume {run.id}` draws what is missing{half}"
