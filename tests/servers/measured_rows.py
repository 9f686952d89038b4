"""Rows of measured cases, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.measured import CaseScores, MeasuredCase, MeasuredOf, MeasuredRow
from evalkit.types import EMPTY, Condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from evalkit.measured import RowKey
    from evalkit.types import AxisValue, Outcome, SettingValue


def scores(*drawn: float, missing: int = 0, weight: float = 1.0) -> CaseScores:
    """Make the scores of one case from those of its draws."""
    return CaseScores(tuple((each, drawn.count(each)) for each in sorted(set(drawn))), missing, weight)


def case(
    case_id: str,
    found: Mapping[str, CaseScores] = EMPTY,
    values: Mapping[str, float] = EMPTY,
    *,
    constraints: str = "c0ffee",
    outcomes: Mapping[Outcome, int] | None = None,
    planned: int | None = None,
) -> MeasuredCase:
    """Make a case; its draws are all complete unless told otherwise."""
    drawn = max((each.scored + each.missing for each in found.values()), default=2)
    return MeasuredCase(
        case_id, constraints, drawn if planned is None else planned, outcomes or {"complete": drawn}, found, values
    )


def row(
    cases: Sequence[MeasuredCase],
    *,
    provider: str = "local",
    requested: Mapping[str, SettingValue] = EMPTY,
    applied: Mapping[str, SettingValue] = EMPTY,
    served: tuple[str, ...] = ("model-1",),
    **axes: AxisValue,
) -> MeasuredRow:
    """Make a row under the condition that the axes describe."""
    return MeasuredRow(provider, "model", Condition(tuple(axes.items())), requested, applied, served, tuple(cases))


def adherence(*of_cases: CaseScores, measure: str = "adherence") -> list[MeasuredCase]:
    """Make cases `000`, `001`, ... with their scores on one measure."""
    return [case(f"{index:03}", {measure: each}) for index, each in enumerate(of_cases)]


class Rows:
    """Measured rows that are all in memory."""

    def __init__(self, rows: Sequence[MeasuredRow], name: str = "run-1", suite_name: str = "suite") -> None:
        self.of = MeasuredOf(name, name, suite_name, 1, "hash")
        self._rows = {each.key: each for each in rows}

    def keys(self) -> Iterator[RowKey]:
        """Yield what rows there are."""
        yield from self._rows

    def row(self, key: RowKey) -> MeasuredRow | None:
        """Return one of them."""
        return self._rows.get(key)
