"""`evalkit judge-check`: how far judges agree with people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import project_of, say_failures
from evalkit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.generate import Tally
    from evalkit.judge.check import Check
    from evalkit.judge.quality import Half, Quality
    from evalkit.prepare import Prepared
    from evalkit.types import Json

FORMAT = 1


@click.command(
    "judge-check",
    epilog="Example: evalkit judge-check suites/polite.yaml labels.jsonl --max-cost 0.50",
    short_help="Hold judges against labels that people gave.",
)
@click.argument("suite", type=click.Path(path_type=Path))
@click.argument("labels", type=click.Path(path_type=Path))
@click.option("--judge", metavar="NAME", help="Have this provider judge, where a constraint names no judge itself.")
@click.option(
    "--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Ask nothing more that would cost more than this."
)
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)
@click.pass_context
def command(
    context: click.Context, suite: Path, labels: Path, judge: str | None, max_cost: float | None, form: str
) -> int:
    """Ask the judges of SUITE about the texts in LABELS, and say how far they agree with the people who labelled them.

    Each line of LABELS is a JSON object: `case`, `text`, `label`, and `question` where the case asks several. Votes are
    kept in .evalkit/labels.db, and none is bought twice. Exits 3 when some are missing.
    """
    from evalkit.cli.interrupt import run_interruptibly
    from evalkit.cli.progress import open_progress
    from evalkit.generate.budget import Budget
    from evalkit.judge.check import Check
    from evalkit.judge.labels import read_labels
    from evalkit.judge.seats import seat_judges
    from evalkit.load import load
    from evalkit.prepare import prepare
    from evalkit.runs import start_run
    from evalkit.selection import Selection
    from evalkit.store import Store
    from evalkit.works import unpriced

    project = project_of(context, suite.parent if suite.parent.is_dir() else None)
    prepared = prepare(load(suite, project), project, Selection(judge=judge))
    read = read_labels(labels, str(labels), prepared.suite)
    if max_cost is not None and (unknown := set(unpriced(prepared)) & {each.name for each in prepared.judges}):
        raise UsageError(f"--max-cost cannot hold: nobody knows what {min(unknown)} costs", hint="state its `price`")
    with Store(project.store.parent / "labels.db") as store:
        run = start_run(prepared, store)
        bench, unusable = seat_judges(prepared.suite, prepared.judges, run, store)
        check = Check(store, run, prepared.suite, read, prepared.sweep.conditions, judge or prepared.suite.judge)
        with open_progress() as watcher:
            tally = run_interruptibly(check.ask(bench.judges, budget=Budget(max_cost), watcher=watcher))
        tally.failures.update(unusable)
        return _conclude(check, prepared, tally, form)


def _conclude(check: Check, prepared: Prepared, tally: Tally, form: str) -> int:
    """Print what was found, and say how it ended."""
    found = check.found()
    models = {profile.name: profile.model for profile in prepared.judges}
    if form == "json":
        plain = [_plain(each, each.judge.by or check.judge or "", models) for each in found]
        click.echo(json.dumps({"format": FORMAT, "questions": plain}, indent=1))
    else:
        for each in found:
            for line in quality_lines(each, each.judge.by or check.judge or "", models):
                click.echo(line)
    say_failures(tally.failures)
    missing = sum(each.missing for each in found)
    if missing:
        why = "; --max-cost leaves no room for them" if tally.over_budget else ""
        click.echo(f"votes that are missing: {missing:,}{why}; the same command asks for them", err=True)
    return 3 if missing else 0


def quality_lines(found: Quality, judge: str, models: dict[str, str]) -> Iterator[str]:
    """Say how far a judge agrees with people on one question."""
    total = sum(map(sum, found.counts)) + found.undecided
    yield f"{found.judge.label}, by {judge} ({models[judge]}): {total:,} labels, {found.undecided:,} undecided"
    if found.agreement is not None and found.agreement_interval is not None:
        low, high = found.agreement_interval.low, found.agreement_interval.high
        yield f"  agreement: {found.agreement:.2f} [{low:.2f}, {high:.2f}], exact binomial"
    yield f"  {_kappa_line(found)}"
    yield from _table(found)
    if found.shorter is not None and found.longer is not None:
        yield f"  by length: {_half(found.shorter, 'shorter')}; {_half(found.longer, 'longer')}"
    if found.first[1]:
        from evalkit.statistics.bounds import clopper_pearson

        interval = clopper_pearson(*found.first)
        yield (
            f"  by position: what stood first was chosen {found.first[0]:,} of {found.first[1]:,} times"
            f" [{interval.low:.2f}, {interval.high:.2f}]; the order changed {found.turned[0]:,} of"
            f" {found.turned[1]:,} pairs"
        )


def _table(found: Quality) -> Iterator[str]:
    """Write how often people's answers (rows) met the judge's (columns); answers that nobody gave are left out."""
    met = [index for index in range(len(found.answers)) if _occurs(found, index)]
    if not met:
        return
    corner = "people \\ judge"
    first = max(len(corner), *(len(found.answers[index]) for index in met))
    widths = {index: max(len(found.answers[index]), 4) for index in met}
    yield f"  {corner:<{first}}  " + "  ".join(f"{found.answers[index]:>{widths[index]}}" for index in met)
    for row in met:
        cells = "  ".join(f"{found.counts[row][index]:>{widths[index]},}" for index in met)
        yield f"  {found.answers[row]:<{first}}  {cells}"


def _kappa_line(found: Quality) -> str:
    kappa = found.kappa
    kind = "quadratic weights" if found.judge.scale else "Cohen"
    if kappa.estimate is None or kappa.low is None or kappa.high is None:
        return "kappa: not defined, as there is only one answer"
    return f"kappa: {kappa.estimate:.2f} [{kappa.low:.2f}, {kappa.high:.2f}] ({kind})"


def _occurs(found: Quality, index: int) -> bool:
    return any(found.counts[index]) or any(row[index] for row in found.counts)


def _half(half: Half, name: str) -> str:
    return f"{name} half people {half.people:.2f}, judge {half.judge:.2f} ({half.labels:,})"


def _plain(found: Quality, judge: str, models: dict[str, str]) -> dict[str, Json]:
    interval = found.agreement_interval
    halves = {"shorter": found.shorter, "longer": found.longer}
    return {
        "question": found.judge.question,
        "judge": judge,
        "model": models[judge],
        "answers": list(found.answers),
        "counts": [list(row) for row in found.counts],
        "undecided": found.undecided,
        "missing_votes": found.missing,
        "agreement": {
            "estimate": found.agreement,
            "low": None if interval is None else interval.low,
            "high": None if interval is None else interval.high,
        },
        "kappa": {"estimate": found.kappa.estimate, "low": found.kappa.low, "high": found.kappa.high},
        "by_length": {
            name: None if half is None else {"labels": half.labels, "people": half.people, "judge": half.judge}
            for name, half in halves.items()
        },
        "by_position": {
            "first": found.first[0],
            "choices": found.first[1],
            "turned": found.turned[0],
            "pairs": found.turned[1],
        },
    }
