"""Tables of the run store, and how an older file becomes a newer one.

A migration is a list of statements that takes the schema from one version to the next; a file's version stands in
`PRAGMA user_version`. Migrations only ever move forward, and none is edited once it has been released.
"""

from __future__ import annotations

_VERSION_1 = (
    """
    CREATE TABLE runs (
        id          TEXT PRIMARY KEY,
        started_at  TEXT NOT NULL,
        finished_at TEXT,
        suite       TEXT NOT NULL,
        suite_hash  TEXT NOT NULL,
        suite_path  TEXT,
        document    TEXT NOT NULL,
        seed        TEXT NOT NULL,
        seed_from   TEXT NOT NULL,
        selection   TEXT NOT NULL,
        planned     INTEGER NOT NULL,
        versions    TEXT NOT NULL,
        environment TEXT NOT NULL DEFAULT '{}',
        profiles    TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE prompts (
        digest     TEXT PRIMARY KEY,
        messages   TEXT NOT NULL,
        rule_share REAL
    ) STRICT, WITHOUT ROWID
    """,
    # Rows are only ever added: an error that is asked again leaves its old row behind, unreferenced but not lost.
    """
    CREATE TABLE completions (
        id            INTEGER PRIMARY KEY,
        key           TEXT NOT NULL,
        run           TEXT NOT NULL REFERENCES runs(id),
        created_at    TEXT NOT NULL,
        outcome       TEXT NOT NULL,
        text          TEXT NOT NULL,
        stop_reason   TEXT,
        error         TEXT,
        applied       TEXT NOT NULL,
        served_model  TEXT,
        input_tokens  INTEGER,
        output_tokens INTEGER,
        latency_s     REAL,
        cost_usd      REAL,
        logprobs      TEXT
    ) STRICT
    """,
    "CREATE INDEX completions_by_key ON completions (key)",
    # `turn` is -1 for the probe: a NULL would not be unique in a primary key.
    """
    CREATE TABLE samples (
        run        TEXT NOT NULL REFERENCES runs(id),
        provider   TEXT NOT NULL,
        position   INTEGER NOT NULL,
        turn       INTEGER NOT NULL,
        key        TEXT NOT NULL,
        condition  TEXT NOT NULL,
        case_id    TEXT NOT NULL,
        repeat     INTEGER NOT NULL,
        prompt     TEXT NOT NULL REFERENCES prompts(digest),
        settings   TEXT NOT NULL,
        seed       TEXT NOT NULL,
        completion INTEGER NOT NULL REFERENCES completions(id),
        verdicts   TEXT,
        PRIMARY KEY (run, provider, turn, position)
    ) STRICT, WITHOUT ROWID
    """,
)

