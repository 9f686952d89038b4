"""Lets the pytest of a project collect its suites, by the settings file that pytest itself reads."""

from __future__ import annotations

import configparser
import tomllib
from typing import TYPE_CHECKING

import click

from evalkit.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

KEY = "evalkit_suites"
_OTHERS = (("pytest.ini", "pytest"), (".pytest.ini", "pytest"), ("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))
"""The files that pytest reads where pyproject.toml says nothing, with the section that makes it read them."""
_TABLE = "[tool.pytest.ini_options]"


def opt_in(folder: Path) -> None:
    """Add the suites of a project to what its pytest collects, and say so; a setting that is there stays.

    Raises:
        ProjectError: pyproject.toml is not valid TOML.
    """
    for name in ("pytest.ini", ".pytest.ini"):  # these win over pyproject.toml, even empty
        if (folder / name).exists():
            _say_or_leave(folder / name, "pytest")
            return
    path = folder / "pyproject.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    try:
        tables = tomllib.loads(text).get("tool", {}).get("pytest")
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{path} is not valid TOML: {error}") from error
    if tables is None:
        for name, section in _OTHERS[2:]:
            if _has_section(folder / name, section):
                _say_or_leave(folder / name, section)
                return
        path.write_text(f'{text.rstrip()}\n\n{_TABLE}\n{KEY} = ["suites"]\n'.lstrip(), encoding="utf-8")
        click.echo(f"added {KEY} to {path}", err=True)
    elif KEY not in tables and KEY not in tables.get("ini_options", {}):
        if _TABLE in text.splitlines():
            path.write_text(text.replace(_TABLE + "\n", f'{_TABLE}\n{KEY} = ["suites"]\n', 1), encoding="utf-8")
            click.echo(f"added {KEY} to {path}", err=True)
        else:
            click.echo(f'{path} configures pytest; add `{KEY} = ["suites"]` there, and it runs the suites', err=True)


def _say_or_leave(path: Path, section: str) -> None:
    """Say what to add to a file whose form is its owner's, unless it is there."""
    if not _has_option(path, section):
        click.echo(
            f"{path} configures pytest; add `{KEY} = suites` under [{section}] to have it run the suites", err=True
        )


def _has_section(path: Path, section: str) -> bool:
    parsed = _parsed(path)
    return parsed is not None and parsed.has_section(section)


def _has_option(path: Path, section: str) -> bool:
    parsed = _parsed(path)
    return parsed is not None and parsed.has_option(section, KEY)


def _parsed(path: Path) -> configparser.ConfigParser | None:
    """Read a file as far as it can be; pytest tells what is wrong with one that cannot."""
    parsed = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parsed.read(path, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return None
    return parsed
