"""What the cases of two rows come to in pairs, with draws that have no score counted in each way that they may be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import fsum
from statistics import fmean
from typing import TYPE_CHECKING, TypeAlias

from evalkit.measured import CaseScores
from evalkit.pairing import pair_cases, seed_of
from evalkit.statistics.differences import Differences, paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.gate import Better, Scope
    from evalkit.measured import MeasuredCase
    from evalkit.pairing import Missing

    Cases: TypeAlias = Sequence[tuple[MeasuredCase, MeasuredCase]]
    Gap: TypeAlias = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two sides of the same cases.

    Attributes:
        new: Mean over the cases that have a score on both sides; None when there are none.
        old: The same of the other side.
        left_out: By how much the new side is better, without the draws that have no score.
        against: The same where these speak against being no worse.
        in_favour: The same where they speak against being worse.
        cases: Cases in `against`.
        missing: Draws without a score, of the new and of the old side.
    """

    new: float | None
    old: float | None
    left_out: Differences
    against: Differences
    in_favour: Differences
    cases: int
    missing: tuple[int, int]


def pairs_of_scores(cases: Cases, measure: str, scope: Scope, better: Better) -> Pairs:
    """Pair what draws scored."""
    both = [
        (_scores(one, other, measure), _scores(other, one, measure))
        for one, other in cases
        if measure in one.scores or measure in other.scores
    ]
    new, old = [one for one, _ in both], [other for _, other in both]
    seed = seed_of(new, old) if scope == "suite" else None
    pair = partial(pair_cases, new, old, scope=scope, better=better, seed=seed)
    missing = sum([one.missing for one in new]), sum([other.missing for other in old])
    left_out = pair(missing="left_out")
    weighted = [
        (mean, behind, one.weight)
        for mean, behind, one in zip(_means(new), _means(old), new, strict=True)
        if mean is not None and behind is not None
    ]
    return Pairs(
        new=_mean([(mean, weight) for mean, _, weight in weighted]),
        old=_mean([(mean, weight) for _, mean, weight in weighted]),
        left_out=left_out,
        against=pair(missing="against") if any(missing) else left_out,
        in_favour=pair(missing="in_favour") if any(missing) else left_out,
        cases=len(both),
        missing=missing,
    )


def _means(scores: Sequence[CaseScores]) -> list[float | None]:
    """Return the mean of each case, computed once for cases that share their scores."""
    each = {id(one): one for one in scores}
    means = {key: one.mean for key, one in each.items()}
    return [means[id(one)] for one in scores]


def _scores(case: MeasuredCase, other: MeasuredCase, measure: str) -> CaseScores:
    """Return what a case scored; all draws are missing where only the other side has the measure."""
    there = case.scores.get(measure)
    return there if there is not None else CaseScores((), case.planned, other.scores[measure].weight)


def _mean(weighted: Sequence[tuple[float, float]]) -> float | None:
    if not weighted:
        return None
    return fsum([value * weight for value, weight in weighted]) / fsum([weight for _, weight in weighted])


@dataclass(frozen=True, slots=True)
class Values:
    """A measure that is one number for all draws of a case.

    Attributes:
        known: Values of the cases in which both sides have one.
        gaps: Those of the cases in which only one side has one.
        missing: Draws without a text to compute it of, of the new and of the old side.
    """

    known: tuple[tuple[float, float], ...]
    gaps: tuple[Gap, ...]
    missing: tuple[int, int]


def values_of(cases: Cases, measure: str) -> Values:
    """Gather the values; a case in which the measure is defined on neither side says nothing and is left out."""
    values = [(one.values.get(measure), other.values.get(measure)) for one, other in cases]
    return Values(
        tuple((one, other) for one, other in values if one is not None and other is not None),
        tuple((one, other) for one, other in values if (one is None) is not (other is None)),
        (_without_text([one for one, _ in cases]), _without_text([other for _, other in cases])),
    )


def pairs_of_values(values: Values, bounds: tuple[float, float], better: Better) -> Pairs:
    """Pair values that lie within bounds."""
    known, gaps = values.known, values.gaps
    return Pairs(
        new=fmean(one for one, _ in known) if known else None,
        old=fmean(other for _, other in known) if known else None,
        left_out=_paired(known, bounds, better),
        against=_paired([*known, *(_filled(gap, "against", bounds, better) for gap in gaps)], bounds, better),
        in_favour=_paired([*known, *(_filled(gap, "in_favour", bounds, better) for gap in gaps)], bounds, better),
        cases=len(known) + len(gaps),
        missing=values.missing,
    )


def _paired(values: Sequence[tuple[float, float]], bounds: tuple[float, float], better: Better) -> Differences:
    new, old = [one for one, _ in values], [other for _, other in values]
    ahead, behind = (new, old) if better == "higher" else (old, new)
    return paired(ahead, behind, reach=bounds[1] - bounds[0])


def _filled(gap: Gap, missing: Missing, bounds: tuple[float, float], better: Better) -> tuple[float, float]:
    """Let the value that is missing speak against a conclusion; see `pairing.Missing`."""
    new, old = gap
    low, high = bounds if better == "higher" else (bounds[1], bounds[0])
    worst, best = (low, high) if missing == "against" else (high, low)
    return worst if new is None else new, best if old is None else old


def _without_text(cases: Sequence[MeasuredCase]) -> int:
    return sum(case.planned - case.outcomes.get("complete", 0) - case.outcomes.get("truncated", 0) for case in cases)
