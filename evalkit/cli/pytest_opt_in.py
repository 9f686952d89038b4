"""Lets the pytest of a project collect its suites, by the settings file that pytest itself reads."""

from __future__ import annotations

import configparser
import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from evalkit.errors import ProjectError

if TYPE_CHECKING:
    from pathlib import Path

KEY = "evalkit_suites"
_OWN = (("pytest.toml", "pytest"), (".pytest.toml", "pytest"), ("pytest.ini", "pytest"), (".pytest.ini", "pytest"))
"""The files that win over pyproject.toml, even empty, and the section in which each holds settings."""
_LATER = (("tox.ini", "pytest"), ("setup.cfg", "tool:pytest"))
"""Those that pytest reads where pyproject.toml says nothing, with the section that makes it read them."""
_TABLE = "tool.pytest.ini_options"


@dataclass(frozen=True, slots=True)
class _Read:
    """A file of settings.

    Attributes:
        settings: In the section that counts; None where that is missing, or the file cannot be read.
    """

    path: Path
    section: str
    settings: dict[str, Any] | None


def opt_in(folder: Path, suites: str = "suites") -> None:
    """Add the suites of a project to what its pytest collects, and say so; a setting that is there stays.

    Where another file than pyproject.toml configures pytest, it is said what to add to it: a table in pyproject.toml
    would be ignored, or would take the other file's place.

    Args:
        folder: The project.
        suites: Where its suites are, from there.

    Raises:
        ProjectError: pyproject.toml is not valid TOML.
    """
    for name, section in _OWN:
        if (folder / name).exists():
            _say_or_leave(_read(folder / name, section), suites)
            return
    path = folder / "pyproject.toml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    table = _pytest_table(path, text)
    if not table:
        for name, section in _LATER:
            there = _read(folder / name, section)
            if there.settings is not None:
                _say_or_leave(there, suites)
                return
    if KEY in table or KEY in table.get("ini_options", {}):
        return
    tables = ("tool", "pytest") if set(table) - {"ini_options"} else ("tool", "pytest", "ini_options")
    written = _with_key(text, tables, suites)
    if written is None:
        _say_or_leave(_Read(path, ".".join(tables), table), suites)
        return
    path.write_text(written, encoding="utf-8")
    click.echo(f"added {KEY} to {path}", err=True)


def _pytest_table(path: Path, text: str) -> dict[str, Any]:
    try:
        table: dict[str, Any] = tomllib.loads(text).get("tool", {}).get("pytest", {})
    except tomllib.TOMLDecodeError as error:
        raise ProjectError(f"{path} is not valid TOML: {error}") from error
    return table


def _with_key(text: str, tables: tuple[str, ...], suites: str) -> str | None:
    """Put the key first into a table, which is made where there is none; None where that would say anything else."""
    name, line = ".".join(tables), f"{KEY} = {json.dumps([suites])}"
    header = re.search(rf"(?m)^[ \t]*\[[ \t]*{re.escape(name)}[ \t]*\][ \t]*(#.*)?$", text)
    if header is not None:
        written = f"{text[: header.end()]}\n{line}{text[header.end() :]}"
    else:
        written = f"{text.rstrip()}\n\n[{name}]\n{line}\n".lstrip()
    wanted = table = tomllib.loads(text)
    for each in tables:
        table = table.setdefault(each, {})
    table[KEY] = [suites]
    try:
        return written if tomllib.loads(written) == wanted else None
    except tomllib.TOMLDecodeError:  # the table is there, in another way of writing it
        return None


def _say_or_leave(there: _Read, suites: str) -> None:
    """Say what to add to a file whose form is its owner's, unless it is there."""
    if KEY in (there.settings or {}):
        return
    value = json.dumps([suites]) if there.path.suffix == ".toml" else suites
    click.echo(
        f"{there.path} configures pytest; add `{KEY} = {value}` under [{there.section}] to have it run the suites",
        err=True,
    )


def _read(path: Path, section: str) -> _Read:
    """Read a file as far as it can be; pytest tells what is wrong with one that cannot."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            return _Read(path, section, tomllib.loads(text).get(section))
        parsed = configparser.ConfigParser(interpolation=None, strict=False)
        parsed.read_string(text)
    except (OSError, UnicodeDecodeError, configparser.Error, tomllib.TOMLDecodeError):
        return _Read(path, section, None)
    return _Read(path, section, dict(parsed[section]) if parsed.has_section(section) else None)
