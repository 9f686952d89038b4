"""Lets one of several processes do what only one may do, and another go on with it when that one dies."""

from __future__ import annotations

import os
import platform
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.store.connection import store_errors, transaction

if TYPE_CHECKING:
    import sqlite3

BEAT_S = 0.5
"""How often a lease should be renewed."""
STALE_S = 6.0
"""A lease that nobody has renewed for so long is anybody's; long enough for a process that is held up for a moment."""
_LONG_AGO = timedelta(minutes=1)
"""Since when a holder is dead by the clock of the day, as where a store was brought from another machine."""
_KEPT = timedelta(days=7)
"""How long a lease that nobody holds is remembered."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What only one process at a time may do, as the store has it.

    Attributes:
        holder: Who has it; empty while nobody does.
        process: The id of the holder's process.
        machine: Where that process is.
        deaths: How often it was taken from a holder that had died or fallen silent.
        stop: Why the holder is asked to stop; None when it is not.
    """

    name: str
    holder: str
    process: int
    machine: str
    renewed_at: datetime
    deaths: int
    stop: str | None


class Leases:
    """The part of the store that keeps leases.

    How long a holder has been silent is measured by this object's own clock from when it first saw the lease as it is,
    so that it hardly matters when clocks are set. A holder on this machine whose process is gone counts as silent at
    once.

    Args:
        path: The store's file, for messages.
        connection: Of the store.
        stale_s: How long a holder may be silent.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, stale_s: float = STALE_S) -> None:
        self._path = path
        self._connection = connection
        self._stale_s = stale_s
        self._seen: dict[str, tuple[Lease, float]] = {}

    def acquire(self, name: str) -> Lease | None:
        """Take a lease that nobody holds, or whose holder is dead or silent; None while another one holds it."""
        found = self.find(name)
        if found is not None and found.holder and self.alive(found):
            return None  # without asking the others to wait for a write
        holder = secrets.token_hex(8)
        with store_errors(self._path), transaction(self._connection):
            now = self.find(name)
            if now is not None and now.holder and (found is None or now != found):
                return None  # somebody else was quicker
            self._connection.execute(
                "INSERT INTO leases (name, holder, process, machine, renewed_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET deaths = deaths + (holder <> ''), holder = excluded.holder,"
                " process = excluded.process, machine = excluded.machine, renewed_at = excluded.renewed_at",
                (name, holder, os.getpid(), _machine(), _instant()),
            )
            self._connection.execute(
                "DELETE FROM leases WHERE holder = '' AND renewed_at < ?", ((datetime.now(UTC) - _KEPT).isoformat(),)
            )
            return self.find(name)

    def renew(self, lease: Lease) -> Lease | None:
        """Show that the holder is alive, and return the lease as it is now; None when another one has taken it."""
        with store_errors(self._path), transaction(self._connection):
            held = self._connection.execute(
                "UPDATE leases SET renewed_at = ? WHERE name = ? AND holder = ?", (_instant(), lease.name, lease.holder)
            ).rowcount
            return self.find(lease.name) if held else None

    def release(self, lease: Lease) -> None:
        """Let others have a lease; nothing happens when they have it already."""
        with store_errors(self._path), transaction(self._connection):
            self._connection.execute(
                "UPDATE leases SET holder = '', renewed_at = ? WHERE name = ? AND holder = ?",
                (_instant(), lease.name, lease.holder),
            )

    def ask_to_stop(self, name: str, why: str) -> None:
        """Ask whoever holds a lease, or will, to stop; the first reason stays."""
        with store_errors(self._path), transaction(self._connection):
            self._connection.execute(
                "INSERT INTO leases (name, holder, process, machine, renewed_at, stop) VALUES (?, '', 0, '', ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET stop = coalesce(stop, excluded.stop)",
                (name, _instant(), why),
            )

    def find(self, name: str) -> Lease | None:
        """Return a lease as it is; None where there never was one."""
        with store_errors(self._path):
            row = self._connection.execute(
                "SELECT name, holder, process, machine, renewed_at, deaths, stop FROM leases WHERE name = ?", (name,)
            ).fetchone()
        if row is None:
            return None
        named, holder, process, machine, renewed, deaths, stop = row
        return Lease(named, holder, process, machine, datetime.fromisoformat(renewed), deaths, stop)

    def alive(self, lease: Lease) -> bool:
        """Tell whether the holder of a lease is to be counted on."""
        seen, since = self._seen.get(lease.name, (None, 0.0))
        if seen != lease:
            since = time.monotonic()
            self._seen[lease.name] = lease, since
        if lease.machine == _machine() and not process_alive(lease.process):
            return False
        if datetime.now(UTC) - lease.renewed_at > _LONG_AGO:
            return False
        return time.monotonic() - since < self._stale_s


def process_alive(process: int) -> bool:
    """Tell whether a process of this machine runs; True where that cannot be found out."""
    if os.name == "nt":  # to ask this way would end the process there
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    with suppress(OSError, IndexError):  # there is no /proc everywhere
        # One that was killed stays a zombie until its parent takes note, and can still be signalled.
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in ("Z", "X")
    return True


def _machine() -> str:
    """Name this machine: a container has its own name, and its own numbers of processes."""
    return platform.node()


def _instant() -> str:
    return datetime.now(UTC).isoformat()
