"""`evalkit check`: validate, and say what a run would take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import baseline_option, project_of, suite_argument, warn
from evalkit.errors import SuiteError

if TYPE_CHECKING:
    from evalkit.types import Doubt


@click.command(
    "check",
    epilog="Example: evalkit check suites/*.yaml",
    short_help="Validate suites and say what running them would take.",
)
@suite_argument(many=True)
@click.option("--offline", is_flag=True, help="Ask no vendor to count tokens; take them from the length of the texts.")
@baseline_option("Say what the gates can find by this baseline's scores, instead of by what is usual.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print it."
)
@click.pass_context
def command(context: click.Context, suites: tuple[str, ...], form: str, baseline: str | None, *, offline: bool) -> int:
    """Validate each SUITE with its profiles and prompts, and print what running it would take and could find.

    No model is asked anything. Where a provider's key is at hand, the vendor is asked to count the tokens of a few
    prompts, which is free; it may take 5 seconds at most, and --offline leaves it out. Of each gate that compares it
    says how often it is alarmed for nothing and what it would notice, which is simulated. Exits 2 when something is
    wrong, constraints that no text can meet together included.
    """
    from evalkit.baselines.against import read_against_prepared
    from evalkit.cli.gate_lines import gate_lines, gate_prospects, gates_json
    from evalkit.cli.plan import PLAN_FORMAT, Viewed, plan_json, print_plan
    from evalkit.cli.plan_lines import wrapped
    from evalkit.foresee import Outlook
    from evalkit.load import load
    from evalkit.prepare import prepare
    from evalkit.selection import Selection

    viewed = Viewed(Outlook(offline=offline))
    plans: list[object] = []
    doubts: list[Doubt] = []
    for name in suites:
        path = Path(name)
        project = project_of(context, path.parent if path.parent.is_dir() else None)
        suite = load(path, project)
        doubts += suite.doubts
        prepared = prepare(suite, project, Selection())
        found = gate_prospects(prepared, read_against_prepared(baseline, project, prepared, warn))
        if form == "json":
            plans.append({**plan_json(prepared, project, viewed), **gates_json(found, suite.alarms)})
        else:
            print_plan(prepared, project, viewed)
            for line in gate_lines(found, suite.alarms):
                click.echo(wrapped(line))
    if form == "json":
        click.echo(json.dumps({"format": PLAN_FORMAT, "suites": plans}, indent=1))
    for doubt in doubts:
        warn(str(doubt))
    return SuiteError.exit_code if any(doubt.hopeless for doubt in doubts) else 0
