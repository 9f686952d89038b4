"""What looking in rounds saves: a gate with a margin that stops as soon as it is decided either way."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from gates.errors import BUDGET, MARGIN, SCOPES
from gates.looks import MEAN, ends_of, watch
from gates.states import Cell, drawn_nights
from gates.tables import Section, heading_of, listed, row_of

from evalkit.statistics.evidence import p_not_worse, p_worse
from evalkit.statistics.spending import look_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.states import Kind

POWER = 0.99
CASES = (5, 20, 100, 400)
CORRELATIONS = (0.3, 0.7)
MOST = (4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
"""Repeats that are tried for `max`; with fewer than four, rounds have little to leave out."""
TRUTHS: tuple[tuple[Kind, float], ...] = (("unchanged", 0.0), ("even", 2 * MARGIN))
_SIZING = 4000
_HOPELESS_FROM = 32
LEAST_SAVED = 0.5
MOST_LOST = 0.05


@dataclass(frozen=True, slots=True)
class Saving:
    """One kind of suite under one truth.

    Attributes:
        most: Repeats at most.
        always: Share of nights that always drawing `most` decides.
        decided: Share that rounds decide.
        saved: Share of the draws that rounds leave out.
        equal: Repeats of a design without rounds that decides as often, between whole numbers.
    """

    cell: Cell
    drop: float
    most: int
    always: float
    decided: float
    saved: float
    equal: float

    @property
    def saved_at_equal_power(self) -> float:
        """Share of the draws that rounds save against a design that decides as often."""
        return 1 - (1 - self.saved) * self.most / self.equal


def tasks() -> list[Cell]:
    """Return suites, without their repeats."""
    return [
        Cell(scope, cases, 1, correlation, MEAN) for scope in SCOPES for cases in CASES for correlation in CORRELATIONS
    ]


@dataclass(frozen=True, slots=True)
class Sized:
    """One kind of suite; without savings where no number of repeats that was tried has the power."""

    cell: Cell
    savings: Sequence[Saving]


def simulate(cell: Cell, nights: int, seed: tuple[int, ...]) -> Sized:
    """Size `max` and look what rounds save."""
    chance = np.random.default_rng(seed)
    decided: dict[float, list[float]] = {drop: [] for _, drop in TRUTHS}
    for most in MOST:
        for kind, drop in TRUTHS:
            decided[drop].append(_always(replace(cell, repeats=most), kind, drop, _SIZING, chance))
        if min(each[-1] for each in decided.values()) >= POWER:
            break
        hopeless = cell.scope == "population" and most >= _HOPELESS_FROM
        if hopeless and min(each[-1] for each in decided.values()) < POWER / 2:
            return Sized(cell, [])
    else:
        return Sized(cell, [])
    found: list[Saving] = []
    for kind, drop in TRUTHS:
        sized = replace(cell, repeats=most)
        ends = np.array(ends_of(most))
        levels = np.array(look_levels([end / most for end in ends], BUDGET))
        watched = watch(sized, kind, MARGIN, nights, chance, drop=drop)
        stops = (watched.worse <= levels) | (watched.not_worse <= levels)
        at = np.where(stops.any(axis=1), stops.argmax(axis=1), len(ends) - 1)
        share = float(stops.any(axis=1).mean())
        saved = 1 - float(ends[at].mean()) / most
        grid = np.array(MOST[: len(decided[drop])], dtype=np.float64)
        equal = float(np.interp(share, np.maximum.accumulate(decided[drop]), grid))
        found.append(Saving(sized, drop, most, _always(sized, kind, drop, nights, chance), share, saved, equal))
    return Sized(cell, found)


def _always(cell: Cell, kind: Kind, drop: float, nights: int, chance: np.random.Generator) -> float:
    """Return how often always drawing all of the repeats decides."""
    counts, lattice = drawn_nights(cell, kind, drop, nights, chance)
    decided = p_worse(counts, lattice.steps, lattice.per_one, MARGIN, cell.scope) <= BUDGET
    decided |= p_not_worse(counts, lattice.steps, lattice.per_one, MARGIN) <= BUDGET
    return float(decided.mean())


def section_of(found: Sequence[Sized], nights: int) -> Section:
    """Return the table."""
    lines = heading_of(
        [
            "scope",
            "cases",
            "correlation",
            "true drop",
            "looks after",
            "always drawing all decides",
            "rounds decide",
            "saved",
            "saved at equal power",
        ]
    )
    misses: list[str] = []
    for each in found:
        cell = [each.cell.scope, str(each.cell.cases), f"{each.cell.correlation:g}"]
        if not each.savings:
            lines.append(row_of([*cell, "", "no number of repeats decides that often", "", "", "", ""]))
        for one in each.savings:
            ends = ", ".join(map(str, ends_of(one.most)))
            numbers = f"{one.always:.3f}", f"{one.decided:.3f}", f"{one.saved:.2f}", f"{one.saved_at_equal_power:.2f}"
            lines.append(row_of([*cell, f"{one.drop:g}", ends, *numbers]))
            if one.saved < LEAST_SAVED or one.always - one.decided > MOST_LOST:
                misses.append(f"{', '.join(cell)}, drop {one.drop:g}: saved {one.saved:.3f}, decided {one.decided:.3f}")
    text = f"""A gate with margin {MARGIN} and mean {MEAN} that stops as soon as it is decided. The last look is after
    the least of {listed(MOST)} repeats with which always drawing all of them shows *not worse* without change and
    *worse* at twice the margin in {POWER:.0%} of the nights. *Saved* is the share of the night's draws that are never
    made; *at equal power*, against a number of repeats without rounds that decides as often. At least
    {LEAST_SAVED:.0%} saved and at most {100 * MOST_LOST:.0f} points less decided are demanded. {nights:,} nights a
    cell."""
    return Section(text, lines, misses)
