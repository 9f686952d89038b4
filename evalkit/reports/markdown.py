"""report.md: the report as a person reads it in a browser or an editor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, TextIO

from evalkit.reports import format as written
from evalkit.types import OUTCOMES, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from evalkit.findings import Report, Row, Summary
    from evalkit.types import Cell, Outcome

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")


class MarkdownWriter:
    """Writes report.md."""

    filename: ClassVar[str] = "report.md"

    def write(self, report: Report, cells: Iterable[Cell], stream: TextIO) -> None:  # noqa: ARG002 - only rows are written
        """Write verdicts first, then the table, then how to read it."""
        stream.writelines(block.rstrip() + "\n\n" for block in _blocks(report))


def _blocks(report: Report) -> Iterator[str]:
    summary = report.summary
    yield f"# {escape(summary.suite_name)}"
    if report.gates:
        lines = [
            f"- **{gate.verdict.replace('_', ' ')}**: {escape(gate.name)} ({escape(gate.why)})" for gate in report.gates
        ]
        yield "\n".join(lines)
    if summary.missing:
        yield f"**Incomplete: {summary.missing:,} samples are missing.**"
    yield table(summary)
    extremes = _extremes(summary)
    if extremes:
        yield extremes
    yield "\n".join(["## How to read it", "", *_reading(summary)])
    yield "\n".join(["## What was run", "", *_what_was_run(report)])


def table(summary: Summary) -> str:
    """Write the rows as a table: axes that vary, counts, and every raw measure with its interval."""
    axes = written.varied_axes(summary)
    several = len({row.provider for row in summary.rows}) > 1
    names = list(
        dict.fromkeys(name for row in summary.rows for name in row.measures if not name.endswith("_normalised"))
    )
    extra = outcomes_met(summary)
    header = [*(["provider"] if several else []), *axes, "cases", "draws", *names, *extra]
    lines = [_line(header), _line(["---"] * len(header))]
    for row in summary.rows:
        start = [*([row.provider] if several else []), *(shown(row.condition.get(axis)) for axis in axes)]
        draws = sum(row.completions.values())
        if row.unsupported is not None and not row.cases:
            body = [f"unsupported: {row.unsupported}", *[""] * (len(names) - 1)]
        else:
            body = [written.estimate(row.measures.get(name)) for name in names]
        counts = [f"{count_of(row, name):,}" for name in extra]
        lines.append(_line([*map(escape, start), str(row.cases), f"{draws:,}", *map(escape, body), *counts]))
    return "\n".join(lines)


def outcomes_met(summary: Summary) -> list[str]:
    """Return what besides complete answers there was, and is worth a column."""
    met = [outcome for outcome in OUTCOMES[1:] if any(row.completions.get(outcome) for row in summary.rows)]
    undecided = ["undecided"] if any(row.undecided for row in summary.rows) else []
    return [*met, *undecided]


def count_of(row: Row, name: str) -> int:
    """Return how many completions ended like this, or how many verdicts were `undecided`."""
    if name == "undecided":
        return row.undecided
    outcome: Outcome = next(each for each in OUTCOMES if each == name)
    return row.completions.get(outcome, 0)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def escape(text: str) -> str:
    """Keep text from being read as Markdown or HTML, and on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _extremes(summary: Summary) -> str | None:
    """Name the rows with the highest and the lowest adherence, and whether their intervals overlap."""
    rows = [row for row in summary.rows if _adherence(row) is not None]
    if len(rows) < 2:
        return None
    axes = written.varied_axes(summary)
    best = max(rows, key=lambda row: _adherence(row) or 0.0)
    worst = min(rows, key=lambda row: _adherence(row) or 0.0)
    if _adherence(best) == _adherence(worst):
        return "Adherence is the same in every row."
    high, low = best.measures["adherence"], worst.measures["adherence"]
    apart = high.low is not None and low.high is not None and high.low > low.high
    overlap = "Their intervals do not overlap." if apart else "Their intervals overlap."
    return (
        f"Highest adherence: {escape(written.row_name(best, axes))}: {written.estimate(high)}. "
        f"Lowest: {escape(written.row_name(worst, axes))}: {written.estimate(low)}. {overlap} "
        "The extremes of many rows lie further apart than two rows chosen beforehand would."
    )


def _adherence(row: Row) -> float | None:
    value = row.measures.get("adherence")
    return None if value is None else value.estimate


def _reading(summary: Summary) -> Iterator[str]:
    yield "- *adherence* is the share of constraints met, *full\\_adherence* the share of completions that meet all."
    yield "- Brackets hold 95 % intervals. The case is the unit: repeats of one case are not independent cases."
    for method in written.methods(summary):
        yield f"- {escape(method)}."
    counts = written.outcome_counts(summary)
    yield "- Completions: " + ", ".join(f"{counts.get(outcome, 0):,} {outcome}" for outcome in OUTCOMES) + "."
    decided, undecided = sum(row.decided for row in summary.rows), sum(row.undecided for row in summary.rows)
    yield f"- Verdicts: {decided:,} decided, {undecided:,} undecided."
    for note in summary.notes:
        yield f"- Note: {escape(note)}."


def _what_was_run(report: Report) -> Iterator[str]:
    summary = report.summary
    name, digest = escape(summary.suite_name), summary.suite_hash[:12]
    yield f"- Suite {name}, version {summary.suite_version}, hash {digest}; run {summary.run}."
    for axis, value in written.fixed_axes(summary).items():
        yield f"- {escape(axis)} is {escape(shown(value))} throughout."
    for provider in dict.fromkeys(row.provider for row in summary.rows):
        models = {row.model for row in summary.rows if row.provider == provider}
        served = {each for row in summary.rows if row.provider == provider for each in row.served}
        asked, answered = ", ".join(sorted(models)), ", ".join(sorted(served)) or "not known"
        yield f"- {escape(provider)}: asked for {escape(asked)}; served by {escape(answered)}."
    for difference in written.grouped_differences(summary):
        yield f"- Requested is not applied: {escape(difference)}."
    for reason in written.grouped_left_out(summary.left_out):
        yield f"- Left out: {escape(reason)}."
    for provider, facts in report.environment.items():
        yield (
            f"- {escape(provider)} ran on "
            + escape(", ".join(f"{name} {shown(value)}" for name, value in facts.items()))
            + "."
        )
