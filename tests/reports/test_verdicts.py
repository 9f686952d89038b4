"""verdicts.jsonl, as a whole."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.reports.verdicts import VerdictsWriter, verdict_schema
from evalkit.types import Cell, Completion, Draw
from evalkit.verdicts import Scored, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from evalkit.findings import Report

EXPECTED = Path(__file__).parent / "expected" / "verdicts.jsonl"


def written(report: Report, cells: Iterable[Cell]) -> str:
    """Write verdicts.jsonl."""
    stream = io.StringIO()
    VerdictsWriter().write(report, cells, stream)
    return stream.getvalue()


def test_whole_file(report: Report, cells: list[Cell]) -> None:
    """A line for each constraint of each completion that has verdicts, in the report's conditions only."""
    assert written(report, cells) == EXPECTED.read_text(encoding="utf-8")


def test_every_line_keeps_to_the_schema(report: Report, cells: list[Cell]) -> None:
    """The schema is a valid one, and each line meets it."""
    from jsonschema import Draft202012Validator

    validator: Any = Draft202012Validator(verdict_schema())
    validator.check_schema(verdict_schema())
    for line in written(report, cells).splitlines():
        validator.validate(json.loads(line))


@pytest.mark.parametrize(
    ("value", "strict"),
    [(1.0, True), (0.999, False), (0.0, False), (None, None)],
    ids=["met", "almost", "broken", "undecided"],
)
def test_met_in_full_is_true(report: Report, value: float | None, strict: bool | None) -> None:
    """Only a constraint met in full is true, and an undecided one is null."""
    row = report.summary.rows[0]
    draw = Draw(0, Completion("complete", "text"), Scored((Verdict("max_words", value, value, "why"),)), 0)
    line = json.loads(written(report, [Cell(row.provider, row.model, row.condition, "case", {}, None, (draw,))]))
    assert (line["strict"], line["loose"]) == (strict, strict)


def test_cells_are_written_as_they_come(report: Report, cells: list[Cell]) -> None:
    """A cell's lines are out before the next cell is asked for, so that memory does not grow with the run."""
    stream = io.StringIO()
    seen: list[int] = []

    def coming() -> Iterator[Cell]:
        for _ in range(3):
            seen.append(stream.getvalue().count("\n"))
            yield cells[0]

    VerdictsWriter().write(report, coming(), stream)
    assert seen == [0, 3, 6]
