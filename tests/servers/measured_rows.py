"""Rows of measured cases, made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.findings import Estimate, Row, Summary
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


def summarised(*rows: MeasuredRow, errors: int = 0, **measures: Estimate) -> Summary:
    """Make a summary that has these rows, with the estimates of these measures in each."""
    return Summary("run-1", "suite", 1, "hash", tuple(_summary_row(each, errors, measures) for each in rows))


def _summary_row(measured: MeasuredRow, errors: int, measures: Mapping[str, Estimate]) -> Row:
    names = dict.fromkeys(name for each in measured.cases for name in (*each.scores, *each.values))
    return Row(
        provider=measured.provider,
        model=measured.model,
        served=measured.served,
        condition=measured.condition,
        requested=measured.requested,
        applied=measured.applied,
        unsupported=None,
        cases=len(measured.cases),
        completions={"complete": sum(each.planned for each in measured.cases) - errors, "error": errors},
        decided=1,
        undecided=0,
        rule_share=None,
        input_tokens=None,
        cost_usd=None,
        measures={**{name: Estimate(0.5, 0.0, 1.0, "made up") for name in names}, **measures},
    )
