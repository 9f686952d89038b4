"""The three doors through which adapters, constraints, measures and report writers come in.

A name is looked up in a table of `"module:Class"` strings (the built-ins), then among the entry points of a group
(installed packages); a name of the form `./file.py:Class` is loaded from a file of the user's. Nothing is imported
before it is asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evalkit.errors import UsageError, suggestion

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Registry:
    """Things of one kind by name.

    Attributes:
        kind: What they are, for messages: `constraint`, `adapter`.
        builtins: Name to `"module:Class"`.
        group: Entry-point group for installed packages.
    """

    kind: str
    builtins: Mapping[str, str]
    group: str

    def names(self) -> list[str]:
        """Return every name that `get` knows, built-ins first."""
        return [*self.builtins, *sorted(set(_entry_points(self.group)) - set(self.builtins))]

    def get(self, name: str, *, beside: Path | None = None) -> Any:  # noqa: ANN401 - each caller knows its kind
        """Import what `name` stands for.

        Args:
            name: A built-in's name, an entry point's name, or `./file.py:Class`.
            beside: Folder in which a file is looked for; None refuses files.

        Raises:
            UsageError: Nothing has that name, or a user's file cannot be loaded. Import errors of a missing package
                pass through as `ImportError`.
        """
        if name in self.builtins:
            module, _, attribute = self.builtins[name].partition(":")
            return getattr(importlib.import_module(module), attribute)
        if name.startswith("./") and beside is not None:
            return _from_file(self.kind, name, beside)
        installed = _entry_points(self.group)
        if name in installed:
            try:
                return installed[name].load()
            except AttributeError as error:
                raise UsageError(f"{self.kind} `{name}`: {installed[name].value} is not there: {error}") from error
        raise UsageError(f"no {self.kind} named `{name}`", hint=suggestion(name, self.names()))


@cache
def _entry_points(group: str) -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=group)}


def shown_path(path: Path) -> str:
    """Write a path for people: from here where it is below, else whole."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def _how_to_mend(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"install the package `{error.name}` where evalkit is installed"
    return "Python must be able to import the file by itself"


def _from_file(kind: str, name: str, beside: Path) -> Any:  # noqa: ANN401 - as in `get`
    file, _, attribute = name.partition(":")
    path = (beside / file).resolve()
    if not attribute:
        raise UsageError(f"`{name}` names a file but no class", hint=f"write `{name}:ClassName`")
    if not path.is_relative_to(beside.resolve()) or path.suffix != ".py":
        raise UsageError(f"`{file}` is not a Python file below {beside}", hint="keep it beside the file that names it")
    if not path.is_file():
        raise UsageError(f"no file `{shown_path(path)}` for {kind} `{name}`")
    module_name = f"_evalkit_user_{path.stem}_{abs(hash(str(path)))}"
    module = sys.modules.get(module_name)
    if module is None:
        spec = importlib.util.spec_from_file_location(module_name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[module_name] = module  # before execution: dataclasses look their module up
        try:
            spec.loader.exec_module(module)
        except Exception as error:
            del sys.modules[module_name]
            raise UsageError(
                f"{shown_path(path)} cannot be imported: {type(error).__name__}: {error}", hint=_how_to_mend(error)
            ) from error
    if not hasattr(module, attribute):
        defined = [each for each in vars(module) if not each.startswith("_")]
        raise UsageError(f"{shown_path(path)} defines no `{attribute}`", hint=suggestion(attribute, defined))
    return getattr(module, attribute)
