"""Writes the files that `json_schema` names into a suite's document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evalkit.errors import Location, SuiteError
from evalkit.load.cursor import is_list, is_mapping
from evalkit.load.document import Document, decode, read_document
from evalkit.project import inside

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from evalkit.load.cursor import Cursor
    from evalkit.project import Project

_NAME = "json_schema"
_HOLDERS = ("constraints", "cases", "systems")
"""Keys of a suite below which constraints stand."""


def write_out_schemas(top: Cursor, folder: Path, project: Project) -> None:
    """Replace every `schema: {file: ...}` of `json_schema` by what the file holds.

    Args:
        top: A mapping that may yet be wrong otherwise.
        folder: The suite's, beside which files are looked for.
        project: Outside which no file may lie.

    Raises:
        SuiteError: A file is not there, or not what it must be.
    """
    for key in _HOLDERS:
        if key in top.value:
            for arguments in _naming(top.child(key)):
                named = arguments.child("schema").child("file")
                path = inside(project, folder / named.text(), named_in=named.document.at(named.path))
                inner = _read(path, project.relative(path))
                arguments.value["schema"] = inner.data
                top.document.graft((*arguments.path, "schema"), inner, ())


def _naming(cursor: Cursor) -> Iterator[Cursor]:
    """Yield the arguments that name a file, of all such constraints below; what stands in a schema is none."""
    if is_list(cursor.value):
        for index in range(len(cursor.value)):
            yield from _naming(cursor.child(index))
    elif is_mapping(cursor.value):
        for key, value in cursor.value.items():
            if key != _NAME:
                yield from _naming(cursor.child(key))
            elif is_mapping(value) and is_mapping(schema := value.get("schema")) and set(schema) == {"file"}:
                yield cursor.child(key)


def _read(path: Path, name: str) -> Document:
    """Read a schema in JSON, or in YAML where the file is called so."""
    if path.suffix in (".yaml", ".yml"):
        return read_document(path, name)
    try:
        text = decode(path.read_bytes(), name)
    except OSError as error:
        raise SuiteError(f"{name} cannot be read: {error.strerror}", hint="see who may read it") from error
    try:
        return Document(name, json.loads(text))
    except json.JSONDecodeError as error:
        place = Location(name, error.lineno, error.colno)
        hint = "a schema in YAML is a file whose name ends in .yaml"
        raise SuiteError(f"not valid JSON: {error.msg}", location=place, hint=hint) from error
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of thousands of digits
        raise SuiteError(f"{name} cannot be read as JSON: {error}", location=Location(name, 1, 1)) from error
