"""Imports a deepeval data set of goldens, kept as JSON, as JSON lines or as CSV.

Source of the layout: deepeval's documentation, "Evaluation dataset": `save_as` and `add_goldens_from_..._file`.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from evalkit.errors import Location, SuiteError
from evalkit.importing.imported import Imported, ImportedCase, Names, Unmapped, is_text, name_like
from evalkit.json_lines import json_lines, kind_of_json
from evalkit.load.cursor import is_list, is_mapping
from evalkit.templates import verbatim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from evalkit.types import Json, Scalar

_READ = ("input", "actual_output", "expected_output", "context", "name")
_LONGEST_FIELD = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Golden:
    """One golden with its place."""

    place: Location
    value: Json


def import_deepeval(stream: BinaryIO, name: str) -> Imported:
    """Make a case of every golden: its input is the prompt, and its actual output a response to score.

    The expected output and the context stay with the case, as variables: deepeval leaves it to a model to say what they
    demand, so that no constraint follows from them.

    Args:
        stream: The file.
        name: How messages call it; its ending says what it is.

    Raises:
        SuiteError: It is not what its ending says.
    """
    cases: list[ImportedCase] = []
    unmapped: list[Unmapped] = []
    responses: list[tuple[str, str]] = []
    names = Names()
    for index, golden in enumerate(_goldens(stream, name), start=1):
        value = golden.value
        if not is_mapping(value):
            unmapped.append(Unmapped(golden.place, f"left out: it must be an object, got {kind_of_json(value)}"))
            continue
        prompt = value.get("input")
        if not isinstance(prompt, str) or not prompt.strip() or not is_text(prompt):
            why = "it is a conversation" if value.get("turns") or value.get("scenario") else "it has no text as `input`"
            unmapped.append(Unmapped(golden.place, f"left out: {why}"))
            continue
        wanted = name_like(value["name"]) if isinstance(value.get("name"), str) else f"golden-{index}"
        chosen = names.take(wanted)
        cases.append(ImportedCase(chosen, verbatim(prompt), dict(_kept(value))))
        actual = value.get("actual_output")
        if isinstance(actual, str) and actual:
            responses.append((chosen, actual))
        unmapped += [Unmapped(golden.place, what) for what in _left_out(value)]
    return Imported(tuple(cases), tuple(unmapped), tuple(responses))


def _kept(value: dict[str, Json]) -> Iterator[tuple[str, Scalar]]:
    expected = value.get("expected_output")
    if isinstance(expected, str) and expected and is_text(expected):
        yield "expected_output", expected
    context = value.get("context")
    parts = context if is_list(context) else [context]
    texts = [part for part in parts if isinstance(part, str) and part and is_text(part)]
    if texts:
        yield "context", "\n\n".join(texts)


def _left_out(value: dict[str, Json]) -> Iterator[str]:
    if _says_something(value.get("expected_output")):
        yield "`expected_output` is kept as a variable: a model has to say whether an answer agrees with it"
    for key, given in value.items():
        if key not in _READ and _says_something(given):
            yield f"`{key}` is left out"
    actual = value.get("actual_output")
    if _says_something(actual) and not isinstance(actual, str):
        yield f"`actual_output` is left out: it must be a text, got {kind_of_json(actual)}"


def _says_something(value: Json) -> bool:
    """Tell whether a field is used; zero and false are, the empty text, list and object are not."""
    return value is not None and value not in ("", [], {})


def _goldens(stream: BinaryIO, name: str) -> Iterator[_Golden]:
    if name.lower().endswith(".jsonl"):
        for line in json_lines(stream, name):
            yield _Golden(Location(name, line.number, 1), line.value)
    elif name.lower().endswith(".csv"):
        yield from _csv(_whole_text(stream, name), name)
    else:
        yield from _json(_whole_text(stream, name), name)


def _whole_text(stream: BinaryIO, name: str) -> str:
    raw = stream.read()
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise SuiteError(
            "not UTF-8 text", location=Location(name, line, column), hint="save the file as UTF-8"
        ) from error


def _json(text: str, name: str) -> Iterator[_Golden]:
    """Read a list of goldens one by one, so that each has its line."""
    decoder = json.JSONDecoder()
    try:
        whole: Json = decoder.decode(text)
    except json.JSONDecodeError as error:
        place = Location(name, error.lineno, error.colno)
        problem = f"{error.msg[0].lower()}{error.msg[1:]}"
        raise SuiteError(f"not JSON: {problem}", location=place, hint="a file of JSON lines ends in .jsonl") from error
    except (RecursionError, ValueError) as error:
        raise SuiteError("JSON that cannot be read: nested too deep, or too large a number") from error
    if not is_list(whole):
        raise SuiteError(
            "the file must hold a list of goldens", location=Location(name, 1, 1), hint="each is an object with `input`"
        )
    end = text.index("[") + 1
    line = text.count("\n", 0, end) + 1
    for value in whole:
        start = end
        while text[start] in " \t\r\n,":
            start += 1
        line += text.count("\n", end, start)
        yield _Golden(Location(name, line, start - text.rfind("\n", 0, start)), value)
        _, end = decoder.raw_decode(text, start)
        line += text.count("\n", start, end)


def _csv(text: str, name: str) -> Iterator[_Golden]:
    before = csv.field_size_limit(_LONGEST_FIELD)
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        line = 2
        for row in reader:
            yield _Golden(Location(name, line, 1), {key: each for key, each in row.items() if key})
            line = reader.line_num + 1
    except csv.Error as error:
        raise SuiteError(f"not CSV: {error}", location=Location(name, 1, 1), hint="save it as CSV again") from error
    finally:
        csv.field_size_limit(before)
