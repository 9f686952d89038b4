"""Adherence at every level: of constraints and of whole completions, strict and loose, by source.

*Macro* numbers are means over cases in which each case counts once. *Micro* numbers are shares of all instructions, so
that a case counts with as many as it has; draws of one case are averaged before, so that it counts no more for having
been drawn more often.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from statistics import fmean
from typing import TYPE_CHECKING

from evalkit.findings import BY_SOURCE, IFEVAL, MACRO, MICRO, Estimate
from evalkit.statistics.estimates import (
    UNDECIDED,
    mean_over_cases,
    mean_over_draws,
    ratio_over_cases,
    ratio_over_draws,
)
from evalkit.statistics.standard_errors import error_of_sum
from evalkit.summarise.shares import micro_share, share_over_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.statistics.estimates import Share
    from evalkit.summarise.judged import Judged
    from evalkit.verdicts import Source, Verdict


@dataclass(frozen=True, slots=True)
class Loose:
    """What the loose verdicts of one completion come to; the strict ones' numbers are in its `Scored`.

    Attributes:
        adherence: Share of the decided constraints that are met; None when none is decided.
        full_adherence: 1 when all are met, 0 when any is broken; None when that is undecided.
    """

    adherence: float | None
    full_adherence: float | None


def loose_of(values: Sequence[float | None]) -> Loose:
    """Add up the loose verdicts of one completion.

    >>> loose_of([1.0, None]), loose_of([1.0, 0.0])
    (Loose(adherence=1.0, full_adherence=None), Loose(adherence=0.5, full_adherence=0.0))
    """
    met, decided = _share(values)
    if not decided:
        return Loose(None, None)
    broken = any(value is not None and value < 1 for value in values)
    return Loose(met / decided, 0.0 if broken else 1.0 if decided == len(values) else None)


def of_source(verdicts: Iterable[Verdict], source: Source) -> float | None:
    """Return the share met of the decided constraints of one source; None when none is decided."""
    met, decided = _share([verdict.value for verdict in verdicts if verdict.source == source])
    return met / decided if decided else None


def _share(values: Sequence[float | None]) -> Share:
    decided = _known(values)
    return fsum(decided), len(decided)


@dataclass(slots=True)
class LevelsOfCases:
    """Takes in one case after the other and keeps its numbers.

    Attributes:
        macro: For each case with verdicts, its mean over the decided draws; None when no draw decided it.
        micro: For each case with verdicts, how many instructions a draw meets and decides on average.
        draws: The last decided case's own draws, for when it is the only one.
        shares: The same for the micro numbers.
        level: Least chance that each interval holds its number.
    """

    macro: dict[str, list[float | None]] = field(
        default_factory=lambda: {name: list["float | None"]() for name in (*MACRO, *BY_SOURCE)}
    )
    micro: dict[str, list[Share]] = field(default_factory=lambda: {name: list["Share"]() for name in MICRO})
    level: float = 0.95
    draws: dict[str, list[float]] = field(default_factory=dict["str", "list[float]"])
    shares: dict[str, list[Share]] = field(default_factory=dict["str", "list[Share]"])

    def add(self, judged: Judged) -> None:
        """Take in the draws of one case that have verdicts."""
        if not judged.scored:
            return
        strict, loose = "instruction_accuracy", "instruction_accuracy_loose"
        adherence = [each.adherence for each in judged.scored]
        self._add_macro("adherence", adherence)
        self._add_macro("full_adherence", [each.full_adherence for each in judged.scored])
        self._add_micro(strict, [_share(values) for table in judged.tables for values in table.strict])
        if all(table.loose is table.strict for table in judged.tables):
            self._same_macro("adherence_loose", "adherence")
            self._same_macro("full_adherence_loose", "full_adherence")
            self.micro[loose].append(self.micro[strict][-1])
            if strict in self.shares:
                self.shares[loose] = self.shares[strict]
        else:
            values = [values for table in judged.tables for values in table.loose]
            found = [loose_of(each) for each in values]
            self._add_macro("adherence_loose", [each.adherence for each in found])
            self._add_macro("full_adherence_loose", [each.full_adherence for each in found])
            self._add_micro(loose, [_share(each) for each in values])
        if judged.by_source:
            self._add_macro("adherence_system", [of_source(each.verdicts, "system") for each in judged.scored])
            self._add_macro("adherence_case", [of_source(each.verdicts, "case") for each in judged.scored])
        else:
            self.macro["adherence_system"].append(None)
            self._same_macro("adherence_case", "adherence")

    def _same_macro(self, name: str, other: str) -> None:
        """Take the last case's number over from `other`."""
        if self.macro[other][-1] is not None:
            self.draws[name] = self.draws[other]
        self.macro[name].append(self.macro[other][-1])

    def _add_macro(self, name: str, draws: list[float | None]) -> None:
        decided = _known(draws)
        if decided:
            self.draws[name] = decided
        self.macro[name].append(fsum(decided) / len(decided) if decided else None)

    def _add_micro(self, name: str, draws: list[Share]) -> None:
        decided = sum([count for _, count in draws])
        if decided:
            self.shares[name] = draws
        self.micro[name].append((fsum([met for met, _ in draws]) / len(draws), decided / len(draws)))

    @property
    def cases(self) -> int:
        """How many cases have a decided completion."""
        return len(_known(self.macro["adherence"]))

    def estimates(self) -> dict[str, Estimate]:
        """Return every number but the final accuracy, in the order of `LEVELS`."""
        found = {name: self._mean(name) for name in MACRO}
        found |= {name: self._ratio(name) for name in MICRO}
        return found | {name: self._mean(name) for name in BY_SOURCE}

    def _mean(self, name: str) -> Estimate:
        values = _known(self.macro[name])
        if not values:
            return UNDECIDED
        if len(values) == 1:
            return mean_over_draws(self.draws[name], level=self.level)
        return share_over_cases(values, self.level)

    def _ratio(self, name: str) -> Estimate:
        shares = [share for share in self.micro[name] if share[1]]
        if not shares:
            return UNDECIDED
        if len(shares) > 1:
            return micro_share(shares, self.level)
        return ratio_over_draws([share for share in self.shares[name] if share[1]], level=self.level)

    def final_accuracy(self) -> Estimate:
        """Return the mean of the four numbers of IFEval, none of which may be undecided."""
        parts = [self._at_joint_level(name) for name in IFEVAL]
        values = [each.estimate for each in parts if each.estimate is not None]
        if len(values) < len(IFEVAL):
            return UNDECIDED
        lows, highs = _known([each.low for each in parts]), _known([each.high for each in parts])
        method = (
            f"mean of {len(IFEVAL)} intervals at {100 * self._joint:.4g} %, which hold together at"
            f" {100 * self.level:.4g} %"
        )
        return Estimate(fmean(values), fmean(lows), fmean(highs), method, standard_error=self._final_error())

    @property
    def _joint(self) -> float:
        """Level at which all four intervals hold together at the level of one (Bonferroni)."""
        return 1 - (1 - self.level) / len(IFEVAL)

    def _at_joint_level(self, name: str) -> Estimate:
        if name in MICRO:
            return ratio_over_cases([share for share in self.micro[name] if share[1]], level=self._joint)
        return mean_over_cases(_known(self.macro[name]), level=self._joint)

    def _final_error(self) -> float | None:
        """Return the standard error of the four numbers' mean from what each case adds to it."""
        influences = [
            _ratio_influence(self.micro[name]) if name in MICRO else _mean_influence(self.macro[name])
            for name in IFEVAL
        ]
        return error_of_sum([fsum(parts) / len(IFEVAL) for parts in zip(*influences, strict=True)])


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _mean_influence(values: Sequence[float | None]) -> list[float]:
    known = _known(values)
    mean = fmean(known)
    return [0.0 if value is None else (value - mean) / len(known) for value in values]


def _ratio_influence(shares: Sequence[Share]) -> list[float]:
    total = fsum(count for _, count in shares)
    ratio = fsum(met for met, _ in shares) / total
    return [(met - ratio * count) / total for met, count in shares]
