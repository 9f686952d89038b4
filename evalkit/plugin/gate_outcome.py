"""Says what becomes of the gates of a suite in a test run, from one report of what is drawn.

A gate has three ends besides failing for want of draws: it passes, it fails, or nothing is shown either way. It is
never judged by a part of its cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from evalkit.gate import BASELINE
from evalkit.measuring import run_measured
from evalkit.plugin.gate_messages import FailingGate, gate_failure, passed_gate, undecided_gate
from evalkit.plugin.messages import Where, Yardstick, fitted
from evalkit.plugin.properties import gate_properties
from evalkit.plugin.worst_cases import Sides, compared_keys, missed_rows
from evalkit.report import report
from evalkit.reports.format import count
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.findings import JudgedGate, Report
    from evalkit.gate import Gate
    from evalkit.measured import Measured, RowKey
    from evalkit.plugin.case_outcome import State
    from evalkit.plugin.case_thresholds import Side
    from evalkit.plugin.planned import Planned
    from evalkit.plugin.worst_cases import MissedRow
    from evalkit.store import Store
    from evalkit.types import Run


class Drawn(Protocol):
    """What is drawn of a session's suites."""

    @property
    def store(self) -> Store:
        """Where it is."""
        ...

    def run(self, planned: Planned) -> Run:
        """Return the run of a suite."""
        ...

    def baseline(self, planned: Planned) -> Measured | None:
        """Return what a suite is held against; None for nothing."""
        ...


@dataclass(frozen=True, slots=True)
class GateOutcome:
    """What one gate comes to.

    Attributes:
        state: `error` where too much of the run failed for anything to be judged.
        lines: Why, in words; the first line says the most.
        properties: What a report of the test run keeps of it.
        judged: What the report of the run says of it; None where it was not judged.
    """

    gate: Gate
    state: State
    lines: tuple[str, ...]
    properties: Mapping[str, str | int | float] = field(default_factory=lambda: EMPTY)
    judged: JudgedGate | None = None


def judge_gates(drawn: Drawn, planned: Planned) -> tuple[GateOutcome, ...]:
    """Judge all gates of a suite, when all that they need is drawn.

    Args:
        drawn: What is drawn.
        planned: The suite; the run's own, or another one that judges its completions anew.

    Returns:
        One for each of `planned.gates()`, in that order; those of which cells were not selected are undecided.
    """
    run, old = drawn.run(planned), drawn.baseline(planned)
    # What it costs to say how gates behave in the long run is left to the one report of the session.
    other = None if planned.suite.hash == run.suite_hash else planned.suite
    found = report(run, drawn.store, suite=other, baseline=old, look=True)
    judging = _Judging(planned, run, drawn.store, old, found)
    return tuple(judging.outcome(gate, judged) for gate, judged in paired(planned.gates(), found.gates))


def paired(gates: tuple[Gate, ...], judged: tuple[JudgedGate, ...]) -> Iterator[tuple[Gate, JudgedGate | None]]:
    """Put gates beside what became of them, in the order of both; None where a gate was not judged."""
    left = list(judged)
    for gate in gates:
        # Gates of one name select the same cells, so that all of them are judged or none is.
        found = next((each for each in left if each.name == gate.name), None)
        if found is not None:
            left.remove(found)
        yield gate, found


@dataclass(frozen=True, slots=True)
class _Judging:
    planned: Planned
    run: Run
    store: Store
    old: Measured | None
    report: Report

    def outcome(self, gate: Gate, judged: JudgedGate | None) -> GateOutcome:
        """Return what becomes of one gate."""
        if judged is None:
            why = f"{gate.name}: undecided: not all of its cells were selected"
            return GateOutcome(
                gate, "undecided", fitted([why]), gate_properties(self.run, gate.name, "undecided", "undecided")
            )
        state, lines = self._conclusion(gate, judged)
        return GateOutcome(gate, state, lines, gate_properties(self.run, gate.name, judged.verdict, state), judged)

    def _conclusion(self, gate: Gate, judged: JudgedGate) -> tuple[State, tuple[str, ...]]:
        if self.report.incomplete is not None:
            return "error", fitted([f"{judged.name}: {self.report.incomplete}"])
        if judged.verdict in ("passed", "not_worse"):
            return "passed", passed_gate(judged)
        if judged.verdict == "undecided" and self.report.summary.unjudged:
            votes = count(self.report.summary.unjudged, "vote")
            return "error", fitted([f"{judged.name}: {votes} of judges missing: {judged.why}"])
        if judged.alarming:
            return "failed", gate_failure(self._failing(gate, judged))
        return "undecided", undecided_gate(judged)

    def _failing(self, gate: Gate, judged: JudgedGate) -> FailingGate:
        missed = missed_rows(self.report.summary.rows, gate) if judged.verdict == "failed" else []
        keys: list[tuple[RowKey, RowKey | None]] = [(row.key, None) for row in missed]
        keys = keys or list(compared_keys(judged))
        yardstick = Yardstick(gate.measure, _side(gate, missed))
        return FailingGate(
            judged,
            _demand(gate),
            missed,
            self._sides(gate).worst(gate, keys, yardstick) if keys else [],
            yardstick,
            self.planned.suite.judged,
            Where.of(self.run, "", self.planned.project).command("report"),
        )

    def _sides(self, gate: Gate) -> Sides:
        new = run_measured(self.store, self.run, self.planned.suite)
        old = self.old if gate.no_worse_than == BASELINE else new if gate.compares else None
        return Sides(self.store, self.run, self.planned, new, old)


def _side(gate: Gate, missed: Sequence[MissedRow]) -> Side:
    """Say which end of the measure is the bad one."""
    found = missed[0].found.estimate if missed else None
    if found is None:
        return "at_least" if gate.better == "higher" else "at_most"
    return "at_least" if gate.at_least is not None and found < gate.at_least else "at_most"


def _demand(gate: Gate) -> str:
    """Write a threshold; the intervals beside it are of cases like these, so what is of these very ones says so."""
    parts = [("at least", gate.at_least), ("at most", gate.at_most)]
    demand = " and ".join(f"{words} {value:g}" for words, value in parts if value is not None)
    return f"{demand} in these very cases" if demand and gate.inference == "suite" else demand
