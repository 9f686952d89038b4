"""Opening the store's file, and what is said when that or writing to it fails."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.errors import StoreError
from evalkit.store import open_database
from evalkit.store.connection import store_errors, transaction

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

NOBODY = 65534


@contextmanager
def _without_privileges() -> Generator[None]:
    """Drop root's right to write anywhere, which would hide a read-only folder."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Give a folder that other users can enter; pytest's own is closed to them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def _write(connection: sqlite3.Connection, path: Path, *digests: str, size: int = 1) -> None:
    """Write prompts in one transaction, as the store does."""
    with store_errors(path), transaction(connection):
        for digest in digests:
            connection.execute("INSERT INTO prompts VALUES (?, ?, NULL)", (digest, "x" * size))


def _open_and_write(path: Path, *digests: str) -> None:
    connection = open_database(path)
    try:
        _write(connection, path, *digests)
    finally:
        connection.close()


def _interrupt(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        connection.execute("INSERT INTO prompts VALUES ('d', 'm', NULL)")
        raise KeyboardInterrupt


def _digests(connection: sqlite3.Connection) -> list[str]:
    return [digest for (digest,) in connection.execute("SELECT digest FROM prompts ORDER BY digest")]


def _assert_useful(error: StoreError, path: Path) -> None:
    """One sentence without a full stop that names the file, and a hint."""
    assert str(path) in error.message
    assert "\n" not in error.message
    assert not error.message.endswith(".")
    assert error.hint
    assert error.exit_code == 3


def test_a_store_is_in_wal_mode_with_foreign_keys(tmp_path: Path) -> None:
    """Readers do not wait for writers, and no sample stands without its completion."""
    connection = open_database(tmp_path / "deep" / "er" / "runs.db")
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()


def test_a_store_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    """Commands that only read say so instead."""
    path = tmp_path / ".evalkit" / "runs.db"
    with pytest.raises(StoreError, match="there is none yet") as raised:
        open_database(path, create=False)
    _assert_useful(raised.value, path)
    assert not path.parent.exists()


@pytest.mark.parametrize("create", [True, False], ids=["create", "read"])
def test_a_file_in_place_of_the_folder(tmp_path: Path, create: bool) -> None:
    """The folder cannot be made, and is not there to be looked into."""
    (tmp_path / ".evalkit").write_text("", encoding="utf-8")
    path = tmp_path / ".evalkit" / "runs.db"
    with pytest.raises(StoreError) as raised:
        open_database(path, create=create)
    _assert_useful(raised.value, path)


def test_a_folder_in_place_of_the_file(tmp_path: Path) -> None:
    """It cannot be opened."""
    (tmp_path / "runs.db").mkdir()
    with pytest.raises(StoreError, match="cannot be opened") as raised:
        open_database(tmp_path / "runs.db")
    _assert_useful(raised.value, tmp_path / "runs.db")


def test_a_folder_that_is_read_only(open_folder: Path) -> None:
    """Neither a folder in it nor a file in it can be made."""
    open_folder.chmod(0o555)
    with _without_privileges():
        with pytest.raises(StoreError) as below:
            open_database(open_folder / ".evalkit" / "runs.db")
        with pytest.raises(StoreError, match="cannot be opened") as beside:
            open_database(open_folder / "runs.db")
    open_folder.chmod(0o755)
    _assert_useful(below.value, open_folder / ".evalkit" / "runs.db")
    _assert_useful(beside.value, open_folder / "runs.db")
    assert list(open_folder.iterdir()) == []


def test_a_file_that_is_read_only(open_folder: Path) -> None:
    """What was committed stays; nothing can be added."""
    path = open_folder / "runs.db"
    _open_and_write(path, "before")
    path.chmod(0o444)
    open_folder.chmod(0o777)
    with _without_privileges(), pytest.raises(StoreError) as raised:
        _open_and_write(path, "after")
    _assert_useful(raised.value, path)
    path.chmod(0o644)
    connection = open_database(path)
    assert _digests(connection) == ["before"]
    connection.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be one" * 50, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_a_file_that_is_something_else(tmp_path: Path, content: bytes) -> None:
    """It is left as it is."""
    (tmp_path / "runs.db").write_bytes(content)
    with pytest.raises(StoreError) as raised:
        open_database(tmp_path / "runs.db")
    _assert_useful(raised.value, tmp_path / "runs.db")
    assert (tmp_path / "runs.db").read_bytes() == content


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    """Nothing in it could be lost."""
    (tmp_path / "runs.db").touch()
    connection = open_database(tmp_path / "runs.db")
    assert connection.execute("SELECT count(*) FROM runs").fetchone() == (0,)
    connection.close()


def test_a_file_that_another_process_holds_locked(tmp_path: Path) -> None:
    """Waiting ends after the time given, with what to do; then it works again."""
    path = tmp_path / "runs.db"
    holder = open_database(path)
    other = open_database(path, busy_timeout_s=0.05)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="another process holds it locked") as raised:
        _write(other, path, "early")
    _assert_useful(raised.value, path)
    holder.rollback()
    _write(other, path, "late")
    assert _digests(holder) == ["late"]
    holder.close()
    other.close()


