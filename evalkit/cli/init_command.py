"""`evalkit init`: make a project."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

_TABLE = "\n[tool.evalkit]\n"
_NEXT = """
evalkit run suites/quick.yaml
    runs on this machine, without a key
evalkit providers
    shows what can be varied on the hosted models, what they cost, and which keys are missing
evalkit run suites/quick.yaml --provider openai --max-cost 0.5
    runs on a hosted model, once its key is set\
"""


@click.command("init", epilog="Example: evalkit init", short_help="Make a project with a suite that runs at once.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def command(folder: Path) -> int:
    """Make FOLDER (here by default) an evalkit project: a suite, provider profiles, and what git should ignore.

    The suite runs at once on a model that needs no key. The profiles of hosted models name the variables that hold
    their keys. A file that is already there is left as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for relative, source in _starter(files("evalkit") / "starter", Path()):
        _write(folder, relative, source.read_text(encoding="utf-8"))
    _mark(folder)
    _ignore(folder)
    if folder != Path():
        click.echo(f"\nnext: cd {folder}", err=True)
    click.echo(_NEXT, err=True)
    return 0


def _starter(folder: Traversable, relative: Path) -> Iterator[tuple[Path, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from _starter(entry, relative / entry.name)
        else:
            yield relative / entry.name, entry


def _write(folder: Path, relative: Path, text: str) -> None:
    path = folder / relative
    if path.exists():
        click.echo(f"kept {path}", err=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    click.echo(f"wrote {path}", err=True)


def _mark(folder: Path) -> None:
    """Let pyproject.toml say that this is a project's root."""
    path = folder / "pyproject.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if "[tool.evalkit]" not in text:
        path.write_text((text.rstrip() + "\n" + _TABLE).lstrip(), encoding="utf-8")
        click.echo(f"added [tool.evalkit] to {path}", err=True)


def _ignore(folder: Path) -> None:
    path = folder / ".gitignore"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    missing = [line for line in (".evalkit/", "/reports/runs/") if line not in lines]
    if missing:
        path.write_text("\n".join([*lines, *missing]) + "\n", encoding="utf-8")
        click.echo(f"added {', '.join(missing)} to {path}", err=True)
