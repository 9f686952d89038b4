"""Keeps what the draws of a run scored, without their texts, for as long as it holds.

It follows from draws and verdicts, and is kept because reading all of these again takes long. Whatever changes the
draws of a run, or verdicts that it had, counts the change in the same transaction. What was measured is written only
while nothing has changed since the reading began that it was made of, and its fingerprint holds the count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.store import rows
from evalkit.store.connection import store_errors, transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

    from evalkit.measured import RowKey

NOTE_CHANGE = "INSERT INTO changes VALUES (?, 1) ON CONFLICT (run) DO UPDATE SET number = number + 1"
"""Counts a change of a run."""


class MeasuredTexts:
    """The part of the store that keeps what was measured, one text for each provider and condition.

    Args:
        path: The store's file, for messages.
        connection: Of the store.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def changes(self, run: str) -> int:
        """Return how often the draws of a run, or verdicts that it had, have changed."""
        with store_errors(self._path):
            found = self._connection.execute("SELECT number FROM changes WHERE run = ?", (run,)).fetchone()
        return 0 if found is None else int(found[0])

    def read(self, run: str, fingerprint: str) -> dict[RowKey, str] | None:
        """Return what is kept of a run, in the run's order; None where nothing is, or it has another fingerprint."""
        with store_errors(self._path):
            found = self._connection.execute(
                "SELECT provider, condition, fingerprint, scores FROM measured WHERE run = ? ORDER BY number", (run,)
            ).fetchall()
        if not found or any(stated != fingerprint for _, _, stated, _ in found):
            return None
        return {(provider, rows.read_condition(condition)): scores for provider, condition, _, scores in found}

    def keep(self, run: str, texts: Mapping[RowKey, str], *, fingerprint: str, changes: int) -> bool:
        """Keep what was measured in the place of what was kept before.

        Args:
            run: The run's id.
            texts: By provider and condition, in the run's order.
            fingerprint: Of what it was made of.
            changes: Of the run, when the reading began that it was made of.

        Returns:
            False where the run has changed since, so that it is not kept.
        """
        if self.read(run, fingerprint) == texts:
            return True
        written = [
            (run, number, provider, rows.condition_text(condition), fingerprint, text)
            for number, ((provider, condition), text) in enumerate(texts.items())
        ]
        with store_errors(self._path), transaction(self._connection):
            if self.changes(run) != changes:
                return False
            self._connection.execute("DELETE FROM measured WHERE run = ?", (run,))
            self._connection.executemany("INSERT INTO measured VALUES (?, ?, ?, ?, ?, ?)", written)
        return True
