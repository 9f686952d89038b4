"""Narrows a suite to what is to run, with nothing drawn yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.errors import UsageError, suggestion
from evalkit.expand import sweep
from evalkit.judge.seats import load_judges
from evalkit.load import load_profile
from evalkit.selection import Selection
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.expand import Sweep
    from evalkit.measured import RowKey
    from evalkit.project import Project
    from evalkit.rounds import Looks, Rounds
    from evalkit.types import AxisValue, Case, Profile, Suite


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
        return len(self.sweep.conditions) * len(self.cases) * self.repeats * len(self.profiles)

    @property
    def rows(self) -> tuple[RowKey, ...]:
        """Every provider under every condition."""
        return tuple((profile.name, condition) for profile in self.profiles for condition in self.sweep.conditions)

    def due(self, looks: Looks | None) -> int:
        """Return how many completions are due after these looks; None stands for a run that is not in rounds."""
        return self.probes if looks is None else len(self.cases) * sum(looks.due(row) for row in self.rows)


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
    return Prepared(
        suite=suite,
        selection=Selection(names, repeats, selection.cases, axes, selection.judge, ends),
        sweep=sweep(suite, axes),
        cases=chosen,
        profiles=tuple(load_profile(name, project) for name in names),
        repeats=repeats,
        judges=load_judges(suite, project, chosen, selection.judge),
        rounds=rounds,
    )


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
