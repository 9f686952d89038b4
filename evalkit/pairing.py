"""Pairs what two sides scored on the same cases into differences that an inference can rest on."""

from __future__ import annotations

from dataclasses import dataclass
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

    sides = _side(new, missing, better, new=True), _side(old, missing, better, new=False)
    both = np.flatnonzero((sides[0].sizes > 0) & (sides[1].sizes > 0))
    heavy = np.array([case.weight for case in new])[both]
    if scope == "population":
        ahead, behind = (side.means()[both] for side in sides)
        weights = heavy
    else:
        pairs = int(min((side.sizes[both].min(initial=2**62) for side in sides), default=0)) if both.size else 0
        chance = np.random.default_rng(seed_of(new, old) if seed is None else seed)
        ahead, behind = (side.parts(both, pairs, chance) for side in sides)
        weights = np.repeat(heavy, pairs)
    first, second = (ahead, behind) if better == "higher" else (behind, ahead)
    return paired(first.tolist(), second.tolist(), weights=weights.tolist())


@dataclass(frozen=True, slots=True)
class _Side:
    """The draws of every case of one side, one after the other, those of a case in rising order.

    Attributes:
        scores: Of all draws, with what stands in for the missing ones at the end of their case.
        sizes: How many there are of each case.
    """

    scores: NDArray[np.float64]
    sizes: NDArray[np.int64]

    def means(self) -> NDArray[np.float64]:
        """Return the mean of each case; 0 for one without draws."""
        import numpy as np  # noqa: PLC0415 - as above

        sums = np.bincount(np.repeat(np.arange(len(self.sizes)), self.sizes), self.scores, len(self.sizes))
        return sums / np.maximum(self.sizes, 1)

    def parts(self, cases: NDArray[np.intp], pairs: int, chance: np.random.Generator) -> NDArray[np.float64]:
        """Shuffle each case's draws and put them into `pairs` parts; return the means of the parts, case by case."""
        import numpy as np  # noqa: PLC0415 - as above

        sizes = self.sizes[cases]
        if not sizes.size:
            return np.zeros(0)
        starts = (np.cumsum(self.sizes) - self.sizes)[cases]
        found = np.empty((len(cases), pairs))
        for size in np.unique(sizes):  # all cases with so many draws at once
            alike = sizes == size
            drawn = self.scores[starts[alike][:, None] + np.arange(size)]  # (case, draw)
            found[alike] = _means_of_parts(chance.permuted(drawn, axis=1), pairs)
        return found.ravel()


def _means_of_parts(shuffled: NDArray[np.float64], pairs: int) -> NDArray[np.float64]:
    """Return the means of `pairs` parts of each row, whose lengths differ by at most 1, the longer ones first."""
    import numpy as np  # noqa: PLC0415 - as above

    size = shuffled.shape[1]
    if size % pairs == 0:
        even: NDArray[np.float64] = shuffled.reshape(len(shuffled), pairs, -1).mean(axis=2)
        return even
    lengths = np.full(pairs, size // pairs)
    lengths[: size % pairs] += 1
    sums: NDArray[np.float64] = np.add.reduceat(shuffled, lengths.cumsum() - lengths, axis=1)
    return sums / lengths


def _side(cases: Sequence[CaseScores], missing: Missing, better: Better, *, new: bool) -> _Side:
    """Write the draws of all cases out, with the missing ones as what they count as."""
    import numpy as np  # noqa: PLC0415 - as above

    lowest = (missing == "against") is new  # on a scale on which higher is better
    stand_in = float(lowest is (better == "lower"))
    places: dict[int, int] = {}  # cases of a row often share their scores
    values: list[float] = []
    counts: list[int] = []
    sizes_of: list[int] = []
    place_of: list[int] = []
    for case in cases:
        place = places.get(id(case))
        if place is None:
            place = places[id(case)] = len(places)
            met = case.counts if missing == "left_out" or not case.missing else (*case.counts, (stand_in, case.missing))
            values += [score for score, _ in met]
            counts += [count for _, count in met]
            sizes_of.append(sum([count for _, count in met]))
        place_of.append(place)
    each = np.repeat(np.array(values, dtype=np.float64), np.array(counts, dtype=np.int64))  # those of each set once
    of, size_of = np.array(place_of, dtype=np.int64), np.array(sizes_of, dtype=np.int64)
    sizes = size_of[of]
    starts = (np.cumsum(size_of) - size_of)[of]
    within = np.arange(int(sizes.sum())) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return _Side(each[np.repeat(starts, sizes) + within], sizes)


def seed_of(new: Sequence[CaseScores], old: Sequence[CaseScores]) -> int:
    """Return a number that depends on nothing but what was scored; see `pair_cases`."""
    digest = blake2b(digest_size=8)
    written: dict[tuple[tuple[tuple[float, int], ...], int], str] = {}
    for side in (new, old):
        keys = [(case.counts, case.missing) for case in side]
        written.update((key, repr(key)) for key in set(keys) - written.keys())
        digest.update(f"[{', '.join([written[key] for key in keys])}]".encode())
    return int.from_bytes(digest.digest(), "big")
