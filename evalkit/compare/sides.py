"""Holds everything that two sides have in common against one another: two runs, a run and a baseline, two systems.

What pairs with what is known from the keys of the rows alone, so that one row of each side is in memory at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from evalkit.compare.common import common_cases, is_score
from evalkit.compare.family import EXPLORED_LEVEL, correct, explore
from evalkit.compare.flags import flags_of
from evalkit.compare.needed import needed_for
from evalkit.compare.rows import Asked, compare_row
from evalkit.errors import UsageError
from evalkit.findings import LEVELS, Comparison
from evalkit.measured import OF_CONSTRAINT
from evalkit.measures.space import NORMALISED
from evalkit.types import EMPTY, Condition, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from evalkit.findings import Compared
    from evalkit.gate import Scope
    from evalkit.measured import Measured, MeasuredOf, MeasuredRow, RowKey
    from evalkit.types import AxisValue

Bounds: TypeAlias = Mapping[str, "tuple[float, float] | None"]
"""Least and greatest value of each measure that is one number a case; None where it has no upper end."""
Where: TypeAlias = Mapping[str, "tuple[AxisValue, ...]"]
Rest: TypeAlias = "Callable[[RowKey], tuple[str, Condition]]"

EXPLORED_LEVELS = tuple(name for name in LEVELS if not name.endswith("_loose"))
"""Levels of adherence in an exploratory table; the loose ones nearly repeat them, and are compared when asked for."""


@dataclass(frozen=True, slots=True)
class Paired:
    """Which rows are held against which.

    Attributes:
        name: What the other side is, in words.
        new: Where the first row of each pair is.
        old: Where the second one is; the same as `new` inside one run.
        keys: Of the rows, in the new side's order.
        left_out: Rows that have no counterpart, and why.
    """

    name: str
    new: Measured
    old: Measured
    keys: tuple[tuple[RowKey, RowKey], ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to compare.

    Attributes:
        scope: What inferences on scores speak of; measures that are one number a case speak of cases like these.
        headline: Measures to judge, as one family.
        margin: How much worse is still acceptable in them.
        level: Chance of any error of a kind among them.
        explore: Measures to explore; None takes every level but the loose ones, every constraint, and every measure
            that is not of normalised texts.
        bounds: See `Bounds`; a measure that is not in it is taken to have no upper end.
    """

    scope: Scope
    headline: tuple[str, ...] = ()
    margin: float = 0.0
    level: float = 0.05
    explore: tuple[str, ...] | None = None
    bounds: Bounds = field(default_factory=lambda: EMPTY)

    def asked(self, measure: str, margin: float = 0.0) -> Asked:
        """Return what is asked of one measure."""
        if is_score(measure):
            return Asked(measure, self.scope, margin)
        return Asked(measure, "population", margin, bounds=self.bounds.get(measure))


@dataclass(frozen=True, slots=True)
class Held:
    """What was found.

    Attributes:
        headline: Corrected as the gates of a run are (Holm).
        explored: Everything else, corrected apart (Benjamini and Hochberg), and what was left out of both.
    """

    headline: tuple[Compared, ...]
    explored: Comparison


def comparable(new: MeasuredOf, old: MeasuredOf) -> str | None:
    """Say why two sides cannot be compared at all; None when they can.

    Two suites of the same name and version may differ in their texts: a changed prompt is what a comparison is for. A
    version is raised by people when numbers stop being comparable.
    """
    if new.suite_name != old.suite_name:
        return f"{new.name} is of suite {new.suite_name}, and {old.name} of suite {old.suite_name}"
    if new.suite_version != old.suite_version:
        return (
            f"{new.name} is of version {new.suite_version} of suite {new.suite_name}, and {old.name} of version "
            f"{old.suite_version}"
        )
    if new.scoring != old.scoring:
        return (
            f"{new.name} and {old.name} were scored by versions of evalkit that turn verdicts into other scores "
            f"({new.scoring} and {old.scoring})"
        )
    return None


def pair_sides(new: Measured, old: Measured, *, name: str | None = None, where: Where = EMPTY) -> Paired:
    """Pair the rows of two runs, or of a run and a baseline: the same provider under the same condition.

    Raises:
        UsageError: The two cannot be compared.
    """
    why = comparable(new.of, old.of)
    if why is not None:
        raise UsageError(why, hint="compare two runs of one suite and version")
    here, there = (list(_chosen(side, where)) for side in (new, old))
    shared, known = set(there), set(here)
    sides = (
        ("only on the new side", [key for key in here if key not in shared]),
        ("only on the old side", [key for key in there if key not in known]),
    )
    return Paired(
        name or f"run {old.of.run}",
        new,
        old,
        tuple((key, key) for key in here if key in shared),
        tuple(f"{row_label(key)}: {words}" for words, keys in sides for key in keys),
    )


def pair_values(measured: Measured, axis: str, values: tuple[AxisValue, AxisValue], *, where: Where = EMPTY) -> Paired:
    """Pair rows of one run that differ in one axis alone; the first value is the one that is judged."""
    keys = list(_chosen(measured, where))
    new, old = ([key for key in keys if key[1].get(axis) == value] for value in values)
    return _inside(measured, f"{axis} {shown(values[1])}", new, old, lambda key: (key[0], _without(key[1], axis)))


