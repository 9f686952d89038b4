"""How each constraint, and each family of them, was met: in one cell, and over the cases of a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from evalkit.findings import Standing
from evalkit.statistics.estimates import mean_over_draws
from evalkit.summarise.shares import share_over_cases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.findings import Estimate
    from evalkit.summarise.judged import Judged
    from evalkit.verdicts import Source

Told: TypeAlias = "tuple[str, str | None, Source, str | None]"
"""The fields of a `Demand`, which are quicker to look up than one."""

_Key = TypeVar("_Key")
_Column: TypeAlias = "tuple[float | None, ...]"


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

    def add(self, strict: Sequence[_Column], loose: Sequence[_Column]) -> None:
        """Take in verdicts: a column for each constraint, with what it says of each draw."""
        undecided = sum([values.count(None) for values in strict])
        self.decided += sum(map(len, strict)) - undecided
        self.undecided += undecided
        met = _shares(strict)
        self.strict += met
        self.loose += met if loose == strict else _shares(loose)


def _shares(columns: Sequence[_Column]) -> list[float]:
    """Return what each draw meets of what it decided, leaving out draws that decided nothing."""
    if len(columns) == 1:
        return [value for value in columns[0] if value is not None]
    draws = [[value for value in values if value is not None] for values in zip(*columns, strict=True)]
    return [fsum(values) / len(values) for values in draws if values]


@dataclass(frozen=True, slots=True)
class MetInCell:
    """What the draws of one cell say, by demand and by family; constraints that name no family are in none."""

    demands: dict[Told, Met]
    families: dict[str, Met]


def met_in(judged: Judged) -> MetInCell:
    """Sort the verdicts of one cell's draws."""
    found = MetInCell({}, {})
    for table in judged.tables:
        strict: list[_Column] = list(zip(*table.strict, strict=True))
        loose = strict if table.loose is table.strict else list(zip(*table.loose, strict=True))
        places: dict[Told, list[int]] = {}
        of_family: dict[str, list[int]] = {}
        for place, verdict in enumerate(table.head):
            told = (verdict.constraint, verdict.family, verdict.source, verdict.ifeval_id)
            places.setdefault(told, []).append(place)
            if verdict.family is not None:
                of_family.setdefault(verdict.family, []).append(place)
        _add_to(found.demands, places, strict, loose)
        _add_to(found.families, of_family, strict, loose)
    return found


def _add_to(
    found: dict[_Key, Met], places: Mapping[_Key, list[int]], strict: list[_Column], loose: list[_Column]
) -> None:
    for key, those in places.items():
        there = found.get(key)
        if there is None:
            there = found[key] = Met()
        there.add([strict[place] for place in those], [loose[place] for place in those])


@dataclass(slots=True)
class _OfCases:
    """One demand or family over the cases so far.

    Attributes:
        strict: A mean for each case that decided any verdict.
        loose: The same of the loose verdicts.
        last: The last case that decided any, for when it is the only one.
        decided: Strict verdicts.
        undecided: Strict verdicts that could not be reached.
    """

    strict: list[float] = field(default_factory=list[float])
    loose: list[float] = field(default_factory=list[float])
    last: Met | None = None
    decided: int = 0
    undecided: int = 0

    def add(self, met: Met) -> None:
        """Take in one case."""
        self.decided += met.decided
        self.undecided += met.undecided
        if met.strict:
            self.strict.append(fsum(met.strict) / len(met.strict))
        if met.loose:
            self.loose.append(fsum(met.loose) / len(met.loose))
        if met.strict or met.loose:
            self.last = met

    def standing(self, level: float) -> Standing:
        """Return how it was met."""
        last = self.last or Met()
        return Standing(
            cases=len(self.strict),
            decided=self.decided,
            undecided=self.undecided,
            strict=_share(self.strict, last.strict, level),
            loose=_share(self.loose, last.loose, level),
        )


@dataclass(slots=True)
class Gathered(Generic[_Key]):
    """Takes in one case after the other, by demand or by family."""

    cases: dict[_Key, _OfCases] = field(default_factory=dict["_Key", "_OfCases"])

    def add(self, found: Mapping[_Key, Met]) -> None:
        """Take in one case."""
        for key, met in found.items():
            there = self.cases.get(key)
            if there is None:
                there = self.cases[key] = _OfCases()
            there.add(met)

    def standings(self, level: float) -> dict[_Key, Standing]:
        """Return how each was met, in order of appearance."""
        return {key: each.standing(level) for key, each in self.cases.items()}


def _share(cases: Sequence[float], draws: Sequence[float], level: float) -> Estimate:
    if len(cases) == 1 and draws:
        return mean_over_draws(draws, level=level)
    return share_over_cases(cases, level)
