"""Nights against one and the same baseline, which is itself a draw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from gates.errors import BUDGET
from gates.states import Cell, chances_of
from gates.tables import Section, heading_of, row_of

from evalkit.statistics.evidence import p_worse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NIGHTS = 30
MEAN = 0.9
CORRELATION = 0.3
KINDS = ((20, 4), (20, 16), (100, 1), (100, 4), (100, 16), (400, 4))
"""Cases and repeats of a night."""
TIMES = (1, 4)
"""How many times as many repeats the baseline has."""


@dataclass(frozen=True, slots=True)
class Frozen:
    """Alarms in 30 nights on one baseline when nothing changes.

    Attributes:
        old_repeats: Of the baseline.
        mean: Alarms on average over the baselines.
        error: Standard error of that.
        high: Their 95th percentile.
        quiet: Share of the baselines without any alarm.
        red: Share of the baselines with an alarm on at least every fifth night.
    """

    cell: Cell
    old_repeats: int
    mean: float
    error: float
    high: float
    quiet: float
    red: float


def tasks() -> list[tuple[Cell, int]]:
    """Return kinds of suites, with the baseline's repeats."""
    return [
        (Cell("suite", cases, repeats, CORRELATION, MEAN), repeats * times)
        for cases, repeats in KINDS
        for times in TIMES
    ]


def simulate(task: tuple[Cell, int], nights: int, seed: tuple[int, ...]) -> Frozen:
    """Let each baseline meet 30 nights, with a plain regression gate on these very cases."""
    (cell, old_repeats), chance = task, np.random.default_rng(seed)
    chances = chances_of(cell.mean, cell.correlation, cell.cases)
    together = old_repeats // cell.repeats
    lattice = np.arange(-together, together + 1)
    alarms: list[int] = []
    for _ in range(-(-nights // NIGHTS)):
        old = chance.random((cell.cases, old_repeats)) < chances[:, None]
        # The draws of a side are shuffled anew every night, because the scores of the night seed the shuffle.
        shuffled = chance.permuted(np.broadcast_to(old, (NIGHTS, *old.shape)), axis=2)
        blocks = shuffled.reshape(NIGHTS, cell.cases, cell.repeats, together).sum(axis=3)
        new = (chance.random(blocks.shape) < chances[:, None]).astype(np.int64)
        steps: NDArray[np.int64] = (new * together - blocks).reshape(NIGHTS, -1)
        counts = np.stack([(steps == step).sum(axis=1) for step in lattice], axis=1)
        alarms.append(int((p_worse(counts, lattice, together, 0.0, "suite") <= BUDGET).sum()))
    found = np.array(alarms)
    return Frozen(
        cell,
        old_repeats,
        float(found.mean()),
        float(found.std(ddof=1)) / len(found) ** 0.5,
        float(np.quantile(found, 0.95)),
        float((found == 0).mean()),
        float((found >= NIGHTS / 5).mean()),
    )


def section_of(found: Sequence[Frozen], nights: int) -> Section:
    """Return the table; it demands nothing but that the mean is not shown to exceed the budget."""
    lines = heading_of(
        [
            "cases",
            "repeats",
            "repeats of the baseline",
            "alarms, mean",
            "alarms, 95th percentile",
            "baselines without any",
            "baselines red on a fifth of the nights",
        ]
    )
    misses: list[str] = []
    for each in found:
        numbers = f"{each.mean:.2f}", f"{each.high:.0f}", f"{each.quiet:.2f}", f"{each.red:.3f}"
        lines.append(row_of([str(each.cell.cases), str(each.cell.repeats), str(each.old_repeats), *numbers]))
        if each.mean - 2 * each.error > BUDGET * NIGHTS:
            misses.append(f"{each.cell.cases} cases, {each.cell.repeats} repeats: {each.mean:.2f} alarms")
    text = f"""Alarms in {NIGHTS} nights on one frozen baseline when nothing changes: one gate, margin 0, scope suite,
    mean {MEAN}, correlation {CORRELATION}; {BUDGET * NIGHTS:g} are what the budget allows on average.
    {-(-nights // NIGHTS):,} baselines a row."""
    return Section(text, lines, misses)
