"""How many cases, or how many repeats, would be expected to decide what is undecided.

What was met so far is taken to go on: more cases or pairs of draws bring each difference again, as often in proportion.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil, fsum, inf, log, sqrt
from statistics import NormalDist, fmean, variance
from typing import TYPE_CHECKING, Any

from evalkit.compare.common import common_cases, is_score
from evalkit.compare.paired import pairs_of_scores, pairs_of_values, values_of
from evalkit.compare.rows import SIGN_FLIP_FROM
from evalkit.findings import Needed
from evalkit.statistics.batched import chances_at_most
from evalkit.statistics.sign_flip import sign_flip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from evalkit.compare.paired import Cases, Pairs, Values
    from evalkit.compare.rows import Asked
    from evalkit.measured import CaseScores, MeasuredRow
    from evalkit.statistics.differences import Differences

    Scores: TypeAlias = Sequence[tuple[CaseScores, CaseScores]]
    Evidence: TypeAlias = Callable[[int], float]

MOST_UNITS = 1_000_000
"""Cases or pairs of draws beyond which no number is given."""
_FLIPPED_UP_TO = 400
"""Cases up to which the sign-flip test is asked itself; beyond, its normal approximation, which is then as good."""
_LEAST_P = 1e-300


def needed_for(new: MeasuredRow, old: MeasuredRow, asked: Asked, level: float) -> Needed:
    """Return what would be expected to decide a comparison.

    Repeats are those of the new side; the other side's are taken to grow in proportion, so that a baseline has to be
    drawn anew as well.

    Args:
        new: The row that is judged.
        old: The one it is held against.
        asked: What is asked.
        level: Of one verdict, after the budget was shared over the family.

    Returns:
        Numbers in all, not further ones; each None where no number up to a million units would, or where that cannot be
        known: how much draws of one case vary is not known from one draw of each.
    """
    cases = common_cases(new, old, asked.measure).cases
    if not cases:
        return Needed(None, None)
    if not is_score(asked.measure):
        return Needed(_cases_of_values(cases, asked, level), None)
    pairs = pairs_of_scores(cases, asked.measure, asked.scope, asked.better)
    if not pairs.cases:
        return Needed(None, None)
    repeats = max(1, round(fmean(case.planned for case, _ in cases)))
    factor = _least_factor(_evidence(pairs, asked), len(pairs.against.values), level)
    more = None if factor is None else ceil(pairs.cases * factor - 1e-9)
    if asked.scope == "suite":
        return Needed(more, None if factor is None else ceil(repeats * factor - 1e-9))
    scores = [(one.scores.get(asked.measure), other.scores.get(asked.measure)) for one, other in cases]
    known = [(one, other) for one, other in scores if one is not None and other is not None]
    return Needed(more, _repeats_of_population(pairs, known, asked, level, repeats))


def _evidence(pairs: Pairs, asked: Asked) -> Evidence:
    """Return the lesser of both p if every difference had been met so often."""
    harm, none = _harm(pairs.in_favour, asked), _bound(pairs.against, asked.margin)
    return lambda times: min(harm(times), none(times))


def _least_factor(p: Evidence, units: int, level: float) -> float | None:
    """Find how many times as many units are expected to reach the level, between whole numbers by the logarithm."""
    if not units:
        return None
    most = MOST_UNITS // units
    high = 1
    while p(high) > level:
        if high >= most:
            return None
        high = min(2 * high, most)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if p(middle) <= level else (middle, high)
    if high == 1:
        return 1.0
    before, after = log(max(p(high - 1), _LEAST_P)), log(max(p(high), _LEAST_P))
    return high - 1 + (before - log(level)) / (before - after)


def _bound(differences: Differences, margin: float) -> Evidence:
    """Return the bound's evidence that the mean lies above the negative of a margin."""
    import numpy as np  # noqa: PLC0415 - slow to import

    weights = np.asarray(differences.weights)
    moved = (np.asarray(differences.values) + margin) * weights
    if not len(moved) or moved.mean() <= 0:
        return lambda _: 1.0
    worst = (margin - differences.reach) * float(weights.max())
    values, counts = np.unique(np.append(moved, worst), return_counts=True)
    once = values == worst

    def p(times: int) -> float:
        often = np.where(once, (counts - 1) * times + 1, counts * times)
        return float(chances_at_most(often[None, :], values)[0])

    return p


