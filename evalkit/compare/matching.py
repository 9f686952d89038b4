"""Which row each selected row is held against: that of a baseline, or of another condition of the same run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.compare.sides import row_label
from evalkit.gate import PROVIDER
from evalkit.types import Condition, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from evalkit.measured import RowKey
    from evalkit.types import AxisValue


@dataclass(frozen=True, slots=True)
class Matched:
    """What is held against what.

    Attributes:
        pairs: The row that is judged, and the other one.
        left_out: Rows that have no other one, and why, in words.
    """

    pairs: tuple[tuple[RowKey, RowKey], ...]
    left_out: tuple[str, ...] = ()


def match_baseline(
    rows: Iterable[RowKey], there: Collection[RowKey], name: str, differs: Callable[[RowKey], str | None] | None = None
) -> Matched:
    """Match rows with those of a baseline: the same provider under the same condition, asked for the same.

    Args:
        rows: Those that are judged.
        there: Those that the baseline has.
        name: The baseline's.
        differs: Says why a row that both have is not comparable, or None where it is; None takes all of them for it.
    """
    pairs: list[tuple[RowKey, RowKey]] = []
    left_out: list[str] = []
    for key in rows:
        why = None if differs is None else differs(key)
        if key not in there:
            why = f"baseline {name} has no such row"
        if why is None:
            pairs.append((key, key))
        else:
            left_out.append(f"{row_label(key)}: {why}")
    return Matched(tuple(pairs), tuple(left_out))


def match_condition(rows: Iterable[RowKey], there: Collection[RowKey], other: Mapping[str, AxisValue]) -> Matched:
    """Match rows with those of the same run that differ from them in some axes alone.

    On an axis that has nothing to act on in the other condition, such as the density of no system prompt, the two may
    differ besides. A row that would be held against itself is left out without a word: it is the one that the others
    are held against.

    Args:
        rows: Those that are judged.
        there: Those that the run has and could draw.
        other: What the other condition has on these axes; `provider` names another provider.
    """
    pairs: list[tuple[RowKey, RowKey]] = []
    left_out: list[str] = []
    for key in rows:
        found = _counterpart(key, there, other)
        if found is None:
            named = ", ".join(f"{axis} {shown(value)}" for axis, value in other.items())
            left_out.append(f"{row_label(key)}: there is nothing drawn with {named} to compare with")
        elif found != key:
            pairs.append((key, found))
    return Matched(tuple(pairs), tuple(left_out))


def _counterpart(key: RowKey, there: Collection[RowKey], other: Mapping[str, AxisValue]) -> RowKey | None:
    provider, condition = key
    if PROVIDER in other and PROVIDER not in condition.as_dict():
        provider = str(other[PROVIDER])
    wanted = provider, Condition(tuple((axis, other.get(axis, value)) for axis, value in condition.values))
    if wanted in there:
        return wanted
    near = [each for each in there if each[0] == provider and _alike(each[1], wanted[1], other)]
    return near[0] if len(near) == 1 else None


def _alike(condition: Condition, wanted: Condition, other: Mapping[str, AxisValue]) -> bool:
    found = condition.as_dict()
    return all(
        axis in found and (found[axis] == value or (found[axis] is None and axis not in other))
        for axis, value in wanted.values
    )