def pair_providers(measured: Measured, providers: tuple[str, str], *, where: Where = EMPTY) -> Paired:
    """Pair rows of one run that differ in the provider alone; the first provider is the one that is judged."""
    keys = list(_chosen(measured, where))
    new, old = ([key for key in keys if key[0] == provider] for provider in providers)
    return _inside(measured, f"provider {providers[1]}", new, old, lambda key: ("", key[1]))


def _inside(measured: Measured, name: str, new: Sequence[RowKey], old: Sequence[RowKey], rest: Rest) -> Paired:
    there = {rest(key): key for key in old}
    known = {rest(key) for key in new}
    alone = [key for key in new if rest(key) not in there] + [key for key in old if rest(key) not in known]
    return Paired(
        name,
        measured,
        measured,
        tuple((key, there[rest(key)]) for key in new if rest(key) in there),
        tuple(f"{row_label(key)}: has no counterpart" for key in alone),
    )


def _without(condition: Condition, axis: str) -> Condition:
    return Condition(tuple(pair for pair in condition.values if pair[0] != axis))


def _chosen(measured: Measured, where: Where) -> Iterator[RowKey]:
    return (key for key in measured.keys() if key[1].matches(where))  # noqa: SIM118 - it is no mapping


def row_label(key: RowKey) -> str:
    """Name a row: `local, temperature 0.8`."""
    return ", ".join(filter(None, (key[0], key[1].label)))


def compare_sides(new: Measured, old: Measured, wanted: Wanted, *, name: str, where: Where = EMPTY) -> Comparison:
    """Explore everything that two sides have in common.

    Raises:
        UsageError: The two cannot be compared.
    """
    return hold(pair_sides(new, old, name=name, where=where), wanted).explored


def hold(paired: Paired, wanted: Wanted) -> Held:
    """Compare paired rows, one pair after the other.

    Raises:
        UsageError: A margin or the level lies outside its range.
    """
    headline: list[Compared] = []
    explored: list[Compared] = []
    left_out: dict[str, list[str]] = {}
    for ahead, behind in paired.keys:
        new, old = paired.new.row(ahead), paired.old.row(behind)
        assert new is not None, "a side has the rows whose keys it gives"
        assert old is not None, "a side has the rows whose keys it gives"
        label = row_label(ahead)
        why = _not_run(new, old)
        if why is not None:
            left_out.setdefault(why, []).append(label)
            continue
        compare = partial(compare_row, new, old, flags=flags_of(new, old))
        headline += [compare(wanted.asked(each, wanted.margin)) for each in wanted.headline]
        measures = measures_of(new, old) if wanted.explore is None else wanted.explore
        explored += [compare(wanted.asked(each)) for each in measures if each not in wanted.headline]
        for words in common_cases(new, old, "adherence").left_out:
            left_out.setdefault(words, []).append(label)
    return Held(
        tuple(_with_needed(correct(headline, wanted.level), paired, wanted)),
        Comparison(
            paired.name, explore(explored, EXPLORED_LEVEL), (*paired.left_out, *_grouped(left_out, len(paired.keys)))
        ),
    )


def _with_needed(rows: Sequence[Compared], paired: Paired, wanted: Wanted) -> Iterator[Compared]:
    """Say of what is open how much more would be expected to decide it."""
    for row in rows:
        if row.verdict != "undecided" or not row.units:
            yield row
            continue
        new, old = paired.new.row(row.row), paired.old.row(row.against)
        assert new is not None, "it was compared"
        assert old is not None, "it was compared"
        asked = wanted.asked(row.measure, wanted.margin)
        yield replace(row, needed=needed_for(new, old, asked, wanted.level / len(rows)))


def _not_run(new: MeasuredRow, old: MeasuredRow) -> str | None:
    sides = [name for name, row in (("new", new), ("old", old)) if _unsupported(row)]
    return f"not supported on the {' and the '.join(sides)} side" if sides else None


def _unsupported(row: MeasuredRow) -> bool:
    """Tell whether nothing of the row could be run as it was asked for."""
    met = {outcome for case in row.cases for outcome, count in case.outcomes.items() if count}
    return met == {"unsupported"}


def _grouped(left_out: Mapping[str, Sequence[str]], rows: int) -> Iterator[str]:
    """Say each reason once, with the rows that it holds for."""
    for words, labels in left_out.items():
        if rows == 1:
            yield words
        else:
            yield f"{labels[0] if len(labels) == 1 else f'{len(labels)} of {rows} rows'}: {words}"


def measures_of(new: MeasuredRow, old: MeasuredRow) -> list[str]:
    """Return what both rows have and an exploratory table shows: levels, then constraints, then other measures."""
    sides = [
        ({name for case in row.cases for name in case.scores}, {name for case in row.cases for name in case.values})
        for row in (new, old)
    ]
    scores, values = sides[0][0] & sides[1][0], sides[0][1] & sides[1][1]
    if not scores & {"adherence_system"}:
        scores -= {"adherence_case"}  # it is adherence then
    met = dict.fromkeys(name for case in new.cases for name in (*case.scores, *case.values))
    return [
        *(name for name in EXPLORED_LEVELS if name in scores),
        *(name for name in met if name in scores and name.startswith(OF_CONSTRAINT)),
        *(name for name in met if name in values and not name.endswith(NORMALISED)),
    ]
