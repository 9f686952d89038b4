"""Runs a suite from start to report: the one call behind the command line and everything else."""

from __future__ import annotations

import asyncio
import platform
import secrets
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from evalkit.cells import scored_cells
from evalkit.compare import compare
from evalkit.errors import EvalkitError, ProfileError, ProviderError, UsageError, suggestion
from evalkit.expand import Plan, sweep
from evalkit.findings import Summary
from evalkit.generate import Work, generate
from evalkit.generate.batches import NO_BATCHES, batch_api, check_batches
from evalkit.generate.budget import Budget
from evalkit.generate.tally import Tally, Unwatched
from evalkit.judge.pending import open_votes
from evalkit.judge.seats import load_judges, seat_judges
from evalkit.knobs import knob_notes, known_knobs, merged_knobs, settings_in_play
from evalkit.load import load_profile, rebuild
from evalkit.notes import batch_notes, judge_notes, kill_notes, rule_notes, served_notes
from evalkit.probe.cited import cited, probe_notes
from evalkit.providers.registry import build_provider
from evalkit.resuming import check_profiles
from evalkit.store.rows import frozen
from evalkit.summarise import summarise
from evalkit.types import EMPTY, RESPONSES, shown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from evalkit.expand import Sweep
    from evalkit.findings import Report
    from evalkit.generate import Batching, Watcher
    from evalkit.probe.findings import Probed
    from evalkit.project import Project
    from evalkit.protocols import Provider
    from evalkit.revision import Revision
    from evalkit.store import Store
    from evalkit.types import AxisValue, Case, Json, Profile, Run, Scalar, SettingValue, Suite


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a suite to run.

    Attributes:
        providers: Profiles to ask; empty takes the suite's.
        repeats: Draws of each case under each condition; None takes the suite's.
        cases: Ids to keep; empty keeps all.
        axes: Values to keep, by axis; an axis not named keeps all.
        judge: Profile that judges where a constraint names none; None takes the suite's.
    """

    providers: tuple[str, ...] = ()
    repeats: int | None = None
    cases: tuple[str, ...] = ()
    axes: Mapping[str, tuple[AxisValue, ...]] = field(default_factory=lambda: EMPTY)
    judge: str | None = None

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
        }


def read_selection(plain: Mapping[str, Json]) -> Selection:
    """Build a selection from what `Selection.to_json` returned."""
    return Selection(
        providers=tuple(plain["providers"]),
        repeats=plain["repeats"],
        cases=tuple(plain["cases"]),
        axes={axis: tuple(frozen(value) for value in values) for axis, values in plain["axes"].items()},
        judge=plain.get("judge"),
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A suite narrowed to what is to run, with nothing drawn yet.

    Attributes:
        selection: As given, with the suite's providers and repeats filled in.
        judges: Profiles of those that constraints ask.
    """

    suite: Suite
    selection: Selection
    sweep: Sweep
    cases: tuple[Case, ...]
    profiles: tuple[Profile, ...]
    repeats: int
    judges: tuple[Profile, ...] = ()

    @property
    def everyone(self) -> tuple[Profile, ...]:
        """Every profile that is asked anything, once."""
        return tuple({profile.name: profile for profile in (*self.profiles, *self.judges)}.values())

    @property
    def probes(self) -> int:
        """Completions that will be scored, over all providers."""
        return len(self.sweep.conditions) * len(self.cases) * self.repeats * len(self.profiles)


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
    chosen = tuple(case for case in suite.cases if not selection.cases or case.id in selection.cases)
    return Prepared(
        suite=suite,
        selection=Selection(names, repeats, selection.cases, axes, selection.judge),
        sweep=sweep(suite, axes),
        cases=chosen,
        profiles=tuple(load_profile(name, project) for name in names),
        repeats=repeats,
        judges=load_judges(suite, project, chosen, selection.judge),
    )


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
    _works(prepared, 0, seed_drawn=False)
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
        planned=prepared.probes,
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


async def draw(
    prepared: Prepared,
    run: Run,
    store: Store,
    *,
    reuse: bool = False,
    budget: Budget | None = None,
    watcher: Watcher | None = None,
    batching: Batching = NO_BATCHES,
) -> Tally:
    """Draw what a run still lacks, have it judged, and close it when nothing is missing; see `generate`.

    Raises:
        ProfileError: No adapter can be built; where one can, the others are noted in the tally like any failure.
    """
    works, unusable = _works(prepared, run.seed, seed_drawn=run.seed_from == "drawn")
    bench, unusable_judges = seat_judges(prepared.suite, prepared.judges, run, store, [work.provider for work in works])
    unusable |= unusable_judges
    providers = list({id(each): each for each in (*(work.provider for work in works), *bench.providers)}.values())
    for provider in providers:
        _recall(provider, store.refused(run.id, provider.profile.name))
    asked = [work.provider for work in works]
    _note_knobs(prepared, run, store, asked)
    purse, watching = budget or Budget(), watcher or Unwatched()
    try:
        tally = await generate(store, run.id, works, reuse=reuse, budget=purse, watcher=watching, batching=batching)
        tally.failures.update(unusable)
        await bench.ask(tally, reuse=reuse, budget=purse, watcher=watching)
        facts = _environments(providers, tally)
        unfinished = tally.failures or tally.outcomes.get("error", 0) or tally.over_budget or tally.left
        store.finish_run(run.id, facts, complete=not unfinished)
    finally:
        _note_knobs(prepared, run, store, asked)
        closed = await asyncio.gather(*(provider.aclose() for provider in providers), return_exceptions=True)
    for provider, failed in zip(providers, closed, strict=True):
        if isinstance(failed, EvalkitError):
            tally.failures.setdefault(provider.profile.name, failed)
        elif failed is not None:
            raise failed
    return tally


