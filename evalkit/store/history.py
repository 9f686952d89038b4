"""What earlier calls tell of later ones, and what a run has taken: sums over stored completions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.findings import Spent
from evalkit.types import Usage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

PAID = "('complete', 'truncated', 'refusal')"
_WITH_TEXT = "('complete', 'truncated')"
_RECENT = "SELECT id, started_at, profiles FROM runs ORDER BY rowid DESC LIMIT 50"
_PACE = (
    "SELECT count(*), (julianday(max(created_at)) - julianday(?)) * 86400"
    " FROM samples JOIN completions ON completions.id = samples.completion"
    f" WHERE samples.run = ? AND completions.run = samples.run AND provider = ? AND outcome IN {PAID}"
    " AND coalesce(client, '') NOT LIKE '%, in a batch'"
)
_LENGTHS = (
    "SELECT count(output_tokens), total(output_tokens)"
    " FROM samples JOIN completions ON completions.id = samples.completion"
    f" WHERE samples.run = ? AND completions.run = samples.run AND provider = ? AND outcome IN {_WITH_TEXT}"
)
_JUDGE_LENGTHS = (
    "SELECT count(output_tokens), total(output_tokens)"
    " FROM judgements JOIN completions ON completions.id = judgements.completion"
    f" WHERE judgements.run = ? AND completions.run = judgements.run AND judge = ? AND outcome IN {_WITH_TEXT}"
)
_SPENT = (
    "WITH asked AS (SELECT provider, completion FROM samples WHERE run = ?1"
    " UNION ALL SELECT judge, completion FROM judgements WHERE run = ?1) "
    f"SELECT provider, total(outcome IN {PAID}), sum(cost_usd), total(outcome IN {PAID} AND cost_usd IS NULL),"
    " total(CASE WHEN completions.run <> ?1 THEN cost_usd END),"
    f" sum(input_tokens), total(outcome IN {_WITH_TEXT} AND input_tokens IS NULL),"
    f" sum(output_tokens), total(outcome IN {_WITH_TEXT} AND output_tokens IS NULL),"
    " sum(cached_tokens), sum(cache_write_tokens), sum(reasoning_tokens),"
    " total(CASE WHEN completions.run = ?1 THEN max(attempts - 1, 0) END), total(outcome = 'error')"
    " FROM asked JOIN completions ON completions.id = asked.completion GROUP BY provider"
)


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long a model's answers were.

    Attributes:
        answers: Those whose tokens are known; at least one.
        mean_tokens: Their mean output, reasoning included.
    """

    answers: int
    mean_tokens: float


def pace(connection: sqlite3.Connection, provider: str, model: str) -> float | None:
    """Return how many completions a second the model gave in the newest run that tells; None when none does."""
    for run, started_at in _runs_with(connection, provider, model):
        count, seconds = connection.execute(_PACE, (started_at, run, provider)).fetchone()
        if seconds:
            return float(count / seconds)
    return None


def answer_lengths(
    connection: sqlite3.Connection, provider: str, model: str, *, as_judge: bool = False
) -> Lengths | None:
    """Return how long the model's answers were in the recent runs of a provider; None when nothing tells."""
    answers, tokens = 0, 0.0
    for run, _ in _runs_with(connection, provider, model):
        statement = _JUDGE_LENGTHS if as_judge else _LENGTHS
        found, sum_of_tokens = connection.execute(statement, (run, provider)).fetchone()
        answers += found
        tokens += sum_of_tokens
    return Lengths(answers, tokens / answers) if answers else None


def spent(connection: sqlite3.Connection, run: str) -> dict[str, Spent]:
    """Return what a run has taken so far, by provider."""
    taken: dict[str, Spent] = {}
    for row in connection.execute(_SPENT, (run,)):
        provider, answers, cost_usd, unpriced, reused_usd = row[:5]
        given, without_given, made, without_made, cached, cache_write, reasoned, retries, errors = row[5:]
        tokens = Usage(None if without_given else given, None if without_made else made, cached, cache_write, reasoned)
        taken[provider] = Spent(int(answers), cost_usd, int(unpriced), reused_usd, tokens, int(retries), int(errors))
    return taken


def _runs_with(connection: sqlite3.Connection, provider: str, model: str) -> Iterator[tuple[str, str]]:
    """Yield id and beginning of the recent runs that asked this model under this name, newest first."""
    for run, started_at, profiles in connection.execute(_RECENT).fetchall():
        if json.loads(profiles).get(provider, {}).get("model") == model:
            yield run, started_at
