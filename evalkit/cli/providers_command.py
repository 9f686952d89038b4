"""`evalkit providers`: what each profile offers, and one in full."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import project_of, warn
from evalkit.errors import EvalkitError, ProfileError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from evalkit.probe.findings import Probed
    from evalkit.project import Project
    from evalkit.providers.offer import Offer
    from evalkit.types import Json


@click.command(
    "providers", epilog="Example: evalkit providers claude", short_help="List providers and what can be varied on each."
)
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def command(context: click.Context, name: str | None, form: str) -> int:
    """List the profiles of the project and those that come with evalkit, or show the profile NAME in full.

    Of each: its model, what can be varied, whether its key is there, what it costs, when it ends, and what the last
    probe found. Nothing is asked of any server, and no key is shown.
    """
    from evalkit.cli.offer_lines import brief_lines, broken_lines, full_lines, probed_lines

    project = project_of(context)
    if name is not None:
        offer = _offer(name, project)
        probed = _probed(offer, project)
        full = [*full_lines(offer, _today()), *(probed_lines(probed) if probed else ())]
        click.echo(_json([_plain(offer, probed)]) if form == "json" else "\n".join(full))
        return 0
    from evalkit.load import profile_names

    plain: list[Json] = []
    for each in profile_names(project):
        try:
            offer = _offer(each, project)
        except EvalkitError as error:
            plain.append({"name": each, "error": error.message, "hint": error.hint})
            lines = [*broken_lines(each, error)]
        else:
            probed = _probed(offer, project)
            plain.append(_plain(offer, probed))
            lines = [*brief_lines(offer, _today()), *(probed_lines(probed) if probed else ())]
        if form == "text":
            click.echo("\n".join(lines) + "\n")
    if form == "json":
        click.echo(_json(plain))
    return 0


def _offer(name: str, project: Project) -> Offer:
    from evalkit.load import load_profile
    from evalkit.providers.offer import offer_of
    from evalkit.providers.registry import build_provider

    profile = load_profile(name, project)
    provider = build_provider(profile)
    try:
        return offer_of(provider)
    except EvalkitError:
        raise
    except Exception as error:
        raise ProfileError(
            f"adapter `{profile.adapter}` cannot say what it offers: {type(error).__name__}: {error}",
            hint="`evalkit.testing.check_adapter` shows what is wrong with an adapter",
        ) from error


def _probed(offer: Offer, project: Project) -> Probed | None:
    """Return the last probe of a profile's model; one that cannot be read is told of, and is no reason to stop."""
    from evalkit.probe.record import read_probe

    try:
        return read_probe(offer.profile, project)
    except ProfileError as error:
        warn(error.message)
        return None


def _plain(offer: Offer, probed: Probed | None) -> Json:
    found = {each.check: each.verdict for each in probed.findings} if probed else {}
    return {**offer.to_json(), "probed": {"date": probed.date, "verdicts": found} if probed else None}


def _json(providers: Sequence[Json]) -> str:
    return json.dumps({"format": 1, "providers": providers}, ensure_ascii=False, indent=1)


def _today() -> date:
    return datetime.now(UTC).date()
