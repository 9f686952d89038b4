"""How `evalkit baseline` writes baselines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.reports.format import count, number
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.baselines.baseline import Baseline
    from evalkit.baselines.overview import Overview
    from evalkit.types import Json


def list_line(baseline: Baseline, found: Overview) -> str:
    """Write one baseline in a line."""
    of = baseline.of
    size = f"{found.bytes:,} bytes"
    if found.sketch_bytes is not None:
        size += f" and {found.sketch_bytes:,} of sketches"
    return "  ".join(
        [
            of.name,
            f"{of.suite_name} {of.suite_version}",
            of.run,
            (of.date or "–")[:10],  # noqa: RUF001 - an en dash is what is not known everywhere
            count(len(found.rows), "row"),
            count(found.cases, "case"),
            f"{_repeats(found)} repeats",
            size,
        ]
    )


def _repeats(found: Overview) -> str:
    fewest, most = found.repeats
    return f"{most}" if fewest == most else f"{fewest} to {most}"


def overview_lines(baseline: Baseline, found: Overview) -> Iterator[str]:
    """Write a baseline with its rows."""
    of = baseline.of
    yield f"baseline {of.name} of suite {of.suite_name}, version {of.suite_version} ({of.suite_hash[:12]})"
    began = "" if of.date is None else f", begun {of.date}"
    yield f"run {of.run}{began}; written by evalkit {baseline.evalkit}, scoring version {of.scoring}"
    sketched = "no sketches of the texts" if found.sketch_bytes is None else "sketches of the texts beside it"
    yield f"{count(len(found.rows), 'row')}, {count(found.cases, 'case')}, {_repeats(found)} repeats; {sketched}"
    if found.kept:
        yield f"{count(found.kept, 'cell')} kept from earlier runs"
    yield ""
    for row in found.rows:
        yield _row_line(row)


def _row_line(row: dict[str, Json]) -> str:
    condition = Condition(tuple(row["condition"].items())).label
    means = [f"{name} {number(row['means'][name])}" for name in ("adherence", "full_adherence")]
    ended = ", ".join(f"{amount:,} {outcome}" for outcome, amount in row["completions"].items())
    unscored = f", {row['unscored']:,} without a score" if row["unscored"] else ""
    parts = [row["provider"], condition, *means, count(row["cases"], "case"), f"{ended or 'nothing drawn'}{unscored}"]
    return "  ".join(part for part in parts if part)
