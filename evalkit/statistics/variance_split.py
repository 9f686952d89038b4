"""Where the variance of scores comes from: the case, the sampling of its draws, and the judge of one draw.

Each part is estimated from mean squares that are set to what they are on average (analysis of variance). That needs no
distribution and no iteration, agrees with restricted maximum likelihood where all cases have as many draws and no part
comes out below 0, and allows for any numbers of draws and votes. An estimate below 0 says that the part is too small to
be seen; it is read as 0, and kept.

Sources: Searle, Casella and McCulloch 1992, "Variance Components", chapters 3 to 5; Donner 1986, International
Statistical Review 54, for the intraclass correlation; Kish 1965, "Survey Sampling", for the design effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a variance.

    Attributes:
        variance: What the part comes to, 0 where the estimate lies below.
        raw: The estimate, which may lie below 0.
    """

    variance: float
    raw: float

    @classmethod
    def of(cls, raw: float) -> Part:
        """Read an estimate below 0 as 0."""
        return cls(max(0.0, raw), raw)


@dataclass(frozen=True, slots=True)
class VarianceSplit:
    """The variance of one score of one draw of one case, split.

    Attributes:
        case: Between cases; None where it cannot be told from what a draw adds, or there is one case only.
        sampling: Between draws of one case; None where no case has two draws.
        judge: Between votes on one draw; None where no draw has two votes, as without a judge.
    """

    case: Part | None
    sampling: Part | None
    judge: Part | None

    @property
    def shares(self) -> dict[str, float] | None:
        """The share of each known part in their sum; None where that is 0 or nothing is known."""
        named = {"case": self.case, "sampling": self.sampling, "judge": self.judge}
        known = {name: part.variance for name, part in named.items() if part is not None}
        total = fsum(known.values())
        return {name: variance / total for name, variance in known.items()} if total > 0 else None


@dataclass(frozen=True, slots=True)
class Intraclass:
    """How alike the scores of one case are.

    Attributes:
        correlation: Share of the variance that lies between cases: 0 where draws of one case are as different as those
            of two, 1 where they all agree.
        raw: The estimate, which may lie below 0.
        design_effect: By how much the variance of the mean of all scores exceeds that of as many independent ones.
    """

    correlation: float
    raw: float
    design_effect: float


def intraclass_correlation(cases: Sequence[Sequence[float]]) -> Intraclass | None:
    """Estimate the intraclass correlation of scores, one-way with random cases.

    Args:
        cases: The scores of the draws of each; in any number, empty ones are left out.

    Returns:
        The correlation; None below two cases, where no case has two draws, and where all scores are the same.

    >>> intraclass_correlation([[1.0, 1.0], [0.0, 0.0]]).correlation
    1.0
    """
    filled = [case for case in cases if case]
    split = split_variance(filled)
    if split.case is None or split.sampling is None:
        return None
    total = split.case.raw + split.sampling.raw
    if total <= 0:
        return None
    raw = split.case.raw / total
    correlation = max(0.0, raw)
    return Intraclass(correlation, raw, design_effect(correlation, [len(case) for case in filled]))


def design_effect(correlation: float, sizes: Sequence[int]) -> float:
    """Return by how much clusters raise the variance of the mean of all values.

    Args:
        correlation: Intraclass, from 0 to 1.
        sizes: Values in each cluster, at least one in all.

    >>> round(design_effect(0.6, [10] * 20), 2)
    6.4
    """
    return 1 + (sum(size * size for size in sizes) / sum(sizes) - 1) * correlation


def split_variance(cases: Sequence[Sequence[float]]) -> VarianceSplit:
    """Split the variance of scores that no judge gave into case and sampling.

    Args:
        cases: The scores of the draws of each; in any number, empty ones are left out.

    Returns:
        The split, with no part for a judge.
    """
    return _nested([[[score] for score in case] for case in cases])


def split_judged_variance(cases: Sequence[Sequence[Sequence[float]]]) -> VarianceSplit:
    """Split the variance of votes when those on one draw have nothing in common with those on another.

    This is so for one judge that is asked several times. Where the same judges vote on every draw, how strict each of
    them is comes back in every draw: see `split_panel_variance`.

    Args:
        cases: For each case its draws, for each draw its votes; in any number, empty ones are left out.

    Returns:
        The split; with one vote on each draw no part for sampling, which cannot be told from the judge's then.
    """
    split = _nested(cases)
    return split if split.judge is not None else replace(split, sampling=None)


