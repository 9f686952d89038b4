"""How an older store becomes a newer one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import StoreError
from evalkit.store import open_database
from evalkit.store.schema import MIGRATIONS

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

OLDER = (("CREATE TABLE notes (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT",),)
NEWER = (
    *OLDER,
    ("ALTER TABLE notes ADD COLUMN length INTEGER", "UPDATE notes SET length = length(word)"),
    ("CREATE INDEX notes_by_length ON notes (length)",),
)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _older_file(path: Path) -> None:
    connection = open_database(path, migrations=OLDER)
    connection.execute("INSERT INTO notes (word) VALUES ('kafka')")
    connection.close()


def test_an_older_file_moves_forward_and_keeps_its_rows(tmp_path: Path) -> None:
    """Every later migration runs, in order, once."""
    _older_file(tmp_path / "runs.db")
    for _ in range(2):
        connection = open_database(tmp_path / "runs.db", migrations=NEWER)
        assert _version(connection) == 3
        assert connection.execute("SELECT word, length FROM notes").fetchall() == [("kafka", 5)]
        connection.close()


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    """An older evalkit must not write into a schema that it does not know."""
    open_database(tmp_path / "runs.db", migrations=NEWER).close()
    before = (tmp_path / "runs.db").read_bytes()
    with pytest.raises(StoreError, match="written by a newer evalkit") as raised:
        open_database(tmp_path / "runs.db", migrations=OLDER)
    assert "schema 3, this one knows 1" in str(raised.value)
    assert raised.value.hint
    assert (tmp_path / "runs.db").read_bytes() == before


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    """A file is at one version or at another, never in between."""
    _older_file(tmp_path / "runs.db")
    broken = (*OLDER, ("ALTER TABLE notes ADD COLUMN length INTEGER", "UPDATE absent SET length = 1"))
    with pytest.raises(StoreError, match="no such table"):
        open_database(tmp_path / "runs.db", migrations=broken)
    connection = open_database(tmp_path / "runs.db", migrations=OLDER)
    assert _version(connection) == 1
    assert connection.execute("SELECT * FROM notes").fetchall() == [(1, "kafka")]
    connection.close()


def test_a_new_file_gets_every_table(tmp_path: Path) -> None:
    """At the version that this evalkit writes."""
    connection = open_database(tmp_path / "runs.db")
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables == {
        "runs", "prompts", "completions", "samples", "sessions", "batches", "batch_samples", "judgements", "measured",
        "changes", "leases", "session_runs", "outcomes",
    }  # fmt: skip
    assert _version(connection) == len(MIGRATIONS)
    connection.close()
