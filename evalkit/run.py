"""Runs a suite from start to report: the one call behind the command line and everything else."""

from __future__ import annotations

import platform
import secrets
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evalkit.baselines.baseline import Baseline
from evalkit.compare import compare
from evalkit.compare.evidence import Evidence, bounds_of
from evalkit.compare.explored import explored
from evalkit.compare.gates import gates_of
from evalkit.errors import UsageError, suggestion
from evalkit.expand import sweep
from evalkit.findings import Summary
from evalkit.judge.pending import open_votes
from evalkit.judge.seats import load_judges
from evalkit.knobs import knob_notes
from evalkit.load import load_profile, rebuild
from evalkit.look import interval_levels
from evalkit.measuring import run_measured, summarise_run
from evalkit.notes import batch_notes, judge_notes, kill_notes, round_notes, rule_notes, served_notes
from evalkit.probe.cited import cited, probe_notes
from evalkit.resuming import check_profiles
from evalkit.rounds import Looks
from evalkit.silent_change import run_changes
from evalkit.store.rows import frozen
from evalkit.types import EMPTY, RESPONSES, shown
from evalkit.works import works_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from evalkit.expand import Sweep
    from evalkit.findings import Change, Report
    from evalkit.measured import Measured, RowKey
    from evalkit.probe.findings import Probed
    from evalkit.project import Project
    from evalkit.revision import Revision
    from evalkit.rounds import Rounds
    from evalkit.store import Store
    from evalkit.types import AxisValue, Case, Json, Profile, Run, Suite


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
    """

    providers: tuple[str, ...] = ()
    repeats: int | None = None
    cases: tuple[str, ...] = ()
    axes: Mapping[str, tuple[AxisValue, ...]] = field(default_factory=lambda: EMPTY)
    judge: str | None = None
    rounds: tuple[int, ...] | None = None

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
        }


def read_selection(plain: Mapping[str, Json]) -> Selection:
    """Build a selection from what `Selection.to_json` returned."""
    return Selection(
        providers=tuple(plain["providers"]),
        repeats=plain["repeats"],
        cases=tuple(plain["cases"]),
        axes={axis: tuple(frozen(value) for value in values) for axis, values in plain["axes"].items()},
        judge=plain.get("judge"),
        rounds=None if plain.get("rounds") is None else tuple(plain["rounds"]),
    )


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


def start_run(prepared: Prepared, store: Store, *, seed: int | None = None) -> Run:
    """Open a new run in the store.

    Args:
        prepared: What to run.
        store: Where.
        seed: From `--seed`; None takes the suite's, and draws one where the suite has none.

    Raises:
        ProfileError: No adapter can be built, so that there would be nothing in the run.
    """
    suite = prepared.suite
    works_of(prepared, 0, seed_drawn=False)
    seed_from: Literal["option", "suite", "drawn"]
    if seed is not None:
        chosen, seed_from = seed, "option"
    elif suite.seed is not None:
        chosen, seed_from = suite.seed, "suite"
    else:
        chosen, seed_from = secrets.randbits(63), "drawn"
    return store.create_run(
        suite,
        seed=chosen,
        seed_from=seed_from,
        selection=prepared.selection.to_json(),
        planned=prepared.due(None if prepared.rounds is None else Looks(prepared.rounds.ends)),
        versions=versions(),
        profiles=prepared.everyone,
    )


def versions() -> dict[str, str]:
    """Return what a run records of the software that made it."""
    return {
        "evalkit": version("prompt-evalkit"),
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def suite_of(run: Run) -> Suite:
    """Build the suite of a stored run as it was; own code beside its file is looked for where the file was."""
    return rebuild(run.document, path=None if run.suite_path is None else Path(run.suite_path))


def reopen_run(run: Run, project: Project, *, begun: Collection[str] | None = None) -> Prepared:
    """Prepare a stored run for its missing samples: its own suite, its own selection, today's profiles.

    Args:
        run: The run.
        project: Where profiles are found.
        begun: Providers that have given the run something, so that their profiles must be as they were; None for all.

    Raises:
        UsageError: A profile has changed in what shapes answers, so that new draws would not belong to this run.
    """
    if any(run.profiles[name]["adapter"] == RESPONSES for name in run.selection["providers"]):
        raise UsageError(
            f"run {run.id} is made of texts that came from elsewhere, so that there is nobody to ask for more",
            hint="`evalkit score SUITE --responses FILE` takes them with the missing ones as a new run",
        )
    prepared = prepare(suite_of(run), project, read_selection(run.selection))
    check_profiles(run, prepared.everyone if begun is None else [p for p in prepared.everyone if p.name in begun])
    return prepared


def report(
    run: Run,
    store: Store,
    *,
    suite: Suite | None = None,
    where: Mapping[str, tuple[AxisValue, ...]] = EMPTY,
    probes: Mapping[str, Probed] = EMPTY,
    revision: Revision | None = None,
    baseline: Measured | None = None,
    look: bool = False,
) -> Report:
    """Summarise a stored run and hold it against its gates.

    Args:
        run: The run.
        store: Where it is; completions that have no verdicts yet get them.
        suite: A later version of the suite to judge everything with again; None uses the run's own.
        where: Axis values that select conditions; empty selects all.
        probes: What probes found of the run's models, by provider; see `evalkit.probe.cited.probes_of`.
        revision: Is told how old and new verdicts differ; None keeps no account.
        baseline: What the run is held against; where no gate of the suite asks for it, one more does.
        look: Whether verdicts are all that is wanted, to see whether a run in rounds goes on.

    Raises:
        BaselineError: A line of the baseline says what no baseline says.
    """
    judge = suite_of(run) if suite is None else suite
    chosen = sweep(judge, read_selection(run.selection).axes)
    looks = store.looks(run)
    levels = interval_levels(looks, product(run.selection["providers"], chosen.conditions))
    again = suite is not None
    found = summarise_run(store, run, judge, again=again, revision=revision, where=where, levels=levels)
    rows = found.rows
    spent = store.spent(run.id)
    judges = [name for name in spent if name not in run.selection["providers"]]
    unjudged = sum(1 for _ in open_votes(store, run, judge))
    knobs = cited(knob_notes(store.knobs(run.id)), probes)
    summary = Summary(
        run=run.id,
        suite_name=run.suite_name,
        suite_version=run.suite_version,
        suite_hash=run.suite_hash,
        rows=rows,
        left_out=chosen.left_out,
        missing=store.run(run.id).planned - sum(sum(row.completions.values()) for row in rows),
        notes=(
            *served_notes(rows),
            *kill_notes(store.broken_off(run.id)),
            *batch_notes(store, run.id),
            *probe_notes(judge, knobs, probes),
            *judge_notes(run, judge, unjudged),
            *round_notes(looks),
            *rule_notes(run, judge),
        ),
        knobs=knobs,
        providers=tuple(run.selection["providers"]),
        spent={name: spent[name] for name in (*run.selection["providers"], *judges) if name in spent},
        unjudged=unjudged,
        pooled=found.pooled,
    )
    evidence = replace(_evidence(run, store, judge, baseline), in_full=not look)
    changes = () if look else _changes(run, store, judge, evidence)
    return replace(_judged(summary, judge, evidence, where), environment=store.environment(run.id), changes=changes)


def _evidence(run: Run, store: Store, suite: Suite, baseline: Measured | None) -> Evidence:
    wanted = suite.gates or baseline is not None  # what nobody asks of is not read case by case
    return Evidence(
        new=run_measured(store, run, suite) if wanted else None,
        old=baseline,
        alarms=suite.alarms,
        max_failed=suite.max_failed,
        bounds=bounds_of(suite.measures),
        looks=store.looks(run),
    )


def _changes(run: Run, store: Store, suite: Suite, evidence: Evidence) -> tuple[Change, ...]:
    """Look for silent changes of the models since the baseline."""
    if evidence.new is None or evidence.old is None:
        return ()
    before = evidence.old.sketches() if isinstance(evidence.old, Baseline) else None
    return run_changes(store, run, suite, new=evidence.new, old=evidence.old, before=before)


def _judged(summary: Summary, suite: Suite, evidence: Evidence, where: Mapping[str, tuple[AxisValue, ...]]) -> Report:
    """Judge the gates on the whole run, whatever part of it is shown, and explore what is shown."""
    gates = gates_of(suite.gates, against_baseline=evidence.old is not None)
    whole = compare(summary, gates, evidence=evidence)
    shown = replace(summary, rows=tuple(row for row in summary.rows if row.condition.matches(where)))
    comparison = explored(evidence, whole, where=where) if evidence.in_full else None
    return replace(whole, summary=shown, comparison=comparison)
