"""Sums a baseline up, for people and programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.baselines.baseline import sketches_path
from evalkit.baselines.changes import mean_of
from evalkit.findings import MACRO
from evalkit.types import OUTCOMES

if TYPE_CHECKING:
    from evalkit.baselines.baseline import Baseline
    from evalkit.measured import MeasuredRow
    from evalkit.types import Json


@dataclass(frozen=True, slots=True)
class Overview:
    """What a baseline holds.

    Attributes:
        rows: The rows, as plain data.
        cases: Different cases, over all rows.
        repeats: Fewest and most draws that a case was due.
        kept: Cells that come from earlier runs.
        bytes: Size of its file.
        sketch_bytes: Size of the file of sketches; None where there is none.
    """

    rows: list[dict[str, Json]]
    cases: int
    repeats: tuple[int, int]
    kept: int
    bytes: int
    sketch_bytes: int | None


def overview(baseline: Baseline) -> Overview:
    """Sum a baseline up, one row in memory at a time.

    Raises:
        BaselineError: A line says what no baseline says.
    """
    rows: list[dict[str, Json]] = []
    cases: set[str] = set()
    repeats: set[int] = set()
    kept = 0
    for key in baseline.keys():  # noqa: SIM118 - no mapping
        row = baseline.row(key)
        assert row is not None
        rows.append(_row(row))
        cases.update(case.case_id for case in row.cases)
        repeats.update(case.planned for case in row.cases)
        kept += sum(case.run is not None for case in row.cases)
    beside = sketches_path(baseline.path)
    return Overview(
        rows=rows,
        cases=len(cases),
        repeats=(min(repeats, default=0), max(repeats, default=0)),
        kept=kept,
        bytes=baseline.path.stat().st_size,
        sketch_bytes=beside.stat().st_size if beside.is_file() else None,
    )


def _row(row: MeasuredRow) -> dict[str, Json]:
    counts: Counter[str] = Counter()
    missing = 0
    for case in row.cases:
        counts.update(case.outcomes)
        adherence = case.scores.get("adherence")
        missing += case.planned if adherence is None else adherence.missing
    return {
        "provider": row.provider,
        "model": row.model,
        "served": list(row.served),
        "condition": row.condition.as_dict(),
        "requested": dict(row.requested),
        "applied": dict(row.applied),
        "cases": len(row.cases),
        "due": sum(case.planned for case in row.cases),
        "completions": {name: counts[name] for name in OUTCOMES if counts[name]},
        "unscored": missing,
        "means": {measure: mean_of(row, measure) for measure in MACRO},
    }


def overview_json(baseline: Baseline, found: Overview, *, rows: bool) -> dict[str, Json]:
    """Return a baseline's overview as plain data.

    Args:
        baseline: The baseline.
        found: What it holds.
        rows: Whether to list the rows, or only their number.
    """
    of = baseline.of
    return {
        "name": of.name,
        "suite": {"name": of.suite_name, "version": of.suite_version, "hash": of.suite_hash},
        "run": of.run,
        "date": of.date,
        "evalkit": baseline.evalkit,
        "scoring": of.scoring,
        "rows": found.rows if rows else len(found.rows),
        "cases": found.cases,
        "repeats": list(found.repeats),
        "kept": found.kept,
        "bytes": found.bytes,
        "sketch_bytes": found.sketch_bytes,
    }
