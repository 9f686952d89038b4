"""`evalkit init`: make a project, and what runs it each night."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalkit.cli.common import warn
from evalkit.cli.pytest_opt_in import opt_in
from evalkit.errors import UsageError
from evalkit.project import FOLDERS, find_project, has_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from evalkit.project import Project

_TABLE = "\n[tool.evalkit]\n"
_NEXT = """
evalkit run suites/quick.yaml
    runs on this machine, without a key
evalkit providers
    shows what can be varied on the hosted models, what they cost, and which keys are missing
evalkit run suites/quick.yaml --provider openai --max-cost 0.5
    runs on a hosted model, once its key is set\
"""

_LEFT = """
left to do:
- a baseline: evalkit run {suite} && evalkit baseline save {name} last; commit reports/baselines\
"""
_GITHUB = """
- in the settings of the repository, Actions, General: allow GitHub Actions to create pull requests
- commit and push; pytest runs the suites, `evalkit nightly` under Actions starts a night at once\
"""
_GITLAB = """
- in .gitlab-ci.yml: include: [{local: .gitlab/evalkit.yml}]
- a pipeline schedule with the variable EVALKIT_NIGHTLY=true
- a project access token (role Developer, scope api) as the masked variable EVALKIT_GITLAB_TOKEN
- commit and push; pytest runs the suites\
"""
_CI = {"github": (".github/workflows", _GITHUB), "gitlab": (".gitlab", _GITLAB)}
"""Where the files of each go, and what is left to do."""
_KEYS = {"github": "as secrets of the repository, under Actions", "gitlab": "as masked variables"}


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
    their keys. With --ci the suites that have a gate on a baseline are run each night. A file that is already there is
    left as it is.
    """
    if ci is not None:
        _check_place(folder)
    folder.mkdir(parents=True, exist_ok=True)
    _mark(folder)
    project = find_project(root=folder)
    shipped = files("evalkit")
    _write_all(shipped / "starter", folder, project)
    _ignore(folder)
    done = _NEXT if ci is None else _add_ci(ci, folder, project)
    if folder != Path():
        click.echo(f"\nnext: cd {folder}", err=True)
    click.echo(done, err=True)
    return 0


def _check_place(folder: Path) -> None:
    """Refuse a folder inside a repository, where no forge looks for workflows."""
    here = folder.resolve()
    if (here / ".git").exists():
        return
    for above in here.parents:
        if (above / ".git").exists():
            raise UsageError(
                f"{here} lies inside the repository {above}, and workflows are read from its root alone",
                hint=f"cd {above} && evalkit init --ci ...",
            )


def _add_ci(ci: str, folder: Path, project: Project) -> str:
    """Write what runs a project each night, and return what is left to do."""
    from evalkit.cli.ci_files import nightly_of, rendered, with_folders

    shipped = files("evalkit") / "starter_ci"
    _write_all(shipped / "project", folder, project)
    nightly = nightly_of(project, warn)
    if not nightly.suites:
        raise UsageError(
            f"no suite in {project.suites} has a gate on a baseline, so there is nothing to run each night",
            hint="add `- {measure: adherence, no_worse_than: baseline, margin: 0.1}` to the gates of one",
        )
    place, left = _CI[ci]
    for relative, source in _starter(shipped / ci, Path(place)):
        text = rendered(source.read_text(encoding="utf-8"), nightly)
        _write(folder, relative, with_folders(text, project))
    opt_in(folder, project.place_of("suites"))
    name, suite = next(iter(nightly.suites.items()))
    keys = f"\n- {', '.join(nightly.keys)}, {_KEYS[ci]}" if nightly.keys else ""
    return f"{_LEFT.format(name=name, suite=suite)}{keys}{left}"


def _write_all(source: Traversable, folder: Path, project: Project) -> None:
    """Write the files of a starter where the project has its suites and providers."""
    for relative, each in _starter(source, Path()):
        top, *rest = relative.parts
        place = Path(project.place_of(top)) if top in FOLDERS else Path(top)
        _write(folder, place.joinpath(*rest), each.read_text(encoding="utf-8"))


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
    if not has_table(folder):
        path.write_text((text.rstrip() + "\n" + _TABLE).lstrip(), encoding="utf-8")
        click.echo(f"added [tool.evalkit] to {path}", err=True)


def _ignore(folder: Path) -> None:
    path = folder / ".gitignore"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    missing = [line for line in (".evalkit/", "/reports/runs/") if line not in lines]
    if missing:
        path.write_text("\n".join([*lines, *missing]) + "\n", encoding="utf-8")
        click.echo(f"added {', '.join(missing)} to {path}", err=True)
