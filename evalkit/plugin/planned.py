"""What the plugin has planned of a suite: its cells and gates, before anything of them is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.gate import Gate
    from evalkit.prepare import Prepared
    from evalkit.project import Project
    from evalkit.types import Condition, Suite


@dataclass(frozen=True, slots=True)
class CellKey:
    """One provider under one condition on one case: what one item of the test run is about.

    Attributes:
        number: Where it stands among the cells of its provider; its draws stand at `number * repeats` and after.
    """

    provider: str
    number: int
    condition: Condition
    case_id: str


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A suite's file with the options applied, prepared for all of its cells; two of them are never the same.

    Attributes:
        path: The file; absolute.
        suite: With the values that options added to its axes.
        project: The project around the file.
        prepared: What a run of all cells would be.
        baseline: Name of what the suite is held against, which asks for a gate where the suite has none on it; None for
            nothing.
    """

    path: Path
    suite: Suite
    project: Project
    prepared: Prepared
    baseline: str | None = None

    def cells(self) -> Iterator[CellKey]:
        """Go through all cells, in the order of items: by provider, then condition, then case."""
        cases = self.prepared.cases
        for profile in self.prepared.profiles:
            for row, condition in enumerate(self.prepared.sweep.conditions):
                for column, case in enumerate(cases):
                    yield CellKey(profile.name, row * len(cases) + column, condition, case.id)

    def gates(self) -> tuple[Gate, ...]:
        """Return the suite's gates, with the one that a baseline asks for by itself."""
        if self.baseline is None:
            return self.suite.gates
        from evalkit.compare.gates import gates_of

        return gates_of(self.suite.gates, against_baseline=True)

    def cells_of_gate(self, gate: Gate) -> tuple[CellKey, ...]:
        """Return the cells that a gate must know before it can be judged, in the order of items."""
        from evalkit.compare.needs import rows_needed

        rows = rows_needed(gate, self.prepared.rows)
        return tuple(cell for cell in self.cells() if (cell.provider, cell.condition) in rows)


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What is to be drawn of a suite: the union over the selected items, in their order, each cell once."""

    planned: Planned
    cells: tuple[CellKey, ...]
