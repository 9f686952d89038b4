"""`evalkit score`: judge a stored run again, or texts that came from elsewhere."""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from evalkit.cli.common import (
    DEFAULT_FORMATS,
    baseline_option,
    check_fail_on_change,
    fail_on_change_option,
    project_of,
    say_failures,
    warn,
)
from evalkit.errors import UsageError
from evalkit.exits import exit_code_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from evalkit.baselines.baseline import Baseline
    from evalkit.findings import Report
    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.types import Run, Suite

_PROVIDER = re.compile(r"\w[\w.-]*")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which reports to write, and where."""

    formats: str
    out: Path | None
    baseline: str | None
    require_decision: bool
    fail_on_change: bool
    ask_judges: bool
    max_cost: float | None


@click.command(
    "score",
    epilog="Example: evalkit score suites/ifeval.yaml --responses answers.jsonl",
    short_help="Judge a stored run again, or texts that came from elsewhere.",
)
@click.argument("target", metavar="RUN|SUITE")
@click.option("--responses", type=click.Path(path_type=Path), metavar="FILE", help="Judge these texts by SUITE.")
@click.option(
    "--name",
    metavar="NAME",
    help="Who gave the texts, where they do not say; `responses` by default. Only with --responses.",
)
@click.option(
    "--suite",
    "suite_path",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Judge RUN by this suite; by default by the file that the run came from.",
)
@click.option(
    "--format", "formats", default=DEFAULT_FORMATS, show_default=True, metavar="F,F", help="Reports to write."
)
@click.option("--out", type=click.Path(path_type=Path), metavar="DIR", help="Where reports go.")
@baseline_option()
@click.option("--require-decision", is_flag=True, help="Exit 4 when a gate is undecided.")
@fail_on_change_option()
@click.option("--ask-judges", is_flag=True, help="Ask judges for the judgements that the run lacks, and pay for them.")
@click.option(
    "--max-cost",
    type=click.FloatRange(min=0),
    metavar="USD",
    help="With --ask-judges: ask nothing more that would let the run cost more than this in all.",
)
@click.pass_context
def command(
    context: click.Context,
    /,
    target: str,
    responses: Path | None,
    name: str | None,
    suite_path: Path | None,
    **wishes: Any,  # noqa: ANN401 - click's options
) -> int:
    """Judge every completion of RUN by the constraints of its suite as the file is now.

    No provider is asked, unless --ask-judges is given: then the judges of the suite are asked what they were not asked
    before. The new verdicts replace the old ones in the store; what has changed is said on stderr, by constraint.

    With --responses, judge the texts in FILE by SUITE instead, and keep them as a run of their own. Each line of FILE
    is an object: {"prompt": ..., "response": ...}, joined by the exact prompt, or with "case" for the case's id; it may
    also have "repeat", "condition", "provider", "outcome" and "error". What does not join is said on stderr.
    """
    wanted = _Wanted(**wishes)
    check_fail_on_change(given=wanted.fail_on_change, baseline=wanted.baseline)
    if wanted.max_cost is not None and not wanted.ask_judges:
        raise UsageError("--max-cost goes with --ask-judges", hint="without it nothing is paid for")
    if responses is None:
        if name is not None:
            raise UsageError("--name goes with --responses", hint="a run knows who gave its texts")
        return _judge_again(project_of(context), target, suite_path, wanted)
    if wanted.ask_judges:
        raise UsageError("--ask-judges goes with a run", hint="the texts become one; `evalkit score last` judges it")
    if suite_path is not None:
        raise UsageError("--suite goes with a run, not with --responses", hint="name the suite as the argument")
    return _judge_responses(context, Path(target), responses, name, wanted)


def _judge_again(project: Project, name: str, suite_path: Path | None, wanted: _Wanted) -> int:
    from evalkit.baselines.against import read_against
    from evalkit.load import load
    from evalkit.probe.cited import probes_of
    from evalkit.report import report
    from evalkit.revision import Revision, revision_lines
    from evalkit.store import Store

    if Path(name).suffix in (".yaml", ".yml") and Path(name).is_file():
        raise UsageError(
            f"`{name}` is a suite, and there are no texts to judge", hint="give them with --responses FILE"
        )
    with Store(project.store, create=False) as store:
        found = store.run(name)
        path = suite_path or (None if found.suite_path is None else Path(found.suite_path))
        if path is None or not path.is_file():
            raise UsageError(f"the suite of run {found.id} is no longer at {path}", hint="name it with --suite FILE")
        suite = load(path, project)
        used = {case["id"] for case in found.document["cases"]}
        missing = sorted(used - {case.id for case in suite.cases})
        if missing:
            raise UsageError(
                f"suite {suite.name} has no case `{missing[0]}`, which run {found.id} asked",
                hint="judge by a suite that has every case of the run",
            )
        _check_systems(found, suite)
        baseline = None if wanted.baseline is None else read_against(wanted.baseline, project, suite)
        if wanted.ask_judges:
            found = _ask_judges(store, found, suite, project, wanted.max_cost)
        revision = Revision()
        probes = probes_of(found, project, warn)
        finished = report(found, store, suite=suite, probes=probes, revision=revision, baseline=baseline)
        return _finish(finished, found, suite, store, project, wanted, baseline, said=list(revision_lines(revision)))


def _check_systems(run: Run, suite: Suite) -> None:
    """Refuse a suite that does not say what a system prompt of the run demands."""
    from evalkit.runs import suite_of

    used = suite_of(run).axes.get("system", ())
    missing = [name for name in used if name is not None and name not in suite.systems]
    if missing:
        raise UsageError(
            f"suite {suite.name} has no system `{missing[0]}`, which run {run.id} used",
            hint="judge by a suite that has every system prompt of the run, for it may demand something",
        )


def _ask_judges(store: Store, run: Run, suite: Suite, project: Project, max_cost: float | None) -> Run:
    """Ask for the judgements that are missing, and return the run with the profiles of its judges."""
    from evalkit.cli.interrupt import run_interruptibly
    from evalkit.cli.progress import open_progress
    from evalkit.generate.budget import Budget
    from evalkit.judge.seats import judge_run, judges_of
    from evalkit.reports.format import dollars

    judges = judges_of(run, suite, project, store)
    run = store.renew_profiles(run.id, judges)
    budget = Budget(max_cost, store.spent_usd(run.id))
    with open_progress() as watcher:
        tally = run_interruptibly(judge_run(run, suite, judges, store, budget=budget, watcher=watcher))
    say_failures(tally.failures)
    if tally.over_budget:
        spent = dollars(store.spent_usd(run.id))
        click.echo(f"--max-cost {max_cost:g} leaves no room for another call: the run has cost {spent}", err=True)
    return run


def _judge_responses(context: click.Context, path: Path, responses: Path, name: str | None, wanted: _Wanted) -> int:
    from evalkit.baselines.against import read_against
    from evalkit.load import load
    from evalkit.report import report
    from evalkit.responses.survey import survey_lines
    from evalkit.responses.take import Source, survey_responses, take_responses
    from evalkit.store import Store
    from evalkit.types import RESPONSES

    provider = RESPONSES if name is None else name
    if not _PROVIDER.fullmatch(provider):
        raise UsageError(f"`{provider[:60]}` is not a name", hint="a name is made of letters, digits, `_`, `.` and `-`")
    project = project_of(context, path.parent if path.parent.is_dir() else None)
    suite = load(path, project)
    baseline = None if wanted.baseline is None else read_against(wanted.baseline, project, suite)
    with _opened(responses) as stream:
        source = Source(stream, str(responses), provider)
        survey = survey_responses(suite, source)
        for line in survey_lines(survey, [case.id for case in suite.cases]):
            click.echo(line, err=True)
        with Store(project.store) as store:
            run = take_responses(suite, store, source, survey)
            return _finish(report(run, store, baseline=baseline), run, suite, store, project, wanted, baseline, said=[])


def _finish(
    finished: Report,
    run: Run,
    suite: Suite,
    store: Store,
    project: Project,
    wanted: _Wanted,
    baseline: Baseline | None,
    *,
    said: list[str],
) -> int:
    """Remember what it came to, print the table, then what there is to say, and write the reports."""
    from evalkit.cells import scored_cells
    from evalkit.cli.output import print_report, say_change, write_formats
    from evalkit.remember import remember

    code = exit_code_of(finished, require_decision=wanted.require_decision, fail_on_change=wanted.fail_on_change)
    remember(finished, run, store, suite, exit_code=code, baseline=baseline)
    print_report(finished)
    for line in said:
        click.echo(line, err=True)
    folder = wanted.out or project.run_reports / run.id
    for written in write_formats(finished, lambda: scored_cells(store, run, suite), wanted.formats, folder):
        click.echo(f"wrote {project.relative(written)}", err=True)
    if finished.summary.unjudged:
        click.echo(
            f"judgements that are missing: {finished.summary.unjudged:,}; `evalkit score {run.id} --ask-judges`"
            " asks for them",
            err=True,
        )
    say_change(finished, failing=wanted.fail_on_change)
    return code


@contextmanager
def _opened(path: Path) -> Generator[BinaryIO]:
    """Open a file that is read several times; what can be read only once, such as a pipe, is copied first."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise UsageError(f"`{path}` cannot be read: {error.strerror}", hint="see whether it is there") from error
    with stream:
        if stream.seekable():
            yield stream
            return
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(stream, copy)
            copy.seek(0)
            yield copy  # pyright: ignore[reportReturnType] - a binary file
