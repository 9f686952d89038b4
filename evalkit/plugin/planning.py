"""From a suite's file and the options to what is planned: no store, no model and no call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.choices import with_choices
from evalkit.load import load_with_places
from evalkit.plugin.names import distinct, names_of
from evalkit.plugin.planned import Planned
from evalkit.prepare import prepare
from evalkit.project import find_project
from evalkit.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from evalkit.gate import Gate
    from evalkit.load import Loaded
    from evalkit.plugin.names import Names
    from evalkit.plugin.options import Options
    from evalkit.plugin.planned import CellKey
    from evalkit.prepare import Prepared
    from evalkit.project import Project


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What a suite's file comes to in a test run.

    Attributes:
        case_lines: Where each case stands, from 1, by id.
        gate_lines: Where each gate stands, from 1; the one that a baseline asks for by itself stands in the first.
        warnings: What is allowed, and can hardly be meant.
    """

    planned: Planned
    names: Names
    case_lines: Mapping[str, int]
    gate_lines: tuple[int, ...]
    warnings: tuple[str, ...] = ()

    def cells(self) -> Iterator[tuple[str, CellKey]]:
        """Go through all cells with their items' names, in order."""
        conditions = {each: self.names.of(each) for each in self.planned.prepared.sweep.conditions}
        for cell in self.planned.cells():
            yield f"{cell.provider}{conditions[cell.condition]}[{cell.case_id}]", cell

    def gates(self) -> Iterator[tuple[str, Gate]]:
        """Go through all gates with their items' names, in order."""
        gates = self.planned.gates()
        return zip(distinct(self.names.gate(gate) for gate in gates), gates, strict=True)


def plan_suite(file: Path, options: Options, root: Path) -> Plan:
    """Read a suite and apply the options to it.

    Args:
        file: Where it is.
        options: What the test run was given.
        root: What is taken for the project where there is none around the file.

    Raises:
        EvalkitError: The suite, a profile that it names, the baseline, or what the options ask of it is wrong.
    """
    project = find_project(file.parent, otherwise=root if root in file.parents else None)
    loaded = load_with_places(file, project)
    suite, axes = with_choices(loaded.suite, options.choices, "--evalkit-set")
    prepared = prepare(suite, project, Selection(providers=options.providers, axes=axes))
    warnings = [str(doubt) for doubt in suite.doubts]
    baseline = _baseline(options.baseline_of(suite.name), options, project, prepared, warnings)
    planned = Planned(file, suite, project, prepared, baseline)
    lines = _lines(loaded, "gates", len(suite.gates))
    return Plan(
        planned,
        names_of(prepared.sweep.conditions, suite.axes),
        dict(zip((case.id for case in suite.cases), _lines(loaded, "cases", len(suite.cases)), strict=True)),
        (*lines, *(1 for _ in planned.gates()[len(lines) :])),
        tuple(warnings),
    )


def _baseline(
    name: str | None, options: Options, project: Project, prepared: Prepared, warnings: list[str]
) -> str | None:
    """Return the baseline to hold the suite against; the first one is yet to be made where it is to be updated."""
    if name is None:
        return None
    from evalkit.baselines.against import read_against_prepared
    from evalkit.baselines.baseline import baseline_path

    if options.update_baseline and not baseline_path(name, project).exists():
        return None
    read_against_prepared(name, project, prepared, warnings.append)
    return name


def _lines(loaded: Loaded, key: str, count: int) -> list[int]:
    return [loaded.document.at((key, number)).line for number in range(count)]
