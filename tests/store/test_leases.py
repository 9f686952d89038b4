"""Who may do what only one process may do, among processes that come, fall silent and die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from evalkit.store import Store, open_database
from evalkit.store.leases import Leases, process_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOLDING = """
import sys, time
from pathlib import Path
from evalkit.store import Store
with Store(Path(sys.argv[1])) as store:
    print(store.leases.acquire("draw") is not None, flush=True)
    time.sleep(60)
"""
RACING = """
import sys
from pathlib import Path
from evalkit.store import Store
with Store(Path(sys.argv[1])) as store:
    print("ready", flush=True)
    sys.stdin.readline()
    print(store.leases.acquire("draw") is not None, flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def other(store: Store) -> Iterator[Leases]:
    """Give the leases of the same store as another process sees them, with little patience."""
    with closing(open_database(store.path)) as connection:
        yield Leases(store.path, connection, stale_s=0.05)


def _start(script: str, store: Store) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(store.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_one_holder_at_a_time(store: Store, other: Leases) -> None:
    """A lease that is held and renewed is nobody else's; one that was released is anybody's."""
    held = store.leases.acquire("draw")
    assert held is not None
    assert held.process == os.getpid()
    assert other.acquire("draw") is None
    assert other.acquire("something else") is not None
    store.leases.release(held)
    again = other.acquire("draw")
    assert again is not None
    assert (again.holder != held.holder, again.deaths) == (True, 0)


def test_silence_ends_a_lease(store: Store, other: Leases, wait_until: Callable[[Callable[[], bool]], None]) -> None:
    """Who does not renew loses it, is told so, and is counted as dead; releasing it then does nothing."""
    held = store.leases.acquire("draw")
    assert held is not None
    wait_until(lambda: other.acquire("draw") is not None)
    assert store.leases.renew(held) is None
    store.leases.release(held)
    now = other.find("draw")
    assert now is not None
    assert now.holder not in ("", held.holder)
    assert now.deaths == 1


def test_renewing_keeps_a_lease(store: Store) -> None:
    """Each renewal is seen by others as a sign of life, whatever the clocks say."""
    held = store.leases.acquire("draw")
    assert held is not None
    with closing(open_database(store.path)) as connection:
        watching = Leases(store.path, connection, stale_s=0.0)
        assert not watching.alive(held)
        renewed = store.leases.renew(held)
        assert renewed is not None
        assert renewed.renewed_at > held.renewed_at
        assert Leases(store.path, connection).alive(renewed)


def test_a_killed_holder_is_dead_at_once(store: Store) -> None:
    """The lease of a process that was killed is free without waiting, even before its parent has taken note."""
    process = _start(HOLDING, store)
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    assert store.leases.acquire("draw") is None
    process.kill()
    process.stdout.read()  # its end: the process is gone, or a zombie, as nobody has waited for it
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    taken = store.leases.acquire("draw")
    assert taken is not None
    assert taken.deaths == 1
    process.communicate()


def test_only_one_of_many_gets_it(store: Store) -> None:
    """Of processes that ask at the same moment, exactly one is given the lease."""
    racing = [_start(RACING, store) for _ in range(4)]
    for each in racing:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in racing:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    answers = [each.stdout.readline() for each in racing if each.stdout is not None]
    for each in racing:
        each.communicate("end\n")
    assert sorted(answers) == ["False\n"] * 3 + ["True\n"]


def test_a_lease_of_another_machine_ages_by_the_clock(store: Store, other: Leases) -> None:
    """A store that was brought here holds leases of processes that are no longer, whatever runs under their numbers."""
    held = store.leases.acquire("draw")
    assert held is not None
    long_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    with closing(open_database(store.path)) as connection:
        connection.execute("UPDATE leases SET machine = 'elsewhere', renewed_at = ?", (long_ago,))
        assert Leases(store.path, connection).acquire("draw") is not None
    assert other.find("draw") is not None


def test_asking_to_stop(store: Store, other: Leases) -> None:
    """Who holds a lease, or will, learns at its next renewal why it is to stop; the first reason stays."""
    other.ask_to_stop("draw", "a test failed")
    held = store.leases.acquire("draw")
    assert held is not None
    assert held.stop == "a test failed"
    other.ask_to_stop("draw", "another one failed")
    renewed = store.leases.renew(held)
    assert renewed is not None
    assert (renewed.holder, renewed.stop) == (held.holder, "a test failed")


def test_leases_that_nobody_holds_are_forgotten(store: Store) -> None:
    """What was released a week ago is cleared away when another lease is taken."""
    store.leases.ask_to_stop("old", "done")
    with closing(open_database(store.path)) as connection:
        connection.execute("UPDATE leases SET renewed_at = ?", ((datetime.now(UTC) - timedelta(days=8)).isoformat(),))
    assert store.leases.acquire("new") is not None
    assert store.leases.find("old") is None


def test_process_alive() -> None:
    """This process is, and one that nobody can signal here is; one that has ended is not."""
    assert process_alive(os.getpid())
    assert process_alive(1)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not process_alive(ended.pid)
    stopped = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    stopped.send_signal(signal.SIGSTOP)
    assert process_alive(stopped.pid)
    stopped.kill()
    stopped.wait()
