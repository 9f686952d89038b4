"""`evalkit providers`: list profiles."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import project_of
from evalkit.errors import EvalkitError

if TYPE_CHECKING:
    from evalkit.protocols import Provider
    from evalkit.types import Profile


@click.command(
    "providers", epilog="Example: evalkit providers", short_help="List providers and what can be varied on each."
)
@click.pass_context
def command(context: click.Context) -> int:
    """List the profiles of the project and those that come with evalkit: model, key, and the settings that act."""
    from evalkit.load import load_profile, profile_names
    from evalkit.providers.registry import build_provider

    project = project_of(context)
    for name in profile_names(project):
        try:
            profile = load_profile(name, project)
            provider = build_provider(profile)
        except EvalkitError as error:
            click.echo(f"{name}: cannot be used: {error.message}")
            continue
        click.echo(f"{name}: {profile.adapter}, {profile.model}; {_key(profile)}")
        click.echo(f"  varies: {_varies(provider)}")
        click.echo(f"  fixed: {', '.join(f'{key} {value}' for key, value in profile.settings.items()) or 'nothing'}")
    return 0


def _key(profile: Profile) -> str:
    if profile.key_env is None:
        return "needs no key"
    return f"key in {profile.key_env}: {'present' if os.environ.get(profile.key_env) else 'missing'}"


def _varies(provider: Provider) -> str:
    from evalkit.settings import SETTINGS

    parts: list[str] = []
    for setting in SETTINGS:
        support = provider.profile.supports.get(setting, provider.supports(setting))
        if isinstance(support, tuple):
            parts.append(f"{setting} ({support[0]:g} to {support[1]:g})")
        elif support:
            parts.append(setting)
    return ", ".join(parts) or "nothing"
