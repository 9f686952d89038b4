"""Adherence at every level: of constraints and of whole completions, strict and loose, by source.

*Macro* numbers are means over cases in which each case counts once. *Micro* numbers are shares of all instructions, so
that a case counts with as many as it has; draws of one case are averaged before, so that it counts no more for having
been drawn more often.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from statistics import fmean
from typing import TYPE_CHECKING, TypeAlias

from evalkit.findings import Estimate
from evalkit.statistics.estimates import (
    UNDECIDED,
    mean_over_cases,
    mean_over_draws,
    ratio_over_cases,
    ratio_over_draws,
)
from evalkit.statistics.standard_errors import error_of_sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from evalkit.statistics.estimates import Share
    from evalkit.types import Draw
    from evalkit.verdicts import Scored, Source, Verdict

MACRO = ("adherence", "full_adherence", "adherence_loose", "full_adherence_loose")
MICRO = ("instruction_accuracy", "instruction_accuracy_loose")
BY_SOURCE = ("adherence_system", "adherence_case")
FINAL = "final_accuracy"
LEVELS = (*MACRO, *MICRO, *BY_SOURCE, FINAL)
"""Every name that a row may have here; see docs/reports.md for what each means."""

IFEVAL = ("full_adherence", "instruction_accuracy", "full_adherence_loose", "instruction_accuracy_loose")
"""The four numbers of IFEval: of prompts and of instructions, strict and then loose."""

_JOINT = 1 - 0.05 / len(IFEVAL)
"""Level at which all four intervals hold together at 95 % (Bonferroni)."""
_FINAL_METHOD = f"mean of {len(IFEVAL)} intervals at {100 * _JOINT:g} %, which hold together at 95 %"

_Macro: TypeAlias = "dict[str, float | None]"


@dataclass(frozen=True, slots=True)
class Levels:
    """What the verdicts of one completion come to.

    Attributes:
        macro: By name of `MACRO` and `BY_SOURCE`; None where it is undecided.
        micro: By name of `MICRO`: how many decided instructions are met, and how many are decided.
    """

    macro: _Macro
    micro: dict[str, Share]


def levels_of(scored: Scored) -> Levels:
    """Return what the verdicts of one completion come to."""
    verdicts = scored.verdicts
    strict = [verdict.value for verdict in verdicts if verdict.value is not None]
    loose = [verdict.loose for verdict in verdicts if verdict.loose is not None]
    system = any(verdict.source == "system" for verdict in verdicts)
    return Levels(
        {
            "adherence": scored.adherence,
            "full_adherence": scored.full_adherence,
            "adherence_loose": fsum(loose) / len(loose) if loose else None,
            "full_adherence_loose": _full(loose, len(verdicts)),
            "adherence_system": _of_source(verdicts, "system") if system else None,
            "adherence_case": _of_source(verdicts, "case") if system else scored.adherence,
        },
        {
            "instruction_accuracy": (fsum(strict), len(strict)),
            "instruction_accuracy_loose": (fsum(loose), len(loose)),
        },
    )


def _full(values: Sequence[float], of: int) -> float | None:
    """Return 1 when all are met, 0 when any is broken, None when neither is known."""
    if values and min(values) < 1:
        return 0.0
    return 1.0 if values and len(values) == of else None


def _of_source(verdicts: Iterable[Verdict], source: Source) -> float | None:
    values = [verdict.value for verdict in verdicts if verdict.source == source and verdict.value is not None]
    return fsum(values) / len(values) if values else None


@dataclass(slots=True)
class LevelsOfCases:
    """Takes in one case after the other and keeps its numbers.

    Attributes:
        macro: For each case with verdicts, its mean over the decided draws; None when no draw decided it.
        micro: For each case with verdicts, how many instructions a draw meets and decides on average.
        draws: The last decided case's own draws, for when it is the only one.
        shares: The same for the micro numbers.
    """

    macro: dict[str, list[float | None]] = field(default_factory=dict["str", "list[float | None]"])
    micro: dict[str, list[Share]] = field(default_factory=dict["str", "list[Share]"])
    draws: dict[str, list[float]] = field(default_factory=dict["str", "list[float]"])
    shares: dict[str, list[Share]] = field(default_factory=dict["str", "list[Share]"])

    def add(self, draws: Sequence[Draw]) -> None:
        """Take in the draws of one case."""
        judged = [levels_of(draw.scored) for draw in draws if _judged(draw.scored)]
        if not judged:
            return
        for name in (*MACRO, *BY_SOURCE):
            decided = [value for each in judged if (value := each.macro[name]) is not None]
            if decided:
                self.draws[name] = decided
            self.macro.setdefault(name, []).append(fmean(decided) if decided else None)
        for name in MICRO:
            shares = [each.micro[name] for each in judged]
            met, decided_count = fsum(met for met, _ in shares), fsum(count for _, count in shares)
            if decided_count:
                self.shares[name] = [share for share in shares if share[1]]
            self.micro.setdefault(name, []).append((met / len(judged), decided_count / len(judged)))

    @property
    def cases(self) -> int:
        """How many cases have a decided completion."""
        return len(_known(self.macro.get("adherence", [])))

    def estimates(self) -> dict[str, Estimate]:
        """Return every number but the final accuracy, in the order of `LEVELS`."""
        found = {name: self._mean(name) for name in MACRO}
        found |= {name: self._ratio(name) for name in MICRO}
        return found | {name: self._mean(name) for name in BY_SOURCE}

    def _mean(self, name: str) -> Estimate:
        values = _known(self.macro.get(name, []))
        if not values:
            return UNDECIDED
        return mean_over_draws(self.draws[name]) if len(values) == 1 else mean_over_cases(values)

    def _ratio(self, name: str) -> Estimate:
        shares = [share for share in self.micro.get(name, []) if share[1]]
        if not shares:
            return UNDECIDED
        return ratio_over_draws(self.shares[name]) if len(shares) == 1 else ratio_over_cases(shares)

    def final_accuracy(self) -> Estimate:
        """Return the mean of the four numbers of IFEval, none of which may be undecided."""
        parts = [self._at_joint_level(name) for name in IFEVAL]
        values = [each.estimate for each in parts if each.estimate is not None]
        if len(values) < len(IFEVAL):
            return UNDECIDED
        lows, highs = _known([each.low for each in parts]), _known([each.high for each in parts])
        return Estimate(fmean(values), fmean(lows), fmean(highs), _FINAL_METHOD, standard_error=self._final_error())

    def _at_joint_level(self, name: str) -> Estimate:
        if name in MICRO:
            return ratio_over_cases([share for share in self.micro.get(name, []) if share[1]], level=_JOINT)
        return mean_over_cases(_known(self.macro.get(name, [])), level=_JOINT)

    def _final_error(self) -> float | None:
        """Return the standard error of the four numbers' mean from what each case adds to it."""
        influences = [
            _ratio_influence(self.micro[name]) if name in MICRO else _mean_influence(self.macro[name])
            for name in IFEVAL
        ]
        return error_of_sum([fsum(parts) / len(IFEVAL) for parts in zip(*influences, strict=True)])


def _judged(scored: Scored) -> bool:
    return bool(scored.verdicts) or scored.adherence is not None


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
