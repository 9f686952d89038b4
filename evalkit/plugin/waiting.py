"""Where a test run meets its drawing: what it is called, whom it waits for, and how it ends."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from evalkit.errors import EvalkitError
from evalkit.plugin.suite_drawing import lease_of
from evalkit.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pytest

    from evalkit.plugin.drawing import Drawing
    from evalkit.plugin.planned import CellKey, Planned

INTERRUPTED = "the test run was interrupted"


def await_cells(session: pytest.Session, drawing: Drawing, planned: Planned, cells: Sequence[CellKey]) -> None:
    """Wait for what an item needs; see `Drawing.wait`. Where the session was stopped elsewhere, this process stops too.

    Called around everything else that happens to an item, so that no time limit of a test counts this.
    """
    drawing.wait(planned, cells)
    if drawing.stopped is not None and not (session.shouldstop or session.shouldfail):
        session.shouldstop = drawing.stopped


def end_drawing(session: pytest.Session, drawing: Drawing, *, interrupted: bool) -> None:
    """End the drawing when this process has run its last test; see `Drawing.close`.

    Args:
        session: Says whether it was stopped before its end, as by `-x`.
        drawing: Of this process.
        interrupted: Whether its loop over the tests was left by an exception, as by Ctrl-C.
    """
    why = session.shouldfail or session.shouldstop
    if why or interrupted:
        drawing.stop(why if isinstance(why, str) else INTERRUPTED)
    drawing.close()


class Controller:
    """The controller of pytest-xdist, which draws nothing, but knows first that a session is to stop.

    Args:
        store: Gives the session's store file, when it is to be stopped.
        session: Its id.
        most_failures: After how many failed tests it stops (`--maxfail`); 0 for never.
    """

    def __init__(self, store: Callable[[], Path], session: str, most_failures: int) -> None:
        self._store = store
        self._session = session
        self._most_failures = most_failures
        self._failures = 0
        self._stopped = False

    def count(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        """Take note of a report of a worker, and stop the session where it is one failure too many."""
        self._failures += report.failed
        if self._most_failures and self._failures >= self._most_failures:
            self.stop(f"stopping after {self._failures} failures")

    def stop(self, why: str = INTERRUPTED) -> None:
        """Have nothing more asked for in any process of the session."""
        if self._stopped:
            return
        self._stopped = True
        # Where the store cannot be written, nobody can draw, either.
        with suppress(EvalkitError), Store(self._store()) as store:
            store.leases.ask_to_stop(lease_of(self._session), why)
