"""Draws what a test session wants of one suite, and notes for all processes how that goes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.conduct import draw_run, open_run, resume_run
from evalkit.errors import EvalkitError, ProfileError, StoreError, UsageError, not_set_up
from evalkit.providers.registry import build_provider
from evalkit.reports.format import count, dollars, with_name
from evalkit.secret import scrub, without_keys
from evalkit.selection import read_selection
from evalkit.store.session_runs import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from evalkit.conduct import Opened, Terms
    from evalkit.generate import Tally
    from evalkit.generate.budget import Budget
    from evalkit.plugin.planned import Wanted
    from evalkit.selection import Selection
    from evalkit.store import Store
    from evalkit.store.session_runs import Kind, State
    from evalkit.types import Profile, Run

SUITE = ""
"""Stands for the suite as a whole where problems are noted by provider."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What the suites of one test session have in common while one process draws them.

    Attributes:
        session: The test session's id.
        store: Of the thread that draws.
        budget: What all runs of the session together may cost.
        terms: On what terms runs are drawn.
        resume: Whether the newest unfinished run of the same selection goes on.
        tell: Wakes whoever waits in this process.
        why_stopped: Says why nothing more is to be asked for; None while all is well.
        lost: Whether another process draws by now, so that nothing is to be noted here.
    """

    session: str
    store: Store
    budget: Budget
    terms: Terms
    resume: bool
    tell: Callable[[], None]
    why_stopped: Callable[[], str | None]
    lost: Callable[[], bool]


async def draw_suites(wanted: Sequence[Wanted], sitting: Sitting) -> None:
    """Draw suites side by side, except that one waits for those before it that ask the same providers.

    Raises:
        StoreError: The store cannot be used.
    """
    ended = [asyncio.Event() for _ in wanted]

    async def draw(index: int) -> None:
        try:
            for earlier in _in_its_way(wanted, index):
                await ended[earlier].wait()
            await draw_suite(wanted[index], sitting)
        finally:
            ended[index].set()

    try:
        async with asyncio.TaskGroup() as group:
            for index in range(len(wanted)):
                group.create_task(draw(index))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from errors


def _in_its_way(wanted: Sequence[Wanted], index: int) -> list[int]:
    """Return the suites before this one that ask a provider that it asks."""
    mine = _asked(wanted[index])
    return [earlier for earlier in range(index) if mine & _asked(wanted[earlier])]


def _asked(wanted: Wanted) -> set[str]:
    return {cell.provider for cell in wanted.cells} | {judge.name for judge in wanted.planned.prepared.judges}


async def draw_suite(wanted: Wanted, sitting: Sitting) -> None:
    """Open the run of a suite, or go on with it, and draw what is wanted; whatever is in the way is noted.

    Raises:
        StoreError: The store cannot be used.
    """
    suite, noted = str(wanted.planned.path), sitting.store.session_runs
    there = noted.find(sitting.session, suite)
    if there is not None and there.state != "open":
        return
    why = sitting.why_stopped()
    if why is not None:
        noted.open(sitting.session, suite, None)
        _note(wanted, sitting, "stopped", {SUITE: Problem("stopped", why)})
        return
    try:
        opened = _open(wanted, sitting, None if there is None else there.run)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - a broken suite is no reason to draw no other
        noted.open(sitting.session, suite, None)
        _note(wanted, sitting, "ended", _why_not_opened(wanted, error))
        return
    if noted.open(sitting.session, suite, opened.run.id).run == opened.run.id:
        await _draw(wanted, opened, sitting)


async def _draw(wanted: Wanted, opened: Opened, sitting: Sitting) -> None:
    problems = _unusable(opened.prepared.everyone)
    _note(wanted, sitting, "open", problems)
    state: State = "ended"
    over_budget = False

    def note_failures(tally: Tally) -> None:
        _note(wanted, sitting, "open", problems | _failures(tally))

    watcher = _Watcher(note_failures, sitting.tell)
    try:
        tally = await draw_run(
            opened, watcher=watcher, stop=lambda: sitting.why_stopped() is not None, budget=sitting.budget
        )
    except StoreError:
        raise
    except asyncio.CancelledError:
        why = sitting.why_stopped() or "it was interrupted"
        _note(wanted, sitting, "stopped", {SUITE: Problem("stopped", why), **problems})
        raise
    except Exception as error:  # noqa: BLE001 - as above
        problems[SUITE] = problem_of(error)
    else:
        problems |= _why_incomplete(tally, sitting)
        state, over_budget = "stopped" if tally.stopped else "ended", tally.over_budget
    _note(wanted, sitting, state, problems, over_budget=over_budget)


def _note(
    wanted: Wanted, sitting: Sitting, state: State, problems: Mapping[str, Problem], *, over_budget: bool = False
) -> None:
    if not sitting.lost():
        sitting.store.session_runs.note(
            sitting.session, str(wanted.planned.path), state=state, problems=problems, over_budget=over_budget
        )
    sitting.tell()


def _open(wanted: Wanted, sitting: Sitting, begun: str | None) -> Opened:
    """Open a run, or go on with the session's own, or with the one that `resume` finds."""
    planned, selection = wanted.planned, selection_of(wanted)
    terms = replace(sitting.terms, baseline=planned.baseline)
    if begun is None and sitting.resume:
        begun = _unfinished(wanted, selection, sitting)
    if begun is None:
        return open_run(planned.suite, selection, terms, project=planned.project, store=sitting.store)
    opened = resume_run(begun, planned.suite, terms, project=planned.project, store=sitting.store)
    known = {each.run for each in sitting.store.session_runs.of(sitting.session)}
    if begun not in known:  # what the run has cost before counts, as with `evalkit run --resume`
        sitting.budget.spent += sitting.store.spent_usd(begun)
    return opened