def test_a_new_file_that_another_process_holds_locked(tmp_path: Path) -> None:
    """Opening fails as clearly as writing."""
    holder = sqlite3.connect(tmp_path / "runs.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute("CREATE TABLE t (x)")
    with pytest.raises(StoreError, match="another process holds it locked"):
        open_database(tmp_path / "runs.db", busy_timeout_s=0.05)
    holder.close()


def test_a_full_disk_keeps_what_was_committed(tmp_path: Path) -> None:
    """SQLite refuses the page that does not fit; the transaction is undone and the next may go on."""
    path = tmp_path / "runs.db"
    connection = open_database(path)
    _write(connection, path, "before")
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(StoreError, match="the disk is full") as raised:
        _write(connection, path, "first", "second", size=50_000)
    _assert_useful(raised.value, path)
    assert _digests(connection) == ["before"]
    connection.execute(f"PRAGMA max_page_count = {pages + 1000}")
    _write(connection, path, "first", "second", size=50_000)
    assert _digests(connection) == ["before", "first", "second"]
    connection.close()


def test_a_transaction_is_all_or_nothing(tmp_path: Path) -> None:
    """An error of any kind inside undoes it."""
    connection = open_database(tmp_path / "runs.db")
    with pytest.raises(KeyboardInterrupt):
        _interrupt(connection)
    assert not connection.in_transaction
    assert _digests(connection) == []
    connection.close()


def test_a_commit_that_fails_leaves_no_transaction_open(tmp_path: Path) -> None:
    """A sample without its completion is found at the end; the next transaction can begin."""
    connection = open_database(tmp_path / "runs.db")
    connection.execute("CREATE TABLE child (parent TEXT REFERENCES prompts(digest) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(sqlite3.IntegrityError), transaction(connection):
        connection.execute("INSERT INTO child VALUES ('nowhere')")
    assert not connection.in_transaction
    _write(connection, tmp_path / "runs.db", "after")
    assert connection.execute("SELECT count(*) FROM child").fetchone() == (0,)
    connection.close()


def test_an_error_without_a_sentence_of_its_own_keeps_sqlites(tmp_path: Path) -> None:
    """Nothing is hidden."""
    path = tmp_path / "runs.db"
    connection = open_database(path)
    with pytest.raises(StoreError, match="no such table: absent"), store_errors(path):
        connection.execute("SELECT * FROM absent")
    connection.close()


def test_many_may_make_the_same_file_at_once(tmp_path: Path) -> None:
    """Whoever opens a new file while others are making it waits for them instead of failing."""
    for number in range(20):
        path, begin = tmp_path / f"{number}.db", threading.Barrier(6)

        def make(path: Path = path, begin: threading.Barrier = begin) -> None:
            begin.wait()
            open_database(path).close()

        with ThreadPoolExecutor(6) as together:
            for made in [together.submit(make) for _ in range(6)]:
                made.result()
