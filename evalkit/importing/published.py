"""Reads the published prompts of IFEval and IFBench: one JSON object a line, with instructions and their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from evalkit.errors import EvalkitError, Location
from evalkit.importing.imported import Imported, ImportedCase, Names, Unmapped, is_name, is_text, name_like, refused
from evalkit.json_lines import json_lines, kind_of_json
from evalkit.load.cursor import is_list, is_mapping
from evalkit.templates import verbatim

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from evalkit.json_lines import Line
    from evalkit.types import Json

    Mapped = Callable[[str, Mapping[str, Json], str], Json]


class NotMappedError(EvalkitError):
    """An instruction has no counterpart here; the message says why, as the end of a sentence."""


class _LineError(EvalkitError):
    """A line cannot become a case; the message says why."""


def import_published(stream: BinaryIO, name: str, mapped: Mapped, *, of_ifeval: bool) -> Imported:
    """Make a case of every line, in the file's order, with a constraint for every instruction in the line's order.

    An instruction that has no counterpart becomes `unjudged`, so that no case is easier than it was published.

    Args:
        stream: The file.
        name: How messages call it.
        mapped: Returns the constraint that an instruction is, as YAML writes it, from its id, its arguments (null for
            those left out) and the prompt; it raises an `EvalkitError` where there is none.
        of_ifeval: Whether the instructions' ids are IFEval's.

    Raises:
        SuiteError: A line is not JSON.
    """
    cases: list[ImportedCase] = []
    unmapped: list[Unmapped] = []
    names = Names()
    for line in json_lines(stream, name):
        place = Location(name, line.number, 1)
        try:
            key, prompt, instructions = _read(line)
            constraints: list[Json] = []
            for identity, arguments in instructions:
                spec, why = _constraint(mapped, identity, arguments, prompt, of_ifeval=of_ifeval)
                constraints.append(spec)
                if why is not None:
                    unmapped.append(Unmapped(place, f"`{identity}` is not judged: {why}"))
        except _LineError as error:
            unmapped.append(Unmapped(place, f"the line is left out: {error.message}"))
            continue
        wanted = key if is_name(key) else name_like(key)
        chosen = names.take(wanted)
        if chosen != key:
            why = "that key is used above" if chosen != wanted else "a case's id is letters, digits, `_`, `.` and `-`"
            unmapped.append(Unmapped(place, f"key `{key[:60]}` becomes the case `{chosen}`: {why}"))
        cases.append(ImportedCase(chosen, verbatim(prompt), constraints=tuple(constraints)))
    return Imported(tuple(cases), tuple(unmapped))


def _read(line: Line) -> tuple[str, str, list[tuple[str, dict[str, Json]]]]:
    """Return key, prompt and instructions with their arguments."""
    value = line.value
    if line.fault is not None:
        raise _LineError(line.fault)
    if not is_mapping(value):
        raise _LineError(f"it must be an object, got {kind_of_json(value)}")
    key, prompt = value.get("key"), value.get("prompt")
    if isinstance(key, bool) or not isinstance(key, str | int) or not str(key).strip():
        raise _LineError(f"`key` must be a text or whole number, got {kind_of_json(key)}")
    if not isinstance(prompt, str) or not prompt.strip():
        given = "an empty one" if isinstance(prompt, str) else kind_of_json(prompt)
        raise _LineError(f"`prompt` must be a text, got {given}")
    if not is_text(prompt):
        raise _LineError("its prompt holds half a character (a lone surrogate)")
    return str(key), prompt, list(_instructions(value))


def _instructions(value: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    identities, arguments = value.get("instruction_id_list"), value.get("kwargs")
    if not is_list(identities) or not all(isinstance(each, str) for each in identities):
        raise _LineError("`instruction_id_list` must be a list of texts")
    if arguments is None:
        arguments = [None] * len(identities)
    if not is_list(arguments) or len(arguments) != len(identities):
        raise _LineError("`kwargs` must be a list with an entry for each instruction")
    for identity, given in zip(identities, arguments, strict=True):
        if given is not None and not is_mapping(given):
            raise _LineError(f"the arguments of `{identity}` must be an object, got {kind_of_json(given)}")
        yield identity, {name: each for name, each in (given or {}).items() if each is not None}


def _constraint(
    mapped: Mapped, identity: str, arguments: dict[str, Json], prompt: str, *, of_ifeval: bool
) -> tuple[Json, str | None]:
    """Return a constraint for an instruction, and why it is not judged where it is not."""
    try:
        spec = mapped(identity, arguments, prompt)
        why = refused(spec)
    except EvalkitError as error:
        spec, why = None, error.message
    if why is None:
        return spec, None
    demand: dict[str, Json] = {"demand": identity or "?", "why": why}
    return {"unjudged": {**demand, "ifeval_id": identity} if of_ifeval else demand}, why
