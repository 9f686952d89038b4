"""Gates that look after each of several rounds of draws: how often they err, whenever they stop."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from gates.errors import ALLOWED, BUDGET, COLUMNS, CORRELATIONS, GATES, MARGIN, SCOPES, demanded
from gates.rates import Rate
from gates.states import Cell, state_of
from gates.tables import Section, grouped, heading_of, listed, row_of

from evalkit.statistics.evidence import p_not_worse, p_worse
from evalkit.statistics.spending import look_levels

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gates.errors import Key
    from gates.states import Kind, State
    from numpy.typing import NDArray

    from evalkit.gate import Scope

    Numbers: TypeAlias = NDArray[np.float64]
    Bits: TypeAlias = NDArray[np.int16]

MOST_LOOKS = 5
CASES = (5, 20, 100, 400)
REPEATS = (4, 16)
MEAN = 0.9
_BITS = 2**24  # of one chunk


def ends_of(most: int) -> tuple[int, ...]:
    """Return after how many repeats to look: at the end, and after a half, a quarter and so on as far as whole."""
    ends = [most]
    while ends[0] % 2 == 0 and len(ends) < MOST_LOOKS:
        ends.insert(0, ends[0] // 2)
    return tuple(ends)


@dataclass(frozen=True, slots=True)
class Watched:
    """The evidence of many nights at every look, shape (nights, looks)."""

    worse: Numbers
    not_worse: Numbers


def watch(
    cell: Cell,
    kind: Kind,
    margin: float,
    nights: int,
    chance: np.random.Generator,
    *,
    drop: float = MARGIN,
    test: Scope | None = None,
) -> Watched:
    """Simulate nights that look in rounds, each against a baseline with all of the repeats.

    Args:
        cell: What is compared.
        kind: What changes.
        margin: Of the gate.
        nights: How many.
        chance: What is drawn from.
        drop: How far the mean falls, unless the kind is one that keeps it.
        test: The scope whose test looks for harm; None for the cell's.
    """
    state = state_of(cell, kind, drop)
    worse: list[Numbers] = []
    not_worse: list[Numbers] = []
    chunk = max(1, _BITS // (2 * cell.cases * cell.repeats))
    for start in range(0, nights, chunk):
        new, old = _draws(cell, state, min(chunk, nights - start), chance)
        looks: list[tuple[Numbers, Numbers]] = []
        blocks = old  # sums of the draws that go into one pair
        for end in reversed(ends_of(cell.repeats)):
            if end < cell.repeats:
                blocks = blocks[:, :, ::2] + blocks[:, :, 1::2]
            looks.insert(0, _look(cell, new[:, :, :end], blocks, margin, test or cell.scope))
        worse.append(np.stack([each[0] for each in looks], axis=1))
        not_worse.append(np.stack([each[1] for each in looks], axis=1))
    return Watched(np.concatenate(worse), np.concatenate(not_worse))


def _draws(cell: Cell, state: State, nights: int, chance: np.random.Generator) -> tuple[Bits, Bits]:
    """Draw every case on both sides, shape (nights, cases, repeats); chances are rounded to 2^-16."""
    if cell.scope == "suite":
        groups = np.repeat(np.arange(len(state.old)), state.cases)[None, :]
    else:
        groups = chance.integers(0, len(state.old), (nights, cell.cases))
    shape = (nights, cell.cases, cell.repeats)
    sides: list[Bits] = []
    for chances in (state.new, state.old):
        limits = np.round(chances * 2**16).astype(np.int32)[groups][:, :, None]
        sides.append((chance.integers(0, 2**16, shape, dtype=np.uint16) < limits).astype(np.int16))
    return sides[0], sides[1]


def _look(cell: Cell, new: Bits, blocks: Bits, margin: float, test: Scope) -> tuple[Numbers, Numbers]:
    """Return the evidence of a look.

    Args:
        cell: What is compared.
        new: The draws so far, shape (nights, cases, repeats so far).
        blocks: Sums over as many of the baseline's draws as there are for each of these; the same shape.
        margin: Of the gate.
        test: The scope whose test looks for harm.
    """
    nights, _, end = new.shape
    together = cell.repeats // end
    if cell.scope == "suite":
        steps, most = new * np.int16(together) - blocks, together
    else:
        steps = new.sum(axis=2, dtype=np.int16) * np.int16(together) - blocks.sum(axis=2, dtype=np.int16)
        most = cell.repeats
    places: NDArray[np.int64] = steps.reshape(nights, -1) + (most + np.arange(nights)[:, None] * (2 * most + 1))
    counts = np.bincount(places.ravel(), minlength=nights * (2 * most + 1)).reshape(nights, -1)
    lattice = np.arange(-most, most + 1)
    return (
        p_worse(counts, lattice, most, margin, test),
        p_not_worse(counts, lattice, most, margin),
    )


@dataclass(slots=True)
class Looked:
    """How often a verdict was reached at any look, by what changed, margin and verdict."""

    cell: Cell
    one: dict[Key, Rate] = field(default_factory=dict["Key", Rate])
    shared: dict[Key, Rate] = field(default_factory=dict["Key", Rate])
    """Of one gate at the level that it has when 20 share the budget."""


def tasks() -> list[Cell]:
    """Return the kinds of suites that are looked at in rounds."""
    return [
        Cell(scope, cases, repeats, correlation, MEAN)
        for scope in SCOPES
        for cases in CASES
        for repeats in REPEATS
        for correlation in CORRELATIONS
    ]


def simulate(cell: Cell, nights: int, seed: tuple[int, ...]) -> Looked:
    """Simulate one cell, with more nights than asked for: at the level of one of 20 gates, verdicts are rare."""
    chance = np.random.default_rng(seed)
    looked = Looked(cell)
    fractions = [end / cell.repeats for end in ends_of(cell.repeats)]
    margins: dict[Kind, float] = {"unchanged": 0.0, "moved": 0.0, "even": MARGIN, "concentrated": MARGIN}
    more = nights * (5 if cell.cases <= 100 else 2)
    for kind, margin in margins.items():
        watched = watch(cell, kind, margin, more, chance)
        for verdict, values in (("worse", watched.worse), ("not worse", watched.not_worse)):
            for level, into in ((BUDGET, looked.one), (BUDGET / GATES, looked.shared)):
                reached = (values <= np.array(look_levels(fractions, level))).any(axis=1)
                into[kind, margin, verdict] = Rate(int(reached.sum()), more)
    return looked


def section_of(found: Sequence[Looked], nights: int) -> Section:
    """Return the table: the worst of the correlations in every cell."""
    lines = heading_of(["scope", "cases", "repeats", *(name for name, _ in COLUMNS)])
    misses: list[str] = []
    for key, group in grouped(found, lambda each: (each.cell.scope, each.cell.cases, each.cell.repeats)).items():
        cells = [str(part) for part in key]
        for name, column in COLUMNS:
            alone = max((each.one[column] for each in group), key=lambda rate: rate.upper)
            shared = max((each.shared[column] for each in group), key=lambda rate: rate.upper)
            together, upper = shared.of_any(GATES)
            cells.append(f"{alone.share:.4f} / {together:.4f}")
            if demanded(key[0], column) and max(alone.upper, upper) > ALLOWED:
                misses.append(f"{', '.join(map(str, key))}, {name}: {alone.upper:.4f} / {upper:.4f}")
        lines.append(row_of(cells))
    text = f"""Up to five looks, after a sixteenth, an eighth, a quarter, a half and all of the repeats as far as these
    are whole numbers, against a baseline with all of the repeats; mean {MEAN}. The chance that any look reaches the
    verdict: of one gate / of any of {GATES} independent ones that share the budget, which is computed from the rate of
    a gate at its share. {5 * nights:,} nights a cell, {2 * nights:,} with 400 cases; the worst of the correlations
    {listed(CORRELATIONS)}."""
    return Section(text, lines, misses)
