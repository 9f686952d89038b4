"""What judges answered: which question of which run, which vote, and the completion that came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.store import rows

if TYPE_CHECKING:
    import sqlite3

    from evalkit.types import Completion, Sample


def place(connection: sqlite3.Connection, run: str, sample: Sample, completion: int) -> None:
    """Note which stored completion is the answer to a judge's sample, replacing an earlier one."""
    connection.execute(
        "INSERT OR REPLACE INTO judgements (run, ask, vote, judge, key, prompt, settings, seed, completion)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            run,
            sample.ask,
            sample.repeat,
            sample.provider,
            sample.key,
            sample.prompt.digest,
            rows.to_json(dict(sample.settings)),
            str(sample.seed),
            completion,
        ),
    )


def read(connection: sqlite3.Connection, run: str, ask: str) -> dict[int, Completion]:
    """Return what came of a question, by vote."""
    found = connection.execute(
        f"SELECT vote, {rows.COMPLETION_COLUMNS} FROM judgements"
        " JOIN completions ON completions.id = judgements.completion WHERE judgements.run = ? AND ask = ?",
        (run, ask),
    )
    return {vote: rows.read_completion(completion) for vote, *completion in found}


def begun(connection: sqlite3.Connection, run: str) -> set[str]:
    """Return the judges that have answered anything."""
    found = connection.execute(
        "SELECT DISTINCT judge FROM judgements JOIN completions ON completions.id = judgements.completion"
        " WHERE judgements.run = ? AND outcome <> 'error'",
        (run,),
    )
    return {judge for (judge,) in found}


def count(connection: sqlite3.Connection, run: str, judge: str) -> int:
    """Return how many votes of a judge need not be asked for any more."""
    found = connection.execute(
        "SELECT count(*) FROM judgements JOIN completions ON completions.id = judgements.completion"
        " WHERE judgements.run = ? AND judge = ? AND outcome <> 'error'",
        (run, judge),
    )
    return int(found.fetchone()[0])
