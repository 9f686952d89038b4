"""How a comparison behaves in the long run: how often it alarms for nothing, errs at its margin, and finds a drop.

It is looked up by simulation, with the very test that the comparison uses. Both sides are drawn anew in every simulated
night, because a baseline is itself a draw. Drops are spread evenly over the cases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.findings import Operating
from evalkit.statistics.case_chances import World
from evalkit.statistics.evidence import p_not_worse, p_worse
from evalkit.statistics.nights import Met, Repeats, lattice_of, met_counts
from evalkit.statistics.spending import look_levels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    import numpy as np
    from numpy.typing import NDArray

    from evalkit.gate import Alarm, Scope
    from evalkit.statistics.case_chances import CaseChances

    Numbers: TypeAlias = NDArray[np.float64]

POWER = 0.8
"""Chance with which the least detectable drop is found."""
NIGHTS = 2000
_SURE = 0.83
"""Share of that many simulated nights that makes a power of 0.8 sure: more than three standard errors above."""
_STEPS = 10  # halvings: the drop is found to a thousandth
_DRAWS = 2_000_000  # at once
_FEWEST_NIGHTS = 300
_WORSE, _NOT_WORSE = 1, 2


@dataclass(frozen=True, slots=True)
class Design:
    """How a comparison is made.

    Attributes:
        scope: What it speaks of.
        margin: How much worse is still acceptable, from 0 to below 1.
        level: Of one verdict, after the budget was shared over the family.
        alarm: What alarms.
        cases: How many cases there are.
        repeats: Draws of each on both sides.
        ends: Repeats after which it looks, rising, the last being all of them; empty for no looks before the end.
    """

    scope: Scope
    margin: float
    level: float
    alarm: Alarm
    cases: int
    repeats: Repeats
    ends: tuple[int, ...] = ()


def operating(cases: Sequence[CaseChances], design: Design, *, seed: int = 1, nights: int = NIGHTS) -> Operating:
    """Return how a comparison behaves in the long run.

    Args:
        cases: The chances in the old state; shares of the cases, which need not be as many as the design has.
        design: How the comparison is made.
        seed: Of the simulation.
        nights: Simulated for each number.

    Raises:
        ValueError: There are no cases.
    """
    if not cases:
        raise ValueError("need at least one case")
    world = World.of(cases)
    margin = design.margin
    unchanged = _shares(world, design, 0.0, seed, nights)
    at_margin = _shares(world, design, margin, seed + 1, nights) if margin else unchanged
    power: float | None
    if design.alarm == "unproven":
        error, power = at_margin.not_worse, unchanged.not_worse
    else:
        error = at_margin.worse
        power = _shares(world, design, min(2 * margin, world.mean), seed + 2, nights).worse if margin else None
    return Operating(unchanged.worse, error, power, _detectable(world, design, seed + 3, nights))


@dataclass(frozen=True, slots=True)
class _Shares:
    """How many of the nights reached a verdict."""

    worse: float
    not_worse: float


def _shares(world: World, design: Design, drop: float, seed: int, nights: int) -> _Shares:
    """Simulate nights after a drop."""
    import numpy as np  # noqa: PLC0415 - as above

    chance = np.random.default_rng(seed)
    if len(design.ends) > 1:
        return _looked(world, design, drop, chance, nights)
    worse, not_worse = _evidence(world, design, drop, chance, nights)
    return _Shares(float((worse <= design.level).mean()), float((not_worse <= design.level).mean()))


def _evidence(
    world: World, design: Design, drop: float, chance: np.random.Generator, nights: int
) -> tuple[Numbers, Numbers]:
    """Draw whole nights at once: the differences of units are all distributed alike."""
    lattice = lattice_of(world.after(drop), world.chances, design.repeats, design.scope)
    mixed = world.weights @ lattice.chances
    units = design.repeats.units(design.scope, design.cases)
    counts = chance.multinomial(units, mixed / mixed.sum(), nights)
    met = Met(counts, lattice.steps, lattice.per_one)
    return _worse(met, design), _not_worse(met, design)


def _worse(met: Met, design: Design) -> Numbers:
    return p_worse(met.counts, met.steps, met.per_one, design.margin, design.scope, level=design.level, quick=True)


def _not_worse(met: Met, design: Design) -> Numbers:
    return p_not_worse(met.counts, met.steps, met.per_one, design.margin, level=design.level)


def _detectable(world: World, design: Design, seed: int, nights: int) -> float | None:
    """Find the least drop in all that is found; with looks, by the last one alone, which finds least."""
    import numpy as np  # noqa: PLC0415 - as above

    ends = design.ends or (design.repeats.new,)
    level = look_levels([end / ends[-1] for end in ends], design.level)[-1]

    def found(drop: float) -> bool:
        worse, _ = _evidence(world, design, drop, np.random.default_rng(seed), nights)
        return float((worse <= level).mean()) >= _SURE

    low, high = design.margin, world.mean
    if high <= low or not found(high):
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if found(middle) else (middle, high)
    return high


def _looked(world: World, design: Design, drop: float, chance: np.random.Generator, nights: int) -> _Shares:
    """Simulate nights draw by draw, and look after every round; a verdict ends the night."""
    import numpy as np  # noqa: PLC0415 - as above

    repeats = design.repeats
    size = max(1, _DRAWS // (design.cases * (repeats.new + repeats.old)))
    nights = max(_FEWEST_NIGHTS, min(nights, 2 * size))
    levels = look_levels([end / design.ends[-1] for end in design.ends], design.level)
    verdicts: list[NDArray[np.int64]] = []
    for start in range(0, nights, size):
        shape = (min(size, nights - start), design.cases)
        drawn = chance.choice(len(world.chances), shape, p=world.weights / world.weights.sum())
        new = _draws(world.after(drop)[drawn], repeats.new, repeats.grain, chance)
        old = _draws(world.chances[drawn], repeats.old, repeats.grain, chance)
        found = np.zeros(shape[0], dtype=np.int64)
        for end, level in zip(design.ends, levels, strict=True):
            met = met_counts(new[:, :, :end], old, design.scope, repeats.grain)
            harm = _worse(met, design) <= level
            none = _not_worse(met, design) <= level
            found = np.where(found != 0, found, np.where(harm, _WORSE, np.where(none, _NOT_WORSE, 0)))
        verdicts.append(found)
    ended = np.concatenate(verdicts)
    return _Shares(float((ended == _WORSE).mean()), float((ended == _NOT_WORSE).mean()))


def _draws(chances: Numbers, repeats: int, grain: int, chance: np.random.Generator) -> NDArray[np.int16]:
    """Return how many of its parts each draw met, shape (nights, cases, repeats)."""
    import numpy as np  # noqa: PLC0415 - as above

    limits = chances[:, :, None].astype(np.float32)
    met = np.zeros((*chances.shape, repeats), dtype=np.int16)
    for _ in range(grain):
        met += chance.random(met.shape, dtype=np.float32) < limits
    return met
