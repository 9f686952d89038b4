"""From cells to a row of estimates for each provider and condition, with the case as the unit.

Repeats of one case are not independent cases. So every estimate is made of one number for each case, and its interval
says how far the mean over cases like these may be; with a single case there is nothing to say of others, and the
interval speaks of that case alone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields, replace
from math import fsum, inf, isfinite
from operator import attrgetter
from statistics import fmean
from typing import TYPE_CHECKING, TypeAlias

from evalkit.errors import UsageError
from evalkit.findings import BY_SOURCE, FINAL, Demand, Row
from evalkit.measures.space import both_labels, normalise_space
from evalkit.providers.served import is_alias, same_family
from evalkit.score import judged_text
from evalkit.statistics.estimates import measure_over_cases
from evalkit.summarise.demands import Gathered, met_in
from evalkit.summarise.judged import judged_draws
from evalkit.summarise.levels import LevelsOfCases
from evalkit.summarise.pooling import Pooling
from evalkit.types import EMPTY, OUTCOMES, Usage, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from typing import Protocol

    from evalkit.findings import Pooled
    from evalkit.protocols import Measure
    from evalkit.summarise.demands import Told
    from evalkit.summarise.judged import Judged as Verdicts
    from evalkit.types import AxisValue, Cell, Completion, Condition, Draw, Judged, Outcome, SettingValue

    Levels: TypeAlias = Mapping[tuple[str, Condition], float]

    class Listener(Protocol):
        """Is told what cells come to, so that the texts need not be read a second time."""

        def cell(self, cell: Cell, verdicts: Verdicts, texts: Sequence[str], values: Mapping[str, float]) -> None:
            """Take in one cell, its verdicts taken apart, its texts, and its measures by label where it has them."""
            ...

        def row(self, row: Row) -> None:
            """Take in the row that the cells since the last one make."""
            ...


_ERRORS_NAMED = 5

NOT_APPLIED = "not applied"
"""Stands among the values of a setting that some completions of a row applied and others did not."""

_TOKENS = tuple(each.name for each in fields(Usage))
_counts: Callable[[Usage], tuple[int | None, ...]] = attrgetter(*_TOKENS)


@dataclass(frozen=True, slots=True)
class Summarised:
    """What cells come to.

    Attributes:
        rows: One for each provider and condition.
        pooled: How each demand was met over all conditions and along each axis, by provider.
    """

    rows: tuple[Row, ...]
    pooled: tuple[Pooled, ...]


def summarise(
    cells: Iterable[Cell],
    measures: Sequence[Measure],
    *,
    judged: Judged = "answer",
    where: Mapping[str, tuple[AxisValue, ...]] = EMPTY,
    levels: Levels | None = None,
    listener: Listener | None = None,
) -> Summarised:
    """Summarise cells, holding the texts of one at a time.

    Args:
        cells: What was drawn, scored; in order of provider, condition and case.
        measures: What to compute over each cell's texts, raw and with white space normalised.
        judged: Which texts; see `evalkit.score.judged_text`.
        where: Axis values that select the conditions to pool; rows are made of all.
        levels: By provider and condition, the least chance that an interval holds its number; 0.95 elsewhere.
        listener: Is told what each cell and each row comes to.

    Raises:
        UsageError: A measure returned what is not a number within its bounds.
    """
    pooling = Pooling(where, level=max((levels or {}).values(), default=0.95))
    rows: list[Row] = []
    for row in _rows(cells, measures, judged, pooling, levels=levels or {}, listener=listener):
        if listener is not None:
            listener.row(row)
        rows.append(row)
    return Summarised(_of_one_kind(rows), pooling.pooled())


def _rows(
    cells: Iterable[Cell],
    measures: Sequence[Measure],
    judged: Judged,
    pooling: Pooling,
    *,
    levels: Levels,
    listener: Listener | None,
) -> Iterator[Row]:
    current: _Gathered | None = None
    for cell in cells:
        if current is None or (current.provider, current.condition) != (cell.provider, cell.condition):
            if current is not None:
                yield current.row(measures)
            level = levels.get((cell.provider, cell.condition), 0.95)
            current = _Gathered(cell.provider, cell.model, cell.condition, cell.requested, level)
        verdicts = judged_draws(cell.draws)
        found = met_in(verdicts)
        pooling.add(cell, found.demands)
        current.levels.add(verdicts)
        current.demands.add(found.demands)
        current.families.add(found.families)
        found_texts = (judged_text(draw.completion, judged) for draw in cell.draws)
        texts = [text for text in found_texts if text is not None]
        values = current.add(cell, measures, texts)
        if listener is not None:
            listener.cell(cell, verdicts, texts, values)
    if current is not None:
        yield current.row(measures)


def _of_one_kind(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Leave out the numbers by source where no system prompt demands anything, and IFEval's where not all is IFEval."""
    demands = {demand for row in rows for demand in row.constraints}
    left_out: set[str] = set()
    if not any(demand.source == "system" for demand in demands):
        left_out.update(BY_SOURCE)
    if not demands or any(demand.ifeval_id is None for demand in demands):
        left_out.add(FINAL)
    return tuple(
        replace(row, measures={name: each for name, each in row.measures.items() if name not in left_out})
        for row in rows
    )


