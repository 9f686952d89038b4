"""Pairs what two sides scored on the same cases into differences that an inference can rest on."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.statistics.differences import Differences, paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from evalkit.gate import Better, Scope
    from evalkit.measured import CaseScores

Missing: TypeAlias = Literal["left_out", "against", "in_favour"]
"""What draws without a score count as. `against`: the worst score on the new side and the best on the old one, so that
nothing is shown to be no worse for want of answers; `in_favour`: the reverse, so that nothing is shown to be worse."""


def pair_cases(
    new: Sequence[CaseScores],
    old: Sequence[CaseScores],
    *,
    scope: Scope,
    missing: Missing = "left_out",
    better: Better = "higher",
    seed: int | None = None,
) -> Differences:
    """Return by how much the new side is better, unit by unit.

    In scope `population` the unit is the case: its mean on one side less that on the other. In scope `suite` it is a
    pair of draws of one case. Every case has as many pairs as the case and side with the fewest draws allow; a side
    with more draws puts the means of several into a pair, which keeps pairs independent and wastes none. Which draws
    belong together is drawn at random, because their order says nothing.

    Args:
        new: One for each case, scores from 0 to 1.
        old: The same cases in the same order.
        scope: What the units are.
        missing: What draws without a score count as. Cases without any draw on a side are left out.
        better: Which way scores are better; `lower` turns the differences around.
        seed: Of the shuffles; None takes it from the scores themselves. So the same scores give the same pairs to
            everybody, yet other scores are shuffled in another way. A seed that is always the same would pair a case's
            lowest scores in the same way night after night, and where cases are few could err night after night.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    filled = [
        (_filled(one, missing, better, new=True), _filled(other, missing, better, new=False), one.weight)
        for one, other in zip(new, old, strict=True)
    ]
    both = [each for each in filled if each[0].size and each[1].size]
    if scope == "population":
        ahead, behind = [float(each[0].mean()) for each in both], [float(each[1].mean()) for each in both]
        weights = [each[2] for each in both]
    else:
        pairs = min((min(each[0].size, each[1].size) for each in both), default=0)
        chance = np.random.default_rng(_seed_of(new, old) if seed is None else seed)
        ahead = _drawn([each[0] for each in both], pairs, chance)
        behind = _drawn([each[1] for each in both], pairs, chance)
        weights = [each[2] for each in both for _ in range(pairs)]
    return paired(ahead, behind, weights=weights) if better == "higher" else paired(behind, ahead, weights=weights)


def _filled(scores: CaseScores, missing: Missing, better: Better, *, new: bool) -> NDArray[np.float64]:
    """Return one score for each draw, in rising order, with what stands in for the missing ones at the end."""
    import numpy as np  # noqa: PLC0415 - as above

    values = [score for score, _ in scores.counts]
    counts = [count for _, count in scores.counts]
    if missing != "left_out" and scores.missing:
        lowest = (missing == "against") is new  # on a scale on which higher is better
        values.append(float(lowest is (better == "lower")))
        counts.append(scores.missing)
    return np.repeat(np.asarray(values, dtype=np.float64), counts)


def _seed_of(new: Sequence[CaseScores], old: Sequence[CaseScores]) -> int:
    """Return a number that depends on nothing but what was scored."""
    digest = blake2b(digest_size=8)
    for side in (new, old):
        digest.update(repr([(case.counts, case.missing) for case in side]).encode())
    return int.from_bytes(digest.digest(), "big")


def _drawn(cases: Sequence[NDArray[np.float64]], pairs: int, chance: np.random.Generator) -> list[float]:
    """Shuffle each case's draws and put them into `pairs` parts; return the means of the parts, case by case."""
    import numpy as np  # noqa: PLC0415 - as above

    if len({each.size for each in cases}) == 1 and cases[0].size % pairs == 0:
        shuffled = chance.permuted(np.stack(cases), axis=1)  # (case, draw)
        means: NDArray[np.float64] = shuffled.reshape(len(cases), pairs, -1).mean(axis=2)
        return means.ravel().tolist()
    return [float(part.mean()) for each in cases for part in np.array_split(chance.permutation(each), pairs)]
