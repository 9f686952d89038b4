"""From cells to a row of estimates for each provider and condition, with the case as the unit.

Repeats of one case are not independent cases. So every estimate is made of one number for each case, and its interval
says how far the mean over cases like these may be; with a single case there is nothing to say of others, and the
interval speaks of that case alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from statistics import fmean, median
from typing import TYPE_CHECKING

from evalkit.findings import Estimate, Row
from evalkit.measures.space import normalise_space
from evalkit.statistics.bounds import mean_interval
from evalkit.statistics.order import median_interval
from evalkit.types import OUTCOMES, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from evalkit.findings import Scope
    from evalkit.protocols import Measure
    from evalkit.types import Cell, Completion, Condition, Draw, Outcome, SettingValue

NORMALISED = "_normalised"


def summarise(cells: Iterable[Cell], measures: Sequence[Measure]) -> tuple[Row, ...]:
    """Summarise cells, which come in order of provider, condition and case, holding the texts of one at a time.

    Args:
        cells: What was drawn, scored.
        measures: What to compute over each cell's texts, raw and with white space normalised.
    """
    return tuple(_rows(cells, measures))


def _rows(cells: Iterable[Cell], measures: Sequence[Measure]) -> Iterator[Row]:
    current: _Gathered | None = None
    for cell in cells:
        if current is None or (current.provider, current.condition) != (cell.provider, cell.condition):
            if current is not None:
                yield current.row(measures)
            current = _Gathered(cell.provider, cell.model, cell.condition, cell.requested)
        current.add(cell, measures)
    if current is not None:
        yield current.row(measures)


@dataclass(slots=True)
class _Gathered:
    """The numbers of one row so far: one for each case, and counts."""

    provider: str
    model: str
    condition: Condition
    requested: Mapping[str, SettingValue]
    outcomes: Counter[Outcome] = field(default_factory=Counter["Outcome"])
    served: set[str] = field(default_factory=set[str])
    applied: dict[str, set[SettingValue]] = field(default_factory=dict["str", "set[SettingValue]"])
    unsupported: list[str | None] = field(default_factory=list["str | None"])
    decided: int = 0
    undecided: int = 0
    rule_shares: list[float] = field(default_factory=list[float])
    input_tokens: list[int] = field(default_factory=list[int])
    costs: list[float | None] = field(default_factory=list["float | None"])
    cases: dict[str, list[float]] = field(default_factory=dict["str", "list[float]"])
    """Numbers of the cases by measure; for adherence and full adherence, means over the decided draws."""
    draws: dict[str, list[float]] = field(default_factory=dict["str", "list[float]"])
    """The decided draws' own numbers of the last case, which is the only one where there is one."""

    def add(self, cell: Cell, measures: Sequence[Measure]) -> None:
        """Take in one case."""
        reasons = {draw.completion.error for draw in cell.draws if draw.completion.outcome == "unsupported"}
        self.unsupported.append(next(iter(reasons)) if reasons else None)
        if cell.rule_share is not None:
            self.rule_shares.append(cell.rule_share)
        for draw in cell.draws:
            self._count(draw)
        for name in ("adherence", "full_adherence"):
            values = [value for draw in cell.draws if (value := getattr(draw.scored, name)) is not None]
            self.draws[name] = values
            if values:
                self.cases.setdefault(name, []).append(fmean(values))
        texts = [draw.completion.text for draw in cell.draws if draw.completion.scored]
        normalised = [normalise_space(text) for text in texts] if measures else []
        for measure in measures:
            for label, of in ((measure.label, texts), (measure.label + NORMALISED, normalised)):
                value = measure.compute(of)
                if value is not None:
                    self.cases.setdefault(label, []).append(value)

    def _count(self, draw: Draw) -> None:
        completion = draw.completion
        self.outcomes[completion.outcome] += 1
        for verdict in draw.scored.verdicts:
            if verdict.value is None:
                self.undecided += 1
            else:
                self.decided += 1
        if completion.served_model is not None:
            self.served.add(completion.served_model)
        if completion.scored:
            self._note_applied(completion)
        if completion.usage.input_tokens is not None:
            self.input_tokens.append(completion.usage.input_tokens)
        if completion.outcome != "unsupported":
            self.costs.append(completion.cost_usd)

    def _note_applied(self, completion: Completion) -> None:
        for name, value in completion.applied.items():
            # A seed differs from draw to draw by design.
            if name != "seed":
                self.applied.setdefault(name, set()).add(value)

    def row(self, measures: Sequence[Measure]) -> Row:
        """Turn what was gathered into a row."""
        estimates = {name: self._adherence(name) for name in ("adherence", "full_adherence")}
        for measure in measures:
            for label in (measure.label, measure.label + NORMALISED):
                estimates[label] = _estimate_measure(self.cases.get(label, []), measure)
        costs = [cost for cost in self.costs if cost is not None]
        return Row(
            provider=self.provider,
            model=self.model,
            served=tuple(sorted(self.served)),
            condition=self.condition,
            requested=self.requested,
            applied={name: _agreed(values) for name, values in self.applied.items()},
            unsupported=self._unsupported(),
            cases=len(self.cases.get("adherence", [])),
            completions={outcome: self.outcomes[outcome] for outcome in OUTCOMES},
            decided=self.decided,
            undecided=self.undecided,
            rule_share=fmean(self.rule_shares) if self.rule_shares else None,
            input_tokens=fmean(self.input_tokens) if self.input_tokens else None,
            cost_usd=sum(costs) if costs and len(costs) == len(self.costs) else None,
            measures=estimates,
        )

    def _unsupported(self) -> str | None:
        reasons = [reason for reason in self.unsupported if reason is not None]
        if not reasons:
            return None
        if len(reasons) == len(self.unsupported):
            return reasons[0]
        return f"{len(reasons)} of {len(self.unsupported)} cases: {reasons[0]}"

    def _adherence(self, name: str) -> Estimate:
        values = self.cases.get(name, [])
        if not values:
            return Estimate(None, None, None, "nothing was decided")
        if len(self.unsupported) == 1:
            return _estimate_one_case(self.draws[name])
        interval = mean_interval(values)
        assert interval is not None
        kind = "exact binomial (Clopper-Pearson)" if interval.exact else "Dirichlet bound"
        return Estimate(fmean(values), interval.low, interval.high, f"{kind} over {_cases(len(values))}, 95 %")