@dataclass(slots=True)
class _Gathered:
    """The numbers of one row so far: one for each case, and counts.

    Attributes:
        level: Least chance that an interval holds its number.
        applied: How many completions with a text applied each value of each setting.
        errors: How often each thing went wrong with a call.
        unsupported: For each case with unsupported draws, why.
        tokens: Sums by kind, over the completions that state it.
        stated: How many state it.
        uncounted: How many with a text do not.
        costs: Known prices in US dollars, summed over each case.
        unpriced: Answers whose price is not known.
        cases: Numbers of the cases by measure.
        levels: Adherence at every level.
        demands: How each constraint was met.
        families: How each family of constraints was met.
    """

    provider: str
    model: str
    condition: Condition
    requested: Mapping[str, SettingValue]
    level: float
    cells: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter["Outcome"])
    served: set[str] = field(default_factory=set[str])
    applied: dict[str, Counter[SettingValue]] = field(default_factory=dict["str", "Counter[SettingValue]"])
    errors: Counter[str] = field(default_factory=Counter[str])
    unsupported: list[str] = field(default_factory=list[str])
    rule_shares: list[float] = field(default_factory=list[float])
    tokens: Counter[str] = field(default_factory=Counter[str])
    stated: Counter[str] = field(default_factory=Counter[str])
    uncounted: Counter[str] = field(default_factory=Counter[str])
    retries: int = 0
    costs: list[float] = field(default_factory=list[float])
    unpriced: int = 0
    cases: dict[str, list[float]] = field(default_factory=dict["str", "list[float]"])
    levels: LevelsOfCases = field(init=False)
    demands: Gathered[Told] = field(default_factory=Gathered["Told"])
    families: Gathered[str] = field(default_factory=Gathered[str])

    def __post_init__(self) -> None:
        """Let the levels know how sure their intervals must be."""
        self.levels = LevelsOfCases(level=self.level)

    def add(self, cell: Cell, measures: Sequence[Measure], texts: list[str]) -> dict[str, float]:
        """Take in one case and return its measures, as far as they are defined."""
        self.cells += 1
        if cell.rule_share is not None:
            self.rule_shares.append(cell.rule_share)
        reasons = [draw.completion.error for draw in cell.draws if draw.completion.outcome == "unsupported"]
        if reasons:
            self.unsupported.append(reasons[0] or "no reason was recorded")
        for draw in cell.draws:
            self._count(draw)
        costs = [draw.completion.cost_usd for draw in cell.draws if draw.completion.cost_usd is not None]
        if costs:
            self.costs.append(fsum(costs))
        values = _computed(measures, texts) if measures else {}
        for label, value in values.items():
            self.cases.setdefault(label, []).append(value)
        return values

    def _count(self, draw: Draw) -> None:
        completion = draw.completion
        self.outcomes[completion.outcome] += 1
        if completion.outcome == "error":
            self.errors[completion.error or "no reason was recorded"] += 1
        if completion.served_model is not None:
            self.served.add(completion.served_model)
        if completion.scored:
            self._note_applied(completion)
        self._count_tokens(completion)
        self.retries += max(0, completion.attempts - 1)
        if completion.cost_usd is None and completion.outcome not in ("error", "unsupported"):
            self.unpriced += 1  # a refusal, too, is an answer and paid for

    def _count_tokens(self, completion: Completion) -> None:
        for kind, tokens in zip(_TOKENS, _counts(completion.usage), strict=True):
            if tokens is not None:
                self.tokens[kind] += tokens
                self.stated[kind] += 1
            elif completion.scored:
                self.uncounted[kind] += 1

    def _summed(self, kind: str) -> int | None:
        """Return a sum of tokens; see `Spent` for when it is not known."""
        unknown = self.uncounted[kind] if kind in ("input_tokens", "output_tokens") else 0
        return self.tokens[kind] if self.stated[kind] and not unknown else None

    def _note_applied(self, completion: Completion) -> None:
        for name, value in completion.applied.items():
            if name != "seed":  # differs from draw to draw by design
                counts = self.applied.get(name)
                if counts is None:
                    counts = self.applied[name] = Counter()
                counts[value] += 1

    def row(self, measures: Sequence[Measure]) -> Row:
        """Turn what was gathered into a row."""
        constraints = {Demand(*told): standing for told, standing in self.demands.standings(self.level).items()}
        estimates = self.levels.estimates()
        if constraints and all(demand.ifeval_id is not None for demand in constraints):
            estimates[FINAL] = self.levels.final_accuracy()
        for measure in measures:
            for label in both_labels(measure.label):
                estimates[label] = measure_over_cases(self.cases.get(label, []), measure.bounds, level=self.level)
        scored = self.outcomes["complete"] + self.outcomes["truncated"]
        return Row(
            provider=self.provider,
            model=self.model,
            served=tuple(sorted(self.served)),
            condition=self.condition,
            requested=self.requested,
            applied={name: _merged(counts, scored) for name, counts in self.applied.items()},
            unsupported=self._unsupported(),
            cases=self.levels.cases,
            completions={outcome: self.outcomes[outcome] for outcome in OUTCOMES},
            decided=sum(standing.decided for standing in constraints.values()),
            undecided=sum(standing.undecided for standing in constraints.values()),
            rule_share=fmean(self.rule_shares) if self.rule_shares else None,
            input_tokens=self.tokens["input_tokens"] / self.stated["input_tokens"]
            if self.stated["input_tokens"]
            else None,
            cost_usd=fsum(self.costs) if self.costs and not self.unpriced else None,
            measures=estimates,
            other_models=self._other_models(),
            tokens=Usage(**{kind: self._summed(kind) for kind in _TOKENS}),
            retries=self.retries,
            errors=dict(self.errors.most_common(_ERRORS_NAMED)),
            constraints=constraints,
            families=self.families.standings(self.level),
        )

    def _other_models(self) -> tuple[str, ...]:
        if is_alias(self.model):
            return ()
        return tuple(sorted(each for each in self.served if not same_family(self.model, each)))

    def _unsupported(self) -> str | None:
        if not self.unsupported:
            return None
        if self.outcomes["unsupported"] == self.outcomes.total():
            return self.unsupported[0]
        return f"{len(self.unsupported)} of {self.cells} cases: {self.unsupported[0]}"


