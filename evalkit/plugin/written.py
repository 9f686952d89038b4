"""Writes the files of a test session, once and from the store: reports of its runs, and baselines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.baselines.against import read_against_prepared
from evalkit.baselines.baseline import baseline_path
from evalkit.baselines.changes import change_line
from evalkit.baselines.promote import candidate, save_or_promote
from evalkit.conduct import Opened, Terms, conclude
from evalkit.errors import EvalkitError
from evalkit.excerpt import in_lines, on_one_line
from evalkit.prepare import prepare
from evalkit.remember import comparable_rows
from evalkit.reports.format import count, with_name
from evalkit.reports.write import write_reports
from evalkit.runs import suite_of
from evalkit.selection import read_selection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.baselines.promote import Promoted
    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.store.session_runs import SessionRun
    from evalkit.types import Run

_COLUMNS = 100
_CHANGES = 8


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be written of the runs of a session.

    Attributes:
        formats: Names of the reports.
        baseline: What the run is held against; None for nothing.
        update: Name of the baseline that the run becomes, or is put in the place of; None for none.
        require_decision: Whether what is undecided fails.
    """

    formats: tuple[str, ...] = ()
    baseline: str | None = None
    update: str | None = None
    require_decision: bool = False


def write_session_run(store: Store, session_run: SessionRun, wish: Wish, project: Project) -> Iterator[str]:
    """Write what is wanted of one run, and yield what was done or why it was not; nothing is raised.

    What the run came to is noted in the store, unless only some cases of every row were drawn: a selection of tests
    that is run over and over shall not wait for what no history would show.

    Args:
        store: Where the run is.
        session_run: The run.
        wish: What is wanted.
        project: Whose reports and baselines they are.
    """
    if session_run.run is None:
        return
    try:
        run = store.run(session_run.run)
    except EvalkitError as error:
        yield from _refusal("nothing was written", error.message, error.hint)
        return
    try:
        yield from _reports(store, run, session_run, wish, project)
    except EvalkitError as error:
        what = f"no report of run {run.id} was written" if wish.formats else f"run {run.id} was not judged"
        yield from _refusal(what, error.message, error.hint)
    if wish.update is not None:
        refused = f"baseline {wish.update} was not updated"
        hint = f"`evalkit baseline promote {wish.update} {run.id}` does it by hand"
        why = _why_not(session_run)
        try:
            if why is None:
                done = save_or_promote(wish.update, candidate(store, run), project)
                yield from _said(wish.update, done, project)
            else:
                yield from _refusal(refused, why, None)
        except EvalkitError as error:
            yield from _refusal(refused, error.message, hint)


def _why_not(session_run: SessionRun) -> str | None:
    """Say why a run is none to hold others against; None where it may be."""
    if session_run.state != "ended" or session_run.over_budget:
        problem = next(iter(session_run.problems.values()), None)
        return f"the run is incomplete{'' if problem is None else f': {problem.message}'}"
    return None


def _stopped(session_run: SessionRun) -> Iterator[str]:
    """Say why a run ended before all was drawn."""
    for provider, problem in session_run.problems.items():
        yield with_name(provider, problem.message) if provider else problem.message
    if session_run.over_budget:
        yield "--evalkit-max-cost leaves no room for another call"


def _reports(store: Store, run: Run, session_run: SessionRun, wish: Wish, project: Project) -> Iterator[str]:
    """Judge a run, where that is wanted or worth it, and write its reports."""
    suite = suite_of(run)
    if not wish.formats and not comparable_rows(run, suite):
        return
    prepared = prepare(suite, project, read_selection(run.selection))
    name = wish.baseline
    if name is not None and not baseline_path(name, project).exists():
        name = None  # it is yet to be made, or its lack has been told by the items
    baseline = read_against_prepared(name, project, prepared)
    opened = Opened(project, store, prepared, run, baseline, Terms(baseline=name))
    finished = conclude(opened, stopped=tuple(_stopped(session_run)), require_decision=wish.require_decision)
    if not wish.formats:
        return
    for path in write_reports(finished, wish.formats, project.run_reports / run.id, opened.cells):
        yield f"wrote {project.relative(path)}"


def _said(name: str, done: Promoted, project: Project) -> Iterator[str]:
    for change in done.changes[:_CHANGES]:
        yield on_one_line(f"baseline {name}: {change_line(change)}", _COLUMNS)
    if len(done.changes) > _CHANGES:
        yield f"baseline {name}: and {count(len(done.changes) - _CHANGES, 'more row')}"
    if done.kept:
        yield f"baseline {name}: kept {count(done.kept, 'cell')}, not drawn this time"
    for file in done.files:
        yield f"{'unchanged' if file.done == 'kept' else file.done} {project.relative(file.path)}"


def _refusal(what: str, why: str, hint: str | None) -> Iterator[str]:
    yield from in_lines(f"{what}: {why}", _COLUMNS, most=3)
    if hint is not None:
        yield from in_lines(f"hint: {hint}", _COLUMNS, most=2)