def split_panel_variance(cases: Sequence[Sequence[Sequence[float]]]) -> VarianceSplit:
    """Split the variance of votes when the same judges vote on every draw of every case.

    What a judge adds is how strict it is, how strict it is on this case, and how it happened to vote on this draw;
    `judge` is their sum. The first two come back in each draw of a case, so that they make draws no more different.

    Args:
        cases: For each case its draws, for each draw the votes of the judges, always in the same order. A draw that a
            judge has not voted on must be left out before; empty cases are.

    Returns:
        The split; with one judge no parts for sampling and judge, which cannot be told apart then.

    Raises:
        ValueError: The draws do not all have as many votes, at least one.
    """
    import numpy as np  # noqa: PLC0415 - slow to import

    panels = {len(votes) for case in cases for votes in case}
    if len(panels) > 1 or 0 in panels:
        raise ValueError(f"each draw must have one vote of each judge, got numbers of votes {sorted(panels)}")
    if panels <= {1}:
        return split_judged_variance(cases)
    filled = [np.array(case, dtype=np.float64) for case in cases if case]
    return _crossed([case - filled[0][0, 0] for case in filled])  # as in `_nested`


def _nested(cases: Sequence[Sequence[Sequence[float]]]) -> VarianceSplit:
    """Split the variance with votes that belong to one draw and draws that belong to one case.

    Returns:
        The split; where no draw has two votes, what they add is a part of `sampling`.
    """
    import numpy as np  # noqa: PLC0415 - as above

    draws = [each for each in ([votes for votes in case if votes] for case in cases) if each]
    if not draws:
        return VarianceSplit(None, None, None)
    flat = np.array([vote for case in draws for votes in case for vote in votes], dtype=np.float64)
    flat -= flat[0]  # scores that are all the same would have some variance by rounding
    votes = np.array([len(each) for case in draws for each in case])
    means = np.add.reduceat(flat, _firsts(votes)) / votes
    squares = float(((flat - np.repeat(means, votes)) ** 2).sum())
    spare = len(flat) - len(votes)
    judge = squares / spare if spare else None
    return _above_votes(means, votes, np.array([len(case) for case in draws]), judge)


def _above_votes(
    means: NDArray[np.float64], votes: NDArray[np.intp], sizes: NDArray[np.intp], judge: float | None
) -> VarianceSplit:
    """Set the mean squares between draws and between cases to what they are on average.

    Args:
        means: Of the votes on each draw.
        votes: How many each draw has.
        sizes: How many draws each case has.
        judge: The mean square of votes; None where it cannot be told from that of draws.
    """
    import numpy as np  # noqa: PLC0415 - as above

    known, firsts, total = judge or 0.0, _firsts(sizes), float(votes.sum())
    part = None if judge is None else Part.of(judge)
    per_case = np.add.reduceat(votes, firsts)
    in_draws, between = len(votes) - len(sizes), len(sizes) - 1
    if not in_draws:
        return VarianceSplit(None, None, part)
    case_means = np.add.reduceat(votes * means, firsts) / per_case
    of_draws = float((votes * (means - np.repeat(case_means, sizes)) ** 2).sum()) / in_draws
    squared = np.add.reduceat(votes**2, firsts)
    alike = float((squared / per_case).sum())
    sampling = (of_draws - known) / ((total - alike) / in_draws)
    if not between:
        return VarianceSplit(None, Part.of(sampling), part)
    mean = float((per_case * case_means).sum()) / total
    of_cases = float((per_case * (case_means - mean) ** 2).sum()) / between
    from_draws = sampling * (alike - float(squared.sum()) / total) / between
    case = (of_cases - known - from_draws) / ((total - float((per_case**2).sum()) / total) / between)
    return VarianceSplit(Part.of(case), Part.of(sampling), part)


def _firsts(sizes: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return where each group begins when groups of these sizes stand one after another."""
    return sizes.cumsum() - sizes


def _crossed(cases: Sequence[NDArray[np.float64]]) -> VarianceSplit:
    """Split the variance with judges that all vote on every draw; a case has the shape (draw, judge).

    Means over cases give each case the same weight, which is unbiased for any numbers of draws.
    """
    import numpy as np  # noqa: PLC0415 - as above

    panel, count = cases[0].shape[1], len(cases)
    draws = sum(map(len, cases))
    judge = Part.of(fsum(float(case.var(axis=1, ddof=1).sum()) for case in cases) / draws)
    spare = draws - count
    if not spare:
        return VarianceSplit(None, None, judge)
    of_draws = fsum(float(((case.mean(axis=1) - case.mean()) ** 2).sum()) for case in cases) / spare
    votes = fsum(map(_interaction, cases)) / (spare * (panel - 1))
    sampling = Part.of(of_draws - votes / panel)
    if count < 2:
        return VarianceSplit(None, sampling, judge)
    per_draw = fsum(1 / len(case) for case in cases) / count
    by_judge = np.array([case.mean(axis=0) for case in cases])  # (case, judge)
    strictness = _interaction(by_judge) / ((count - 1) * (panel - 1)) - votes * per_draw
    case = float(by_judge.mean(axis=1).var(ddof=1)) - per_draw * of_draws - strictness / panel
    return VarianceSplit(Part.of(case), sampling, judge)


def _interaction(table: NDArray[np.float64]) -> float:
    """Return the sum of squares that neither the rows' nor the columns' means explain."""
    left = table - table.mean(axis=1, keepdims=True) - table.mean(axis=0) + table.mean()
    return float((left**2).sum())
