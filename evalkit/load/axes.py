"""Reads the axes of a suite and checks every value against what it acts on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from evalkit.errors import SuiteError, suggestion
from evalkit.expand.conditions import NEVER, RESERVED_AXES
from evalkit.expand.dilute import dilute
from evalkit.load.profile import setting_value
from evalkit.settings import PROVIDER_DEFAULT, SETTINGS
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.load.cursor import Cursor
    from evalkit.types import AxisValue, Conversation, System


def read_axes(
    cursor: Cursor | None, *, systems: Mapping[str, System], conversation: Conversation | None
) -> Mapping[str, tuple[AxisValue, ...]]:
    """Read every axis; a single value is a list of one.

    Raises:
        SuiteError: An axis is empty, has a value twice, or one that it cannot have.
    """
    axes: dict[str, tuple[AxisValue, ...]] = {}
    if cursor is None:
        return axes
    for axis, values in cursor.mapping().items():
        if not axis.isidentifier():
            values.fail(f"`{axis}` cannot name an axis", hint="use letters, digits and `_`", key=True)
        read: list[AxisValue] = []
        # A list under `stop` is one value only inside another list; as the axis itself it lists values.
        for each in values.one_or_more():
            value = _value(axis, each, systems, conversation)
            if value in read:
                _fail_twice(axis, each, value, read[read.index(value)])
            read.append(value)
        if not read:
            values.fail(f"axis `{axis}` has no values", hint="a sweep over nothing would have no samples")
        axes[axis] = tuple(read)
    _check_absent(cursor, axes, systems)
    _check_refresh(cursor, axes)
    return axes


def _fail_twice(axis: str, cursor: Cursor, value: AxisValue, other: AxisValue) -> NoReturn:
    """Refuse a value that equals another: results are kept by value, and 1, 1.0 and true are equal."""
    hint = "a condition would be run twice under one name"
    if shown(value) != shown(other):
        hint = f"it equals {shown(other)}; put quotes around one of them to tell them apart"
    cursor.fail(f"axis `{axis}` has the value {'null' if value is None else shown(value)} twice", hint=hint)


def _check_absent(cursor: Cursor, axes: Mapping[str, tuple[AxisValue, ...]], systems: Mapping[str, System]) -> None:
    """Refuse two names for no system message at all."""
    absent = [name for name in axes.get("system", ()) if name is None or systems[str(name)].absent]
    if len(absent) > 1:
        names = " and ".join("null" if name is None else f"`{name}`" for name in absent[:2])
        cursor.child("system").fail(
            f"axis `system` has {names}, which are both no system message", hint="one of them is enough"
        )


def _value(axis: str, cursor: Cursor, systems: Mapping[str, System], conversation: Conversation | None) -> AxisValue:
    match axis:
        case "system":
            value = _system(cursor, systems)
        case "density":
            value = _density(cursor, systems)
        case "turns":
            value = _turns(cursor, conversation)
        case "refresh":
            value = _refresh(cursor)
        case _:
            left_alone = axis in SETTINGS and cursor.value == PROVIDER_DEFAULT
            value = setting_value(axis, cursor) if axis in SETTINGS and not left_alone else cursor.scalar()
    return value


def _refresh(cursor: Cursor) -> AxisValue:
    if cursor.value == NEVER:
        return NEVER
    if isinstance(cursor.value, str):
        known = suggestion(cursor.value, [NEVER])
        cursor.fail(f"refresh must be `never` or a whole number, got {cursor.value}", hint=known)
    return cursor.whole(least=1)


def _system(cursor: Cursor, systems: Mapping[str, System]) -> AxisValue:
    if cursor.value is None:
        return None
    name = cursor.text()
    if name not in systems:
        cursor.fail(f"no system `{name}` in `systems`", hint=suggestion(name, systems))
    return name


def _density(cursor: Cursor, systems: Mapping[str, System]) -> AxisValue:
    density = cursor.number()
    if not 0 < density <= 1:
        cursor.fail(f"density must be above 0 and at most 1, got {density:g}", hint="1 is the rules alone")
    dilutable = {name: system for name, system in systems.items() if system.rules}
    if not dilutable:
        cursor.fail(
            "density needs an entry of `systems` with rules",
            hint="write one as `{rules: [...], filler: [...]}`",
            key=True,
        )
    for name, system in dilutable.items():
        try:
            # Templates may change the number of words; what the file itself says is checked here, the rest when drawn.
            dilute(system.rules, system.filler, density, seed=0)
        except SuiteError as error:
            cursor.fail(f"system `{name}`: {error.message}", hint=error.hint)
    return density


def _turns(cursor: Cursor, conversation: Conversation | None) -> AxisValue:
    turns = cursor.whole(least=0)
    if conversation is None:
        cursor.fail("turns needs a `conversation`", hint="for example `conversation: {file: talk.yaml}`", key=True)
    there = len(conversation.exchanges)
    if turns > there:
        cursor.fail(f"turns asks for {turns} exchanges, the conversation has {there}", hint=f"use at most {there}")
    return turns


def _check_refresh(cursor: Cursor, axes: Mapping[str, tuple[AxisValue, ...]]) -> None:
    if any(value != NEVER for value in axes.get("refresh", ())) and not any(axes.get("turns", ())):
        cursor.child("refresh").fail(
            "refresh has no exchanges to act on", hint="give `turns` values above 0, or leave `refresh` out", key=True
        )


def reserved(axis: str) -> bool:
    """Tell whether an axis has a meaning of its own, so that no template has to use it."""
    return axis in RESERVED_AXES or axis in SETTINGS
