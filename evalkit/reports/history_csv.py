"""The history of suites for spreadsheets."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from evalkit.reports.csv_report import text_field
from evalkit.reports.history_json import point_json
from evalkit.reports.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.history import History, Night
    from evalkit.types import Json

_CSV = (
    "suite", "night", "run", "state", "exit", "alarms", "changed", "baseline", "baseline_check", "another_baseline",
    "suite_revised", "cost_usd", "why_no_number", "provider", "condition", "measure", "estimate", "low", "high",
    "baseline_estimate", "limit",
)  # fmt: skip


def write_history_csv(histories: Sequence[History], stream: TextIO) -> None:
    """Write a line for each row of each night; a night without a number has one line, which says why."""
    lines = csv.writer(stream, lineterminator="\n")
    lines.writerow(_CSV)
    for history in histories:
        for night in history.nights:
            lines.writerows([_field(value) for value in line] for line in _lines(history, night))


def _lines(history: History, night: Night) -> Iterator[list[Json]]:
    held = night.baseline
    changed = "; ".join(f"{each.provider} {each.what}" for each in night.changed)
    head: list[Json] = [
        history.suite, night.started_at, night.run, night.state, night.exit_code, "; ".join(night.alarms), changed,
        None if held is None else held.name, None if held is None else held.check, night.renewed, night.revised,
        night.cost_usd, night.why,
    ]  # fmt: skip
    for key in history.rows:
        point = night.points.get(key)
        if point is not None:
            yield [*head, key[0], key[1].label, history.measure, *point_json(point).values()]
    if not night.points:
        yield [*head, *[None] * (len(_CSV) - len(head))]


def _field(value: Json) -> Json:
    """Write what is not known as an empty field, and a text on one line and not as a formula."""
    if value is None:
        return ""
    return text_field(value) if isinstance(value, str) else plain(value)
