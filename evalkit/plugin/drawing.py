"""What one process of a test session sees of the drawing: it waits for cells, and draws for all if nobody else does."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from evalkit.baselines.against import read_against_prepared
from evalkit.conduct import Terms
from evalkit.errors import EvalkitError, UsageError
from evalkit.plugin.leading import Leader
from evalkit.plugin.suite_drawing import SUITE, lease_of, problem_of
from evalkit.store import Store
from evalkit.store.connection import BUSY_TIMEOUT_S
from evalkit.store.session_runs import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.baselines.baseline import Baseline
    from evalkit.plugin.planned import CellKey, Planned, Wanted
    from evalkit.store.leases import Lease
    from evalkit.store.session_runs import SessionRun
    from evalkit.types import Run

MOST_DEATHS = 5
"""Processes that may die while they draw for a session, before what they do is taken for what kills them."""
_ELECT_EVERY_S = 0.25
_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.005, 0.1
_NEWS_WITHIN_S = 0.5
"""News of this process wake it at once; this is for those of others."""


class Drawing:
    """The drawing of a test session, as one of its processes sees it.

    Nothing is opened, started or asked before `wait` is first called. Then one of the session's processes, whichever
    gets the lease in the store, draws all that is wanted; the others, and its own tests, wait until there is what they
    need. When that process dies, the next one that waits takes over.

    Args:
        wanted: What is wanted of each suite over all selected items, in their order; the same in every process.
        session: The test session's id, the same in every process and in no other session.
        terms: On what terms runs are drawn; the cap on cost is for all of them together, and what each is held against
            is the suite's. None takes the usual ones.
        resume: Whether the newest unfinished run of the same suite and cells goes on.
        busy_timeout_s: How long to wait for another process that holds the store locked.
    """

    def __init__(
        self,
        wanted: Sequence[Wanted],
        session: str,
        terms: Terms | None = None,
        *,
        resume: bool = False,
        busy_timeout_s: float = BUSY_TIMEOUT_S,
    ) -> None:
        self.session = session
        self._wanted = [each for each in wanted if each.cells]
        self._terms = terms or Terms()
        self._resume = resume
        self._busy_timeout_s = busy_timeout_s
        self._process = os.getpid()
        self._store: Store | None = None
        self._inherited: Store | None = None
        """The parent's, in a child; to close it here might do harm there."""
        self._leader: Leader | None = None
        self._elected_at = 0.0
        self._stopped: str | None = None
        self._broken: Problem | None = None
        """Why this process can know no more, whatever the others do."""
        self._ended: dict[str, SessionRun] = {}
        """What will not change any more, by the suite's path."""
        self._runs: dict[str, Run] = {}
        self._baselines: dict[str, Baseline | None] = {}

    @property
    def store(self) -> Store:
        """The session's store; for the thread, and the process, that first asks for it.

        Raises:
            StoreError: It cannot be opened.
        """
        if os.getpid() != self._process:
            self._forked()
        if self._store is None:
            self._store = Store(self._wanted[0].planned.project.store, busy_timeout_s=self._busy_timeout_s)
        return self._store

    def wait(self, planned: Planned, cells: Sequence[CellKey]) -> None:
        """Wait until these cells have been drawn and can be judged, or will not be; `missing` says which it is.

        Args:
            planned: Their suite.
            cells: Some of the wanted ones; empty waits until nothing more will be drawn of the suite.
        """
        if self._foreign(planned) is not None:
            return
        if os.getpid() != self._process:
            self._forked()
        pause_s = _SHORTEST_PAUSE_S
        try:
            while self._broken is None:
                leader = self._leader
                told = 0 if leader is None else leader.told
                if self._is_over(planned, cells):
                    return
                self._elect()
                if leader is not None and leader is self._leader:
                    leader.wait_for_news(told, _NEWS_WITHIN_S)
                elif self._leader is None:
                    time.sleep(pause_s)
                    pause_s = min(pause_s * 1.5, _LONGEST_PAUSE_S)
        except EvalkitError as error:
            self._broken = problem_of(error)

    def missing(self, planned: Planned, cells: Sequence[CellKey]) -> Problem | None:
        """Say why some of these cells, which were waited for, have not been drawn; None when all have been.

        Args:
            planned: Their suite.
            cells: Some of the wanted ones.
        """
        providers = dict.fromkeys(cell.provider for cell in cells)
        known = (self.problem(planned, provider) for provider in providers)
        first = next((each for each in known if each is not None), None)
        if first is not None and first is self._broken:
            return first
        try:
            noted = self._noted(planned)
            drawn = noted is not None and noted.run is not None and self._settled(planned, noted, cells)
        except EvalkitError as error:
            self._broken = problem_of(error)
            return self._broken
        if planned.prepared.rounds is not None or not drawn:  # of rounds, it is not known which draws are due
            return first if drawn else first or Problem("failed", "it was not drawn")
        # With the draws, what may be missing are the judges' votes on them.
        judges = {judge.name for judge in planned.prepared.judges}
        return first if judges and noted is not None and (judges | {SUITE}) & noted.problems.keys() else None

    def problem(self, planned: Planned, provider: str) -> Problem | None:
        """Say why a provider gave nothing for a suite, or not everything; None where nothing is known to be wrong."""
        foreign = self._foreign(planned) or self._broken
        if foreign is not None:
            return foreign
        try:
            noted = self._noted(planned)
        except EvalkitError as error:
            self._broken = problem_of(error)
            return self._broken
        if noted is None:
            return None if self._stopped is None else Problem("stopped", self._stopped)
        for name in (provider, *(judge.name for judge in planned.prepared.judges), SUITE):
            if name in noted.problems:
                return noted.problems[name]
        return None

    def run(self, planned: Planned) -> Run:
        """Return the run that is drawn of a suite.

        Raises:
            UsageError: There is none, for the reason that `problem` gives.
            StoreError: The store cannot be read.
        """
        suite = str(planned.path)
        if suite not in self._runs:
            noted = self._noted(planned)
            if noted is None or noted.run is None:
                raise UsageError(f"nothing has been drawn of {suite}")
            self._runs[suite] = self.store.run(noted.run)
        return self._runs[suite]

    def baseline(self, planned: Planned) -> Baseline | None:
        """Return what a suite's run is held against; None where no option names a baseline.

        Raises:
            UsageError: It does not fit.
            BaselineError: It cannot be read.
        """
        suite = str(planned.path)
        if suite not in self._baselines:
            self._baselines[suite] = read_against_prepared(planned.baseline, planned.project, planned.prepared)
        return self._baselines[suite]

    @property
    def stopped(self) -> str | None:
        """Why the whole session was stopped, as far as this process knows; None when it goes on."""
        return self._stopped

    def stop(self, why: str = "the test run was stopped") -> None:
        """Have nothing more asked for, in the whole session; calls that are under way come back and are kept."""
        if self._stopped is not None or not self._wanted:
            return
        self._stopped = why
        if self._leader is not None:
            self._leader.stop(why)
        if self._store is not None and os.getpid() == self._process:
            try:
                self._store.leases.ask_to_stop(lease_of(self.session), why)
            except EvalkitError as error:
                self._broken = problem_of(error)

    def close(self) -> None:
        """End: a process that draws goes on until all is drawn, or what is under way has come back if it was stopped.

        Ctrl-C stops it, a second one at once.
        """
        if os.getpid() != self._process:
            self._forked()
        leader, self._leader = self._leader, None
        try:
            if leader is not None:
                self._see_off(leader)
        finally:
            if self._store is not None:
                self._store.close()
                self._store = None

    def _forked(self) -> None:
        """Begin anew in a child: neither threads nor connections outlive a fork."""
        self._inherited, self._store, self._leader, self._process = self._store, None, None, os.getpid()

    def _see_off(self, leader: Leader) -> None:
        interrupted: KeyboardInterrupt | None = None
        while True:
            try:
                leader.join()
            except KeyboardInterrupt as error:
                if self._stopped is None:
                    self.stop("it was interrupted")
                else:
                    leader.abandon()
                interrupted = error
            else:
                break
        if interrupted is not None:
            raise interrupted

    def _foreign(self, planned: Planned) -> Problem | None:
        """Refuse what cannot be in one session: one lease, one budget and one store are for all of it."""
        ours = self._wanted[0].planned.project if self._wanted else planned.project
        if planned.project.root == ours.root:
            return None
        return Problem(
            "failed",
            f"{planned.path} is of project {planned.project.root}, and this test run draws for project {ours.root}",
            "run the suites of each project in a test run of their own",
        )

    def _noted(self, planned: Planned) -> SessionRun | None:
        """Return what is noted of a suite; None before its turn has come."""
        suite = str(planned.path)
        if suite in self._ended:
            return self._ended[suite]
        noted = self.store.session_runs.find(self.session, suite)
        if noted is not None and noted.state != "open":
            self._ended[suite] = noted
            if noted.state == "stopped" and SUITE in noted.problems:
                self._stopped = self._stopped or noted.problems[SUITE].message
        return noted

    def _is_over(self, planned: Planned, cells: Sequence[CellKey]) -> bool:
        noted = self._noted(planned)
        if noted is None:
            return self._stopped is not None and self._leader is None
        if noted.state != "open":
            return True
        if self._stopped is not None and self._leader is None:
            return self._nobody_draws()
        if not cells or planned.prepared.rounds is not None or planned.prepared.judges:
            return False  # until all has been drawn, and judged
        return self._settled(planned, noted, cells)

    def _settled(self, planned: Planned, noted: SessionRun, cells: Iterable[CellKey]) -> bool:
        if planned.prepared.rounds is not None:  # how many draws are due is no matter of single cells
            return noted.state != "open"
        positions = planned.prepared.positions
        return all(self.store.session_runs.settled(noted, cell.provider, positions(cell.number)) for cell in cells)

    def _elect(self) -> None:
        """See to it that somebody draws: this process, unless another one does."""
        leader = self._leader
        if leader is not None:
            if leader.ended:
                leader.join()
                self._leader = None
                if not leader.lost:
                    self._broken = leader.failure
            return
        now = time.monotonic()
        if self._elected_at and now - self._elected_at < _ELECT_EVERY_S:
            return
        self._elected_at = now
        lease = self.store.leases.acquire(lease_of(self.session))
        if lease is None:
            return
        if lease.stop is not None:
            self._stopped = lease.stop
        if lease.deaths > MOST_DEATHS:
            self._broken = Problem(
                "failed",
                f"{lease.deaths} processes that drew for this test run have died while they did",
                "run one of the suites with `evalkit run` to see why",
            )
            self.store.leases.release(lease)
            return
        self._lead(lease)

    def _lead(self, lease: Lease) -> None:
        self._leader = Leader(self.session, self._wanted, self._terms, lease, self.store.path, resume=self._resume)
        self._leader.start()

    def _nobody_draws(self) -> bool:
        lease = self.store.leases.find(lease_of(self.session))
        return lease is None or not lease.holder or not self.store.leases.alive(lease)
