"""What a comparison can find before it is made, and what would decide it when it is undecided."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from statistics import fmean, variance
from typing import TYPE_CHECKING

from evalkit.compare.common import is_score
from evalkit.compare.needed import needed_for
from evalkit.statistics.case_chances import CaseChances
from evalkit.statistics.nights import Repeats
from evalkit.statistics.operating import Design, operating

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.compare.rows import Asked
    from evalkit.findings import Operating
    from evalkit.gate import Alarm, Better
    from evalkit.measured import CaseScores, MeasuredRow
    from evalkit.rounds import Rounds

__all__ = ["chances_of", "needed_for", "prospects"]

USUAL_MEAN = 0.8
"""Mean score that is assumed where nothing is known yet."""
USUAL_CORRELATION = 0.3
"""Intraclass correlation that is assumed where it is not known: how much draws of one case are alike."""
_FINEST_GRAIN = 8


def prospects(
    old: MeasuredRow | None,
    asked: Asked,
    *,
    cases: int,
    repeats: int,
    old_repeats: int,
    level: float,
    alarm: Alarm,
    rounds: Rounds | None = None,
) -> Operating | None:
    """Return how a comparison will behave in the long run.

    Args:
        old: What the cases scored before; None where there is nothing yet, which takes `USUAL_MEAN`.
        asked: What is asked.
        cases: Cases that both sides will have.
        repeats: Draws of each at night; with rounds, at most.
        old_repeats: Draws of each on the other side.
        level: Of one verdict, after the budget was shared over the family.
        alarm: What alarms.
        rounds: After how many repeats it looks.

    Returns:
        Simulated numbers, the same for everybody; None for a measure that is one number for all draws of a case, of
        which it is not known how it varies from night to night, and without cases or draws.
    """
    if not is_score(asked.measure) or not (cases and repeats and old_repeats):
        return None
    known = _known(old, asked.measure, asked.better)
    chances, grain = ([CaseChances(USUAL_MEAN, _strength(USUAL_CORRELATION))], 1) if known is None else known
    ends = rounds.ends if rounds is not None and rounds.ends[-1] == repeats else ()
    design = Design(asked.scope, asked.margin, level, alarm, cases, Repeats(repeats, old_repeats, grain), ends)
    return operating(chances, design)


def _known(old: MeasuredRow | None, measure: str, better: Better) -> tuple[list[CaseChances], int] | None:
    """Return what scores say of the chances behind them, and of how fine scores are; None when there are none."""
    if old is None:
        return None
    scores = [case.scores[measure] for case in old.cases if measure in case.scores and case.scores[measure].scored]
    return chances_of(scores, better) if scores else None


@dataclass(frozen=True, slots=True)
class _Spread:
    """How scores vary.

    Attributes:
        mean: Over the cases.
        within: Variance of the draws of one case, on average; None when no case has two draws.
        between: Variance of the cases' true means; None when it cannot be told apart.
    """

    mean: float
    within: float | None
    between: float | None


def chances_of(scores: Sequence[CaseScores], better: Better = "higher") -> tuple[list[CaseChances], int]:
    """Return what the scores of cases say of their chances.

    Each case's own mean is drawn towards the mean of all as far as its few draws leave open where it is: the chances
    have a beta distribution over the cases, whose variance is what the means vary beyond what draws do.

    Args:
        scores: Of each case, at least one draw each.
        better: Which way scores are better; `lower` turns them around, so that a drop is always what is feared.

    Returns:
        One distribution for each case, and into how many independent parts a draw falls, judged by how much the draws
        of one case vary.
    """
    means = [_mean(each, better) for each in scores]
    spread = _spread(scores, means)
    grain, strength = _grain(spread), _prior_strength(spread)
    found: list[CaseChances] = []
    for each, mean in zip(scores, means, strict=True):
        if strength == inf:
            found.append(CaseChances(spread.mean))
            continue
        parts = each.scored * grain
        total = parts + strength
        found.append(CaseChances((mean * parts + spread.mean * strength) / total, total))
    return found, grain


def _mean(scores: CaseScores, better: Better) -> float:
    mean = scores.mean
    assert mean is not None
    return mean if better == "higher" else 1 - mean


def _spread(scores: Sequence[CaseScores], means: Sequence[float]) -> _Spread:
    """Split the variance by the analysis of variance of one factor, the case."""
    draws = sum(each.scored for each in scores)
    # Half a draw of either kind more (Jeffreys 1946): scores that are all perfect do not make perfection certain.
    mean = (fmean(means) * draws + 0.5) / (draws + 1)
    degrees = sum(each.scored - 1 for each in scores)
    if not degrees:
        return _Spread(mean, None, None)
    squares = sum(
        count * (score - middle) ** 2
        for each in scores
        for middle in [each.mean or 0.0]
        for score, count in each.counts
    )
    within = squares / degrees
    if len(means) < 2:
        return _Spread(mean, within, None)
    noise = within * fmean(1 / each.scored for each in scores)
    return _Spread(mean, within, max(0.0, variance(means) - noise))


def _grain(spread: _Spread) -> int:
    """Return how many independent parts, met or not, would vary as the draws of one case do."""
    if not spread.within:
        return 1
    whole = spread.mean * (1 - spread.mean) - (spread.between or 0.0)  # variance of draws that are 0 or 1
    return min(max(1, round(whole / spread.within)), _FINEST_GRAIN)


def _prior_strength(spread: _Spread) -> float:
    """Return the strength of the beta distribution of the chances over cases."""
    if spread.between is None:
        return _strength(USUAL_CORRELATION)
    most = spread.mean * (1 - spread.mean)
    if spread.between <= 0 or most <= 0:
        return inf
    return _strength(min(spread.between / most, 1.0))


def _strength(correlation: float) -> float:
    return (1 - correlation) / correlation
