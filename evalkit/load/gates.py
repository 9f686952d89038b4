"""Reads the gates of a suite."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, Literal, cast

from evalkit.errors import suggestion
from evalkit.findings import FINAL, IFEVAL, LEVELS
from evalkit.gate import ALARMS, BASELINE, PROVIDER, SCOPES, Gate
from evalkit.load.cursor import is_list, is_mapping, kind_of
from evalkit.measured import OF_CONSTRAINT
from evalkit.reports.format import listed
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.gate import Alarm, Better, Scope
    from evalkit.load.cursor import Cursor
    from evalkit.types import AxisValue

GATE_KEYS = (
    "measure",
    "at_least",
    "at_most",
    "between",
    "no_worse_than",
    "margin",
    "better",
    "scope",
    "alarm",
    "on",
    "where",
)
SHARES = LEVELS
"""What every suite with constraints may gate on."""
_DEMANDS = ("at_least", "at_most", "between", "no_worse_than")


@dataclass(frozen=True, slots=True)
class Gateable:
    """What a gate of a suite may name.

    Attributes:
        axes: The values of each axis.
        providers: The suite's.
        values: Least and greatest value of each measure that is one number a case, by label; None where it has no
            upper end.
        constraints: Names of those that cases and system prompts demand.
    """

    axes: Mapping[str, tuple[AxisValue, ...]]
    providers: tuple[str, ...]
    values: Mapping[str, tuple[float, float] | None]
    constraints: tuple[str, ...]


def read_gates(cursor: Cursor | None, known: Gateable) -> tuple[Gate, ...]:
    """Read every gate.

    Args:
        cursor: The list; None when the suite has none.
        known: What they may name.

    Raises:
        SuiteError: A gate demands nothing, names what is not there, or asks what cannot be answered.
    """
    return () if cursor is None else tuple(_gate(each, known) for each in cursor.list())


def _gate(cursor: Cursor, known: Gateable) -> Gate:
    keys = cursor.mapping(GATE_KEYS, required=("measure",))
    measure = _measure(keys["measure"], known)
    if not any(key in keys for key in _DEMANDS):
        cursor.fail("a gate must demand something", hint="`at_least: 0.8`, for example")
    low, high = _thresholds(keys)
    if measure not in known.values:
        _check_share(keys)
    where = _where(keys.get("where"), known.axes)
    against = _against(keys["no_worse_than"], known, where) if "no_worse_than" in keys else None
    if against is None:
        for key in ("margin", "better"):
            if key in keys:
                keys[key].fail(f"{key} goes with no_worse_than", hint="add `no_worse_than: baseline`", key=True)
    elif measure == FINAL:
        keys["measure"].fail(
            f"{FINAL} is a mean of four numbers and cannot be held against another one",
            hint=f"gate its parts: {listed(tuple(IFEVAL))}",
        )
    return Gate(
        measure=measure,
        at_least=low,
        at_most=high,
        no_worse_than=against,
        margin=_margin(keys, known),
        alarm=cast("Alarm", keys["alarm"].choice(*ALARMS) if "alarm" in keys else "harm"),
        scope=_scope(keys, known),
        better=_better(keys, known) if against is not None else "higher",
        on=cast("Literal['interval', 'estimate']", keys["on"].choice("interval", "estimate"))
        if "on" in keys
        else "interval",
        where=where,
    )


def _measure(cursor: Cursor, known: Gateable) -> str:
    measure = cursor.text()
    if measure.startswith(OF_CONSTRAINT):
        name = measure.removeprefix(OF_CONSTRAINT)
        if name not in known.constraints:
            cursor.fail(
                f"no case and no system prompt demands a constraint `{name[:60]}`",
                hint=suggestion(name, known.constraints) or "add `constraints`",
            )
        return measure
    there = [*SHARES, *known.values]
    if measure not in there:
        named = f"one constraint is named `{OF_CONSTRAINT}{measure}`" if measure in known.constraints else None
        cursor.fail(f"the suite has no measure `{measure}`", hint=named or suggestion(measure, there))
    return measure


def _thresholds(keys: Mapping[str, Cursor]) -> tuple[float | None, float | None]:
    if "between" in keys and ("at_least" in keys or "at_most" in keys):
        keys["between"].fail("between stands for at_least and at_most", hint="keep one form", key=True)
    low = keys["at_least"].number() if "at_least" in keys else None
    high = keys["at_most"].number() if "at_most" in keys else None
    if "between" in keys:
        ends = [end.number() for end in keys["between"].list()]
        if len(ends) != 2 or ends[0] > ends[1]:
            keys["between"].fail(
                f"between must be [least, greatest], got {keys['between'].value}",
                hint="for example `between: [0.2, 0.8]`",
            )
        low, high = ends
    if low is not None and high is not None and low > high:
        keys["at_most"].fail(f"at_most {high:g} lies below at_least {low:g}", hint="no value could pass")
    return low, high


def _check_share(keys: Mapping[str, Cursor]) -> None:
    """Refuse thresholds of a share that are no share, such as a percentage."""
    for key in _DEMANDS:
        if key in keys and key != "no_worse_than":
            for each in keys[key].one_or_more():
                if not 0 <= each.number() <= 1:
                    share = f"{keys['measure'].value} lies between 0 and 1"
                    each.fail(f"{share}, got {each.number():g}", hint="80 % is written 0.8")


def _margin(keys: Mapping[str, Cursor], known: Gateable) -> float:
    if "margin" not in keys:
        return 0.0
    cursor = keys["margin"]
    margin = cursor.number()
    bounds = known.values.get(keys["measure"].value, (0.0, 1.0))
    width = inf if bounds is None else bounds[1] - bounds[0]
    if margin < 0:
        cursor.fail(f"margin must be at least 0, got {margin:g}", hint="for example `margin: 0.05`")
    if margin >= width:
        cursor.fail(
            f"margin must be below {width:g}, the whole range of {keys['measure'].value}, got {margin:g}",
            hint="5 points are written 0.05",
        )
    return margin


def _scope(keys: Mapping[str, Cursor], known: Gateable) -> Scope | None:
    if "scope" in keys:
        scope = cast("Scope", keys["scope"].choice(*SCOPES))
        if scope == "suite" and keys["measure"].value in known.values:
            keys["scope"].fail(
                f"{keys['measure'].value} is one number for all draws of a case, of which repeats make no sample",
                hint="write `scope: population`, or leave it out",
            )
        return scope
    return "population" if keys["measure"].value in known.values else None


def _better(keys: Mapping[str, Cursor], known: Gateable) -> Better:
    """Read which way a measure is better: shares of demands met are better when higher, of others only a user knows."""
    if "better" in keys:
        return cast("Better", keys["better"].choice("higher", "lower"))
    measure = keys["measure"]
    if measure.value in known.values:
        measure.fail(
            f"nothing says whether {measure.value} is better when it is higher or lower",
            hint="add `better: higher` or `better: lower`",
        )
    return "higher"


def _against(
    cursor: Cursor, known: Gateable, where: Mapping[str, tuple[AxisValue, ...]]
) -> Literal["baseline"] | Mapping[str, AxisValue]:
    """Read what is compared with: a baseline, or the axis values that another condition of the run has instead."""
    if not is_mapping(cursor.value):
        if cursor.value != BASELINE:
            cursor.fail(
                f"no_worse_than must be `{BASELINE}` or axis values, got {kind_of(cursor.value)}",
                hint=_against_hint(known),
            )
        return BASELINE
    keys = cursor.mapping()
    if not keys:
        cursor.fail("no_worse_than names no axis, so that it names no other condition", hint=_against_hint(known))
    chosen: dict[str, AxisValue] = {}
    for axis, each in keys.items():
        if axis == PROVIDER and axis not in known.axes:
            chosen[axis] = _provider(each, known)
        elif axis not in known.axes:
            each.fail(f"the suite has no axis `{axis}`", hint=suggestion(axis, [*known.axes, PROVIDER]), key=True)
        else:
            chosen[axis] = axis_value(each, axis, known.axes[axis])
    if PROVIDER not in chosen or PROVIDER in known.axes:
        _check_other(cursor, chosen, known, where)
    return chosen


def _against_hint(known: Gateable) -> str:
    """Show both forms, the second with an axis that the suite has."""
    for axis, values in known.axes.items():
        if len(values) > 1:
            value = "null" if values[0] is None else shown(values[0])
            return f"`no_worse_than: baseline`, or another condition: `no_worse_than: {{{axis}: {value}}}`"
    return "`no_worse_than: baseline`"


def _provider(cursor: Cursor, known: Gateable) -> str:
    provider = cursor.text()
    if provider not in known.providers:
        cursor.fail(f"the suite asks no provider `{provider[:60]}`", hint=suggestion(provider, known.providers))
    if len(known.providers) == 1:
        cursor.fail(
            f"the suite asks `{provider}` alone, which would be compared with itself", hint="name two providers"
        )
    return provider


def _check_other(
    cursor: Cursor, chosen: Mapping[str, AxisValue], known: Gateable, where: Mapping[str, tuple[AxisValue, ...]]
) -> None:
    """Refuse a comparison in which a selected condition would be held against itself."""
    if any(value not in where.get(axis, known.axes[axis]) for axis, value in chosen.items()):
        return
    named = ", ".join(f"{axis} {shown(value)}" for axis, value in chosen.items())
    axis, value = next(iter(chosen.items()))
    rest = [each for each in known.axes[axis] if each != value]
    others = ", ".join("null" if each is None else shown(each) for each in rest)
    cursor.fail(
        f"the condition with {named} is among those that are judged, and would be compared with itself",
        hint=f"add `where: {{{axis}: [{others}]}}`" if rest else f"give `{axis}` another value",
    )


def _where(cursor: Cursor | None, axes: Mapping[str, tuple[AxisValue, ...]]) -> Mapping[str, tuple[AxisValue, ...]]:
    where: dict[str, tuple[AxisValue, ...]] = {}
    for axis, values in cursor.mapping().items() if cursor is not None else ():
        if axis not in axes:
            values.fail(f"the suite has no axis `{axis}`", hint=suggestion(axis, axes), key=True)
        chosen = tuple(axis_value(each, axis, axes[axis]) for each in values.one_or_more())
        if not chosen:
            values.fail(f"where chooses no value of `{axis}`", hint="name one, or leave the axis out")
        where[axis] = chosen
    return where


def axis_value(cursor: Cursor, axis: str, there: tuple[AxisValue, ...]) -> AxisValue:
    """Demand one of the values that an axis has."""
    value = _as_axis_value(cursor.value, there)
    if not any(value == other and isinstance(value, bool) is isinstance(other, bool) for other in there):
        listing = ", ".join("null" if other is None else shown(other) for other in there)
        met = kind_of(value) if is_mapping(value) or is_list(value) or value is None else shown(value)
        cursor.fail(f"axis `{axis}` has no value {met}", hint=f"it has {listing}")
    return cast("AxisValue", value)


def _as_axis_value(value: Any, axis: tuple[AxisValue, ...]) -> Any:  # noqa: ANN401 - what YAML holds
    """Return the value as an axis has it: the texts of `stop` are tuples there, even one alone."""
    if is_list(value) and all(isinstance(text, str) for text in value):
        return tuple(value)
    return (value,) if (value,) in axis else value
