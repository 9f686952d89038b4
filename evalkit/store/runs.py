"""Runs, as the store gives them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalkit.types import Run

if TYPE_CHECKING:
    from collections.abc import Sequence

SELECT_RUN = (
    "SELECT id, started_at, finished_at, suite, suite_hash, suite_path, document, seed, seed_from, selection, planned,"
    " versions, profiles FROM runs"
)


def read_run(row: Sequence[Any]) -> Run:
    """Build a run from the row that `SELECT_RUN` finds."""
    (
        run_id, started, finished, suite, suite_hash, path, document, seed, seed_from, selection, planned, versions,
        profiles,
    ) = row  # fmt: skip
    plain = json.loads(document)
    return Run(
        id=run_id,
        suite_name=suite,
        suite_version=int(plain.get("version", 1)),
        suite_hash=suite_hash,
        suite_path=path,
        document=plain,
        started_at=started,
        finished_at=finished,
        seed=int(seed),
        seed_from=seed_from,
        selection=json.loads(selection),
        planned=int(planned),
        versions=json.loads(versions),
        profiles=json.loads(profiles),
    )