def _harm(differences: Differences, asked: Asked) -> Evidence:
    """Return the evidence that the mean lies below the negative of the margin, by the test that looks for harm."""
    moved = [
        (value + asked.margin) * weight for value, weight in zip(differences.values, differences.weights, strict=True)
    ]
    total = fsum(moved)
    if total >= 0:
        return lambda _: 1.0
    bound = _bound(_negated(differences), -asked.margin)
    score = total / sqrt(fsum(each * each for each in moved))

    def p(times: int) -> float:
        cases = len(moved) * times
        if asked.scope == "suite" or cases < SIGN_FLIP_FROM:
            return bound(times)
        if cases <= _FLIPPED_UP_TO:
            return sign_flip(moved * times).p_below
        return NormalDist().cdf(score * sqrt(times))

    return p


def _negated(differences: Differences) -> Differences:
    return replace(differences, values=tuple(-value for value in differences.values))


def _cases_of_values(cases: Cases, asked: Asked, level: float) -> int | None:
    """Return the cases needed for a measure that is one number a case."""
    values = values_of(cases, asked.measure)
    count = len(values.known) + len(values.gaps)
    if not count:
        return None
    if asked.bounds is None:
        factor = _least_factor(_signs(values, asked), count, level)
    else:
        factor = _least_factor(_evidence(pairs_of_values(values, asked.bounds, asked.better), asked), count, level)
    return None if factor is None else ceil(count * factor - 1e-9)


def _signs(values: Values, asked: Asked) -> Evidence:
    """Return the lesser p of the sign test if every case had been met so often."""
    sign = 1 if asked.better == "higher" else -1
    turned = [sign * (one - other) for one, other in values.known]
    below, above = (sum(each < -asked.margin for each in turned), sum(each > -asked.margin for each in turned))
    trials = len(turned) + len(values.gaps)

    def p(times: int) -> float:
        from scipy.special import betainc

        tail: Any = betainc  # scipy has no types
        successes = max(below, above) * times
        return float(tail(successes, trials * times - successes + 1, 0.5)) if successes else 1.0

    return p


def _repeats_of_population(pairs: Pairs, scores: Scores, asked: Asked, level: float, repeats: int) -> int | None:
    """Return the repeats needed where cases are a sample: they make the draws' part of the variance smaller alone."""
    share = _share_of_draws(scores)
    if share is None:
        return None

    def p(times: float) -> float:
        kept = sqrt(max(0.0, 1 - share + share / times))
        against, in_favour = _shrunk(pairs.against, kept), _shrunk(pairs.in_favour, kept)
        return _evidence(replace(pairs, against=against, in_favour=in_favour), asked)(1)

    if p(inf) > level:
        return None
    high = repeats
    while p(high / repeats) > level:
        high *= 2
        if high > MOST_UNITS:
            return None
    low = max(repeats - 1, high // 2)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if p(middle / repeats) <= level else (middle, high)
    return high


def _share_of_draws(scores: Scores) -> float | None:
    """Return how much of the variance of the cases' differences comes from draws; None where it is not known."""
    both = [(one, other) for one, other in scores if one.mean is not None and other.mean is not None]
    within = [_within([side[index] for side in both]) for index in (0, 1)]
    if len(both) < 2 or within[0] is None or within[1] is None:
        return None
    whole = variance([(one.mean or 0.0) - (other.mean or 0.0) for one, other in both])
    drawn = fmean(within[0] / one.scored + within[1] / other.scored for one, other in both)
    return min(1.0, drawn / whole) if whole > 0 else None


def _within(scores: Sequence[CaseScores]) -> float | None:
    """Return the variance of the draws of a case, on average over the cases; None when none has two."""
    degrees = sum(each.scored - 1 for each in scores)
    if not degrees:
        return None
    means = [each.mean or 0.0 for each in scores]
    return (
        fsum(
            count * (score - mean) ** 2
            for each, mean in zip(scores, means, strict=True)
            for score, count in each.counts
        )
        / degrees
    )


def _shrunk(differences: Differences, kept: float) -> Differences:
    """Draw differences towards their mean."""
    mean = differences.mean or 0.0
    return replace(differences, values=tuple(mean + kept * (value - mean) for value in differences.values))
