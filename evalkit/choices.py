"""Axis values as people write them: `AXIS=V,V`, to keep some of a suite's and to add others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias, cast

from evalkit.errors import SuiteError, UsageError, suggestion
from evalkit.load import rebuild
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.types import AxisValue, Json, Suite

Values: TypeAlias = "AxisValue | Sequence[AxisValue]"
"""One value of an axis, or several in a list."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Values of one axis as text, from `AXIS=V,V`."""

    axis: str
    values: tuple[str, ...]


def read_choices(texts: Iterable[str], option: str) -> list[Chosen]:
    """Read `AXIS=V,V` as often as it was given.

    Raises:
        UsageError: It does not have that form, or an axis is named twice.
    """
    chosen: dict[str, Chosen] = {}
    for text in texts:
        axis, equals, values = text.partition("=")
        if not equals or not axis or not values:
            raise UsageError(f"{option} takes AXIS=VALUE,VALUE, got `{text}`", hint=f"{option} temperature=0,0.8")
        if axis in chosen:
            raise UsageError(f"{option} names axis `{axis}` twice", hint=f"{option} {axis}=A,B keeps both values")
        chosen[axis] = Chosen(axis, tuple(value.strip() for value in values.split(",")))
    return list(chosen.values())


def pick(choices: Iterable[Chosen], axes: Mapping[str, tuple[AxisValue, ...]]) -> dict[str, tuple[AxisValue, ...]]:
    """Find the values that texts stand for among those that the axes have.

    Raises:
        UsageError: There is no such axis or value.
    """
    picked: dict[str, tuple[AxisValue, ...]] = {}
    for choice in choices:
        if choice.axis not in axes:
            raise UsageError(f"no axis `{choice.axis}`", hint=suggestion(choice.axis, axes))
        values: list[AxisValue] = []
        for text in choice.values:
            matching = [value for value in axes[choice.axis] if same_value(value, text)]
            if not matching:
                there = ", ".join(shown(value) for value in axes[choice.axis])
                raise UsageError(f"axis `{choice.axis}` has no value {text}", hint=f"it has {there}")
            values += matching
        picked[choice.axis] = tuple(values)
    return picked


def same_value(value: AxisValue, text: str) -> bool:
    """Tell whether `text` is how a person writes `value`; numbers compare as numbers."""
    if value is None:
        return text == "null"
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(text) == value
        except ValueError:
            return False
    return shown(value) == text


def with_choices(
    suite: Suite, choices: Sequence[Chosen], option: str
) -> tuple[Suite, dict[str, tuple[AxisValue, ...]]]:
    """Give a suite's axes the values that are chosen and that they do not have yet, checked like the file's own.

    Returns:
        The suite, and the values to keep of each axis.

    Raises:
        UsageError: A value cannot be one of its axis.
    """
    for choice in choices:
        there = suite.axes.get(choice.axis, ())
        missing = [text for text in choice.values if not any(same_value(value, text) for value in there)]
        if not missing:
            continue
        document: dict[str, Json] = json.loads(json.dumps(dict(suite.document)))
        document.setdefault("axes", {})[choice.axis] = [_plain(text) for text in choice.values]
        try:
            suite = rebuild(document, path=suite.path)
        except SuiteError as error:
            raise UsageError(
                f"{option} {choice.axis}={','.join(choice.values)}: {error.message}", hint=error.hint
            ) from error
    return suite, {choice.axis: tuple(_values(suite, choice)) for choice in choices}


def _values(suite: Suite, choice: Chosen) -> list[AxisValue]:
    return [value for text in choice.values for value in suite.axes[choice.axis] if same_value(value, text)]


def _plain(text: str) -> Json:
    """Read a value as YAML would: numbers, true, false and null are not strings."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def values_of(given: Mapping[str, Values] | None) -> dict[str, tuple[AxisValue, ...]]:
    """Return values by axis as Python code gives them: a single one is a list of one.

    >>> values_of({"temperature": [0, 1], "system": "dense"})
    {'temperature': (0, 1), 'system': ('dense',)}
    """
    found: dict[str, tuple[AxisValue, ...]] = {}
    for axis, values in (given or {}).items():
        several = isinstance(values, list | tuple)
        found[axis] = tuple(cast("Sequence[AxisValue]", values)) if several else (cast("AxisValue", values),)
    return found


def with_values(suite: Suite, axes: Mapping[str, tuple[AxisValue, ...]]) -> Suite:
    """Give a suite's axes these values where they do not have them all yet, checked like the file's own.

    Raises:
        UsageError: A value cannot be one of its axis.
    """
    for axis, values in axes.items():
        if all(value in suite.axes.get(axis, ()) for value in values):
            continue
        document: dict[str, Json] = json.loads(json.dumps(dict(suite.document)))
        document.setdefault("axes", {})[axis] = [list(each) if isinstance(each, tuple) else each for each in values]
        try:
            suite = rebuild(document, path=suite.path)
        except SuiteError as error:
            listed = ", ".join(map(shown, values))
            raise UsageError(f"axis `{axis}` cannot have {listed}: {error.message}", hint=error.hint) from error
    return suite
