"""Finds the rows that fail a gate and the cases in them that weigh the most, with the words of their worst draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.cells import scored_cell
from evalkit.compare.common import is_score
from evalkit.measured import OF_CONSTRAINT
from evalkit.plugin.messages import worst_draw

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.findings import Estimate, JudgedGate, Row
    from evalkit.gate import Gate
    from evalkit.measured import Measured, MeasuredCase, RowKey
    from evalkit.plugin.messages import Yardstick
    from evalkit.plugin.planned import Planned
    from evalkit.store import Store
    from evalkit.types import Draw, Run

CASES = 3
_ROWS = 2
"""Rows whose cases are looked at, the worst first."""


@dataclass(frozen=True, slots=True)
class MissedRow:
    """A row whose number lies on the wrong side of a threshold.

    Attributes:
        by: How far.
    """

    key: RowKey
    found: Estimate
    by: float


@dataclass(frozen=True, slots=True)
class WorstCase:
    """A case of a row that failed a gate.

    Attributes:
        new: What its draws score on average.
        old: The same of what it is held against; None where the gate compares nothing.
        sample: The draw with the worst score, as `evalkit show RUN SAMPLE` names it; None where no draw has a score of
            its own.
        draw: That draw.
    """

    key: RowKey
    case_id: str
    new: float
    old: float | None
    sample: str | None = None
    draw: Draw | None = None


def missed_rows(rows: Sequence[Row], gate: Gate) -> list[MissedRow]:
    """Return the rows on the wrong side of a gate's threshold, the farthest first."""
    found: list[MissedRow] = []
    for row in rows:
        value = _estimate(row, gate.measure)
        if value is None or value.estimate is None or not row.condition.matches(gate.where):
            continue
        below = 0.0 if gate.at_least is None else gate.at_least - value.estimate
        above = 0.0 if gate.at_most is None else value.estimate - gate.at_most
        if max(below, above) > 0:
            found.append(MissedRow((row.provider, row.condition), value, max(below, above)))
    return sorted(found, key=lambda each: -each.by)


def _estimate(row: Row, measure: str) -> Estimate | None:
    """Return what a row comes to on a measure; None where there is no single number."""
    if not measure.startswith(OF_CONSTRAINT):
        return row.measures.get(measure)
    name = measure.removeprefix(OF_CONSTRAINT)
    standings = [standing for demand, standing in row.constraints.items() if demand.constraint == name]
    return standings[0].strict if len(standings) == 1 else None


def compared_keys(judged: JudgedGate) -> list[tuple[RowKey, RowKey]]:
    """Return the rows that are worse than what they are held against, with that; the worst first."""
    worse = [row for row in judged.compared if row.verdict == "worse"]
    worse.sort(key=lambda row: (row.difference.estimate or 0.0) * (1 if row.better == "higher" else -1))
    return [(row.row, row.against) for row in worse]


@dataclass(frozen=True, slots=True)
class Sides:
    """Where the cases of a gate are.

    Attributes:
        new: The run, case by case.
        old: What it is held against: a baseline, or the run itself; None for nothing.
    """

    store: Store
    run: Run
    planned: Planned
    new: Measured
    old: Measured | None = None

    def worst(self, gate: Gate, keys: Sequence[tuple[RowKey, RowKey | None]], yardstick: Yardstick) -> list[WorstCase]:
        """Return the cases that weigh the most, the worst first.

        Args:
            gate: What failed.
            keys: The rows that failed it, the worst first, each with the row that it is held against.
            yardstick: Which end is the bad one.
        """
        sign = 1.0 if yardstick.side == "at_least" else -1.0
        found = [each for key, against in keys[:_ROWS] for each in self._cases(gate, key, against)]
        found.sort(key=lambda each: sign * (each.new - (each.old or 0.0)))
        return [self._in_words(each, yardstick) for each in found[:CASES]]

    def _cases(self, gate: Gate, key: RowKey, against: RowKey | None) -> Iterator[WorstCase]:
        row = self.new.row(key)
        other = None if against is None or self.old is None else self.old.row(against)
        before = {} if other is None else {case.case_id: _value(case, gate.measure) for case in other.cases}
        for case in () if row is None else row.cases:
            new, old = _value(case, gate.measure), before.get(case.case_id)
            if new is not None and (other is None or old is not None):
                yield WorstCase(key, case.case_id, new, old)

    def _in_words(self, found: WorstCase, yardstick: Yardstick) -> WorstCase:
        """Add the draw with the worst score."""
        provider, condition = found.key
        cells = self.planned.cells()
        at = (cell for cell in cells if (cell.provider, cell.condition, cell.case_id) == (*found.key, found.case_id))
        number = next((cell.number for cell in at), None)
        if number is None or not is_score(yardstick.measure):
            return found
        positions = self.planned.prepared.positions(number)
        cell = scored_cell(self.store, self.run, self.planned.suite, provider, positions)
        draw = None if cell is None or cell.condition != condition else worst_draw(cell.draws, yardstick)
        if draw is None:
            return found
        several = len(self.run.selection["providers"]) > 1
        return replace(found, draw=draw, sample=f"{provider}:{draw.position}" if several else f"{draw.position}")


def _value(case: MeasuredCase, measure: str) -> float | None:
    """Return what a case comes to on a measure; None where that is not known."""
    if is_score(measure):
        return case.scores[measure].mean if measure in case.scores else None
    return case.values.get(measure)
