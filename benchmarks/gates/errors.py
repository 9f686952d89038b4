"""Errors of gates that draw all of their repeats: false alarms, and wrong verdicts at the margin."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from gates.rates import Rate
from gates.states import Cell, drawn_nights
from gates.tables import Section, grouped, heading_of, listed, row_of

from evalkit.statistics.evidence import p_not_worse, p_worse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.states import Kind
    from numpy.typing import NDArray

    from evalkit.gate import Scope

    Numbers: TypeAlias = NDArray[np.float64]
    Key: TypeAlias = tuple[Kind, float, str]
    """What changed, the gate's margin and its verdict."""

CASES = (5, 20, 100, 400)
REPEATS = (1, 4, 16)
CORRELATIONS = (0.0, 0.3, 0.7, 1.0)
MEANS = (0.6, 0.9)
SCOPES: tuple[Scope, ...] = ("suite", "population")
KINDS: tuple[Kind, ...] = ("unchanged", "moved", "even", "concentrated")
MARGIN = 0.05
BUDGET = 0.05
GATES = 20
ALLOWED = 1.2 * BUDGET
"""Greatest upper limit of a share that should be within the budget."""
_CHUNK = 100_000


def tasks() -> list[Cell]:
    """Return all kinds of suites."""
    return [Cell(*values) for values in product(SCOPES, CASES, REPEATS, CORRELATIONS, MEANS)]


@dataclass(slots=True)
class Errors:
    """What happened in one cell, by what changed, margin and verdict; of one gate, and of any of 20."""

    cell: Cell
    one: dict[Key, Rate] = field(default_factory=dict["Key", Rate])
    any_of_20: dict[Key, Rate] = field(default_factory=dict["Key", Rate])


COLUMNS: tuple[tuple[str, Key], ...] = (
    ("no change: worse", ("unchanged", 0.0, "worse")),
    ("drop, even: worse", ("even", MARGIN, "worse")),
    ("drop, even: not worse", ("even", MARGIN, "not worse")),
    ("drop, few cases: worse", ("concentrated", MARGIN, "worse")),
    ("drop, few cases: not worse", ("concentrated", MARGIN, "not worse")),
    ("cases move: worse", ("moved", 0.0, "worse")),
)
"""Errors that the tables show."""


def demanded(scope: Scope, key: Key) -> bool:
    """Tell whether the budget must cover an error.

    Where cases are a sample and move in different ways, the sign-flip test errs more often, as any exact test of a mean
    with much power must; that is shown and not demanded.
    """
    return key[0] != "moved" or scope == "suite"


def simulate(cell: Cell, nights: int, seed: tuple[int, ...]) -> Errors:
    """Simulate one cell: 20 gates a night, of which each is also a gate that is alone."""
    chance = np.random.default_rng(seed)
    errors = Errors(cell)
    for kind in KINDS:
        found: dict[Key, list[Numbers]] = {}
        for start in range(0, nights * GATES, _CHUNK):
            for key, values in _p(cell, kind, min(_CHUNK, nights * GATES - start), chance).items():
                found.setdefault(key, []).append(values)
        for key, parts in found.items():
            values = np.concatenate(parts)
            runs = values.reshape(nights, GATES).min(axis=1)
            errors.one[key] = Rate(int((values <= BUDGET).sum()), len(values))
            errors.any_of_20[key] = Rate(int((runs <= BUDGET / GATES).sum()), nights)
    return errors


def section_of(found: Sequence[Errors], nights: int) -> Section:
    """Return the table: the worst of the correlations and means in every cell."""
    lines = heading_of(["scope", "cases", "repeats", *(name for name, _ in COLUMNS)])
    misses: list[str] = []
    for key, group in grouped(found, lambda each: (each.cell.scope, each.cell.cases, each.cell.repeats)).items():
        cells = [str(part) for part in key]
        for name, column in COLUMNS:
            alone = max((each.one[column] for each in group), key=lambda rate: rate.upper)
            shared = max((each.any_of_20[column] for each in group), key=lambda rate: rate.upper)
            cells.append(f"{alone.share:.4f} / {shared.share:.4f}")
            if demanded(key[0], column) and max(alone.upper, shared.upper) > ALLOWED:
                misses.append(f"{', '.join(map(str, key))}, {name}: {alone.upper:.4f} / {shared.upper:.4f}")
        lines.append(row_of(cells))
    text = f"""All repeats drawn on both sides, the baseline anew every night. The chance of the verdict: of one gate /
    of any of {GATES} independent gates that share the budget of {BUDGET}. Without change the margin is 0; where the
    mean drops, it drops by the margin, {MARGIN}, evenly or in few cases; where cases move, half of them rise and half
    fall, and the mean stays, which in scope population is shown and not demanded. {nights:,} nights of {GATES} gates a
    cell; the worst of the correlations {listed(CORRELATIONS)} and means {listed(MEANS)}."""
    return Section(text, lines, misses)


def _p(cell: Cell, kind: Kind, nights: int, chance: np.random.Generator) -> dict[Key, Numbers]:
    counts, lattice = drawn_nights(cell, kind, MARGIN, nights, chance)
    if kind in {"unchanged", "moved"}:
        return {(kind, 0.0, "worse"): p_worse(counts, lattice.steps, lattice.per_one, 0.0, cell.scope)}
    return {
        (kind, MARGIN, "worse"): p_worse(counts, lattice.steps, lattice.per_one, MARGIN, cell.scope),
        (kind, MARGIN, "not worse"): p_not_worse(counts, lattice.steps, lattice.per_one, MARGIN),
    }
