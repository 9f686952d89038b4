"""How often 95 % intervals hold the truth: of means and of differences, also when looking stops early.

An interval of a Dirichlet bound holds the truth exactly when neither p-value of the truth is below half of 0.05, so
that no interval has to be computed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from gates.errors import CORRELATIONS
from gates.looks import ends_of, watch
from gates.rates import Rate
from gates.states import Cell, chances_of, drawn_nights, population_of, state_of
from gates.tables import Section, grouped, heading_of, listed, row_of

from evalkit.statistics.evidence import p_bounded
from evalkit.statistics.nights import Repeats, lattice_of
from evalkit.statistics.spending import look_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.states import Kind
    from numpy.typing import NDArray

    from evalkit.gate import Scope

    Numbers: TypeAlias = NDArray[np.float64]
    Counts: TypeAlias = NDArray[np.int64]

MEANS = (0.5, 0.8, 0.9, 0.95, 0.98)
CASES = (5, 20, 100, 400)
REPEATS = (1, 4, 16)
LEAST = 0.93
TAIL = 0.025
KINDS: tuple[Kind, ...] = ("unchanged", "even", "concentrated")
OVER_CASES = "mean over cases"
OVER_DRAWS = "mean over the draws of one case"
DIFFERENCES: dict[Scope, str] = {
    "population": "difference over cases",
    "suite": "difference over pairs of draws",
}
LOOKED = ", at every look"
LOOKED_MEANS = (0.5, 0.9, 0.98)
DRAWS = (1, 4, 16, 64, 256)
DROP = 0.05


@dataclass(frozen=True, slots=True)
class Covered:
    """How often the interval of one kind of suite held the truth; `what` is what it is an interval of."""

    what: str
    cell: Cell
    rate: Rate


def held(counts: Counts, values: Numbers, truth: float, low: float, tail: float = TAIL) -> NDArray[np.bool_]:
    """Tell of each set whether the interval of its mean holds the truth.

    Args:
        counts: How often each value occurs, shape (sets, values).
        values: From `low` to 1.
        truth: The mean.
        low: 0 for scores, -1 for differences.
        tail: Chance that one end is on the wrong side, at most.
    """
    scale = 2 / (1 - low)
    spread = (values - low) * scale - 1  # from -1 to 1
    middle = (truth - low) * scale - 1
    return (p_bounded(counts, spread, middle) >= tail) & (p_bounded(counts, -spread, -middle) >= tail)


def tasks() -> list[tuple[str, Cell]]:
    """Return what there are intervals of, each on every kind of suite."""
    kinds = list(product(CASES, REPEATS, CORRELATIONS, MEANS))
    found = [(OVER_CASES, Cell("population", *values)) for values in kinds]
    for scope, what in DIFFERENCES.items():
        found += [(what, Cell(scope, *values)) for values in kinds]
    found += [(OVER_DRAWS, Cell("suite", 1, draws, 0.0, mean)) for draws, mean in product(DRAWS, MEANS)]
    looked = list(product(CASES[:3], (4, 16), CORRELATIONS, MEANS))
    found += [(OVER_CASES + LOOKED, Cell("population", *values)) for values in looked]
    for scope, what in DIFFERENCES.items():
        found += [(what + LOOKED, Cell(scope, *values)) for values in looked if values[3] in LOOKED_MEANS]
    return found


def simulate(task: tuple[str, Cell], nights: int, seed: tuple[int, ...]) -> list[Covered]:
    """Try one kind of interval on one kind of suite."""
    (what, cell), chance = task, np.random.default_rng(seed)
    if what == OVER_CASES:
        return [Covered(what, cell, _mean(cell, nights, chance))]
    if what == OVER_DRAWS:
        return [Covered(what, cell, _draws(cell, nights, chance))]
    if what == OVER_CASES + LOOKED:
        return [Covered(what, cell, _looked(cell, nights, chance))]
    difference = _looked_difference if what.endswith(LOOKED) else _difference
    return [Covered(what, cell, difference(cell, kind, nights, chance)) for kind in KINDS]


def section_of(found: Sequence[Sequence[Covered]], nights: int) -> Section:
    """Return the table: the worst and the mean coverage of each kind of interval, by cases."""
    lines = heading_of(["interval of", *(f"{cases} cases" for cases in CASES), "mean over all"])
    misses: list[str] = []
    every = [each for group in found for each in group]
    for what, group in grouped(every, lambda each: each.what).items():
        by_cases = grouped(group, lambda each: each.cell.cases)
        worst = [min(each.rate.share for each in by_cases[cases]) if cases in by_cases else None for cases in CASES]
        if what == OVER_DRAWS:
            worst[0] = min(each.rate.share for each in group)
        cells = ["" if each is None else f"{each:.4f}" for each in worst]
        lines.append(row_of([what, *cells, f"{np.mean([each.rate.share for each in group]):.3f}"]))
        misses += [f"{what}, {each.cell}: {each.rate.share:.4f}" for each in group if each.rate.share < LEAST]
    text = f"""The share of 95 % intervals that hold the truth, in the worst of the means {listed(MEANS)}, correlations
    {listed(CORRELATIONS)} and repeats {listed(REPEATS)}; differences without change, with a drop of {DROP} that is even
    and with one in few cases. *{LOOKED.strip(", ")}*: the intervals of all looks at once, each at its part of the
    level, as they then hold whatever rule stops the drawing (4 and 16 repeats; means {listed(LOOKED_MEANS)} for
    differences). The draws of one case stand in the first column. At least {LEAST} is demanded of every cell.
    {nights:,} nights a cell."""
    return Section(text, lines, misses)


def _draws(cell: Cell, nights: int, chance: np.random.Generator) -> Rate:
    met = chance.binomial(cell.repeats, cell.mean, nights)
    counts = np.stack([cell.repeats - met, met], axis=1)
    return _rate(held(counts, np.array([0.0, 1.0]), cell.mean, 0.0))


def _looked_difference(cell: Cell, kind: Kind, nights: int, chance: np.random.Generator) -> Rate:
    """Return how often the intervals of all looks hold the drop at once."""
    drop = state_of(cell, kind, DROP).drop
    watched = watch(cell, kind, drop, nights, chance, test="suite")
    tails = np.array(look_levels([end / cell.repeats for end in ends_of(cell.repeats)], TAIL))
    inside: NDArray[np.bool_] = np.minimum(watched.worse, watched.not_worse) >= tails
    return _rate(np.logical_and.reduce(inside, axis=1))


def _rate(inside: NDArray[np.bool_]) -> Rate:
    return Rate(int(inside.sum()), len(inside))


def _mean(cell: Cell, nights: int, chance: np.random.Generator) -> Rate:
    """Draw cases from a population; the mean of each is over its repeats."""
    state = population_of(cell.mean, cell.correlation, "unchanged", 0.0)
    # Against a side without any chance, the difference is the mean itself.
    lattice = lattice_of(state.new, np.zeros_like(state.old), Repeats(cell.repeats, 1), "population")
    chances = lattice.chances.mean(axis=0)
    chances = chances[lattice.steps >= 0]
    counts = chance.multinomial(cell.cases, chances / chances.sum(), nights)
    return _rate(held(counts, lattice.values[lattice.steps >= 0], float(state.old.mean()), 0.0))


def _difference(cell: Cell, kind: Kind, nights: int, chance: np.random.Generator) -> Rate:
    counts, lattice = drawn_nights(cell, kind, DROP, nights, chance)
    return _rate(held(counts, lattice.values, -state_of(cell, kind, DROP).drop, -1.0))


def _looked(cell: Cell, nights: int, chance: np.random.Generator) -> Rate:
    """Return how often the intervals of all looks hold the truth at once, as they then do whatever rule stops.

    The mean over cases with as many repeats as there are by then; each look has its part of the level.
    """
    chances = chances_of(cell.mean, cell.correlation, 200)
    ends = ends_of(cell.repeats)
    tails = look_levels([end / cell.repeats for end in ends], TAIL)
    drawn = chances[chance.integers(0, len(chances), (nights, cell.cases))]
    met = np.zeros(drawn.shape, dtype=np.int64)
    inside, before = np.ones(nights, dtype=np.bool_), 0
    for end, tail in zip(ends, tails, strict=True):
        met += chance.binomial(end - before, drawn)
        before = end
        places = met + np.arange(nights)[:, None] * (end + 1)
        counts = np.bincount(places.ravel(), minlength=nights * (end + 1)).reshape(nights, end + 1)
        inside &= held(counts, np.arange(end + 1) / end, float(chances.mean()), 0.0, tail)
    return _rate(inside)
