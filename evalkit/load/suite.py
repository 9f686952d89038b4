"""From a suite's file to a `Suite`, by way of a document in which every file that it names is written out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from evalkit.errors import SuiteError
from evalkit.load.build import build_suite
from evalkit.load.cursor import Cursor, is_list, is_mapping
from evalkit.load.document import Document, decode, read_document
from evalkit.load.schema_files import write_out_schemas
from evalkit.project import inside

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.load.document import Path_
    from evalkit.project import Project
    from evalkit.types import Json, Suite

FOR_READERS = ("description", "tags", "xfail")
"""Keys that change nothing that is asked or measured, and are no part of a suite's hash."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A suite, and the document that knows where everything in it stands."""

    suite: Suite
    document: Document


def load(path: Path, project: Project) -> Suite:
    """Read and check a suite.

    Raises:
        SuiteError: Anything is wrong with it; the error says where and what.
    """
    return load_with_places(path, project).suite


def load_with_places(path: Path, project: Project) -> Loaded:
    """Read and check a suite, and keep where everything stood.

    Raises:
        SuiteError: See `load`.
    """
    shown = project.relative(path)
    if not path.is_file():
        raise SuiteError(f"no file `{shown}`", hint="`evalkit init` writes a suite that runs")
    document = read_document(path, shown)
    _write_out(document, path.parent, project)
    return Loaded(_build(document, path), document)


def rebuild(document: Mapping[str, Json], *, path: Path | None = None) -> Suite:
    """Make a suite again from the plain data in `Suite.document`.

    Args:
        document: The data.
        path: The suite's file, beside which own code is looked for; None when there is none.

    Raises:
        SuiteError: The data is not a suite; the error points at the first line.
    """
    plain: Json = json.loads(json.dumps(dict(document)))
    return _build(Document(str(path or "suite"), plain), path)


def document_hash(document: Mapping[str, Json]) -> str:
    """Return the SHA-256 of a suite's plain data in its canonical form, in hexadecimal; see `FOR_READERS`."""
    meant = {key: value for key, value in document.items() if key not in FOR_READERS}
    canonical = json.dumps(meant, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _build(document: Document, path: Path | None) -> Suite:
    top = Cursor(document, document.data)
    return build_suite(top, path=path, digest=document_hash(document.data) if is_mapping(document.data) else "")


def _write_out(document: Document, folder: Path, project: Project) -> None:
    """Replace every `{file: ...}` where the language allows one by what the file holds."""
    top = Cursor(document, document.data)
    if not is_mapping(top.value):
        return
    if is_mapping(top.value.get("systems")):
        for name in top.value["systems"]:
            _write_out_system(top.child("systems").child(name), folder, project)
    if is_list(top.value.get("cases")):
        for index, case in enumerate(top.value["cases"]):
            if is_mapping(case) and _names_file(case.get("prompt")):
                cursor = top.child("cases").child(index).child("prompt")
                case["prompt"] = _text(cursor, folder, project).rstrip("\n")
    write_out_schemas(top, folder, project)
    conversation = top.value.get("conversation")
    if is_mapping(conversation) and "file" in conversation:
        cursor = top.child("conversation")
        if "exchanges" in conversation:
            cursor.child("file").fail("conversation has both `file` and `exchanges`", hint="keep one of them", key=True)
        _graft(document, cursor, _file(cursor.child("file"), folder, project), project)


def _write_out_system(cursor: Cursor, folder: Path, project: Project) -> None:
    """Replace the file, or the files of text, rules and filler, of one entry of `systems`."""
    entry = cursor.value
    if _names_file(entry):
        name = cursor.path[-1]
        cursor.document.data["systems"][name] = _text(cursor, folder, project).rstrip("\n")
    elif is_mapping(entry):
        if _names_file(entry.get("text")):
            entry["text"] = _text(cursor.child("text"), folder, project).rstrip("\n")
        for part in ("rules", "filler"):
            if _names_file(entry.get(part)):
                lines = _text(cursor.child(part), folder, project).splitlines()
                entry[part] = [line.strip() for line in lines if line.strip()]


def _names_file(value: Json) -> bool:
    return is_mapping(value) and set(value) == {"file"}


def _file(cursor: Cursor, folder: Path, project: Project) -> Path:
    named = Path(cursor.text())
    return inside(project, folder / named, named_in=cursor.document.at(cursor.path))


def _text(cursor: Cursor, folder: Path, project: Project) -> str:
    path = _file(cursor.child("file"), folder, project)
    try:
        return decode(path.read_bytes(), project.relative(path)).replace("\r\n", "\n")
    except OSError as error:
        cursor.fail(f"`{project.relative(path)}` cannot be read: {error.strerror}", hint="see who may read it")


def _graft(document: Document, conversation: Cursor, path: Path, project: Project) -> None:
    """Put a conversation file's exchanges in the place of its name."""
    inner = read_document(path, project.relative(path))
    if is_mapping(inner.data) and "exchanges" in inner.data:
        Cursor(inner, inner.data).mapping(("exchanges",))
    exchanges = inner.data.get("exchanges") if is_mapping(inner.data) else inner.data
    if not is_list(exchanges):
        raise SuiteError(
            "a conversation file must be a list of exchanges",
            location=inner.at(()),
            hint="each is `- user: ...` with `assistant: ...` below it",
        )
    prefix: Path_ = ("exchanges",) if is_mapping(inner.data) else ()
    del conversation.value["file"]
    conversation.value["exchanges"] = exchanges
    document.graft((*conversation.path, "exchanges"), inner, prefix)