_VERSION_2 = (
    "ALTER TABLE completions ADD COLUMN reasoning TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE completions ADD COLUMN sent TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE completions ADD COLUMN request_id TEXT",
    "ALTER TABLE completions ADD COLUMN first_byte_s REAL",
    "ALTER TABLE completions ADD COLUMN client TEXT",
    "ALTER TABLE completions ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE completions ADD COLUMN cached_tokens INTEGER",
    "ALTER TABLE completions ADD COLUMN cache_write_tokens INTEGER",
    "ALTER TABLE completions ADD COLUMN reasoning_tokens INTEGER",
    "ALTER TABLE runs ADD COLUMN knobs TEXT NOT NULL DEFAULT '{}'",
    # One row for each time that a provider was set to work; `ended_at` stays NULL when calls were given up.
    """
    CREATE TABLE sessions (
        id         INTEGER PRIMARY KEY,
        run        TEXT NOT NULL REFERENCES runs(id),
        provider   TEXT NOT NULL,
        started_at TEXT NOT NULL,
        ended_at   TEXT,
        in_flight  INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    "CREATE INDEX sessions_by_run ON sessions (run)",
    # Work handed to a vendor for later. A row is there before the vendor is asked, with `vendor_id` NULL until it has
    # answered; `label` is what the vendor is told, to find the batch by if this process dies in between.
    """
    CREATE TABLE batches (
        id           INTEGER PRIMARY KEY,
        run          TEXT NOT NULL REFERENCES runs(id),
        provider     TEXT NOT NULL,
        label        TEXT NOT NULL UNIQUE,
        intended_at  TEXT NOT NULL,
        vendor_id    TEXT,
        expires_at   TEXT,
        ended_at     TEXT,
        lost         INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE batch_samples (
        batch     INTEGER NOT NULL REFERENCES batches(id),
        position  INTEGER NOT NULL,
        key       TEXT NOT NULL,
        collected INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (batch, position)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX batches_by_run ON batches (run)",
)

_VERSION_3 = (
    # What judges were asked, by a digest of the question; who asked is found by writing the question again.
    """
    CREATE TABLE judgements (
        run        TEXT NOT NULL REFERENCES runs(id),
        ask        TEXT NOT NULL,
        vote       INTEGER NOT NULL,
        judge      TEXT NOT NULL,
        key        TEXT NOT NULL,
        prompt     TEXT NOT NULL REFERENCES prompts(digest),
        settings   TEXT NOT NULL,
        seed       TEXT NOT NULL,
        completion INTEGER NOT NULL REFERENCES completions(id),
        PRIMARY KEY (run, ask, vote)
    ) STRICT, WITHOUT ROWID
    """,
)

_VERSION_4 = (
    # What draws scored, without their texts: one row for each provider and condition of a run, with all its cases. It
    # follows from the other tables, and holds only while its fingerprint is the one that it would be written with now.
    """
    CREATE TABLE measured (
        run         TEXT NOT NULL REFERENCES runs(id),
        number      INTEGER NOT NULL,
        provider    TEXT NOT NULL,
        condition   TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        scores      TEXT NOT NULL,
        UNIQUE (run, number)
    ) STRICT
    """,
    # How often the draws of a run, or verdicts that it had, have changed; a run that is not here has not.
    """
    CREATE TABLE changes (
        run    TEXT PRIMARY KEY REFERENCES runs(id),
        number INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

_VERSION_5 = (
    # Of a run in rounds: for each look taken, the rows that are drawn no further.
    "ALTER TABLE runs ADD COLUMN looks TEXT NOT NULL DEFAULT '[]'",
)

_VERSION_6 = (
    # What only one process at a time may do. A row stays when its holder has let go (`holder` is empty then), for the
    # sake of `stop`, which asks whoever holds it, or will, to stop.
    """
    CREATE TABLE leases (
        name       TEXT PRIMARY KEY,
        holder     TEXT NOT NULL,
        process    INTEGER NOT NULL,
        machine    TEXT NOT NULL,
        renewed_at TEXT NOT NULL,
        deaths     INTEGER NOT NULL DEFAULT 0,
        stop       TEXT
    ) STRICT, WITHOUT ROWID
    """,
    # What a test session draws of each of its suites; `run` is NULL where none could be opened.
    """
    CREATE TABLE session_runs (
        session     TEXT NOT NULL,
        suite       TEXT NOT NULL,
        run         TEXT REFERENCES runs(id),
        after       INTEGER NOT NULL,
        opened_at   TEXT NOT NULL,
        state       TEXT NOT NULL DEFAULT 'open',
        problems    TEXT NOT NULL DEFAULT '{}',
        over_budget INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (session, suite)
    ) STRICT
    """,
    # What a run was judged to be, once for each baseline that it was held against; `baseline` and `baseline_check` are
    # empty where it was held against none, because NULLs would not be equal.
    """
    CREATE TABLE outcomes (
        id             INTEGER PRIMARY KEY,
        run            TEXT NOT NULL REFERENCES runs(id),
        baseline       TEXT NOT NULL,
        baseline_check TEXT NOT NULL,
        judged_at      TEXT NOT NULL,
        outcome        TEXT NOT NULL,
        UNIQUE (run, baseline, baseline_check)
    ) STRICT
    """,
)

MIGRATIONS: tuple[tuple[str, ...], ...] = (_VERSION_1, _VERSION_2, _VERSION_3, _VERSION_4, _VERSION_5, _VERSION_6)
"""`MIGRATIONS[n]` takes a file from version n to n + 1."""
