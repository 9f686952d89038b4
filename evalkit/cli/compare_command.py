"""`evalkit compare`: hold a run against another one, or two parts of one against one another."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import click

from evalkit.cli.common import project_of
from evalkit.errors import UsageError, suggestion

if TYPE_CHECKING:
    from evalkit.choices import Chosen
    from evalkit.compare.sides import Held, Paired, Wanted
    from evalkit.findings import Change
    from evalkit.gate import Scope
    from evalkit.measured import Measured
    from evalkit.project import Project
    from evalkit.store import Store
    from evalkit.types import AxisValue, Run, Suite

BASELINE = "baseline:"
"""What stands before the name of a baseline."""

_MANY_TEXTS = 20_000
"""Completions of a run beyond which its texts are read only when that is asked for."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line asks for."""

    run: str
    other: str | None
    axis: str | None
    provider: str | None
    scope: Scope | None
    measures: tuple[str, ...]
    margin: float
    alpha: float
    where: tuple[str, ...]
    texts: bool


@click.command(
    "compare",
    epilog="Example: evalkit compare last baseline:main --margin 0.05",
    short_help="Hold a run against another one, or two parts of one against one another.",
)
@click.argument("run")
@click.argument("other", required=False)
@click.option("--axis", metavar="AXIS=V,V", help="Hold two values of an axis inside RUN against one another.")
@click.option("--provider", metavar="A,B", help="Hold two providers of RUN against one another.")
@click.option("--measure", "measures", multiple=True, metavar="NAME", help="What to judge; adherence by default.")
@click.option(
    "--margin", type=float, default=0.0, show_default=True, help="How much worse is still acceptable; 0.05 is 5 points."
)
@click.option(
    "--scope",
    type=click.Choice(["suite", "population"]),
    help="Speak of these very cases (the default against OTHER) or of cases like these.",
)
@click.option("--where", multiple=True, metavar="AXIS=V,V", help="Only conditions with these values; repeatable.")
@click.option("--alpha", type=float, default=0.05, show_default=True, help="Chance of a false verdict of either kind.")
@click.option(
    "--texts", is_flag=True, help="Test whether texts have changed, too, however many there are; reads all of them."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "json"]),
    default="text",
    show_default=True,
    help="What to print.",
)
@click.pass_context
def command(
    context: click.Context,
    run: str,
    other: str | None,
    axis: str | None,
    provider: str | None,
    measures: tuple[str, ...],
    margin: float,
    scope: Scope | None,
    where: tuple[str, ...],
    alpha: float,
    form: Literal["text", "md", "json"],
    *,
    texts: bool,
) -> int:
    """Hold RUN against OTHER, case by case, over what both have: is it worse, or shown not to be?

    Both are the id of a run, the beginning of one, or `last`; OTHER may be `baseline:NAME`. With --axis or --provider
    two parts of RUN are held against one another instead; the first of the two named is the one that is judged.

    The headline is one family (Holm). Below it stands everything else that both have, corrected apart
    (Benjamini-Hochberg): it says where to look. The texts are tested for a silent change of the model, too, beyond
    20,000 completions a side with --texts. The exit code is 0 whatever is found, because gates in a suite are what
    fails a run; it is 2 when the two cannot be compared.
    """
    from evalkit.store import Store

    asked = _Asked(run, other, axis, provider, scope, measures, margin, alpha, where, texts)
    if sum(each is not None for each in (other, axis, provider)) != 1:
        raise UsageError(
            "compare takes one of OTHER, --axis and --provider",
            hint="evalkit compare last baseline:main, or evalkit compare last --axis system=dense,fluffy",
        )
    project = project_of(context)
    with Store(project.store, create=False) as store:
        _print(asked, project, store, form)
    return 0


def _print(asked: _Asked, project: Project, store: Store, form: str) -> None:
    from evalkit.reports.comparing import change_line
    from evalkit.reports.held import Printed, print_text, write_document, write_markdown
    from evalkit.runs import suite_of

    found = store.run(asked.run)
    suite = suite_of(found)
    wanted = _wanted(asked, suite)
    new, paired = _paired(asked, found, suite, project, store)
    wanted, held = _hold(asked, paired, wanted)
    changes = map(change_line, _changes(asked, found, suite, paired, store))
    printed = Printed(paired.new.of, new, wanted, held, (*_notes(asked, wanted), *changes))
    if form == "json":
        write_document(printed, sys.stdout)
    elif form == "md":
        write_markdown(printed, sys.stdout)
    else:
        from rich.console import Console

        print_text(printed, Console(file=sys.stdout, highlight=False, soft_wrap=False))


def _changes(asked: _Asked, found: Run, suite: Suite, paired: Paired, store: Store) -> tuple[Change, ...]:
    """Look for silent changes of the models between two runs, or since a baseline; many texts only when asked for."""
    from evalkit.baselines.baseline import Baseline
    from evalkit.cells import scored_cells
    from evalkit.runs import suite_of
    from evalkit.silent_change import run_changes
    from evalkit.sketches import sketch_cells

    if asked.other is None:
        return ()
    old = paired.old
    other = None if isinstance(old, Baseline) else store.run(old.of.run)
    many = max(run.planned for run in (found, other) if run is not None) > _MANY_TEXTS
    if many and not asked.texts:
        before = None
    elif isinstance(old, Baseline):
        before = old.sketches()
    else:
        assert other is not None
        before = sketch_cells(scored_cells(store, other, suite_of(other)))
    return run_changes(store, found, suite, new=paired.new, old=paired.old, before=before)


