"""Builds the constraints and measures that a suite writes, and puts each complaint of theirs in its place."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evalkit.errors import ArgumentError
from evalkit.load.cursor import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from evalkit.load.cursor import Cursor
    from evalkit.protocols import Constraint
    from evalkit.registry import Registry
    from evalkit.types import Conversation


def construct_all(
    specs: Iterable[Cursor], beside: Path | None, *, conversation: Conversation | None
) -> tuple[Constraint, ...]:
    """Build constraints.

    Args:
        specs: How each is written.
        beside: Folder in which own code is looked for; None refuses it.
        conversation: The suite's, for constraints that only a live one can meet.

    Raises:
        SuiteError: One is wrong, or looks at turns that the model does not write.
    """
    from evalkit.constraints.registry import CONSTRAINTS  # noqa: PLC0415 - only where suites are built

    built: list[Constraint] = []
    for spec in specs:
        built.append(construct_at(CONSTRAINTS, spec, beside))
        if conversation is None or conversation.mode != "live":
            _refuse_turns(built[-1], spec, "no conversation" if conversation is None else f"mode {conversation.mode}")
    return tuple(built)


def _refuse_turns(constraint: Constraint, spec: Cursor, what: str) -> None:
    """Refuse a constraint on every turn where the model writes only one."""
    from evalkit.constraints.scope import InEveryTurn  # noqa: PLC0415 - only where suites are built
    from evalkit.constraints.walk import every_part  # noqa: PLC0415 - the same

    if any(isinstance(each, InEveryTurn) for each in every_part(constraint)):
        place = _first_key(spec, InEveryTurn.name) or spec
        place.fail(
            f"`{InEveryTurn.name}` needs the model's own replies, and the suite has {what}",
            hint="use `conversation: {..., mode: live}`, or demand it of the answer alone",
            key=True,
        )


def _first_key(cursor: Cursor, key: str) -> Cursor | None:
    """Return the first place below that a key leads to; None when there is none."""
    value = cursor.value
    if is_mapping(value) and key in value:
        return cursor.child(key)
    steps = list(value) if is_mapping(value) else range(len(value)) if is_list(value) else []
    return next((found for step in steps if (found := _first_key(cursor.child(step), key))), None)


def construct_at(registry: Registry, cursor: Cursor, beside: Path | None) -> Any:  # noqa: ANN401 - what the registry holds
    """Build what `cursor` writes.

    Raises:
        SuiteError: It is wrong; the error points at the part that is.
    """
    from evalkit.arguments import construct  # noqa: PLC0415 - pulls in pydantic

    try:
        return construct(registry, cursor.value, beside=beside)
    except ArgumentError as error:
        place = cursor
        for part in error.path:
            value = place.value
            known = (is_mapping(value) and part in value) or (
                is_list(value) and isinstance(part, int) and part < len(value)  # pyright: ignore[reportUnknownArgumentType] - any list
            )
            if not known:
                break
            place = place.child(part)
        hint = error.hint or _example(registry, error.path or (cursor.value,))
        place.fail(error.message, hint=hint, key=isinstance(place.value, dict | list) or len(error.path) == 1)


def _example(registry: Registry, path: tuple[str | int, ...]) -> str | None:
    """Show how the thing at fault is written, by the example that its class gives."""
    from evalkit.arguments import arguments_of  # noqa: PLC0415 - pulls in pydantic

    name, arguments = None, set[str]()
    for part in path:
        if part in registry.builtins and part not in arguments:  # `at_least` is a constraint, and an argument of others
            name = str(part)
            arguments = {argument.name for argument in arguments_of(registry.get(name))}
    if name is None:
        return "code of your own is looked for beside the suite" if path and str(path[0]).startswith("./") else None
    cls = registry.get(name)
    examples = getattr(cls, "examples", None)
    if examples is not None:
        shown = examples.arguments
    else:
        shown = next((argument.default for argument in arguments_of(cls) if not argument.required), None)
    return None if shown is None else f"for example `{name}: {json.dumps(shown, ensure_ascii=False)}`"
