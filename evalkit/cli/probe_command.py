"""`evalkit probe`: find out what each knob of a model does, before money is spent on it."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from evalkit.cli.common import project_of
from evalkit.errors import UsageError, suggestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.probe.findings import Check, Finding, Probed
    from evalkit.probe.probe import Asked
    from evalkit.protocols import Provider


@dataclass(frozen=True, slots=True)
class Options:
    """The options of `evalkit probe`, as given."""

    only: str | None
    calls: int | None
    max_cost: float | None
    allow_unknown_cost: bool
    seed: int | None
    ask_unsupported: bool
    dry_run: bool
    output: str


@click.command(
    "probe",
    epilog="Example: evalkit probe openai --only temperature,system_prompt --max-cost 0.10",
    short_help="Find out what each knob of a model does.",
)
@click.argument("name")
@click.option("--only", metavar="CHECK,CHECK", help="Make these checks; all by default.")
@click.option("--calls", type=click.IntRange(min=1), metavar="N", help="Ask for no more than so many answers.")
@click.option(
    "--max-cost", type=click.FloatRange(min=0), metavar="USD", help="Ask nothing more that would pass this sum."
)
@click.option("--allow-unknown-cost", is_flag=True, help="Let --max-cost count only the prices that are known.")
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed the draws and the lots; drawn by default.")
@click.option("--ask-unsupported", is_flag=True, help="Send settings that the support table says are refused.")
@click.option("--dry-run", is_flag=True, help="Say how much would be asked, and stop.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="What goes to stdout.",
)
@click.pass_context
def command(context: click.Context, /, name: str, **options: Any) -> int:  # noqa: ANN401 - click's options
    """Ask the model of the profile NAME what its knobs do, with few calls and stated error rates.

    The checks are served_model, temperature, effective_temperature, determinism, system_prompt, max_tokens, stop, seed,
    top_p and top_k. What was found is printed and kept in providers/NAME.probe.json, which later reports cite. Exit
    codes: 0 all that could be asked was answered, 2 the command or profile is wrong, 3 the provider failed or a cap was
    reached, 130 interrupted.
    """
    from evalkit.load import load_profile
    from evalkit.probe.probe import Asked
    from evalkit.probe.record import write_probe
    from evalkit.providers.registry import build_provider

    given = Options(**options)
    project = project_of(context)
    provider = build_provider(load_profile(name, project))
    asked = Asked(
        seed=secrets.randbits(32) if given.seed is None else given.seed,
        checks=_checks(given.only),
        most_draws=given.calls,
        ask_unsupported=given.ask_unsupported,
    )
    if given.max_cost is not None and not given.allow_unknown_cost and provider.price() is None:
        raise UsageError(
            f"--max-cost cannot hold: nobody knows what {name} costs",
            hint="state `price: {input: USD, output: USD}` for a million tokens in the profile, or add"
            " --allow-unknown-cost",
        )
    _announce(provider, asked)
    if given.dry_run:
        return 0
    probed = _probe(provider, asked, given.max_cost)
    _print(probed, given.output)
    if probed.calls:
        click.echo(f"wrote {project.relative(write_probe(probed, project))}", err=True)
    else:
        click.echo("nothing was asked, so no record is written", err=True)
    return 0 if probed.complete else 3


def _checks(only: str | None) -> Sequence[Check]:
    """Read the names of checks.

    Raises:
        UsageError: A check is not known, or none is named.
    """
    from evalkit.probe.findings import CHECKS

    if only is None:
        return CHECKS
    names = [each.strip() for each in only.split(",") if each.strip()]
    for name in names:
        if name not in CHECKS:
            raise UsageError(f"there is no check `{name}`", hint=suggestion(name, CHECKS))
    if not names:
        raise UsageError("--only names no check", hint=f"the checks are {', '.join(CHECKS)}")
    return tuple(check for check in CHECKS if check in names)


def _announce(provider: Provider, asked: Asked) -> None:
    cost = asked.most_cost(provider)
    price = "cost not known" if cost is None else "no cost" if cost == 0 else f"about {cost:.4f} USD"
    click.echo(
        f"{provider.profile.name}: at most {asked.most():,} calls to {provider.profile.model}, {price};"
        " fewer where things are clear soon",
        err=True,
    )


def _probe(provider: Provider, asked: Asked, max_cost: float | None) -> Probed:
    from evalkit.cli.interrupt import run_interruptibly
    from evalkit.generate.budget import Budget
    from evalkit.probe.probe import probe

    said: set[str] = set()

    def say(what: str, _share: float | None) -> None:
        if what not in said:
            said.add(what)
            click.echo(f"{provider.profile.name}: {what}", err=True)

    def found(finding: Finding) -> None:
        click.echo(f"{finding.check}: {finding.verdict.replace('_', ' ')}", err=True)

    async def work() -> Probed:
        try:
            return await probe(provider, asked, Budget(max_cost), say=say, found=found)
        finally:
            await provider.aclose()

    return run_interruptibly(work())


def _print(probed: Probed, output: str) -> None:
    from evalkit.probe.record import probe_json
    from evalkit.probe.table import probe_lines
    from evalkit.reports.plain import plain

    if output == "json":
        click.echo(json.dumps(plain(probe_json(probed)), indent=1, ensure_ascii=False, allow_nan=False))
    else:
        width = max(60, min(shutil.get_terminal_size().columns, 100))
        click.echo("\n".join(probe_lines(probed, width)))
