"""Writes what became of a gate: which rows failed it, by how much, and which cases weigh the most, in their words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.compare.sides import row_label
from evalkit.compare.words import difference, openness
from evalkit.excerpt import on_one_line
from evalkit.plugin.messages import COLUMNS, Yardstick, fitted, quoted
from evalkit.reports.format import count, estimate, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.findings import Compared, JudgedGate
    from evalkit.plugin.worst_cases import MissedRow, WorstCase
    from evalkit.types import Judged

_ROWS = 4
_WORDS = 2
"""Lines of the words of each case."""


@dataclass(frozen=True, slots=True)
class FailingGate:
    """A gate that failed.

    Attributes:
        judged: What became of it.
        demand: Its threshold in words; empty for one that only compares.
        missed: Rows that miss the threshold.
        cases: Those that weigh the most, the worst first.
        yardstick: By which number draws of theirs are good or bad.
        texts: Which texts were judged.
        command: What shows the rest.
    """

    judged: JudgedGate
    demand: str
    missed: Sequence[MissedRow]
    cases: Sequence[WorstCase]
    yardstick: Yardstick
    texts: Judged = "answer"
    command: str | None = None


def gate_failure(failing: FailingGate) -> tuple[str, ...]:
    """Write why a gate failed; the first line says the most, for a summary shows it alone."""
    judged = failing.judged
    worse = [row for row in judged.compared if row.verdict == "worse"]
    lines = [_missed_line(row, failing.demand) for row in failing.missed] if judged.verdict == "failed" else []
    lines += [_compared_line(row) for row in worse]
    if judged.verdict == "undecided":
        lines = list(undecided_gate(judged))[1:]
    head = [f"{judged.name}: {_verdict(judged)}", *(f"  {line}" for line in lines[:_ROWS])]
    if len(lines) > _ROWS:
        head.append(f"  and {count(len(lines) - _ROWS, 'more row')}")
    if not lines:
        head.append(f"  {judged.why}")
    return fitted(head, list(_case_lines(failing)), command=failing.command)


def undecided_gate(judged: JudgedGate) -> tuple[str, ...]:
    """Write why a gate is undecided, and what would decide it."""
    said = [f"{judged.name}: undecided: {judged.why}"] if not judged.compared else [f"{judged.name}: undecided"]
    for row in [row for row in judged.compared if row.verdict == "undecided"][:_ROWS]:
        words = openness(row)
        said.append(f"  {_compared_line(row)}" + (f"; {words}" if words else ""))
    said += [f"  {words}" for words in judged.besides if judged.compared]
    return fitted(said)


def passed_gate(judged: JudgedGate) -> tuple[str, ...]:
    """Write by how much a gate is passed."""
    return fitted([f"{judged.name}: {_verdict(judged)}: {judged.why}"])


def _verdict(judged: JudgedGate) -> str:
    if judged.verdict == "undecided" and judged.alarming:
        return "undecided, which fails by `alarm: unproven`"
    return judged.verdict.replace("_", " ")


def _missed_line(row: MissedRow, demand: str) -> str:
    return f"{row_label(row.key)}: {estimate(row.found)}, {demand} demanded"


def _compared_line(row: Compared) -> str:
    return (
        f"{row_label(row.row)}: {number(row.new)} against {number(row.old)}, difference {difference(row)}, "
        f"margin {row.margin:g}"
    )


def _case_lines(failing: FailingGate) -> Iterator[str]:
    """Show the cases that weigh the most, with what their worst draws say."""
    for each in failing.cases:
        was = "" if each.old is None else f" against {number(each.old)}"
        sample = "" if each.sample is None else f" (sample {each.sample})"
        yield on_one_line(f"case {each.case_id}, {row_label(each.key)}: {number(each.new)}{was}{sample}", COLUMNS)
        if each.draw is not None:
            yield from quoted(each.draw, failing.yardstick, failing.texts, lines=_WORDS, detail=0)
