"""What several commands share: the project, the store, and how axis values are written on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import click

from evalkit.errors import UsageError, suggestion
from evalkit.project import find_project
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from evalkit.project import Project
    from evalkit.types import AxisValue

Decorated = TypeVar("Decorated", bound="Callable[..., object]")

DEFAULT_FORMATS = "json,md,csv,constraints,verdicts"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Values of one axis as text, from `AXIS=V,V`."""

    axis: str
    values: tuple[str, ...]


def project_of(context: click.Context, start: Path | None = None) -> Project:
    """Return the project of `--project`, or the one around `start`."""
    root: Path | None = context.find_root().obj["project"]
    return find_project(start, root=root)


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


def warn(message: str) -> None:
    """Say on stderr what is wrong without being a reason to stop."""
    click.echo(f"warning: {message}", err=True)


def suite_argument(*, many: bool) -> Callable[[Decorated], Decorated]:
    """Return the argument that names one suite file, or several."""
    return click.argument(
        "suites" if many else "suite", nargs=-1 if many else 1, required=True, metavar="SUITE" + ("..." if many else "")
    )
