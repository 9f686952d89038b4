"""What of a suite to run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.measured import RowKey
    from evalkit.types import AxisValue, Condition, Json


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a suite to run.

    Attributes:
        providers: Profiles to ask; empty takes the suite's.
        repeats: Draws of each case under each condition; None takes the suite's.
        cases: Ids to keep; empty keeps all.
        axes: Values to keep, by axis; an axis not named keeps all.
        judge: Profile that judges where a constraint names none; None takes the suite's.
        rounds: Repeats that are drawn when each round ends; None takes the suite's plan, unless `repeats` is given.
        cells: By provider, the numbers of the cells to draw, in the order in which to ask; None draws all. A cell's
            number is its condition's place times the number of cases, plus its case's place, in what the rest leaves.
    """

    providers: tuple[str, ...] = ()
    repeats: int | None = None
    cases: tuple[str, ...] = ()
    axes: Mapping[str, tuple[AxisValue, ...]] = field(default_factory=lambda: EMPTY)
    judge: str | None = None
    rounds: tuple[int, ...] | None = None
    cells: Mapping[str, tuple[int, ...]] | None = None

    def to_json(self) -> dict[str, Json]:
        """Return plain data, as a run records it."""
        return {
            "providers": list(self.providers),
            "repeats": self.repeats,
            "cases": list(self.cases),
            "axes": {
                axis: [list(value) if isinstance(value, tuple) else value for value in values]
                for axis, values in self.axes.items()
            },
            "judge": self.judge,
            "rounds": None if self.rounds is None else list(self.rounds),
            "cells": None if self.cells is None else {name: list(numbers) for name, numbers in self.cells.items()},
        }


def read_cells(plain: Mapping[str, Json]) -> dict[str, tuple[int, ...]] | None:
    """Return the cells of what `Selection.to_json` returned; None for all."""
    cells = plain.get("cells")
    return None if cells is None else {name: tuple(numbers) for name, numbers in cells.items()}


def cells_by_row(
    cells: Mapping[str, Sequence[int]], conditions: Sequence[Condition], cases: int
) -> dict[RowKey, list[int]]:
    """Return by row which cases its cells are of, by their places, in the order of the cells.

    Args:
        cells: See `Selection.cells`.
        conditions: What the rest of the selection leaves.
        cases: How many it leaves.
    """
    found: dict[RowKey, list[int]] = {}
    for provider, numbers in cells.items():
        for condition, case in (divmod(number, cases) for number in numbers):
            found.setdefault((provider, conditions[condition]), []).append(case)
    return found


def read_selection(plain: Mapping[str, Json]) -> Selection:
    """Build a selection from what `Selection.to_json` returned."""
    from evalkit.store.rows import frozen  # noqa: PLC0415 - only where a run is read does the store have to be known

    return Selection(
        providers=tuple(plain["providers"]),
        repeats=plain["repeats"],
        cases=tuple(plain["cases"]),
        axes={axis: tuple(frozen(value) for value in values) for axis, values in plain["axes"].items()},
        judge=plain.get("judge"),
        rounds=None if plain.get("rounds") is None else tuple(plain["rounds"]),
        cells=read_cells(plain),
    )
