"""Narrows a suite to what is to run, with nothing drawn yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.errors import UsageError, suggestion
from evalkit.expand import sweep
from evalkit.judge.named import load_judges
from evalkit.load import load_profile
from evalkit.selection import Selection, cells_by_row
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from evalkit.expand import Sweep
    from evalkit.measured import RowKey
    from evalkit.project import Project
    from evalkit.rounds import Looks, Rounds
    from evalkit.types import AxisValue, Case, Condition, Profile, Suite


@dataclass(frozen=True, slots=True)
class Prepared:
    """A suite narrowed to what is to run, with nothing drawn yet.

    Attributes:
        selection: As given, with the suite's providers, repeats and rounds filled in.
        judges: Profiles of those that constraints ask.
        rounds: The plan, where it may end before all repeats are drawn.
    """

    suite: Suite
    selection: Selection
    sweep: Sweep
    cases: tuple[Case, ...]
    profiles: tuple[Profile, ...]
    repeats: int
    judges: tuple[Profile, ...] = ()
    rounds: Rounds | None = None

    @property
    def everyone(self) -> tuple[Profile, ...]:
        """Every profile that is asked anything, once."""
        return tuple({profile.name: profile for profile in (*self.profiles, *self.judges)}.values())

    @property
    def probes(self) -> int:
        """Completions that will be scored, over all providers; in rounds, at most."""
        return self.repeats * sum(self._cells_by_row().values())

    @property
    def rows(self) -> tuple[RowKey, ...]:
        """Every provider under every condition that it is asked anything under."""
        return tuple(self._cells_by_row())

    def due(self, looks: Looks | None) -> int:
        """Return how many completions are due after these looks; None stands for a run that is not in rounds."""
        if looks is None:
            return self.probes
        return sum(cells * looks.due(row) for row, cells in self._cells_by_row().items())

    def cells_of(self, provider: str) -> Sequence[int]:
        """Return the numbers of the cells that a provider is asked, in the order in which it is; see `Selection`."""
        if self.selection.cells is None:
            return range(len(self.sweep.conditions) * len(self.cases))
        return self.selection.cells.get(provider, ())

    def cell(self, number: int) -> tuple[Condition, Case]:
        """Return what a cell's number stands for."""
        condition, case = divmod(number, len(self.cases))
        return self.sweep.conditions[condition], self.cases[case]

    def positions(self, number: int) -> range:
        """Return where the draws of a cell are in the store."""
        return range(number * self.repeats, (number + 1) * self.repeats)

    def _cells_by_row(self) -> dict[RowKey, int]:
        """Return how many cells each row has, less the rows that have none."""
        if self.selection.cells is None:
            keys = ((profile.name, condition) for profile in self.profiles for condition in self.sweep.conditions)
            return dict.fromkeys(keys, len(self.cases))
        there = cells_by_row(self.selection.cells, self.sweep.conditions, len(self.cases))
        keys = ((profile.name, condition) for profile in self.profiles for condition in self.sweep.conditions)
        return {key: len(there[key]) for key in keys if key in there}


def prepare(suite: Suite, project: Project, selection: Selection) -> Prepared:
    """Narrow a suite to a selection.

    Raises:
        UsageError: The selection names a case, axis, value or provider that is not there, or leaves nothing to run; or
            a constraint asks a judge, and none is named.
        ProfileError: A profile cannot be read.
    """
    names = tuple(dict.fromkeys(selection.providers or suite.providers))
    repeats = suite.repeats if selection.repeats is None else selection.repeats
    if repeats < 1:
        raise UsageError(f"repeats must be at least 1, got {repeats}")
    known = {case.id: case for case in suite.cases}
    for case in selection.cases:
        if case not in known:
            raise UsageError(f"suite {suite.name} has no case `{case}`", hint=suggestion(case, known))
    _check_axes(suite, selection.axes)
    axes = {axis: tuple(dict.fromkeys(values)) for axis, values in selection.axes.items()}
    rounds = _rounds(suite, selection)
    ends = None if rounds is None else rounds.ends
    chosen = tuple(case for case in suite.cases if not selection.cases or case.id in selection.cases)
    kept = sweep(suite, axes)
    cells = _checked_cells(selection.cells, names, len(kept.conditions) * len(chosen))
    return Prepared(
        suite=suite,
        selection=Selection(names, repeats, selection.cases, axes, selection.judge, ends, cells),
        sweep=kept,
        cases=chosen,
        profiles=tuple(load_profile(name, project) for name in names),
        repeats=repeats,
        judges=load_judges(suite, project, chosen, selection.judge),
        rounds=rounds,
    )


def _checked_cells(
    cells: Mapping[str, tuple[int, ...]] | None, providers: Collection[str], count: int
) -> dict[str, tuple[int, ...]] | None:
    if cells is None:
        return None
    for provider, numbers in cells.items():
        if provider not in providers:
            raise UsageError(f"cells are chosen of provider `{provider}`, which is not asked")
        if len(set(numbers)) < len(numbers) or not all(0 <= number < count for number in numbers):
            raise UsageError(f"provider `{provider}` has {count:,} cells, numbered from 0, each of which is drawn once")
    if not any(cells.values()):
        raise UsageError("no cell is left to run")
    return dict(cells)


def _rounds(suite: Suite, selection: Selection) -> Rounds | None:
    """Return the plan of a run: the stored one, or the suite's unless a number of repeats is asked for."""
    if suite.rounds is None or (selection.repeats is not None and selection.rounds is None):
        return None
    return replace(suite.rounds, ends=selection.rounds or suite.rounds.ends)


def _check_axes(suite: Suite, axes: Mapping[str, tuple[AxisValue, ...]]) -> None:
    for axis, values in axes.items():
        if axis not in suite.axes:
            raise UsageError(f"suite {suite.name} has no axis `{axis}`", hint=suggestion(axis, suite.axes))
        if not values:
            raise UsageError(f"axis `{axis}` is left without a value", hint="name one, or leave the axis out")
        for value in values:
            if value not in suite.axes[axis]:
                there = ", ".join(shown(each) for each in suite.axes[axis])
                raise UsageError(f"axis `{axis}` has no value {shown(value)}", hint=f"it has {there}")