def selection_of(wanted: Wanted) -> Selection:
    """Return what of its suite is wanted, as a run records it: the cells by provider, in the order of items."""
    prepared = wanted.planned.prepared
    cells: dict[str, list[int]] = {}
    for cell in wanted.cells:
        cells.setdefault(cell.provider, []).append(cell.number)
    providers = tuple(name for name in prepared.selection.providers if name in cells)
    every = list(range(len(prepared.sweep.conditions) * len(prepared.cases)))
    if all(cells[name] == every for name in providers):
        return replace(prepared.selection, providers=providers)
    return replace(prepared.selection, providers=providers, cells={name: tuple(cells[name]) for name in providers})


def _unfinished(wanted: Wanted, selection: Selection, sitting: Sitting) -> str | None:
    """Return the newest run of the same suite and the same cells, in whatever order, if it is not finished.

    Raises:
        UsageError: Another test session draws it at the moment.
    """
    suite = wanted.planned.suite
    for run in sitting.store.runs():
        if run.suite_hash == suite.hash and _unordered(read_selection(run.selection)) == _unordered(selection):
            if run.finished_at is not None:
                return None
            _check_free(run, sitting)
            return run.id
    return None


def _unordered(selection: Selection) -> tuple[Selection, dict[str, frozenset[int]]]:
    cells = {name: frozenset(numbers) for name, numbers in (selection.cells or {}).items()}
    return replace(selection, cells=None), cells


def _check_free(run: Run, sitting: Sitting) -> None:
    for session in sitting.store.session_runs.sessions_of(run.id):
        lease = sitting.store.leases.find(lease_of(session))
        if session != sitting.session and lease is not None and lease.holder and sitting.store.leases.alive(lease):
            raise UsageError(
                f"run {run.id} is being drawn by another test session, process {lease.process}",
                hint="wait for it to end, or leave out --evalkit-resume",
            )


def lease_of(session: str) -> str:
    """Return the name of the lease that lets one process draw for a test session."""
    return f"test session {session}"


def _unusable(profiles: Iterable[Profile]) -> dict[str, Problem]:
    """Return by name why providers cannot be asked at all."""
    problems: dict[str, Problem] = {}
    for profile in profiles:
        try:
            build_provider(profile)
        except ProfileError as error:
            problems[profile.name] = problem_of(error, profile.name)
    return problems


def _why_not_opened(wanted: Wanted, error: Exception) -> dict[str, Problem]:
    """Say by provider why there is no run, where it is that nobody can be asked; else of the whole suite."""
    asked = {cell.provider for cell in wanted.cells}
    problems = _unusable(profile for profile in wanted.planned.prepared.profiles if profile.name in asked)
    return problems if problems.keys() == asked else {SUITE: problem_of(error)}


def _failures(tally: Tally) -> dict[str, Problem]:
    return {name: problem_of(error, name) for name, error in tally.failures.items()}


def _why_incomplete(tally: Tally, sitting: Sitting) -> dict[str, Problem]:
    problems = _failures(tally)
    if tally.stopped:
        problems[SUITE] = Problem("stopped", sitting.why_stopped() or "it was stopped")
    elif tally.over_budget:
        problems[SUITE] = Problem(
            "over_budget",
            f"--evalkit-max-cost {sitting.budget.cap or 0:g} leaves no room for another call: the session's runs have"
            f" cost {dollars(sitting.budget.spent)}",
            "give a higher --evalkit-max-cost; with --evalkit-resume it goes on where it ended",
        )
    elif tally.left:
        problems[SUITE] = Problem(
            "failed", f"{count(tally.left, 'call')} are left in batches", "`evalkit run --resume` collects them"
        )
    return problems


def problem_of(error: Exception, provider: str | None = None) -> Problem:
    """Say what was in the way, as tests report it.

    Args:
        error: What was raised.
        provider: Whom it is about; None where it is about none in particular.
    """
    if not isinstance(error, EvalkitError):
        return Problem("failed", scrub(f"{type(error).__name__}: {error}"))
    without_keys(error)
    kind: Kind = "store" if isinstance(error, StoreError) else "unusable" if not_set_up(error) else "failed"
    message = error.message if provider is None else with_name(provider, error.message)
    hint = None if error.hint is None else error.hint.replace(", or add --allow-unknown-cost", "")
    return Problem(kind, message.replace("--max-cost", "--evalkit-max-cost"), hint)


class _Watcher:
    """Notes a provider's failure as soon as it is known, and wakes those who wait after every commit.

    Args:
        failed: Is called with the tally when there is a further failure.
        tell: Wakes them.
    """

    def __init__(self, failed: Callable[[Tally], None], tell: Callable[[], None]) -> None:
        self._failed = failed
        self._tell = tell
        self._known = 0

    def drawn(self, tally: Tally) -> None:
        """Take note of the tally after a commit."""
        if len(tally.failures) > self._known:
            self._known = len(tally.failures)
            self._failed(tally)
        self._tell()

    def preparing(self, provider: str, what: str, share: float | None) -> None:
        """Ignore what is prepared."""
