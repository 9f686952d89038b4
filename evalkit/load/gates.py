"""Reads the gates of a suite."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.errors import suggestion
from evalkit.findings import LEVELS
from evalkit.gate import BASELINE, Gate
from evalkit.load.cursor import is_list, is_mapping, kind_of
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.load.cursor import Cursor
    from evalkit.types import AxisValue

GATE_KEYS = ("measure", "at_least", "at_most", "between", "no_worse_than", "margin", "on", "where")
SHARES = LEVELS
"""What every suite with constraints may gate on."""
_DEMANDS = ("at_least", "at_most", "between", "no_worse_than")


def read_gates(
    cursor: Cursor | None, axes: Mapping[str, tuple[AxisValue, ...]], labels: Sequence[str]
) -> tuple[Gate, ...]:
    """Read every gate.

    Args:
        cursor: The list; None when the suite has none.
        axes: What `where` may choose from.
        labels: Of the suite's measures.

    Raises:
        SuiteError: A gate demands nothing, or names what is not there.
    """
    if cursor is None:
        return ()
    known = [*SHARES, *labels, *(f"{label}_normalised" for label in labels)]
    return tuple(_gate(each, axes, known) for each in cursor.list())


def _gate(cursor: Cursor, axes: Mapping[str, tuple[AxisValue, ...]], known: Sequence[str]) -> Gate:
    keys = cursor.mapping(GATE_KEYS, required=("measure",))
    measure = keys["measure"].text()
    if measure not in known:
        keys["measure"].fail(f"the suite has no measure `{measure}`", hint=suggestion(measure, known))
    demands = [key for key in _DEMANDS if key in keys]
    if not demands:
        cursor.fail("a gate must demand something", hint="`at_least: 0.8`, for example")
    if "between" in keys and len(demands) > 1:
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
    if measure in SHARES:
        _check_share(keys)
    against = BASELINE if "no_worse_than" in keys and keys["no_worse_than"].choice(BASELINE) else None
    if "margin" in keys and against is None:
        keys["margin"].fail("margin goes with no_worse_than", hint="add `no_worse_than: baseline`", key=True)
    margin = keys["margin"].number() if "margin" in keys else 0.0
    if margin < 0:
        keys["margin"].fail(f"margin must be at least 0, got {margin:g}", hint="for example `margin: 0.05`")
    on = keys["on"].choice("interval", "estimate") if "on" in keys else "interval"
    return Gate(
        measure=measure,
        at_least=low,
        at_most=high,
        no_worse_than=against,
        margin=margin,
        on="interval" if on == "interval" else "estimate",
        where=_where(keys["where"], axes) if "where" in keys else {},
    )


def _check_share(keys: Mapping[str, Cursor]) -> None:
    """Refuse thresholds of a share that are no share, such as a percentage."""
    for key in _DEMANDS:
        if key in keys and key != "no_worse_than":
            for each in keys[key].one_or_more():
                if not 0 <= each.number() <= 1:
                    share = f"{keys['measure'].value} lies between 0 and 1"
                    each.fail(f"{share}, got {each.number():g}", hint="80 % is written 0.8")


def _where(cursor: Cursor, axes: Mapping[str, tuple[AxisValue, ...]]) -> Mapping[str, tuple[AxisValue, ...]]:
    where: dict[str, tuple[AxisValue, ...]] = {}
    for axis, values in cursor.mapping().items():
        if axis not in axes:
            values.fail(f"the suite has no axis `{axis}`", hint=suggestion(axis, axes), key=True)
        chosen: list[AxisValue] = []
        for each in values.one_or_more():
            value = _as_axis_value(each.value, axes[axis])
            if not any(value == other and isinstance(value, bool) is isinstance(other, bool) for other in axes[axis]):
                there = ", ".join("null" if other is None else shown(other) for other in axes[axis])
                met = kind_of(value) if is_mapping(value) or is_list(value) or value is None else shown(value)
                each.fail(f"axis `{axis}` has no value {met}", hint=f"it has {there}")
            chosen.append(value)
        if not chosen:
            values.fail(f"where chooses no value of `{axis}`", hint="name one, or leave the axis out")
        where[axis] = tuple(chosen)
    return where


def _as_axis_value(value: Any, axis: tuple[AxisValue, ...]) -> Any:  # noqa: ANN401 - what YAML holds
    """Return the value as an axis has it: the texts of `stop` are tuples there, even one alone."""
    if is_list(value) and all(isinstance(text, str) for text in value):
        return tuple(value)
    return (value,) if (value,) in axis else value
