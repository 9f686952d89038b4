"""Whether drops that gates call detectable are detected."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from gates.errors import BUDGET, CASES, CORRELATIONS, GATES, MARGIN, REPEATS, SCOPES
from gates.looks import MEAN, ends_of, watch
from gates.rates import Rate
from gates.states import Cell, drawn_nights, state_of
from gates.tables import Section, grouped, heading_of, listed, row_of

from evalkit.statistics.case_chances import CaseChances
from evalkit.statistics.evidence import p_worse
from evalkit.statistics.nights import Repeats
from evalkit.statistics.operating import POWER, Design, operating
from evalkit.statistics.spending import look_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.gate import Scope

MARGINS = (0.0, MARGIN)
FAMILIES = (1, GATES)
LOOKED = 16
"""Repeats with which rounds are tried as well."""
_FEWER = 10  # times as few nights, because rounds are simulated draw by draw


@dataclass(frozen=True, slots=True)
class Found:
    """A drop that is called detectable, and how often it was detected.

    Attributes:
        family: Gates that share the budget.
        drop: None where none is called so.
        rate: None likewise.
    """

    cell: Cell
    margin: float
    family: int
    rounds: bool
    drop: float | None
    rate: Rate | None


def tasks() -> list[Cell]:
    """Return all kinds of suites."""
    return [Cell(*values, MEAN) for values in product(SCOPES, CASES, REPEATS, CORRELATIONS)]


def simulate(cell: Cell, nights: int, seed: tuple[int, ...]) -> list[Found]:
    """Ask what is detectable, and simulate nights with just that drop."""
    chance = np.random.default_rng(seed)
    state = state_of(cell, "unchanged", 0.0)
    known = [CaseChances(float(each), cases=int(count)) for each, count in zip(state.old, state.cases, strict=True)]
    found: list[Found] = []
    for margin, family, rounds in product(MARGINS, FAMILIES, (False, True)):
        if rounds and cell.repeats != LOOKED:
            continue
        ends = ends_of(cell.repeats) if rounds else ()
        level = BUDGET / family
        design = Design(cell.scope, margin, level, "harm", cell.cases, Repeats(cell.repeats, cell.repeats), ends)
        drop = operating(known, design).detectable
        rate = None
        if drop is not None and rounds:
            watched = watch(cell, "even", margin, max(1, nights // _FEWER), chance, drop=drop)
            levels = np.array(look_levels([end / ends[-1] for end in ends], level))
            rate = Rate(int((watched.worse <= levels).any(axis=1).sum()), len(watched.worse))
        elif drop is not None:
            counts, lattice = drawn_nights(cell, "even", drop, nights, chance)
            p = p_worse(counts, lattice.steps, lattice.per_one, margin, cell.scope)
            rate = Rate(int((p <= level).sum()), nights)
        found.append(Found(cell, margin, family, rounds, drop, rate))
    return found


def section_of(found: Sequence[Sequence[Found]], nights: int) -> Section:
    """Return the table: what is detectable over the correlations, and the least power."""
    kinds = [(margin, family, rounds) for rounds, margin, family in product((False, True), MARGINS, FAMILIES)]
    names = [
        f"margin {margin:g}, {family} {'gate' if family == 1 else 'gates'}{', rounds' if rounds else ''}"
        for margin, family, rounds in kinds
    ]
    lines, misses = heading_of(["scope", "cases", "repeats", *names]), list[str]()
    every = [each for group in found for each in group]
    for key, group in grouped(every, _row_of).items():
        cells = [str(part) for part in key]
        by_kind = grouped(group, lambda each: (each.margin, each.family, each.rounds))
        for kind, name in zip(kinds, names, strict=True):
            cells.append(_shown(by_kind.get(kind, [])))
            misses += [
                f"{', '.join(map(str, key))}, {each.cell.correlation:g}, {name}: {each.rate.share:.3f}"
                for each in by_kind.get(kind, [])
                if each.rate is not None and each.rate.share < POWER
            ]
        lines.append(row_of(cells))
    text = f"""The least drop that a gate calls detectable (`alarm: harm`), over the correlations {listed(CORRELATIONS)}
    with mean {MEAN}, and in how many nights with just that drop it was detected, at least; *none* where no drop is
    detectable in any of them, and how many of them have one where not all do. {nights:,} nights a cell,
    {nights // _FEWER:,} with rounds."""
    return Section(text, lines, misses)


def _row_of(found: Found) -> tuple[Scope, int, int]:
    return found.cell.scope, found.cell.cases, found.cell.repeats


def _shown(found: Sequence[Found]) -> str:
    rates = [each.rate.share for each in found if each.rate is not None]
    drops = [each.drop for each in found if each.drop is not None]
    if not found:
        return ""
    if not drops:
        return "none"
    some = f" ({len(drops)} of {len(found)})" if len(drops) < len(found) else ""
    return f"{min(drops):.3f} to {max(drops):.3f}{some}: {min(rates):.3f}"
