"""Reads YAML into plain data and remembers where everything stood.

Composed nodes are walked by hand, and not constructed by the YAML library, so that duplicate keys, aliases that explode
and anchors that contain themselves are met with their position, before they can do harm.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from evalkit.errors import Location, SuiteError
from evalkit.load.cursor import is_mapping

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Json

Path_: TypeAlias = tuple[str | int, ...]
"""Keys and indexes that lead from the top of a document to a value."""

_MAX_BYTES = 8 * 1024 * 1024
_MAX_NODES = 200_000
_MAX_DEPTH = 60
_TAG = "tag:yaml.org,2002:"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_OLD_YAML = re.compile(r"^%YAML(?!\s+1\.2\b)", re.MULTILINE)


@dataclass(slots=True)
class Document:
    """Plain data with positions.

    Attributes:
        file: Name for messages.
        data: Mappings, lists, strings, numbers, booleans and None.
        places: Line and column, from 1, of each value by its path.
        keys: The same for the key that leads to a value.
    """

    file: str
    data: Json
    places: dict[Path_, tuple[int, int]] = field(default_factory=dict[Path_, tuple[int, int]])
    keys: dict[Path_, tuple[int, int]] = field(default_factory=dict[Path_, tuple[int, int]])
    grafts: dict[Path_, tuple[Document, Path_]] = field(default_factory=dict["Path_", "tuple[Document, Path_]"])

    def graft(self, path: Path_, inner: Document, inner_path: Path_) -> None:
        """Note that what stands at `path` came from `inner_path` of another file."""
        self.grafts[path] = (inner, inner_path)

    def at(self, path: Path_, *, key: bool = False) -> Location:
        """Return where a value stands, or the nearest thing around it that has a place."""
        for begin, (inner, inner_path) in self.grafts.items():
            if path[: len(begin)] == begin:
                return inner.at((*inner_path, *path[len(begin) :]), key=key)
        if key and path in self.keys:
            return Location(self.file, *self.keys[path])
        while path and path not in self.places:
            path = path[:-1]
        return Location(self.file, *self.places.get(path, (1, 1)))


def read_document(file: Path, name: str) -> Document:
    """Read one YAML document.

    Args:
        file: Where to read.
        name: How messages call the file.

    Raises:
        SuiteError: The file cannot be read, is not one YAML document of plain values, or would grow without bound.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise SuiteError(f"{name} cannot be read: {error.strerror}", hint="see who may read it") from error
    return parse_document(decode(raw, name), name)


