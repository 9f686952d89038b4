"""Draws everything that a test session wants, in threads of their own, for as long as this process holds the lease."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

from evalkit.errors import StoreError
from evalkit.plugin.shared_budget import SharedBudget
from evalkit.plugin.suite_drawing import Sitting, draw_suites, problem_of
from evalkit.store import Store
from evalkit.store.leases import BEAT_S
from evalkit.store.session_runs import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from evalkit.conduct import Terms
    from evalkit.plugin.planned import Wanted
    from evalkit.store.leases import Lease

GRACE_S = 60.0
"""How long calls that are under way are waited for once drawing was stopped."""
_LOOK_EVERY_S = 0.1


class Leader:
    """Draws for all processes of a test session, while this one holds the session's lease.

    Suites that share a provider are drawn one after the other, in the order in which they are wanted; those that share
    none, side by side. One thread draws, on an event loop of its own; another shows that this process is alive, however
    long the first may be busy. Both have a connection of their own to the store.

    Args:
        session: The test session's id.
        wanted: What is wanted of each suite, in the order of items.
        terms: On what terms runs are drawn; the cap on cost is for all of them together.
        resume: Whether the newest unfinished run of the same selection goes on.
        lease: Held by this process.
        store: The store's file.

    Attributes:
        failure: What ended drawing as a whole, beyond what the store says of each suite; None when nothing did.
        lost: True once another process has taken the lease.
    """

    def __init__(
        self, session: str, wanted: Sequence[Wanted], terms: Terms, lease: Lease, store: Path, *, resume: bool
    ) -> None:
        self.failure: Problem | None = None
        self.lost = False
        self._session = session
        self._wanted = wanted
        self._terms = terms
        self._resume = resume
        self._lease = lease
        self._path = store
        self._why_stopped = lease.stop
        self._grace_ends: float | None = None
        self._ended = threading.Event()
        self._news = threading.Condition()
        self._told = 0
        self._threads = [
            threading.Thread(target=self._draw, name="evalkit drawing"),
            threading.Thread(target=self._beat, name="evalkit heartbeat"),
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    @property
    def ended(self) -> bool:
        """True when nothing more will be drawn here."""
        return self._ended.is_set()

    def stop(self, why: str) -> None:
        """Ask for nothing more; what is under way comes back and is kept."""
        if self._why_stopped is None:
            self._why_stopped = why
            self._grace_ends = time.monotonic() + GRACE_S

    def abandon(self) -> None:
        """Wait no longer for what is under way."""
        self.stop("it was interrupted")
        self._grace_ends = 0.0

    def join(self) -> None:
        """Wait until both threads have ended; Ctrl-C breaks the wait off."""
        for thread in self._threads:
            while thread.is_alive():
                thread.join(_LOOK_EVERY_S)

    @property
    def told(self) -> int:
        """How often there was news by now."""
        return self._told

    def wait_for_news(self, since: int, timeout_s: float) -> None:
        """Wait until there is news that `told` did not count yet, or for so long."""
        with self._news:
            self._news.wait_for(lambda: self._told != since or self.ended, timeout_s)

    def _tell(self) -> None:
        with self._news:
            self._told += 1
            self._news.notify_all()

    def _draw(self) -> None:
        try:
            with Store(self._path) as store:
                asyncio.run(self._draw_all(store))
        except asyncio.CancelledError:
            self.failure = Problem("stopped", self._why_stopped or "it was interrupted")
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must be told
            self.failure = problem_of(error)
        finally:
            self._ended.set()
            self._tell()

    async def _draw_all(self, store: Store) -> None:
        spent = self._spent(store, by_tests=False)
        budget = SharedBudget(self._terms.max_cost_usd, lambda: self._spent(store, by_tests=True), spent=spent)
        sitting = Sitting(
            session=self._session,
            store=store,
            budget=budget,
            terms=self._terms,
            resume=self._resume,
            tell=self._tell,
            why_stopped=lambda: self._why_stopped,
            lost=lambda: self.lost,
        )
        task = asyncio.ensure_future(draw_suites(self._wanted, sitting))
        while not task.done():
            if self._grace_ends is not None and time.monotonic() > self._grace_ends:
                task.cancel()
            await asyncio.wait([task], timeout=_LOOK_EVERY_S)
        await task

    def _spent(self, store: Store, *, by_tests: bool) -> float:
        """Return what the session's suites, or its test functions, have cost by now."""
        runs = [each for each in store.session_runs.of(self._session) if each.by_test == by_tests]
        return sum(store.spent_usd(each.run) for each in runs if each.run is not None)

    def _beat(self) -> None:
        """Renew the lease until drawing has ended, and let go of it then."""
        try:
            with Store(self._path) as store:
                while not self._ended.wait(BEAT_S):
                    renewed = store.leases.renew(self._lease)
                    if renewed is None:
                        self.lost = True
                        self.stop("another process draws for this session")
                    elif renewed.stop is not None:
                        self.stop(renewed.stop)
                    if not threading.main_thread().is_alive():
                        self.stop("the test run has ended")
                store.leases.release(self._lease)
        except StoreError as error:
            self.failure = self.failure or problem_of(error)
            self.stop(error.message)
