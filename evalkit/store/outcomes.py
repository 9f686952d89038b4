"""Keeps what runs were judged to be, and finds the nights of a suite without reading a single completion."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from evalkit.outcome import outcome_json, read_outcome
from evalkit.store import rows
from evalkit.store.connection import store_errors, transaction
from evalkit.store.session_runs import RUNS_OF_TESTS

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from evalkit.outcome import RunOutcome
    from evalkit.types import Json

# The inner query reads name and number of a run alone: its document, which may be long, lies behind them in the file
# and is passed over.
_NIGHTS = (
    "WITH recent AS ("
    "SELECT runs.rowid AS number, row_number() OVER (PARTITION BY suite ORDER BY runs.rowid DESC) AS age"
    f" FROM runs WHERE suite = ?1 OR (?1 IS NULL AND id NOT IN ({RUNS_OF_TESTS})))"
    " SELECT runs.id, suite, started_at, finished_at, selection, judged_at, baseline, baseline_check, outcome"
    " FROM recent JOIN runs ON runs.rowid = recent.number LEFT JOIN outcomes ON outcomes.run = runs.id"
    " WHERE age <= ?2 ORDER BY suite, number, outcomes.id"
)
_NOTE = (
    "INSERT INTO outcomes (run, baseline, baseline_check, judged_at, outcome) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (run, baseline, baseline_check) DO UPDATE SET judged_at = excluded.judged_at,"
    " outcome = excluded.outcome"
)


@dataclass(frozen=True, slots=True)
class StoredNight:
    """One run of a suite, with what it was judged to be.

    Attributes:
        started_at: UTC, ISO 8601.
        finished: Whether all was drawn that was to be.
        selection: What of the suite was run; see `evalkit.selection.Selection`.
        outcome: Against the first baseline that it was held against, as it was judged last; None for a run that was
            never judged to its end.
        judged: Against how many baselines it was judged, none of them counted as one.
    """

    run: str
    suite: str
    started_at: str
    finished: bool
    selection: Mapping[str, Json]
    outcome: RunOutcome | None
    judged: int = 0


class Outcomes:
    """The part of the store that keeps what runs were judged to be.

    Args:
        path: The store's file, for messages.
        connection: Of the store.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection = connection

    def note(self, outcome: RunOutcome) -> None:
        """Keep an outcome, in the place of an earlier one of the same run against the same baseline."""
        held = outcome.baseline
        name, check = ("", "") if held is None else (held.name, held.check)
        written = rows.to_json(outcome_json(outcome))
        with store_errors(self._path), transaction(self._connection):
            self._connection.execute(_NOTE, (outcome.run, name, check, outcome.judged_at, written))

    def of(self, run: str) -> list[RunOutcome]:
        """Return what a run was judged to be, in the order in which it was first held against each baseline."""
        with store_errors(self._path):
            found = self._connection.execute(
                "SELECT judged_at, baseline, baseline_check, outcome FROM outcomes WHERE run = ? ORDER BY id", (run,)
            ).fetchall()
        return [_read(run, row) for row in found]

    def nights(self, suite: str | None = None, *, limit: int) -> list[StoredNight]:
        """Return the newest runs of a suite, or of each, by suite and in order of time.

        Args:
            suite: Its name; None for all suites but those of test functions, each of which is one of its own.
            limit: Runs of each suite, at least 1.
        """
        with store_errors(self._path):
            found = self._connection.execute(_NIGHTS, (suite, limit)).fetchall()
        return [_night(list(judged)) for _, judged in groupby(found, key=lambda row: row[0])]

    def suites(self) -> list[str]:
        """Return the names of the suites that have runs, sorted."""
        with store_errors(self._path):
            return [name for (name,) in self._connection.execute("SELECT DISTINCT suite FROM runs ORDER BY suite")]


def _night(judged: Sequence[Sequence[Any]]) -> StoredNight:
    """Build a night from its rows, one for each outcome or one without."""
    run, suite, started_at, finished_at, selection = judged[0][:5]
    there = [row[5:] for row in judged if row[5] is not None]
    chosen = _chosen(there)
    return StoredNight(
        run=run,
        suite=suite,
        started_at=started_at,
        finished=finished_at is not None,
        selection=json.loads(selection),
        outcome=None if chosen is None else _read(run, chosen),
        judged=len(there),
    )


def _chosen(outcomes: Sequence[Sequence[Any]]) -> Sequence[Any] | None:
    """Choose the outcome that tells of the night.

    That is the last one against the baseline that the run was first held against: a look at it against another one
    months later is not what that night was, and going on with a run after its baseline was renewed is.
    """
    names = [str(row[1]) for row in outcomes]
    first = next(filter(None, names), "")
    return max((row for row, name in zip(outcomes, names, strict=True) if name == first), default=None, key=_judged_at)


def _judged_at(row: Sequence[Any]) -> str:
    return str(row[0])


def _read(run: str, row: Sequence[Any]) -> RunOutcome:
    judged_at, name, check, outcome = row
    return read_outcome(run, judged_at, name, check, json.loads(outcome))