def decode(raw: bytes, name: str) -> str:
    """Return the text of a file that a suite is made of, without a byte-order mark.

    Raises:
        SuiteError: It is longer than eight mebibytes, or not UTF-8.
    """
    if len(raw) > _MAX_BYTES:
        raise SuiteError(
            f"{name} has {len(raw):,} bytes; at most {_MAX_BYTES:,} are read", hint="split it, or see if it is a text"
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        place = Location(name, before.count(b"\n") + 1, len(before) - before.rfind(b"\n"))
        raise SuiteError("not UTF-8 text", location=place, hint="save the file as UTF-8") from error


def parse_document(text: str, name: str) -> Document:
    """Parse the text of one YAML document; see `read_document`."""
    node = _compose(text, name)
    document = Document(name, None)
    if node is None:
        raise SuiteError(
            "the file is empty", location=Location(name, 1, 1), hint="`evalkit init` writes files that work"
        )
    document.data = _Walk(document).value(node, (), ())
    return document


def _compose(text: str, name: str) -> Any:  # noqa: ANN401 - the YAML library's nodes are untyped
    from ruamel.yaml import YAML  # noqa: PLC0415 - only needed where YAML is read
    from ruamel.yaml.error import MarkedYAMLError, YAMLError  # noqa: PLC0415 - the same

    _check_text(text, name)
    reader = YAML(typ="safe", pure=True)
    try:
        return reader.compose(text)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - untyped
    except MarkedYAMLError as error:
        mark = cast("Any", error.problem_mark or error.context_mark)  # pyright: ignore[reportUnknownMemberType] - untyped
        place = Location(name, mark.line + 1, mark.column + 1) if mark else Location(name, 1, 1)
        problem = str(error.problem or error.context)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - untyped
        raise SuiteError(f"not valid YAML: {problem}", location=place, hint=_yaml_hint(problem)) from error
    except YAMLError as error:
        first = str(error).strip().splitlines()[0]
        raise SuiteError(f"not valid YAML: {first}", location=Location(name, 1, 1), hint=_yaml_hint(first)) from error
    except RecursionError as error:
        raise _too_deep(Location(name, 1, 1)) from error


def _check_text(text: str, name: str) -> None:
    """Refuse characters that YAML does not know, and the older YAML in which `no` is false and 010 is 8."""
    for pattern, problem, hint in (
        (_CONTROL, "not valid YAML: a control character", "delete it, or write it as an escape between double quotes"),
        (_OLD_YAML, "only YAML 1.2 is read", "leave the line out"),
    ):
        found = pattern.search(text)
        if found is not None:
            before = text[: found.start()]
            place = Location(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
            raise SuiteError(problem, location=place, hint=hint)


def _too_deep(place: Location) -> SuiteError:
    return SuiteError(
        f"nested deeper than {_MAX_DEPTH} levels", location=place, hint="nothing that evalkit reads goes that deep"
    )


def _yaml_hint(problem: str) -> str:
    if "'\\t'" in problem:
        return "indent with spaces; YAML allows no tabs there"
    if "mapping values are not allowed" in problem:
        return "a text that holds `: ` needs quotes around it"
    if "single document" in problem or "another document" in problem:
        return "keep one document in the file"
    if "undefined alias" in problem:
        return "a text that begins with `*` needs quotes around it; an alias needs its `&` anchor above it"
    return "look at the quotes, brackets and indentation here and in the line above"


class _Walk:
    """Turns nodes into plain data within a budget."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._nodes = 0

    def value(self, node: Any, path: Path_, inside: tuple[int, ...]) -> Json:  # noqa: ANN401 - untyped nodes
        """Return a node's data and note where it stands.

        Args:
            node: What to turn.
            path: Where it will stand.
            inside: Identities of the nodes around it, to notice an anchor that contains itself.
        """
        place = (int(node.start_mark.line) + 1, int(node.start_mark.column) + 1)
        here = Location(self._document.file, *place)
        self._document.places[path] = place
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise SuiteError(
                f"aliases expand to more than {_MAX_NODES:,} values",
                location=here,
                hint="an alias of aliases multiplies",
            )
        if id(node) in inside:
            raise SuiteError(f"anchor `{node.anchor}` contains itself", location=here, hint="write the value out")
        if len(inside) >= _MAX_DEPTH:
            raise _too_deep(here)
        around = (*inside, id(node))
        kind = type(node).__name__
        if kind == "MappingNode":
            return self._mapping(node, path, around)
        if kind == "SequenceNode":
            self._check_tag(node.tag, here, "seq")
            return [self.value(each, (*path, index), around) for index, each in enumerate(node.value)]
        return self._scalar(node.tag, str(node.value), here)

    def _mapping(self, node: Any, path: Path_, around: tuple[int, ...]) -> dict[str, Json]:  # noqa: ANN401 - untyped
        here = Location(self._document.file, int(node.start_mark.line) + 1, int(node.start_mark.column) + 1)
        self._check_tag(node.tag, here, "map")
        merged: dict[str, Json] = {}
        own: dict[str, Json] = {}
        # What is merged comes first: its places give way to those of the mapping's own keys.
        for key_node, value_node in sorted(node.value, key=lambda pair: pair[0].tag != f"{_TAG}merge"):
            place = (int(key_node.start_mark.line) + 1, int(key_node.start_mark.column) + 1)
            where = Location(self._document.file, *place)
            if key_node.tag == f"{_TAG}merge":
                merged.update(self._merged(value_node, path, around, where))
                continue
            if type(key_node).__name__ != "ScalarNode":
                raise SuiteError("a key must be a plain name", location=where, hint="a list or mapping cannot be a key")
            key = str(key_node.value)
            if key in own:
                first = self._document.keys[*path, key]
                raise SuiteError(
                    f"key `{key}` stands twice", location=where, hint=f"it stands first in line {first[0]}; keep one"
                )
            self._document.keys[*path, key] = place
            own[key] = self.value(value_node, (*path, key), around)
            if own[key] is None and not value_node.value:
                self._document.places[*path, key] = place  # nothing stands nowhere; its key does
        return {**merged, **own}

    def _merged(self, node: Any, path: Path_, around: tuple[int, ...], where: Location) -> dict[str, Json]:  # noqa: ANN401 - untyped
        """Return what `<<` takes in; of several mappings the first wins."""
        sources = node.value if type(node).__name__ == "SequenceNode" else [node]
        mine = self._document.places[path]
        together: dict[str, Json] = {}
        for source in reversed(sources):
            found = self.value(source, path, around)
            if not is_mapping(found):
                raise SuiteError("`<<` merges mappings only", location=where, hint="give it an alias of a mapping")
            together.update(found)  # pyright: ignore[reportUnknownArgumentType] - checked above
        self._document.places[path] = mine
        return together

    @staticmethod
    def _scalar(tag: str, text: str, here: Location) -> Json:
        kind = tag.removeprefix(_TAG)
        try:
            if kind in ("str", "timestamp", "value"):
                return text.encode().decode()  # half a surrogate pair, which an escape may write, is no text
            if kind in _READ:
                return _READ[kind](text.lower().replace("_", ""))
        except UnicodeEncodeError as error:
            hint = "write the character itself"
            raise SuiteError("half a surrogate pair is no character", location=here, hint=hint) from error
        except (ValueError, KeyError) as error:
            hint = "write a plain number" if kind in ("int", "float") else "leave the tag out"
            raise SuiteError(f"`{text[:40]}` is not {_KINDS[kind]}", location=here, hint=hint) from error
        raise _unknown_tag(tag, here)

    @staticmethod
    def _check_tag(tag: str, here: Location, expected: str) -> None:
        if tag != f"{_TAG}{expected}":
            raise _unknown_tag(tag, here)


def _unknown_tag(tag: str, here: Location) -> SuiteError:
    return SuiteError(f"unknown tag `{tag}`", location=here, hint="plain values need no tag")


def _whole(text: str) -> int:
    return int(text, 0) if text.lstrip("+-").startswith(("0x", "0o", "0b")) else int(text)


def _finite(text: str) -> float:
    number = float(text.replace(".inf", "inf").replace(".nan", "nan"))
    if not math.isfinite(number):
        raise ValueError(text)
    return number


_READ: dict[str, Callable[[str], Json]] = {
    "null": {"": None, "~": None, "null": None}.__getitem__,
    "bool": {"true": True, "false": False}.__getitem__,
    "int": _whole,
    "float": _finite,
}
_KINDS = {"null": "null", "bool": "true or false", "int": "a whole number that can be read", "float": "a finite number"}
