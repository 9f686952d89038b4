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

MIGRATIONS: tuple[tuple[str, ...], ...] = (_VERSION_1,)
"""`MIGRATIONS[n]` takes a file from version n to n + 1."""
