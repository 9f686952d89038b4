"""The Python interface: what `evalkit run` and the pytest plugin do, as a call."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from evalkit.choices import values_of, with_values
from evalkit.conduct import Terms, conclude, draw_run, open_run, resume_run
from evalkit.errors import EvalkitError, UsageError
from evalkit.load import load, rebuild
from evalkit.own_loop import OwnLoop
from evalkit.project import find_project
from evalkit.selection import Selection
from evalkit.store import Store
from evalkit.types import Suite

if TYPE_CHECKING:
    import os
    from collections.abc import Generator, Sequence

    from evalkit.choices import Values
    from evalkit.findings import Report
    from evalkit.project import Project
    from evalkit.types import AxisValue, Cell, Json

FilePath: TypeAlias = "str | os.PathLike[str]"

_LOGGER = logging.getLogger("evalkit")


def run(
    suite: FilePath | Suite,
    *,
    providers: str | Sequence[str] = (),
    repeats: int | None = None,
    cases: str | Sequence[str] = (),
    axes: Mapping[str, Values] | None = None,
    judge: str | None = None,
    seed: int | None = None,
    baseline: str | None = None,
    max_cost_usd: float | None = None,
    allow_unknown_cost: bool = False,
    reuse: bool = False,
    resume: str | None = None,
    project: FilePath | None = None,
) -> Report:
    """Draw every sample of a suite, judge the completions and return what they come to.

    It may be called where an event loop is running already: the work is done on one of its own. Every completion is in
    the project's store before anything reads it. Ctrl-C commits what has come back and leaves as `KeyboardInterrupt`,
    with a note that says how to go on.

    Args:
        suite: A file, or what `load_suite` returned.
        providers: Profiles to ask; empty takes the suite's.
        repeats: Draws of each case under each condition; None takes the suite's.
        cases: Ids to keep; empty keeps all.
        axes: Values to keep, by axis, one or several; those that the suite does not have are added to its axis. An axis
            not named keeps all of its values.
        judge: Profile that judges where a constraint names none; None takes the suite's.
        seed: Seeds the draws; None takes the suite's, or draws one.
        baseline: Name of what to hold the run against, in which `{suite}` stands for the suite's.
        max_cost_usd: Nothing more is asked that would let the run cost more.
        allow_unknown_cost: Whether that may count only the prices that are known.
        reuse: Take stored answers to the same samples instead of asking again.
        resume: Go on with this run: its id, the beginning of one, or `last`. It keeps its selection and seed.
        project: Its folder; None looks for the one around the suite's file, or around the working directory.

    Returns:
        The report. What ended the drawing early, such as a provider that failed or the cap on cost, is said in
        `stopped`; that too much is missing to judge anything, in `incomplete`.

    Raises:
        EvalkitError: The suite, a profile, the baseline or what is asked for is wrong; nothing has been spent then.
    """
    with _hints_noted():
        home = _project_of(suite, project)
        wanted = suite if isinstance(suite, Suite) else load(Path(suite), home)
        asked = _Asked(_names(providers), repeats, _names(cases), values_of(axes), judge)
        terms = Terms(seed, baseline, max_cost_usd, allow_unknown_cost, reuse)
        if resume is not None:
            _refuse_beside_resume(asked, seed)
        return _Sitting(wanted, home, asked, terms, resume).wait()


def load_suite(suite: FilePath | Mapping[str, Json], *, project: FilePath | None = None) -> Suite:
    """Read and check a suite.

    Args:
        suite: Its file, or what such a file would hold, as plain data; `{file: ...}` is for files alone.
        project: See `run`.

    Raises:
        SuiteError: Anything is wrong with it; the error says where and what.
    """
    with _hints_noted():
        return rebuild(suite) if isinstance(suite, Mapping) else load(Path(suite), _project_of(suite, project))


def read_cells(run: str | Report = "last", *, project: FilePath | None = None) -> list[Cell]:
    """Return what was drawn in a run, judged: for each provider, condition and case its draws with their texts.

    Args:
        run: A report of it, its id, the beginning of one, or `last`.
        project: Its folder; None looks for the one around the working directory.

    Raises:
        UsageError: There is no such run.
    """
    from evalkit.cells import scored_cells  # noqa: PLC0415 - only needed where texts are wanted
    from evalkit.runs import suite_of  # noqa: PLC0415 - the same

    with _hints_noted(), Store(_project_of(None, project).store, create=False) as store:
        found = store.run(run if isinstance(run, str) else run.summary.run)
        return list(scored_cells(store, found, suite_of(found)))


def write_reports(
    report: Report, folder: FilePath, formats: str | Sequence[str] = ("json", "md"), *, project: FilePath | None = None
) -> list[Path]:
    """Write a report into a folder, and return the files.

    Args:
        report: What `run` returned.
        folder: Where; made when it is not there.
        formats: As for `evalkit run --format`.
        project: See `read_cells`.

    Raises:
        UsageError: There is no such format; nothing is written.
        StoreError: A file cannot be written.
    """
    from evalkit.cells import scored_cells  # noqa: PLC0415 - only needed where reports are written
    from evalkit.reports.write import write_reports as write  # noqa: PLC0415 - the same
    from evalkit.runs import suite_of  # noqa: PLC0415 - the same

    with _hints_noted(), Store(_project_of(None, project).store, create=False) as store:
        run = store.run(report.summary.run)
        suite = suite_of(run)
        return write(report, _names(formats), Path(folder), lambda: scored_cells(store, run, suite))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of a suite to run; axes may have values that it does not have yet."""

    providers: tuple[str, ...]
    repeats: int | None
    cases: tuple[str, ...]
    axes: Mapping[str, tuple[AxisValue, ...]]
    judge: str | None


