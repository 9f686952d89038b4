"""Reads a suite's tags, and the failures that it expects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.errors import suggestion
from evalkit.expected import ExpectedFailure
from evalkit.gate import PROVIDER
from evalkit.load.cursor import is_list, is_mapping, kind_of
from evalkit.load.gates import axis_value

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from evalkit.load.cursor import Cursor
    from evalkit.types import AxisValue

CASE = "case"
"""What names cases in a `where` of `xfail`, unless the suite has an axis of that name."""
ACTED_ON = ("filterwarnings", "parametrize", "skip", "skipif", "usefixtures", "xfail")
"""Marks that pytest acts on by itself, so that they are no tags."""


def read_tag(cursor: Cursor, name: str) -> str:
    """Check that a name can mark the items of a test run."""
    if name.startswith("_"):
        cursor.fail(f"the tag `{name}` begins with `_`", hint="pytest takes no such mark")
    if name in ACTED_ON:
        hint = "`xfail` is a key of the suite" if name == "xfail" else "take another word"
        cursor.fail(f"`{name}` is no tag, because pytest has a mark of that name", hint=hint)
    return name


def read_expected(
    cursor: Cursor | None,
    axes: Mapping[str, tuple[AxisValue, ...]],
    providers: Collection[str],
    cases: Collection[str],
) -> tuple[ExpectedFailure, ...]:
    """Read `xfail`: true, a reason, `{where, reason}`, or a list of the last two.

    Args:
        cursor: The value; None where the suite has none.
        axes: The suite's, with their values.
        providers: The suite's.
        cases: The ids of the suite's.

    Raises:
        SuiteError: It has none of these forms, or selects what is not there.
    """
    if cursor is None or cursor.value is False:
        return ()
    if cursor.value is True:
        return (ExpectedFailure(),)
    entries = cursor.list() if is_list(cursor.value) else iter([cursor])
    return tuple(_entry(each, axes, providers, cases) for each in entries)


def _entry(
    cursor: Cursor,
    axes: Mapping[str, tuple[AxisValue, ...]],
    providers: Collection[str],
    cases: Collection[str],
) -> ExpectedFailure:
    if isinstance(cursor.value, str):
        return ExpectedFailure(cursor.text())
    if not is_mapping(cursor.value):
        cursor.fail(
            f"{cursor.name} must be true, a reason, or a mapping, got {kind_of(cursor.value)}",
            hint="for example `xfail: {where: {system: none}, reason: nothing tells the model to}`",
        )
    keys = cursor.mapping(("where", "reason"))
    if not keys:
        cursor.fail("an expected failure says nothing", hint="`xfail: true` expects every failure")
    named: dict[str, tuple[str, ...]] = {}
    where: dict[str, tuple[AxisValue, ...]] = {}
    for axis, values in keys["where"].mapping().items() if "where" in keys else ():
        known = {PROVIDER: providers, CASE: cases}.get(axis)
        if axis in axes:
            where[axis] = tuple(axis_value(each, axis, axes[axis]) for each in values.one_or_more())
        elif known is not None:
            named[axis] = tuple(_name(each, axis, known) for each in values.one_or_more())
        else:
            hint = suggestion(axis, [*axes, PROVIDER, CASE])
            values.fail(f"the suite has no axis `{axis}`", hint=hint, key=True)
        if not (where.get(axis) or named.get(axis)):
            values.fail(f"where chooses no value of `{axis}`", hint="name one, or leave it out")
    reason = keys["reason"].text() if "reason" in keys else ""
    return ExpectedFailure(reason, where, named.get(PROVIDER, ()), named.get(CASE, ()))


def _name(cursor: Cursor, kind: str, known: Collection[str]) -> str:
    name = cursor.text()
    if name not in known:
        cursor.fail(f"the suite has no {kind} `{name[:60]}`", hint=suggestion(name, known))
    return name
