"""Finds the project that a command works in, and its folders."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from evalkit.errors import Location, ProjectError, SuiteError, suggestion

FOLDERS = ("suites", "providers", "reports")


@dataclass(frozen=True, slots=True)
class Project:
    """A project root with its folders; `[tool.evalkit]` in pyproject.toml may rename them.

    Attributes:
        root: Absolute path. Files that a suite names may not lie outside it.
    """

    root: Path
    suites: Path
    providers: Path
    reports: Path

    @property
    def store(self) -> Path:
        """The run store's file."""
        return self.root / ".evalkit" / "runs.db"

    @property
    def run_reports(self) -> Path:
        """Where a run's reports go unless `--out` says otherwise."""
        return self.reports / "runs"

    @property
    def baselines(self) -> Path:
        """Where baselines are; meant to be committed."""
        return self.reports / "baselines"

    def place_of(self, name: str) -> str:
        """Write one of `FOLDERS` as it is found from the root, with `/`."""
        folder: Path = getattr(self, name)
        return folder.relative_to(self.root).as_posix() if folder.is_relative_to(self.root) else folder.as_posix()

    def relative(self, path: Path) -> str:
        """Write `path` for a message: relative to the working directory where that is shorter."""
        resolved = path.resolve()
        cwd = Path.cwd()
        return str(resolved.relative_to(cwd)) if resolved.is_relative_to(cwd) else str(resolved)


def find_project(start: Path | None = None, *, root: Path | None = None, otherwise: Path | None = None) -> Project:
    """Find the project around `start`.

    Args:
        start: Where to begin looking upwards; the working directory when None.
        root: The project root as the user gave it (`--project`); nothing is searched then.
        otherwise: What is taken for the root where none is found; the starting folder itself when None.

    Returns:
        The nearest folder upwards that has `[tool.evalkit]` in its pyproject.toml or an `.evalkit` folder; without
        one, `otherwise`.

    Raises:
        ProjectError: `root` is not a folder, or pyproject.toml is not valid TOML or names unknown keys.
    """
    if root is not None:
        if not root.is_dir():
            raise ProjectError(f"`{root}` is not a folder", hint="give --project the folder that holds suites/")
        return _project(root.resolve())
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if _table(folder) is not None or (folder / ".evalkit").is_dir():
            return _project(folder)
    return _project(here if otherwise is None else otherwise.resolve())


def has_table(folder: Path) -> bool:
    """Tell whether the folder's pyproject.toml has `[tool.evalkit]`.

    Raises:
        ProjectError: It is not valid TOML.
    """
    return _table(folder) is not None


def _table(folder: Path) -> dict[str, object] | None:
    """Return `[tool.evalkit]` of the folder's pyproject.toml, or None without one."""
    file = folder / "pyproject.toml"
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        return None
    except UnicodeDecodeError as error:
        raise ProjectError(f"{file} is not UTF-8 text") from error
    if "evalkit" not in text:  # parsing every pyproject.toml upwards costs more than this look
        return None
    try:
        tools: object = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{file} is not valid TOML: {error}") from error
    table = cast("dict[str, object]", tools).get("evalkit") if isinstance(tools, dict) else None
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ProjectError(f"{file}: `tool.evalkit` must be a table")
    return cast("dict[str, object]", table)


def _project(root: Path) -> Project:
    table = _table(root) or {}
    for key, value in table.items():
        if key not in FOLDERS:
            raise ProjectError(
                f"{root / 'pyproject.toml'}: unknown key `tool.evalkit.{key}`", hint=suggestion(key, FOLDERS)
            )
        if not isinstance(value, str):
            raise ProjectError(f"{root / 'pyproject.toml'}: `tool.evalkit.{key}` must name a folder, got {value!r}")
    folders = {name: root / str(table.get(name, name)) for name in FOLDERS}
    return Project(root=root, **folders)


def inside(project: Project, path: Path, *, named_in: Location | None = None) -> Path:
    """Resolve a file that a suite or profile names, links included.

    Raises:
        SuiteError: It lies outside the project, is not a file, or does not exist.
    """
    try:
        resolved = path.resolve()
        resolved.stat()
    except FileNotFoundError:
        resolved = path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a name too long, links in a circle, a zero byte
        raise SuiteError(f"`{path}` cannot be a file: {error}", location=named_in) from error
    if not resolved.is_relative_to(project.root):
        raise SuiteError(
            f"`{path}` lies outside the project {project.root}",
            location=named_in,
            hint="copy the file into the project; a suite must be readable on another machine",
        )
    if not resolved.exists():
        near = suggestion(path.name, [each.name for each in path.parent.iterdir()] if path.parent.is_dir() else [])
        raise SuiteError(f"no file `{project.relative(path)}`", location=named_in, hint=near)
    if not resolved.is_file():
        raise SuiteError(f"`{project.relative(path)}` is not a file", location=named_in)
    return resolved