@dataclass(frozen=True, slots=True)
class _Sitting:
    """One call of `run`.

    Attributes:
        opened: Id of the run, once there is one.
    """

    suite: Suite
    project: Project
    asked: _Asked
    terms: Terms
    resume: str | None
    opened: list[str] = field(default_factory=list[str])

    def wait(self) -> Report:
        """Conduct the run and wait for it; Ctrl-C leaves with a note of how to go on."""
        with OwnLoop() as loop:
            try:
                return loop.wait(self.conduct())
            except KeyboardInterrupt as error:
                for each in self.opened:
                    error.add_note(f"run {each} keeps what was drawn; evalkit.run(..., resume='{each}') goes on")
                raise

    async def conduct(self) -> Report:
        """Open the run, draw it and judge it, all in the thread that the store then belongs to."""
        warn = _LOGGER.warning
        with Store(self.project.store) as store:
            if self.resume is not None:
                opened = resume_run(self.resume, self.suite, self.terms, project=self.project, store=store, warn=warn)
            else:
                asked = self.asked
                suite = with_values(self.suite, asked.axes)
                selection = Selection(asked.providers, asked.repeats, asked.cases, asked.axes, asked.judge)
                opened = open_run(suite, selection, self.terms, project=self.project, store=store, warn=warn)
            self.opened.append(opened.run.id)
            tally = await draw_run(opened)
            report = conclude(opened, tally, warn=warn)
            return replace(report, stopped=tuple(_in_python(words) for words in report.stopped))


def _project_of(suite: FilePath | Suite | None, folder: FilePath | None) -> Project:
    """Find the project that was named, or the one around a suite's file or the working directory."""
    root = None if folder is None else Path(folder)
    file = suite.path if isinstance(suite, Suite) else None if suite is None else Path(suite)
    return find_project(file.parent if file is not None and file.parent.is_dir() else None, root=root)


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _refuse_beside_resume(asked: _Asked, seed: int | None) -> None:
    given = {
        "providers": asked.providers,
        "repeats": asked.repeats,
        "cases": asked.cases,
        "axes": asked.axes,
        "judge": asked.judge,
        "seed": seed,
    }
    for name, value in given.items():
        if value is not None and value not in ((), {}):
            raise UsageError(f"`{name}` does not go with `resume`", hint="a resumed run keeps its selection and seed")


@contextmanager
def _hints_noted() -> Generator[None]:
    """Let what to do about an error be seen where Python shows it, in the words of Python."""
    try:
        yield
    except EvalkitError as error:
        error.message = _in_python(error.message)
        error.args = (error.message,)
        error.hint = None if error.hint is None else _in_python(error.hint)
        error.noted()
        raise


def _in_python(words: str) -> str:
    """Name options as `run` names them."""
    words = words.replace("add --allow-unknown-cost", "give allow_unknown_cost=True").replace("`--reuse`", "`reuse`")
    return words.replace("--max-cost", "max_cost_usd")
