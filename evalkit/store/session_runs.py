"""Which runs a test session draws for its suites, and what became of them, for all processes of the session."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.store.connection import store_errors, transaction
from evalkit.types import EMPTY

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping
    from pathlib import Path

Kind: TypeAlias = Literal["unusable", "failed", "over_budget", "stopped", "store"]
State: TypeAlias = Literal["open", "ended", "stopped"]
_TEST = "test "
"""What stands before the run of a test function, in the place of a suite's path, which is absolute."""

RUNS_OF_TESTS = f"SELECT run FROM session_runs WHERE substr(suite, 1, {len(_TEST)}) = '{_TEST}' AND run IS NOT NULL"
"""Finds the runs that test functions asked for."""

_SETTLED = (
    "SELECT count(*) FROM samples JOIN completions ON completions.id = samples.completion"
    " WHERE samples.run = ? AND provider = ? AND turn = -1 AND position >= ? AND position < ?"
    " AND (outcome <> 'error' OR completions.id > ?)"
)

_TOTALS = (
    "SELECT (SELECT count(*) FROM samples WHERE run = ?1 AND turn = -1),"
    " total(new AND outcome <> 'unsupported'), total(NOT new), total(placed AND outcome = 'error'),"
    " sum(CASE WHEN new THEN cost_usd END), total(new AND outcome IN ('complete', 'truncated', 'refusal')"
    " AND cost_usd IS NULL) FROM (SELECT outcome, cost_usd, run = ?1 AND id > ?2 AS new, placed FROM completions JOIN"
    " (SELECT completion, 1 AS placed FROM samples WHERE run = ?1"
    " UNION ALL SELECT completion, 1 FROM judgements WHERE run = ?1"
    # A call that failed and was made again is in no sample any more.
    " UNION ALL SELECT id, 0 FROM completions WHERE id > ?2 AND run = ?1"
    " AND id NOT IN (SELECT completion FROM samples WHERE run = ?1)"
    " AND id NOT IN (SELECT completion FROM judgements WHERE run = ?1)) ON completion = id)"
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was not drawn.

    Attributes:
        kind: `unusable`, a key or a package is missing here; `failed`, the provider or the suite as a whole;
            `over_budget`; `stopped`, by the user or by failures of tests; `store`, it cannot be read or written.
    """

    kind: Kind
    message: str
    hint: str | None = None

    @property
    def words(self) -> str:
        """The message, with what to do about it."""
        return self.message if self.hint is None else f"{self.message}\nhint: {self.hint}"


@dataclass(frozen=True, slots=True)
class SessionRun:
    """What a test session draws of one suite.

    Attributes:
        suite: The path of its file; for what a test function asks, see `of_test`.
        run: None when none could be opened.
        after: The number of the newest completion when the run was taken up; a failed call that is older is made again.
        state: `open` while it is being drawn, or its process has died; `ended` when nothing more will come;
            `stopped` when that is because drawing was stopped.
        problems: Why a provider gave nothing or not all, by its name; the suite as a whole has an empty name.
        over_budget: Whether something was not asked for want of money.
    """

    session: str
    suite: str
    run: str | None
    after: int = 0
    state: State = "open"
    problems: Mapping[str, Problem] = field(default_factory=lambda: EMPTY)
    over_budget: bool = False

    @property
    def by_test(self) -> bool:
        """Whether a test function asked for it, and not a suite."""
        return self.suite.startswith(_TEST)

    @property
    def node_id(self) -> str | None:
        """The test function that asked, as pytest writes it; None for a suite."""
        return self.suite.removeprefix(_TEST).rpartition(" ")[0] if self.by_test else None


@dataclass(frozen=True, slots=True)
class Totals:
    """What a test session has drawn of one suite.

    Attributes:
        draws: Probes that have a completion now.
        calls: Answers and failures that this session was given, those to judges' questions and in conversations
            included.
        before: Answers that were there: of an earlier session that this one went on with, or reused.
        errors: Calls that have failed and were not made again.
        cost_usd: Sum of the known prices of the session's calls; None when none is known.
        unpriced: Answers of the session whose price is not known.
    """

    draws: int
    calls: int
    before: int
    errors: int
    cost_usd: float | None
    unpriced: int


def of_test(run: str, node_id: str) -> str:
    """Return what stands for the suite's path where a test function asks; a test may ask often, in many processes."""
    return f"{_TEST}{node_id} {run}"


class SessionRuns:
    """The part of the store that keeps which runs are of which test session.

    Args:
        path: The store's file, for messages.
        connection: Of the store.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def open(self, session: str, suite: str, run: str | None) -> SessionRun:
        """Note the run of a suite, before anything is drawn for the session; one that is noted stays as it is."""
        with store_errors(self._path), transaction(self._connection):
            newest = self._connection.execute("SELECT coalesce(max(id), 0) FROM completions").fetchone()[0]
            self._connection.execute(
                "INSERT OR IGNORE INTO session_runs (session, suite, run, after, opened_at) VALUES (?, ?, ?, ?, ?)",
                (session, suite, run, newest, datetime.now(UTC).isoformat(timespec="milliseconds")),
            )
        found = self.find(session, suite)
        assert found is not None
        return found

    def note(
        self, session: str, suite: str, *, state: State, problems: Mapping[str, Problem], over_budget: bool = False
    ) -> None:
        """Note how drawing goes, or how it ended."""
        plain = {
            name: {"kind": problem.kind, "message": problem.message, "hint": problem.hint}
            for name, problem in problems.items()
        }
        with store_errors(self._path), transaction(self._connection):
            self._connection.execute(
                "UPDATE session_runs SET state = ?, problems = ?, over_budget = ? WHERE session = ? AND suite = ?",
                (state, json.dumps(plain), over_budget, session, suite),
            )

    def find(self, session: str, suite: str) -> SessionRun | None:
        """Return what a session draws of a suite; None before that has begun."""
        return next((each for each in self._read("session = ? AND suite = ?", session, suite)), None)

    def of(self, session: str) -> list[SessionRun]:
        """Return what a session draws, in the order in which it was begun."""
        return self._read("session = ?", session)

    def sessions_of(self, run: str) -> list[str]:
        """Return the sessions that have drawn for a run."""
        return [each.session for each in self._read("run = ?", run)]

    def of_run(self, run: str) -> list[SessionRun]:
        """Return what test sessions have drawn for a run, the earliest first; empty where none has."""
        return self._read("run = ?", run)

    def settled(self, run: SessionRun, provider: str, positions: range) -> bool:
        """Tell whether there is an answer, or a failure that is not mended by waiting, at all of these positions."""
        with store_errors(self._path):
            there = self._connection.execute(
                _SETTLED, (run.run, provider, positions.start, positions.stop, run.after)
            ).fetchone()[0]
        return int(there) >= len(positions)

    def totals(self, run: SessionRun) -> Totals:
        """Return what was drawn; of a suite without a run, nothing."""
        with store_errors(self._path):
            draws, calls, before, errors, cost_usd, unpriced = self._connection.execute(
                _TOTALS, (run.run, run.after)
            ).fetchone()
        return Totals(int(draws), int(calls), int(before), int(errors), cost_usd, int(unpriced))

    def _read(self, where: str, *values: str) -> list[SessionRun]:
        with store_errors(self._path):
            found = self._connection.execute(
                "SELECT session, suite, run, after, state, problems, over_budget FROM session_runs"
                f" WHERE {where} ORDER BY rowid",
                values,
            ).fetchall()
        return [
            SessionRun(
                session,
                suite,
                run,
                after,
                state,
                {name: Problem(**plain) for name, plain in json.loads(problems).items()},
                bool(over_budget),
            )
            for session, suite, run, after, state, problems, over_budget in found
        ]