def _estimate_one_case(draws: Sequence[float]) -> Estimate:
    interval = mean_interval(draws)
    assert interval is not None
    kind = "exact binomial (Clopper-Pearson)" if interval.exact else "Dirichlet bound"
    count = "its 1 draw" if len(draws) == 1 else f"its {len(draws)} draws"
    method = f"{kind} over {count}, 95 %; speaks of this case alone"
    return Estimate(fmean(draws), interval.low, interval.high, method, scope="case")


def _estimate_measure(values: Sequence[float], measure: Measure) -> Estimate:
    if not values:
        return Estimate(None, None, None, "not defined for any case")
    if measure.bounds is None:
        ends = median_interval(values)
        low, high = (None, None) if ends is None else ends
        how = f"order statistics over {_cases(len(values))}, 95 %" if ends else "no interval below six cases"
        return Estimate(float(median(values)), low, high, f"median; {how}", scope=_scope(values))
    if len(values) == 1:
        why = "no interval: one case, whose pairs of draws are not independent"
        return Estimate(values[0], None, None, why, scope="case")
    least, greatest = measure.bounds
    interval = mean_interval(values, low=least, high=greatest)
    assert interval is not None
    kind = "exact binomial (Clopper-Pearson)" if interval.exact else "Dirichlet bound"
    return Estimate(fmean(values), interval.low, interval.high, f"{kind} over {_cases(len(values))}, 95 %")


def _scope(values: Sequence[float]) -> Scope:
    return "case" if len(values) == 1 else "population"


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"


def _agreed(values: set[SettingValue]) -> SettingValue:
    """Return the one value that all draws had, or all that were met, as texts."""
    return next(iter(values)) if len(values) == 1 else tuple(sorted(shown(value) for value in values))
