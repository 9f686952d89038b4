"""States of simulated suites: the chances of their cases before and after a change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from evalkit.statistics.nights import Repeats, dropped, lattice_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from evalkit.gate import Scope
    from evalkit.statistics.nights import Lattice

    Numbers: TypeAlias = NDArray[np.float64]

Kind: TypeAlias = Literal["unchanged", "even", "concentrated", "moved"]
"""What changes: nothing; all cases drop alike; few cases drop to 0; half of them rise and half fall by as much."""

GROUPS = 20
POPULATION = 200
"""Kinds of cases that a population consists of."""
MOVE = 0.2


@dataclass(frozen=True, slots=True)
class State:
    """Chances of groups of cases.

    Attributes:
        old: Before, shape (groups,).
        new: After, shape (groups,).
        cases: Of each group in a suite; a weight of each group in a population.
    """

    old: Numbers
    new: Numbers
    cases: NDArray[np.int64]

    @property
    def drop(self) -> float:
        """How far the mean falls."""
        return float(((self.old - self.new) * self.cases).sum() / self.cases.sum())


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of suite, as it is compared."""

    scope: Scope
    cases: int
    repeats: int
    correlation: float
    mean: float


def chances_of(mean: float, correlation: float, groups: int) -> Numbers:
    """Return a beta distribution's quantiles in the middle of equal parts; 0 and 1 alone at a correlation of 1."""
    from scipy.special import betaincinv

    if correlation == 0:
        return np.full(groups, mean)
    if correlation == 1:
        ones = min(max(round(mean * groups - 1e-9), 1), groups - 1)
        return np.repeat([0.0, 1.0], [groups - ones, ones])
    strength = (1 - correlation) / correlation
    inverse: Any = betaincinv  # scipy has no types
    return np.asarray(inverse(mean * strength, (1 - mean) * strength, (np.arange(groups) + 0.5) / groups))


def suite_of(cases: int, mean: float, correlation: float, kind: Kind, drop: float) -> State:
    """Return a suite whose very cases are drawn again and again."""
    groups = min(cases, GROUPS)
    return changed(chances_of(mean, correlation, groups), np.full(groups, cases // groups), kind, drop)


def population_of(mean: float, correlation: float, kind: Kind, drop: float) -> State:
    """Return a population that cases are drawn from; each group is as likely as any other."""
    return changed(chances_of(mean, correlation, POPULATION), np.ones(POPULATION, dtype=np.int64), kind, drop)


def changed(old: Numbers, cases: NDArray[np.int64], kind: Kind, drop: float) -> State:
    """Let the chances change; the mean drops by exactly `drop` unless the kind is one that keeps it."""
    weights = cases / cases.sum()
    if kind == "unchanged":
        return State(old, old, cases)
    if kind == "even":
        return State(old, dropped(old, weights, drop), cases)
    if kind == "concentrated":
        return State(old, _few_dropped(old, weights, drop), cases)
    return State(old, _moved(old), cases)


def _few_dropped(old: Numbers, weights: Numbers, drop: float) -> Numbers:
    """Take the best cases to 0, one after the other, until the mean has dropped."""
    new, left = old.copy(), drop
    for index in np.argsort(-old, kind="stable"):
        taken = min(left, old[index] * weights[index])
        new[index] = max(old[index] - taken / weights[index], 0.0)
        left -= taken
    return new


def _moved(old: Numbers) -> Numbers:
    """Let every second case rise and the others fall evenly by as much in sum."""
    new = old.copy()
    rises = np.minimum(MOVE, 1 - old[1::2])
    falls = old[::2]
    rises = rises * min(1.0, falls.sum() / max(rises.sum(), 1e-12))
    new[1::2] += rises
    new[::2] = dropped(falls, np.full(len(falls), 1 / len(falls)), rises.sum() / len(falls))
    return new


def state_of(cell: Cell, kind: Kind, drop: float) -> State:
    """Return the suite, or the population, of a cell."""
    if cell.scope == "suite":
        return suite_of(cell.cases, cell.mean, cell.correlation, kind, drop)
    return population_of(cell.mean, cell.correlation, kind, drop)


def drawn_nights(
    cell: Cell, kind: Kind, drop: float, nights: int, chance: np.random.Generator
) -> tuple[NDArray[np.int64], Lattice]:
    """Draw whole nights: how often each difference occurs in them, shape (nights, values), and the differences."""
    state = state_of(cell, kind, drop)
    lattice = lattice_of(state.new, state.old, Repeats(cell.repeats, cell.repeats), cell.scope)
    if cell.scope == "population":
        chances = lattice.chances.mean(axis=0)
        return chance.multinomial(cell.cases, chances / chances.sum(), nights), lattice
    counts = np.zeros((nights, len(lattice.steps)), dtype=np.int64)
    for size, chances in zip(state.cases, lattice.chances, strict=True):
        counts += chance.multinomial(size * cell.repeats, chances / chances.sum(), nights)
    return counts, lattice