def _works(prepared: Prepared, seed: int, *, seed_drawn: bool) -> tuple[list[Work], dict[str, EvalkitError]]:
    """Build the providers, and return by name why others cannot be; one broken adapter is no reason to ask nobody."""
    works: list[Work] = []
    unusable: dict[str, EvalkitError] = {}
    for profile in prepared.profiles:
        plan = Plan(prepared.suite, profile, seed, seed_drawn=seed_drawn)
        try:
            provider = build_provider(profile)
        except ProfileError as error:
            unusable[profile.name] = error
        else:
            works.append(Work(provider, plan, prepared.sweep.conditions, prepared.cases, prepared.repeats))
    if not works:
        raise next(iter(unusable.values()))
    return works, unusable


def unbatched(prepared: Prepared) -> tuple[str, ...]:
    """Return the providers that take no batches.

    Raises:
        ProfileError: No adapter can be built.
        UsageError: What the others would be asked cannot be drawn in batches.
    """
    works, _ = _works(prepared, 0, seed_drawn=False)
    check_batches(works)
    return tuple(work.provider.profile.name for work in works if batch_api(work.provider) is None)


def _environments(providers: Sequence[Provider], tally: Tally) -> dict[str, Mapping[str, Scalar]]:
    """Return what each provider ran on; one that cannot say has failed at the end, with all that it gave kept."""
    facts: dict[str, Mapping[str, Scalar]] = {}
    for provider in providers:
        try:
            facts[provider.profile.name] = provider.environment()
        except EvalkitError as error:
            tally.failures.setdefault(provider.profile.name, error)
    return facts


def _recall(provider: Provider, refused: Sequence[tuple[Mapping[str, SettingValue], str]]) -> None:
    """Remind a provider of what its server refused in earlier sittings, so that it is not asked for again."""
    recall = getattr(provider, "recall", None)
    if recall is not None:
        for settings, reason in refused:
            recall(settings, reason)


def _note_knobs(prepared: Prepared, run: Run, store: Store, providers: Sequence[Provider]) -> None:
    """Keep what is known of the settings asked for, and what the servers have refused by now."""
    knobs = store.knobs(run.id)
    for provider in providers:
        name = provider.profile.name
        asked = settings_in_play(prepared.suite, provider.profile)
        refusals: Mapping[str, str] = getattr(provider, "refusals", EMPTY)
        try:
            known = known_knobs(provider, asked, refusals)
        except ProviderError:
            known = {}  # it fails for the same reason at its first sample, and only it
        knobs[name] = merged_knobs(knobs.get(name, EMPTY), known)
    store.note_knobs(run.id, knobs)


def unpriced(prepared: Prepared) -> tuple[str, ...]:
    """Return the providers of which nobody knows what they cost.

    Raises:
        ProfileError: No adapter can be built.
    """
    works, _ = _works(prepared, 0, seed_drawn=False)
    prices = {work.provider.profile.name: work.provider.price() for work in works}
    for profile in prepared.judges:
        if profile.name not in prices:
            prices[profile.name] = build_provider(profile).price()
    return tuple(name for name, price in prices.items() if price is None)


def report(
    run: Run,
    store: Store,
    *,
    suite: Suite | None = None,
    where: Mapping[str, tuple[AxisValue, ...]] = EMPTY,
    probes: Mapping[str, Probed] = EMPTY,
    revision: Revision | None = None,
) -> Report:
    """Summarise a stored run and hold it against its gates.

    Args:
        run: The run.
        store: Where it is; completions that have no verdicts yet get them.
        suite: A later version of the suite to judge everything with again; None uses the run's own.
        where: Axis values that select conditions; empty selects all.
        probes: What probes found of the run's models, by provider; see `evalkit.probe.cited.probes_of`.
        revision: Is told how old and new verdicts differ; None keeps no account.
    """
    judge = suite_of(run) if suite is None else suite
    chosen = sweep(judge, read_selection(run.selection).axes)
    cells = scored_cells(store, run, judge, again=suite is not None, revision=revision)
    found = summarise(cells, judge.measures, judged=judge.judged, where=where)
    rows = found.rows
    spent = store.spent(run.id)
    judges = [name for name in spent if name not in run.selection["providers"]]
    unjudged = sum(1 for _ in open_votes(store, run, judge))
    knobs = cited(knob_notes(store.knobs(run.id)), probes)
    finished = sum(sum(row.completions.values()) for row in rows)
    summary = Summary(
        run=run.id,
        suite_name=run.suite_name,
        suite_version=run.suite_version,
        suite_hash=run.suite_hash,
        rows=rows,
        left_out=chosen.left_out,
        missing=run.planned - finished,
        notes=(
            *served_notes(rows),
            *kill_notes(store.broken_off(run.id)),
            *batch_notes(store, run.id),
            *probe_notes(judge, knobs, probes),
            *judge_notes(run, judge, unjudged),
            *rule_notes(run, judge),
        ),
        knobs=knobs,
        providers=tuple(run.selection["providers"]),
        spent={name: spent[name] for name in (*run.selection["providers"], *judges) if name in spent},
        unjudged=unjudged,
        pooled=found.pooled,
    )
    whole = compare(summary, judge.gates, store.environment(run.id))
    # Gates are judged on the whole run, whatever part of it is shown.
    return replace(whole, summary=replace(summary, rows=tuple(row for row in rows if row.condition.matches(where))))
