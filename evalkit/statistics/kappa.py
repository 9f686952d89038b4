"""Agreement of two raters beyond chance: Cohen's kappa, plain and weighted, with its large-sample interval.

Sources: Cohen 1960, Educational and Psychological Measurement 20; Cohen 1968, Psychological Bulletin 70, for weights;
Fleiss, Cohen and Everitt 1969, Psychological Bulletin 72, for the standard error.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance.

    Attributes:
        estimate: 1 for full agreement, 0 for what chance gives; None where both raters only ever give one answer.
        low: Lower end of the interval; None where the standard error is 0, or not defined, and would feign certainty.
        high: Upper end.
    """

    estimate: float | None
    low: float | None
    high: float | None


def cohen_kappa(counts: Sequence[Sequence[int]], *, quadratic: bool = False, level: float = 0.95) -> Kappa:
    """Return Cohen's kappa.

    Args:
        counts: How often one rater gave the row's answer and the other the column's; square.
        quadratic: Answers are grades, and a disagreement weighs by the square of their distance.
        level: Of the interval.
    """
    total = sum(map(sum, counts))
    if not total:
        return Kappa(None, None, None)
    size = range(len(counts))
    shares = [[count / total for count in row] for row in counts]
    weights = [[_weight(i, j, len(counts), quadratic=quadratic) for j in size] for i in size]
    rows = [fsum(row) for row in shares]
    columns = [fsum(shares[i][j] for i in size) for j in size]
    met = fsum(weights[i][j] * shares[i][j] for i in size for j in size)
    by_chance = fsum(weights[i][j] * rows[i] * columns[j] for i in size for j in size)
    if 1 - by_chance < 1e-12:
        return Kappa(None, None, None)
    estimate = (met - by_chance) / (1 - by_chance)
    of_row = [fsum(columns[j] * weights[i][j] for j in size) for i in size]
    of_column = [fsum(rows[i] * weights[i][j] for i in size) for j in size]
    spread = fsum(
        shares[i][j] * (weights[i][j] - (of_row[i] + of_column[j]) * (1 - estimate)) ** 2 for i in size for j in size
    )
    variance = (spread - (estimate - by_chance * (1 - estimate)) ** 2) / (total * (1 - by_chance) ** 2)
    if variance < 1e-12:
        return Kappa(estimate, None, None)
    reach = NormalDist().inv_cdf((1 + level) / 2) * sqrt(variance)
    return Kappa(estimate, max(-1.0, estimate - reach), min(1.0, estimate + reach))


def _weight(row: int, column: int, size: int, *, quadratic: bool) -> float:
    if quadratic:
        return 1 - ((row - column) / (size - 1)) ** 2
    return float(row == column)
