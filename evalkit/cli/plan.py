"""What a sweep will take, before anything is asked: its size, what it leaves out, calls, time and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from evalkit.cli.progress import clock
from evalkit.errors import StoreError
from evalkit.expand import Plan, expand, slots
from evalkit.generate import Work
from evalkit.providers.registry import build_provider
from evalkit.reports.format import grouped_left_out
from evalkit.store import Store
from evalkit.support import unsupported_reason
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.project import Project
    from evalkit.protocols import Provider
    from evalkit.run import Prepared
    from evalkit.types import LeftOut

_LISTED = 12


def print_plan(prepared: Prepared, project: Project) -> None:
    """Print the size of a sweep and what is known of its time and cost; build every prompt to be sure that it can be.

    Raises:
        SuiteError: A prompt cannot be built.
        ProfileError: An adapter cannot be built.
    """
    suite, found = prepared.suite, prepared.sweep
    click.echo(f"suite {suite.name}, version {suite.version}")
    for axis, values in suite.axes.items():
        chosen = prepared.selection.axes.get(axis, values)
        click.echo(f"  {axis}: {', '.join(shown(value) for value in chosen)}")
    click.echo(
        f"  {len(found.conditions):,} conditions x {len(prepared.cases):,} cases x {prepared.repeats:,} repeats"
        f" x {len(prepared.profiles):,} providers = {prepared.probes:,} probes"
    )
    for line in left_out_lines(found.left_out):
        click.echo(f"  left out: {line}")
    for profile in prepared.profiles:
        provider = build_provider(profile)
        work = Work(
            provider,
            Plan(suite, profile, suite.seed or 0, seed_drawn=False),
            found.conditions,
            prepared.cases,
            prepared.repeats,
        )
        click.echo(
            f"{profile.name}: {work.calls:,} calls to {profile.model}; {_time(work, project)}; {_cost(provider)}"
        )
        for line in _unsupported(work):
            click.echo(f"  unsupported: {line}")


def left_out_lines(left_out: Sequence[LeftOut]) -> list[str]:
    """Write what is left out; beyond a dozen reasons the rest is counted."""
    lines = grouped_left_out(left_out)
    rest = len(lines) - _LISTED
    return [*lines[:_LISTED], f"and {rest} more reasons"] if rest > 0 else lines


def _time(work: Work, project: Project) -> str:
    try:
        with Store(project.store, create=False) as store:
            pace = store.pace(work.provider.profile.name, work.provider.profile.model)
    except StoreError:
        pace = None
    if pace is None:
        return "time not known before its first run"
    return f"about {clock(work.calls / pace)} at the {pace:.1f} completions/s of its last run"


def _cost(provider: Provider) -> str:
    return "no cost" if provider.profile.key_env is None else "cost not known"


def _unsupported(work: Work) -> list[str]:
    """Build one probe of each cell, and say which conditions the provider cannot apply."""
    reasons: dict[str, int] = {}
    if work.live:
        return []
    for sample in expand(work.plan, slots(work.conditions, work.cases, 1)):
        reason = unsupported_reason(work.provider, sample.settings)
        if reason is not None:
            reasons[reason] = reasons.get(reason, 0) + 1
    return [f"{count:,} cells: {reason}" for reason, count in reasons.items()]