def _paired(asked: _Asked, found: Run, suite: Suite, project: Project, store: Store) -> tuple[str, Paired]:
    """Return what the first side is, in words, and the rows that pair."""
    from evalkit.choices import pick, read_choices
    from evalkit.compare.sides import pair_providers, pair_sides, pair_values
    from evalkit.measuring import run_measured
    from evalkit.types import shown

    where = pick(read_choices(asked.where, "--where"), suite.axes)
    new = run_measured(store, found, suite)
    if asked.axis is not None:
        choice, values = _two_values(asked.axis, suite)
        paired = pair_values(new, choice.axis, values, where=where)
        name = f"{choice.axis} {shown(values[0])} of {_named(found)}"
    elif asked.provider is not None:
        both = _two_providers(asked.provider, found.selection["providers"])
        paired, name = pair_providers(new, both, where=where), f"provider {both[0]} of {_named(found)}"
    else:
        assert asked.other is not None
        other, words = _other(asked.other, found.id, project, store)
        paired, name = pair_sides(new, other, name=words, where=where), _named(found)
    if not paired.keys:
        raise UsageError(
            f"{name} and {paired.name} have no condition in common"
            + (f": {paired.left_out[0]}" if paired.left_out else ""),
            hint="they must share a provider and every axis that is not compared",
        )
    return name, paired


def _other(other: str, run: str, project: Project, store: Store) -> tuple[Measured, str]:
    from evalkit.baselines.baseline import read_baseline
    from evalkit.measuring import run_measured
    from evalkit.runs import suite_of

    if other.startswith(BASELINE):
        name = other.removeprefix(BASELINE)
        return read_baseline(name, project), f"baseline {name}"
    found = store.run(other)
    if found.id == run:
        raise UsageError(
            f"run {run} cannot be held against itself", hint="--axis and --provider compare parts of one run"
        )
    return run_measured(store, found, suite_of(found)), _named(found)


def _named(run: Run) -> str:
    return f"run {run.id}" if run.finished_at else f"run {run.id} (incomplete)"


def _two_values(text: str, suite: Suite) -> tuple[Chosen, tuple[AxisValue, AxisValue]]:
    from evalkit.choices import pick, read_choices

    (choice,) = read_choices([text], "--axis")
    if len(choice.values) != 2:
        raise UsageError(f"--axis takes two values, got {len(choice.values)}", hint="--axis system=dense,fluffy")
    one, other = (pick([replace(choice, values=(each,))], suite.axes)[choice.axis][0] for each in choice.values)
    if one == other:
        raise UsageError(f"--axis names the value {choice.values[0]} twice", hint="--axis system=dense,fluffy")
    return choice, (one, other)


def _two_providers(text: str, known: list[str]) -> tuple[str, str]:
    names = [name.strip() for name in text.split(",")]
    if len(names) != 2 or names[0] == names[1]:
        raise UsageError(f"--provider takes two providers, got `{text}`", hint="--provider claude,gemini")
    for name in names:
        if name not in known:
            raise UsageError(f"the run has no provider `{name}`", hint=suggestion(name, known))
    return names[0], names[1]


def _wanted(asked: _Asked, suite: Suite) -> Wanted:
    """Return what to compare; a measure that there cannot be, or that cannot be asked for so, is refused."""
    from evalkit.compare.common import is_score
    from evalkit.compare.evidence import bounds_of
    from evalkit.compare.sides import Wanted
    from evalkit.findings import LEVELS

    bounds = bounds_of(suite.measures)
    for measure in asked.measures:
        if not is_score(measure) and measure not in bounds:
            raise UsageError(f"the suite has no measure `{measure}`", hint=suggestion(measure, [*LEVELS, *bounds]))
        if not is_score(measure) and asked.scope == "suite":
            raise UsageError(
                f"{measure} is one number for all draws of a case, so that nothing can be said in scope `suite`",
                hint="--scope population",
            )
    scope = asked.scope or ("population" if asked.other is None else "suite")
    return Wanted(scope, asked.measures or ("adherence",), asked.margin, asked.alpha, bounds=bounds)


def _hold(asked: _Asked, paired: Paired, wanted: Wanted) -> tuple[Wanted, Held]:
    """Compare; system prompts with demands of their own are held against one another by what the cases demand."""
    from evalkit.compare.sides import hold

    held = hold(paired, wanted)
    if not any(row.cases for row in held.headline) and not asked.measures and asked.axis is not None:
        by_case = replace(wanted, headline=("adherence_case",))
        again = hold(paired, by_case)
        if any(row.cases for row in again.headline):
            return by_case, again
    for measure in wanted.headline:
        rows = [row for row in held.headline if row.measure == measure]
        if not any(row.cases for row in rows):
            why = list(dict.fromkeys(words for row in rows for words in row.left_out)) or held.explored.left_out[:1]
            raise UsageError(
                f"no case can be compared on {measure}" + (f": {'; '.join(why)}" if why else ""),
                hint=_instead(held, measure),
            )
    return wanted, held


def _instead(held: Held, measure: str) -> str:
    there = dict.fromkeys(row.measure for row in held.explored.rows if row.cases)
    near = suggestion(measure, there) if there else None
    return near or "both sides need the same cases, judged by the same constraints"


def _notes(asked: _Asked, wanted: Wanted) -> tuple[str, ...]:
    if asked.measures or wanted.headline == ("adherence",):
        return ()
    return ("adherence_case stands for adherence: the system prompts make demands of their own, which differ",)
