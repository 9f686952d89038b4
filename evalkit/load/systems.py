"""Reads the system prompts of a suite, with what they demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.load.constructed import construct_all
from evalkit.load.cursor import is_list, is_mapping, kind_of
from evalkit.types import System

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from evalkit.load.cursor import Cursor
    from evalkit.protocols import Constraint
    from evalkit.types import Conversation

SYSTEM_KEYS = ("text", "rules", "filler", "constraints")
RULE_KEYS = ("says", "constraints")


def read_systems(cursor: Cursor, beside: Path | None, *, conversation: Conversation | None) -> Mapping[str, System]:
    """Read every entry of `systems`.

    Args:
        cursor: The entries by name.
        beside: Folder in which own code is looked for; None refuses it.
        conversation: The suite's.

    Raises:
        SuiteError: An entry has none of the forms that there are.
    """
    systems: dict[str, System] = {}
    for name, entry in cursor.mapping().items():
        if entry.value is None:
            systems[name] = System()
        elif isinstance(entry.value, str):
            systems[name] = System(text=entry.value.rstrip("\n"))
        elif is_mapping(entry.value):
            systems[name] = _system(name, entry, beside, conversation)
        else:
            entry.fail(
                f"system `{name}` must be a text, null, {{file: ...}}, {{text: ..., constraints: ...}} or "
                f"{{rules: ..., filler: ...}}, got {kind_of(entry.value)}",
                hint="put quotes around it to make it a text" if not is_list(entry.value) else "name a list `rules`",
            )
    if not systems:
        cursor.fail("systems must have at least one entry", hint="for example `systems: {brief: Be brief.}`")
    return systems


def system_texts(cursor: Cursor) -> Iterator[Cursor]:
    """Yield every text of one entry of `systems` that is rendered."""
    if isinstance(cursor.value, str):
        yield cursor
    elif is_mapping(cursor.value):
        if "text" in cursor.value:
            yield cursor.child("text")
        for part in ("rules", "filler"):
            for each in cursor.child(part).list() if part in cursor.value else ():
                yield each.child("says") if is_mapping(each.value) else each


def _system(name: str, entry: Cursor, beside: Path | None, conversation: Conversation | None) -> System:
    if "file" in entry.value:
        hint = "write `text: {file: ...}` where the entry says more"
        entry.child("file").fail(f"system `{name}` has `file` beside other keys", hint=hint, key=True)
    parts = entry.mapping(SYSTEM_KEYS)
    own = _constraints(parts, beside, conversation)
    if "rules" not in parts:
        if "text" not in parts:
            entry.fail(f"system `{name}` needs `text` or `rules`", hint="for example `text: Be brief.`")
        if "filler" in parts:
            parts["filler"].fail("filler dilutes `rules`, not a text", hint="name its sentences `rules`", key=True)
        return System(text=parts["text"].text(empty=True).rstrip("\n"), constraints=own)
    if "text" in parts:
        parts["text"].fail(f"system `{name}` has both `text` and `rules`", hint="keep one of them", key=True)
    rules: list[str] = []
    demanded: list[Constraint] = []
    for rule in parts["rules"].list():
        says, constraints = _rule(rule, beside, conversation)
        rules.append(says)
        demanded += constraints
    if not rules:
        parts["rules"].fail("rules must hold at least one sentence", hint="a text alone needs no `rules`")
    filler = tuple(each.text() for each in parts["filler"].list()) if "filler" in parts else ()
    return System(rules=tuple(rules), filler=filler, constraints=(*demanded, *own))


def _rule(rule: Cursor, beside: Path | None, conversation: Conversation | None) -> tuple[str, tuple[Constraint, ...]]:
    if not is_mapping(rule.value):
        return rule.text(), ()
    keys = rule.mapping(RULE_KEYS, required=("says",))
    return keys["says"].text(), _constraints(keys, beside, conversation)


def _constraints(
    keys: Mapping[str, Cursor], beside: Path | None, conversation: Conversation | None
) -> tuple[Constraint, ...]:
    specs = keys["constraints"].list() if "constraints" in keys else ()
    return construct_all(specs, beside, conversation=conversation)
