"""Opens the store's file, brings it up to date, and turns SQLite's errors into sentences."""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from evalkit.errors import StoreError
from evalkit.store.schema import MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

BUSY_TIMEOUT_S = 30.0
_AGAIN_AFTER_S = 0.01
_HINTS = {
    "SQLITE_FULL": ("the disk is full", "free some space and run again with `--resume last`"),
    "SQLITE_READONLY": ("it is read-only", "make the file and its folder writable, or give another `--project`"),
    "SQLITE_CANTOPEN": ("it cannot be opened", "is the folder there, and writable?"),
    "SQLITE_BUSY": ("another process holds it locked", "wait for the other run to end, then run again"),
    "SQLITE_LOCKED": ("another process holds it locked", "wait for the other run to end, then run again"),
    "SQLITE_NOTADB": ("it is not a run store", "move the file away; a new one is made"),
    "SQLITE_CORRUPT": ("it is damaged", "`sqlite3 FILE .recover` saves what can be read; then move the file away"),
    "SQLITE_IOERR": ("the disk reports an error", "check the disk; what was committed before is kept"),
}


@contextmanager
def store_errors(path: Path) -> Generator[None]:
    """Turn SQLite's errors inside the block into `StoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "") or ""
        for prefix, (what, hint) in _HINTS.items():
            if name.startswith(prefix):
                raise StoreError(f"run store {path}: {what}", hint=hint) from error
        raise StoreError(f"run store {path}: {error}") from error


def open_database(
    path: Path,
    *,
    create: bool = True,
    busy_timeout_s: float = BUSY_TIMEOUT_S,
    migrations: Sequence[Sequence[str]] = MIGRATIONS,
) -> sqlite3.Connection:
    """Open the store's file in WAL mode and bring its schema up to date.

    Args:
        path: The file; its folder is made when `create` is set.
        create: False refuses a file that is not there.
        busy_timeout_s: How long to wait for another process that holds the file locked.
        migrations: Statements from each version to the next.

    Raises:
        StoreError: The file cannot be opened, is damaged, or was written by a newer evalkit.
    """
    try:
        if not create and not path.exists():
            raise StoreError(f"run store {path}: there is none yet", hint="`evalkit run SUITE` makes it")
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"run store {path}: its folder cannot be used: {error.strerror}",
            hint=f"make {path.parent} a folder that you can write to, or give another `--project`",
        ) from error
    with store_errors(path):
        # Autocommit: transactions are opened where they are meant, with BEGIN IMMEDIATE.
        connection = sqlite3.connect(path, timeout=busy_timeout_s, isolation_level=None)
        try:
            _write_ahead(connection, busy_timeout_s)
            # Survives the death of this process at any moment; a power cut may cost the last commits, never the file.
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            _migrate(connection, path, migrations)
        except BaseException:
            connection.close()
            raise
    return connection


def _write_ahead(connection: sqlite3.Connection, busy_timeout_s: float) -> None:
    """Switch to WAL mode, which SQLite does not wait for itself when others are just opening the same new file."""
    deadline = time.monotonic() + busy_timeout_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not error.sqlite_errorname.startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(_AGAIN_AFTER_S)
        else:
            return


@contextmanager
def transaction(connection: sqlite3.Connection) -> Generator[None]:
    """Commit everything in the block together, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.commit()
    except BaseException:
        connection.rollback()
        raise


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Sequence[str]]) -> None:
    if _version(connection) == len(migrations):
        return
    with transaction(connection):
        version = _version(connection)  # again, inside the lock: another process may have just migrated
        if version > len(migrations):
            raise StoreError(
                f"run store {path}: written by a newer evalkit (schema {version}, this one knows {len(migrations)})",
                hint="pip install --upgrade prompt-evalkit",
            )
        for step in range(version, len(migrations)):
            for statement in migrations[step]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {step + 1}")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
