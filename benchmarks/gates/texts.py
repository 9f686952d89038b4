"""How often intervals of variance measures hold the truth, over cases whose texts vary more or less."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from gates.coverage import LEAST, held
from gates.rates import Rate
from gates.tables import Section, grouped, heading_of, row_of

from evalkit.measures.registry import MEASURES
from evalkit.statistics.order import median_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]

POOL = 3000
"""Cells of which a population consists."""
CASES = (5, 20, 100)
REPEATS = (4, 16)
WORLDS = {"calm": (0.3, 6.0), "mixed": (0.6, 1.8), "lively": (3.0, 5.0)}
"""Parameters of the beta distribution of a case's chance to put another word in a place."""
WORDS = 12
CHOICES = 4
_STEPS = 200
_BOUNDED, _MEDIAN = "mean", "median"


@dataclass(frozen=True, slots=True)
class Covered:
    """How often the interval of one measure held the truth."""

    label: str
    kind: str
    cases: int
    rate: Rate | None


def tasks() -> list[tuple[str, int]]:
    """Return populations with the repeats of their cells."""
    return [(world, repeats) for world in WORLDS for repeats in REPEATS]


def cell_of(world: str, repeats: int, chance: np.random.Generator) -> list[str]:
    """Make the texts of one case: a sentence, in each draw of which some words are others or left out."""
    other = chance.beta(*WORLDS[world])
    picks = np.where(chance.random((repeats, WORDS)) < other, chance.integers(1, CHOICES + 1, (repeats, WORDS)), 0)
    return [
        " ".join(f"w{place}{'abcd'[pick - 1] if pick else ''}" for place, pick in enumerate(row) if pick < CHOICES)
        for row in picks.tolist()
    ]


def simulate(task: tuple[str, int], nights: int, seed: tuple[int, ...]) -> list[Covered]:
    """Compute every measure over a population's cells, and draw suites from it."""
    chance = np.random.default_rng(seed)
    cells = [cell_of(*task, chance) for _ in range(POOL)]
    found: list[Covered] = []
    for name in sorted(MEASURES.builtins):
        measure: Any = MEASURES.get(name)()
        values = [value for value in map(measure.compute, cells) if value is not None]
        for cases in CASES:
            drawn = chance.integers(0, len(values), (nights, cases))
            if measure.bounds is None:
                rate = _of_median(np.array(values), drawn)
                found.append(Covered(measure.label, _MEDIAN, cases, rate))
            else:
                rate = _of_mean(np.array(values), measure.bounds, drawn)
                found.append(Covered(measure.label, _BOUNDED, cases, rate))
    return found


def _of_mean(values: Numbers, bounds: tuple[float, float], drawn: NDArray[np.intp]) -> Rate:
    """Round the values to a lattice, which makes the population another one but its mean no less known."""
    low, high = bounds
    steps = np.rint((values - low) / (high - low) * _STEPS).astype(np.int64)
    rows = np.arange(len(drawn))[:, None] * (_STEPS + 1)
    counts = np.bincount((steps[drawn] + rows).ravel(), minlength=len(drawn) * (_STEPS + 1))
    lattice = np.arange(_STEPS + 1) / _STEPS
    used = np.bincount(steps, minlength=_STEPS + 1) > 0
    counts = counts.reshape(len(drawn), -1)[:, used]
    inside = held(counts, lattice[used], float(steps.mean() / _STEPS), 0.0)
    return Rate(int(inside.sum()), len(inside))


def _of_median(values: Numbers, drawn: NDArray[np.intp]) -> Rate | None:
    """Return how often the order statistics hold the population's median; None where there is no interval."""
    ranks = median_interval(range(drawn.shape[1]))
    if ranks is None:
        return None
    suites, truth = np.sort(values[drawn], axis=1), float(np.median(values))
    inside = (suites[:, int(ranks.low)] <= truth) & (truth <= suites[:, int(ranks.high)])
    return Rate(int(inside.sum()), len(inside))


def section_of(found: Sequence[Sequence[Covered]], nights: int) -> Section:
    """Return the table: the worst coverage of each measure by cases; it demands nothing."""
    lines = heading_of(["measure", "interval of its", *(f"{cases} cases" for cases in CASES)])
    approximate: list[str] = []
    every = [each for group in found for each in group]
    for (label, kind), group in grouped(every, lambda each: (each.label, each.kind)).items():
        cells = [label, kind]
        for cases in CASES:
            rates = [each.rate.share for each in group if each.cases == cases and each.rate is not None]
            cells.append(f"{min(rates):.4f}" if rates else "no interval")
            if rates and min(rates) < LEAST and label not in approximate:
                approximate.append(label)
        lines.append(row_of(cells))
    said = f"approximate: {', '.join(approximate)}" if approximate else "none is below, so that none is approximate"
    text = f"""The share of 95 % intervals that hold the truth, in the worst of {len(WORLDS)} populations of cases whose
    draws vary little, much, or one way and the other, with 4 and 16 repeats. The truth is the mean or median that
    the measure has over the population with as many repeats. Intervals below {LEAST} are *approximate* in reports:
    {said}. {nights:,} suites a cell."""
    return Section(text, lines, [])
