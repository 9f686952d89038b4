"""Reads and writes what vendors have been handed for later. Whatever returns from a method here has been committed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from evalkit.store.connection import store_errors, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from evalkit.types import Completion, Sample

_COLUMNS = "id, run, provider, label, intended_at, vendor_id, expires_at"
_OPEN = "run = ? AND ended_at IS NULL"


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch whose completions are not all collected.

    Attributes:
        label: What the vendor is told, so that the batch can be found there.
        intended_at: When it was about to be submitted.
        vendor_id: None while it is not known whether the vendor has it.
        expires_at: When the vendor gives up on it; None when that is not known.
        waiting: Samples that are not collected yet.
    """

    id: int
    run: str
    provider: str
    label: str
    intended_at: datetime
    vendor_id: str | None
    expires_at: datetime | None
    waiting: int


@dataclass(frozen=True, slots=True)
class BatchedSample:
    """One sample of a batch, under the key that the vendor was given for it."""

    position: int
    key: str
    collected: bool


class Batches:
    """The part of the store that keeps batches.

    Args:
        path: The store's file, for messages.
        connection: Of the store.
        write: Writes completions with their samples, inside a transaction.
    """

    def __init__(
        self,
        path: Path,
        connection: sqlite3.Connection,
        write: Callable[[str, Sequence[tuple[Sample, Completion]]], None],
    ) -> None:
        self._path = path
        self._connection = connection
        self._write = write

    def intend(self, run: str, provider: str, samples: Iterable[Sample]) -> OpenBatch:
        """Note that a batch is about to be submitted, so that it can be looked for if nothing more is heard of it."""
        now = datetime.now(UTC)
        label = f"evalkit-{run}-{secrets.token_hex(6)}"
        with store_errors(self._path), transaction(self._connection):
            cursor = self._connection.execute(
                "INSERT INTO batches (run, provider, label, intended_at) VALUES (?, ?, ?, ?)",
                (run, provider, label, now.isoformat()),
            )
            batch = cursor.lastrowid
            assert batch is not None
            written = [(batch, sample.position, sample.key) for sample in samples]
            self._connection.executemany("INSERT INTO batch_samples (batch, position, key) VALUES (?, ?, ?)", written)
        return OpenBatch(batch, run, provider, label, now, None, None, len(written))

    def submitted(self, batch: int, vendor_id: str, expires_at: datetime | None) -> None:
        """Note the name that the vendor gave a batch; one that another process had given up is open again."""
        expires = None if expires_at is None else expires_at.isoformat()
        self._execute(
            "UPDATE batches SET vendor_id = ?, expires_at = coalesce(?, expires_at),"
            " ended_at = CASE WHEN lost THEN NULL ELSE ended_at END, lost = 0 WHERE id = ?",
            (vendor_id, expires, batch),
        )

    def disown(self, batch: int) -> None:
        """Forget the vendor's name of a batch: what bears it turned out to be somebody else's."""
        self._execute("UPDATE batches SET vendor_id = NULL, expires_at = NULL WHERE id = ?", (batch,))

    def refused(self, batch: int) -> None:
        """Forget a batch that the vendor did not take."""
        with store_errors(self._path), transaction(self._connection):
            self._connection.execute("DELETE FROM batch_samples WHERE batch = ?", (batch,))
            self._connection.execute("DELETE FROM batches WHERE id = ?", (batch,))

    def lose(self, batch: int) -> None:
        """Give up a batch that may have been submitted and is not to be found at the vendor's."""
        self._execute("UPDATE batches SET ended_at = ?, lost = 1 WHERE id = ?", (_now(), batch))

    def collect(
        self, batch: OpenBatch, drawn: Sequence[tuple[Sample, Completion]], *, whole: bool
    ) -> list[tuple[Sample, Completion]]:
        """Write completions of a batch, all in one transaction.

        Args:
            batch: The batch.
            drawn: Samples of it.
            whole: Nothing more is to come.

        Returns:
            Those that were written; others had been collected before, perhaps by another process just now.
        """
        mark = "UPDATE batch_samples SET collected = 1 WHERE batch = ? AND position = ? AND NOT collected"
        with store_errors(self._path), transaction(self._connection):
            fresh = [
                (sample, completion)
                for sample, completion in drawn
                if self._connection.execute(mark, (batch.id, sample.position)).rowcount
            ]
            self._write(batch.run, fresh)
            if whole:
                self._connection.execute("UPDATE batches SET ended_at = ? WHERE id = ?", (_now(), batch.id))
        return fresh

    def open(self, run: str, provider: str | None = None) -> list[OpenBatch]:
        """Return the batches of a run, or of one of its providers, that are not wholly collected, oldest first."""
        with store_errors(self._path):
            found = self._connection.execute(
                f"SELECT {_COLUMNS}, (SELECT count(*) FROM batch_samples WHERE batch = batches.id AND NOT collected)"
                f" FROM batches WHERE {_OPEN} AND provider = coalesce(?, provider) ORDER BY id",
                (run, provider),
            ).fetchall()
        return [
            OpenBatch(batch, of, by, label, datetime.fromisoformat(at), vendor_id, _instant(expires), waiting)
            for batch, of, by, label, at, vendor_id, expires, waiting in found
        ]

    def used(self, run: str) -> bool:
        """Tell whether a run has ever had a batch."""
        with store_errors(self._path):
            return self._connection.execute("SELECT 1 FROM batches WHERE run = ?", (run,)).fetchone() is not None

    def samples(self, batch: int) -> list[BatchedSample]:
        """Return the samples of a batch in the order in which they were submitted."""
        with store_errors(self._path):
            found = self._connection.execute(
                "SELECT position, key, collected FROM batch_samples WHERE batch = ? ORDER BY position", (batch,)
            )
            return [BatchedSample(position, key, bool(collected)) for position, key, collected in found]

    def waiting(self, run: str, provider: str) -> set[int]:
        """Return the positions for which a vendor has been asked and has not answered."""
        with store_errors(self._path):
            found = self._connection.execute(
                "SELECT position FROM batch_samples JOIN batches ON batches.id = batch"
                f" WHERE {_OPEN} AND provider = ? AND NOT collected",
                (run, provider),
            )
            return {position for (position,) in found}

    def vendor_ids(self) -> set[str]:
        """Return the vendors' names of every batch that this store knows."""
        with store_errors(self._path):
            found = self._connection.execute("SELECT vendor_id FROM batches WHERE vendor_id IS NOT NULL")
            return {vendor_id for (vendor_id,) in found}

    def lost(self, run: str) -> dict[str, int]:
        """Return by provider how many samples were in batches that were given up."""
        with store_errors(self._path):
            found: list[tuple[str, int]] = self._connection.execute(
                "SELECT provider, count(*) FROM batch_samples JOIN batches ON batches.id = batch"
                " WHERE run = ? AND lost GROUP BY provider ORDER BY provider",
                (run,),
            ).fetchall()
        return dict(found)

    def _execute(self, statement: str, values: tuple[object, ...]) -> None:
        with store_errors(self._path), transaction(self._connection):
            self._connection.execute(statement, values)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
