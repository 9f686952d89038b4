"""Reads and writes runs. Whatever returns from a method here has been committed."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from evalkit.errors import UsageError, suggestion
from evalkit.rounds import Looks
from evalkit.store import history, judgements, rows, sessions
from evalkit.store.batches import Batches
from evalkit.store.connection import BUSY_TIMEOUT_S, open_database, store_errors, transaction
from evalkit.store.drawn import DRAWN_COLUMNS, FROM_DRAWN, StoredSample, read_drawn
from evalkit.store.leases import Leases
from evalkit.store.measured import NOTE_CHANGE, MeasuredTexts
from evalkit.store.outcomes import Outcomes
from evalkit.store.runs import SELECT_RUN, read_run
from evalkit.store.session_runs import SessionRuns
from evalkit.store.sessions import Session
from evalkit.types import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from evalkit.findings import Spent
    from evalkit.store.drawn import Drawn, Identity
    from evalkit.store.history import Lengths
    from evalkit.types import Completion, Json, Profile, Sample, Scalar, SettingValue, Suite
    from evalkit.verdicts import Scored

PROBE = -1
_READ_AT_ONCE = 200
_DONE = "('complete', 'truncated', 'refusal', 'unsupported')"


class Store:
    """The run store of one project.

    Use it as a context manager, or call `close`. One object belongs to one thread; other processes may have the same
    file open.

    Args:
        path: The file.
        create: False refuses a file that is not there.
        busy_timeout_s: How long to wait for another process that holds the file locked.

    Attributes:
        batches: What vendors have been handed for later.
        measured: What draws scored, without their texts.
        leases: What only one process at a time may do.
        session_runs: Which runs are drawn by which test session.
        outcomes: What runs were judged to be.

    Raises:
        StoreError: From every method, when the file cannot be read or written.
    """

    def __init__(self, path: Path, *, create: bool = True, busy_timeout_s: float = BUSY_TIMEOUT_S) -> None:
        self.path = path
        self._connection = open_database(path, create=create, busy_timeout_s=busy_timeout_s)
        self.batches = Batches(path, self._connection, self._write)
        self.measured = MeasuredTexts(path, self._connection)
        self.leases = Leases(path, self._connection)
        self.session_runs = SessionRuns(path, self._connection)
        self.outcomes = Outcomes(path, self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def create_run(
        self,
        suite: Suite,
        *,
        seed: int,
        seed_from: Literal["suite", "option", "drawn"],
        selection: Mapping[str, Json],
        planned: int,
        versions: Mapping[str, str],
        profiles: Iterable[Profile],
    ) -> Run:
        """Open a new run, with a copy of the suite that does not change when its file does."""
        started = datetime.now(UTC)
        run = Run(
            id=f"{started:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}",
            suite_name=suite.name,
            suite_version=suite.version,
            suite_hash=suite.hash,
            suite_path=None if suite.path is None else str(suite.path.resolve()),
            document=suite.document,
            started_at=started.isoformat(timespec="milliseconds"),
            finished_at=None,
            seed=seed,
            seed_from=seed_from,
            selection=selection,
            planned=planned,
            versions=versions,
            profiles={profile.name: rows.profile_json(profile) for profile in profiles},
        )
        values = (
            run.id, run.started_at, suite.name, suite.hash, run.suite_path, rows.to_json(dict(suite.document)),
            str(seed), seed_from, rows.to_json(dict(selection)), planned, rows.to_json(dict(versions)),
            rows.to_json(dict(run.profiles)),
        )  # fmt: skip
        with store_errors(self.path), transaction(self._connection):
            self._connection.execute(
                "INSERT INTO runs (id, started_at, suite, suite_hash, suite_path, document, seed, seed_from, selection,"
                f" planned, versions, profiles) VALUES ({_marks(values)})",
                values,
            )
        return run

    def finish_run(self, run: str, environment: Mapping[str, Mapping[str, Scalar]], *, complete: bool) -> None:
        """Note what the providers ran on, and the end of the run where nothing is missing."""
        finished = datetime.now(UTC).isoformat(timespec="seconds") if complete else None
        with store_errors(self.path), transaction(self._connection):
            self._connection.execute(
                "UPDATE runs SET environment = ?, finished_at = coalesce(finished_at, ?) WHERE id = ?",
                (rows.to_json({name: dict(facts) for name, facts in environment.items()}), finished, run),
            )

    def looks(self, run: Run) -> Looks | None:
        """Return how far a run in rounds has come; None for one that draws all its repeats at once."""
        ends = run.selection.get("rounds")
        if ends is None:
            return None
        with store_errors(self.path):
            row = self._connection.execute("SELECT looks FROM runs WHERE id = ?", (run.id,)).fetchone()
        return Looks(tuple(ends), rows.read_looks(row[0]))

    def note_looks(self, run: str, looks: Looks, planned: int) -> None:
        """Keep how far a run in rounds has come, and how many probes are due since."""
        with store_errors(self.path), transaction(self._connection):
            self._connection.execute(
                "UPDATE runs SET looks = ?, planned = ? WHERE id = ?", (rows.looks_text(looks.settled), planned, run)
            )
            self._connection.execute(NOTE_CHANGE, (run,))

    def runs(self, limit: int | None = None) -> list[Run]:
        """Return the newest runs, newest first; None returns every one."""
        with store_errors(self.path):
            found = self._connection.execute(f"{SELECT_RUN} ORDER BY rowid DESC LIMIT coalesce(?, -1)", (limit,))
            return [read_run(row) for row in found]

    def run_count(self) -> int:
        """Return how many runs there are."""
        with store_errors(self.path):
            return int(self._connection.execute("SELECT count(*) FROM runs").fetchone()[0])

    def run(self, name: str) -> Run:
        """Return the run with this id or beginning of one; `last` is the newest.

        Raises:
            UsageError: There is no such run, or several begin like this.
        """
        with store_errors(self.path):
            if name == "last":
                found = self._connection.execute(f"{SELECT_RUN} ORDER BY rowid DESC LIMIT 1").fetchall()
            else:
                found = self._connection.execute(
                    f"{SELECT_RUN} WHERE substr(id, 1, ?) = ?", (len(name), name)
                ).fetchall()
        if not found:
            raise UsageError(f"no run `{name}`", hint=suggestion(name, self._ids()) or "`evalkit run SUITE` makes one")
        if len(found) > 1:
            raise UsageError(f"`{name}` is the beginning of {len(found)} runs", hint="give more of the id")
        return read_run(found[0])

    def environment(self, run: str) -> dict[str, dict[str, Scalar]]:
        """Return what each provider said it ran on; empty until the run has ended."""
        with store_errors(self.path):
            row = self._connection.execute("SELECT environment FROM runs WHERE id = ?", (run,)).fetchone()
        facts: dict[str, dict[str, Scalar]] = json.loads(row[0])
        return facts

    def begin_session(self, run: str, provider: str) -> Session:
        """Note that a provider is set to work on a run."""
        with store_errors(self.path), transaction(self._connection):
            cursor = self._connection.execute(sessions.BEGIN, (run, provider, _now()))
        assert cursor.lastrowid is not None
        return Session(cursor.lastrowid)

    def end_session(self, session: Session) -> None:
        """Note that a session ended by itself, with nothing under way."""
        with store_errors(self.path), transaction(self._connection):
            self._connection.execute(sessions.END, (_now(), session.id))

    def broken_off(self, run: str) -> dict[str, int]:
        """Return by provider how many calls were under way, at most, when a process that drew for a run was stopped."""
        with store_errors(self.path):
            found: list[tuple[str, int]] = self._connection.execute(sessions.BROKEN_OFF, (run,)).fetchall()
        return dict(found)

    def refused(self, run: str, provider: str) -> list[tuple[Mapping[str, SettingValue], str]]:
        """Return the settings that a provider refused in earlier sittings of a run, each time with the reason given."""
        with store_errors(self.path):
            found = self._connection.execute(sessions.REFUSED, (run, provider)).fetchall()
        return [(rows.read_settings(settings), reason) for settings, reason in found]

    def spent_usd(self, run: str) -> float:
        """Return what a run has cost by now, as far as prices are known."""
        with store_errors(self.path):
            row = self._connection.execute(sessions.SPENT, (run,)).fetchone()
        return float(row[0])

    def commit(
        self,
        run: str,
        drawn: Sequence[tuple[Sample, Completion]],
        *,
        session: Session | None = None,
        in_flight: int = 0,
    ) -> None:
        """Write completions with their samples, all in one transaction; a sample drawn before is replaced.

        Args:
            run: The run's id.
            drawn: What came back.
            session: In which `in_flight` calls are under way now; None keeps no count of them.
            in_flight: See `session`.
        """
        with store_errors(self.path), transaction(self._connection):
            self._write(run, drawn)
            if session is not None and in_flight != session.in_flight:
                self._connection.execute(sessions.NOTE, (in_flight, session.id))
                session.in_flight = in_flight

    def _write(self, run: str, drawn: Sequence[tuple[Sample, Completion]]) -> None:
        """Write completions with their samples, inside a transaction."""
        if drawn:
            self._connection.execute(NOTE_CHANGE, (run,))
        now = _now()
        for sample, completion in drawn:
            cursor = self._connection.execute(
                _INSERT_COMPLETION, (sample.key, run, now, *rows.completion_row(completion))
            )
            assert cursor.lastrowid is not None
            self._place(run, sample, cursor.lastrowid)

    def begun(self, run: str) -> set[str]:
        """Return the providers that have given a run anything that is kept: an answer, a refusal, an open batch."""
        with store_errors(self.path):
            found = self._connection.execute(
                "SELECT DISTINCT provider FROM samples JOIN completions ON completions.id = samples.completion"
                f" WHERE samples.run = ? AND outcome IN {_DONE}",
                (run,),
            ).fetchall()
            judges = judgements.begun(self._connection, run)
        return {provider for (provider,) in found} | judges | {batch.provider for batch in self.batches.open(run)}

    def renew_profiles(self, run: str, profiles: Iterable[Profile]) -> Run:
        """Record a run's profiles as they are now, and return the run.

        Args:
            run: The run's id.
            profiles: Of providers that have given it nothing yet; those of the others stay as they were.
        """
        renewed = {profile.name: rows.profile_json(profile) for profile in profiles}
        before = self.run(run).profiles
        with store_errors(self.path), transaction(self._connection):
            self._connection.execute(
                "UPDATE runs SET profiles = ? WHERE id = ?", (rows.to_json({**before, **renewed}), run)
            )
        return self.run(run)

    def note_knobs(self, run: str, knobs: Mapping[str, Json]) -> None:
        """Keep, by provider and setting, what the models do with the settings that a run asks for."""
        with store_errors(self.path), transaction(self._connection):
            self._connection.execute("UPDATE runs SET knobs = ? WHERE id = ?", (rows.to_json(dict(knobs)), run))

    def knobs(self, run: str) -> dict[str, Json]:
        """Return what `note_knobs` kept; empty for a run that was never set to work."""
        with store_errors(self.path):
            row = self._connection.execute("SELECT knobs FROM runs WHERE id = ?", (run,)).fetchone()
        kept: dict[str, Json] = json.loads(row[0])
        return kept

    def answer(self, key: str) -> Completion | None:
        """Return the newest stored answer to a key, from any run; None when there is none."""
        found = self._answer(key)
        return None if found is None else rows.read_completion(found[1:])

    def reuse(self, run: str, sample: Sample) -> Completion | None:
        """Give a sample the newest stored answer to its key, from any run; None when there is none."""
        found = self._answer(sample.key)
        if found is None:
            return None
        with store_errors(self.path), transaction(self._connection):
            self._connection.execute(NOTE_CHANGE, (run,))
            self._place(run, sample, found[0])
        return rows.read_completion(found[1:])

    def _answer(self, key: str) -> Sequence[Any] | None:
        with store_errors(self.path):
            found: Sequence[Any] | None = self._connection.execute(
                f"SELECT id, {rows.COMPLETION_COLUMNS} FROM completions"
                f" WHERE key = ? AND outcome IN {history.PAID} ORDER BY id DESC LIMIT 1",
                (key,),
            ).fetchone()
            return found

    def done(self, run: str, provider: str, turn: int | None = None) -> set[int]:
        """Return the positions that need no draw: answered, refused, or unsupported; errors are asked again."""
        with store_errors(self.path):
            found = self._connection.execute(
                "SELECT position FROM samples JOIN completions ON completions.id = samples.completion"
                f" WHERE samples.run = ? AND provider = ? AND turn = ? AND outcome IN {_DONE}",
                (run, provider, PROBE if turn is None else turn),
            )
            return {position for (position,) in found}

    def replies(self, run: str, provider: str, position: int, turns: int) -> list[Completion]:
        """Return a live conversation's first replies, as far as they were drawn."""
        with store_errors(self.path):
            found = self._connection.execute(
                f"SELECT {rows.COMPLETION_COLUMNS} FROM samples JOIN completions ON completions.id = samples.completion"
                " WHERE samples.run = ? AND provider = ? AND position = ? AND turn >= 0 AND turn < ? ORDER BY turn",
                (run, provider, position, turns),
            )
            return [rows.read_completion(row) for row in found]

    def judgements(self, run: str, ask: str) -> dict[int, Completion]:
        """Return what came of a question to a judge, by vote."""
        with store_errors(self.path):
            return judgements.read(self._connection, run, ask)

    def drawn(self, run: str, provider: str) -> Iterator[Drawn]:
        """Yield a provider's probes with their completions, in order of position, without holding them all."""
        after = -1
        while True:
            # One query a page: a cursor kept open would hold a snapshot, and a snapshot that another process has
            # overtaken can no longer become a write (SQLITE_BUSY_SNAPSHOT), which scoring needs in between.
            with store_errors(self.path):
                found = self._connection.execute(
                    f"SELECT {DRAWN_COLUMNS} {FROM_DRAWN} AND position > ? ORDER BY position LIMIT {_READ_AT_ONCE}",
                    (run, provider, PROBE, after),
                ).fetchall()
            for row in found:
                drawn = read_drawn(row)
                after = drawn.position
                yield drawn
            if len(found) < _READ_AT_ONCE:
                return

    def drawn_at(self, run: str, provider: str, positions: range) -> list[Drawn]:
        """Return what is there of a provider's probes from one position up to another, in order."""
        with store_errors(self.path):
            found = self._connection.execute(
                f"SELECT {DRAWN_COLUMNS} {FROM_DRAWN} AND position >= ? AND position < ? ORDER BY position",
                (run, provider, PROBE, positions.start, positions.stop),
            ).fetchall()
        return [read_drawn(row) for row in found]

    def write_scores(
        self, run: str, provider: str, scores: Sequence[tuple[int, Scored]], *, again: bool = False
    ) -> None:
        """Write the verdicts of probes by position.

        Args:
            run: The run's id.
            provider: Whose probes.
            scores: The verdicts.
            again: Whether there were others before, which these replace.
        """
        written = [(rows.scored_text(scored), run, provider, PROBE, position) for position, scored in scores]
        with store_errors(self.path), transaction(self._connection):
            self._connection.executemany(
                "UPDATE samples SET verdicts = ? WHERE run = ? AND provider = ? AND turn = ? AND position = ?", written
            )
            if again:
                self._connection.execute(NOTE_CHANGE, (run,))

    def sample(self, run: str, identity: Identity) -> StoredSample:
        """Return one sample whole.

        Raises:
            UsageError: The run has no such sample.
        """
        turn = PROBE if identity.turn is None else identity.turn
        with store_errors(self.path):
            row = self._connection.execute(
                f"SELECT messages, seed, {DRAWN_COLUMNS} {FROM_DRAWN} AND position = ?",
                (run, identity.provider, turn, identity.position),
            ).fetchone()
        if row is None:
            raise UsageError(
                f"run {run} has no sample {identity.position} of provider {identity.provider}",
                hint="it was not drawn yet, or `evalkit show RUN` lists other numbers",
            )
        return StoredSample(rows.read_messages(row[0]), int(row[1]), read_drawn(row[2:]))

    def drawn_count(self, run: str) -> int:
        """Return how many probes of a run need no draw any more."""
        with store_errors(self.path):
            found = self._connection.execute(
                "SELECT count(*) FROM samples JOIN completions ON completions.id = samples.completion"
                f" WHERE samples.run = ? AND turn = ? AND outcome IN {_DONE}",
                (run, PROBE),
            )
            return int(found.fetchone()[0])

    def pace(self, provider: str, model: str) -> float | None:
        """Return how many completions a second this model last gave in a run of this provider; None when not known."""
        with store_errors(self.path):
            return history.pace(self._connection, provider, model)

    def answer_lengths(self, provider: str, model: str) -> Lengths | None:
        """Return how long this model's answers were in earlier runs of this provider; None when not known."""
        with store_errors(self.path):
            return history.answer_lengths(self._connection, provider, model)

    def judge_lengths(self, judge: str, model: str) -> Lengths | None:
        """Return how long this model's answers were as a judge; None when not known."""
        with store_errors(self.path):
            return history.answer_lengths(self._connection, judge, model, as_judge=True)

    def judgement_count(self, run: str, judge: str) -> int:
        """Return how many questions of a run a judge need not be asked any more."""
        with store_errors(self.path):
            return judgements.count(self._connection, run, judge)

    def spent(self, run: str) -> dict[str, Spent]:
        """Return what a run has taken so far, by provider."""
        with store_errors(self.path):
            return history.spent(self._connection, run)

    def _place(self, run: str, sample: Sample, completion: int) -> None:
        self._connection.execute(
            "INSERT OR IGNORE INTO prompts (digest, messages, rule_share) VALUES (?, ?, ?)",
            (sample.prompt.digest, rows.messages_text(sample.prompt.messages), sample.prompt.rule_share),
        )
        if sample.ask is not None:
            judgements.place(self._connection, run, sample, completion)
            return
        values = (
            run, sample.provider, sample.position, PROBE if sample.turn is None else sample.turn, sample.key,
            rows.condition_text(sample.condition), sample.case_id, sample.repeat, sample.prompt.digest,
            rows.to_json(dict(sample.settings)), str(sample.seed), completion,
        )  # fmt: skip
        self._connection.execute(
            "INSERT OR REPLACE INTO samples (run, provider, position, turn, key, condition, case_id, repeat, prompt,"
            f" settings, seed, completion) VALUES ({_marks(values)})",
            values,
        )

    def _ids(self) -> list[str]:
        return [row[0] for row in self._connection.execute("SELECT id FROM runs ORDER BY rowid DESC LIMIT 10")]


_INSERT_COMPLETION = (
    f"INSERT INTO completions (key, run, created_at, {rows.COMPLETION_COLUMNS})"
    f" VALUES ({','.join('?' * (3 + len(rows.COMPLETION_COLUMNS.split(', '))))})"
)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))
