"""`evalkit init`: make a project, and what runs it each night."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalkit.cli.pytest_opt_in import opt_in

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


_BASELINE = """
evalkit run suites/nightly.yaml && evalkit baseline save nightly last
    makes the baseline that nights are held against; commit reports/baselines/
pytest
    runs every suite of suites/ as tests
"""
_GITHUB = """\
gh secret set OPENAI_API_KEY
    keys of hosted models that suites ask: ANTHROPIC_API_KEY, GEMINI_API_KEY, OPENAI_API_KEY\
"""
_GITLAB = """\
include: [{local: .gitlab/evalkit.yml}]
    goes into .gitlab-ci.yml; add a scheduled pipeline, and as masked variables EVALKIT_GITLAB_TOKEN and the keys\
"""
_CI = {"github": (".github/workflows", _GITHUB), "gitlab": (".gitlab", _GITLAB)}
"""Where the files of each go, and what is left to do."""


@click.command(
    "init", epilog="Example: evalkit init --ci github", short_help="Make a project with a suite that runs at once."
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--ci",
    type=click.Choice(list(_CI)),
    help="Add a suite with gates, pytest's opt-in, and what runs the suites each night and on each proposed change.",
)
def command(folder: Path, ci: str | None) -> int:
    """Make FOLDER (here by default) an evalkit project: a suite, provider profiles, and what git should ignore.

    The suite runs at once on a model that needs no key. The profiles of hosted models name the variables that hold
    their keys. A file that is already there is left as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    shipped = files("evalkit")
    for relative, source in _starter(shipped / "starter", Path()):
        _write(folder, relative, source.read_text(encoding="utf-8"))
    _mark(folder)
    _ignore(folder)
    if ci is not None:
        place, _ = _CI[ci]
        for relative, source in _starter(shipped / "starter_ci" / "project", Path()):
            _write(folder, relative, source.read_text(encoding="utf-8"))
        for relative, source in _starter(shipped / "starter_ci" / ci, Path(place)):
            _write(folder, relative, source.read_text(encoding="utf-8"))
        opt_in(folder)
    if folder != Path():
        click.echo(f"\nnext: cd {folder}", err=True)
    click.echo(_NEXT if ci is None else f"{_NEXT}{_BASELINE}{_CI[ci][1]}", err=True)
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