def _computed(measures: Sequence[Measure], texts: list[str]) -> dict[str, float]:
    """Return the measures of one case by label, as far as they are defined."""
    normalised = [normalise_space(text) for text in texts]
    values: dict[str, float] = {}
    for measure in measures:
        for label, written in _labelled(measure, texts, normalised):
            value = _checked(measure, measure.compute(written))
            if value is not None:
                values[label] = value
    return values


def _labelled(measure: Measure, texts: list[str], normalised: list[str]) -> tuple[tuple[str, list[str]], ...]:
    raw, spaced = both_labels(measure.label)
    return (raw, texts), (spaced, normalised)


def _checked(measure: Measure, value: float | None) -> float | None:
    """Refuse what a measure of the user's must not return, for it would spoil every number made of it."""
    if value is None:
        return None
    low, high = measure.bounds or (-inf, inf)
    if isfinite(value) and low <= value <= high:
        return value
    allowed = f"a number from {low:g} to {high:g}" if measure.bounds else "a finite number"
    raise UsageError(
        f"measure `{measure.name}` returned {value}, which is not {allowed}",
        hint="a measure returns None where it is not defined",
    )


def _merged(counts: Counter[SettingValue], scored: int) -> SettingValue:
    """Return the one value that every completion applied, or all that were met, as texts in order."""
    if len(counts) == 1 and counts.total() == scored:
        return next(iter(counts))
    met = {shown(value) for value in counts}
    return tuple(sorted(met if counts.total() == scored else met | {NOT_APPLIED}))
