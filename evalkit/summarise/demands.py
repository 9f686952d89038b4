"""How each constraint, and each family of them, was met: in one cell, and over the cases of a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from statistics import fmean
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from evalkit.findings import Demand, Standing
from evalkit.statistics.estimates import UNDECIDED, mean_over_cases, mean_over_draws

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from evalkit.findings import Estimate
    from evalkit.types import Draw
    from evalkit.verdicts import Verdict

_Key = TypeVar("_Key", Demand, str)
_Column: TypeAlias = "tuple[Verdict, ...]"


@dataclass(slots=True)
class Met:
    """What the draws of one cell say of one demand or of one family.

    Attributes:
        strict: For each draw that decided any of it, the share met.
        loose: The same of the loose verdicts.
        decided: Strict verdicts.
        undecided: Strict verdicts that could not be reached.
    """

    strict: list[float] = field(default_factory=list[float])
    loose: list[float] = field(default_factory=list[float])
    decided: int = 0
    undecided: int = 0

    def add(self, columns: Sequence[_Column]) -> None:
        """Take in verdicts: a column for each constraint, with one verdict of each draw."""
        strict = [[verdict.value for verdict in column] for column in columns]
        decided = sum(value is not None for values in strict for value in values)
        self.decided += decided
        self.undecided += sum(map(len, columns)) - decided
        self.strict += _shares(strict)
        self.loose += _shares([[verdict.loose for verdict in column] for column in columns])


def _shares(columns: Sequence[Sequence[float | None]]) -> list[float]:
    """Return what each draw meets of what it decided, leaving out draws that decided nothing."""
    if len(columns) == 1:
        return [value for value in columns[0] if value is not None]
    draws = [[value for value in values if value is not None] for values in zip(*columns, strict=True)]
    return [fmean(values) for values in draws if values]


@dataclass(frozen=True, slots=True)
class MetInCell:
    """What the draws of one cell say, by demand and by family; constraints that name no family are in none."""

    demands: dict[Demand, Met]
    families: dict[str, Met]


def met_in(draws: Iterable[Draw]) -> MetInCell:
    """Sort the verdicts of one cell's draws."""
    # Draws of one cell are judged by the same constraints in the same order, unless somebody else made the cell.
    alike: dict[tuple[str, ...], list[_Column]] = {}
    for draw in draws:
        verdicts = draw.scored.verdicts
        if verdicts:
            alike.setdefault(tuple([verdict.constraint for verdict in verdicts]), []).append(verdicts)
    found = MetInCell({}, {})
    for rows in alike.values():
        by_demand: dict[Demand, list[_Column]] = {}
        by_family: dict[str, list[_Column]] = {}
        for column in zip(*rows, strict=True):
            first = column[0]
            demand = Demand(first.constraint, first.family, first.source, first.ifeval_id)
            by_demand.setdefault(demand, []).append(column)
            if first.family is not None:
                by_family.setdefault(first.family, []).append(column)
        _add_to(found.demands, by_demand)
        _add_to(found.families, by_family)
    return found


def _add_to(found: dict[_Key, Met], columns: Mapping[_Key, Sequence[_Column]]) -> None:
    for key, those in columns.items():
        found.setdefault(key, Met()).add(those)


@dataclass(slots=True)
class Gathered(Generic[_Key]):
    """Takes in one case after the other, by demand or by family.

    Attributes:
        strict: A mean for each case that decided any verdict.
        loose: The same of the loose verdicts.
        last: The last case that decided any, for when it is the only one.
        decided: Strict verdicts.
        undecided: Strict verdicts that could not be reached.
    """

    strict: dict[_Key, list[float]] = field(default_factory=dict["_Key", "list[float]"])
    loose: dict[_Key, list[float]] = field(default_factory=dict["_Key", "list[float]"])
    last: dict[_Key, Met] = field(default_factory=dict["_Key", "Met"])
    decided: dict[_Key, int] = field(default_factory=dict["_Key", "int"])
    undecided: dict[_Key, int] = field(default_factory=dict["_Key", "int"])

    def add(self, found: Mapping[_Key, Met]) -> None:
        """Take in one case."""
        for key, met in found.items():
            self.decided[key] = self.decided.get(key, 0) + met.decided
            self.undecided[key] = self.undecided.get(key, 0) + met.undecided
            if met.strict:
                self.strict.setdefault(key, []).append(fmean(met.strict))
                self.last[key] = met
            if met.loose:
                self.loose.setdefault(key, []).append(fmean(met.loose))
                self.last.setdefault(key, met)

    def standings(self) -> dict[_Key, Standing]:
        """Return how each was met, in order of appearance."""
        return {key: self._standing(key) for key in self.decided}

    def _standing(self, key: _Key) -> Standing:
        strict, loose, last = self.strict.get(key, []), self.loose.get(key, []), self.last.get(key)
        return Standing(
            cases=len(strict),
            decided=self.decided[key],
            undecided=self.undecided[key],
            strict=_share(strict, last.strict if last else ()),
            loose=_share(loose, last.loose if last else ()),
        )


def _share(cases: Sequence[float], draws: Sequence[float]) -> Estimate:
    if len(cases) == 1 and draws:
        return mean_over_draws(draws)
    return share_over_cases(tuple(cases))


@lru_cache(maxsize=16)  # strict and loose are often the same, and so are a family and its only constraint
def share_over_cases(cases: tuple[float, ...]) -> Estimate:
    """Return the estimate of `evalkit.statistics.estimates.mean_over_cases`."""
    return mean_over_cases(cases) if cases else UNDECIDED
