"""Puts what a run scored in the place of a baseline, and keeps what the run says nothing of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from evalkit.errors import BaselineError
from evalkit.reports.format import count, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from evalkit.measured import Measured, MeasuredOf, MeasuredRow, RowKey
    from evalkit.sketches import Place, Sketches
    from evalkit.types import SettingValue


@dataclass(frozen=True, slots=True)
class Merged:
    """A `Measured` of what a run has scored, and of what a baseline has besides.

    Attributes:
        old: The baseline.
        new: The run.
    """

    old: Measured
    new: Measured

    @property
    def of(self) -> MeasuredOf:
        """The run's; cases that are not its own name theirs."""
        return self.new.of

    def keys(self) -> Iterator[RowKey]:
        """Yield the run's rows, then those that the baseline has besides."""
        mine = dict.fromkeys(self.new.keys())
        yield from mine
        yield from (key for key in self.old.keys() if key not in mine)  # noqa: SIM118 - no mapping

    def row(self, key: RowKey) -> MeasuredRow | None:
        """Return one row whole."""
        new, old = self.new.row(key), self.old.row(key)
        if old is None:
            return new
        own = drawn_cases(new)
        kept = [replace(case, run=case.run or self.old.of.run) for case in old.cases if case.case_id not in own]
        ids = {case.case_id for case in kept}
        cases = (*(case for case in new.cases if case.case_id not in ids), *kept) if new is not None else tuple(kept)
        if new is None or not own:
            return replace(old, cases=cases)
        if not kept:
            return new
        served = tuple(sorted({*new.served, *old.served}))
        return replace(new, applied=_both(new.applied, old.applied), served=served, cases=cases)


def case_ids(row: MeasuredRow | None) -> set[str]:
    """Return the cases of a row; none where there is no row."""
    return set() if row is None else {case.case_id for case in row.cases}


def drawn_cases(row: MeasuredRow | None) -> set[str]:
    """Return the cases of a row of which anything was drawn."""
    return set() if row is None else {case.case_id for case in row.cases if case.outcomes}


def _both(new: Mapping[str, SettingValue], old: Mapping[str, SettingValue]) -> dict[str, SettingValue]:
    """Put settings that cells applied together, as a row of a report has them."""
    from evalkit.summarise.rows import NOT_APPLIED  # noqa: PLC0415 - what it imports is slow to

    found: dict[str, SettingValue] = {}
    for name in {**new, **old}:
        met = [_values(side[name]) if name in side else (NOT_APPLIED,) for side in (new, old)]
        values = tuple(dict.fromkeys([*met[0], *met[1]]))
        found[name] = new[name] if name in new and met[0] == met[1] else values
    return found


def _values(value: SettingValue) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)


def kept_cells(old: Measured, new: Measured) -> dict[RowKey, int]:
    """Return of how many cases, by row, only the old side has draws."""
    found: dict[RowKey, int] = {}
    for key in old.keys():  # noqa: SIM118 - no mapping
        before, now = old.row(key), new.row(key)
        more = len(case_ids(before) - drawn_cases(now))
        if more:
            found[key] = more
    return found


def refuse_mixture(old: Measured, new: Measured, kept: Mapping[RowKey, int]) -> None:
    """Refuse to keep cells beside a run that they cannot stand beside.

    Args:
        old: The baseline.
        new: The run.
        kept: See `kept_cells`.

    Raises:
        BaselineError: What would be kept was measured in another way.
    """
    if not kept:
        return
    was, now = old.of, new.of
    why: list[str] = []
    if (was.suite_name, was.suite_version) != (now.suite_name, now.suite_version):
        why.append(
            f"they are of suite {was.suite_name}, version {was.suite_version}, and the run is of {now.suite_name}, "
            f"version {now.suite_version}"
        )
    if was.scoring != now.scoring:
        why.append(f"they were scored by version {was.scoring}, and the run by version {now.scoring}")
    for key in kept:
        before, after = old.row(key), new.row(key)
        if before is not None and after is not None and drawn_cases(after):
            named = [name for name in ("model", "requested") if getattr(before, name) != getattr(after, name)]
            if named:
                words = [{"model": "another model", "requested": "other settings"}[name] for name in named]
                why.append(f"{row_name(key)} was asked of {listed(words)} than in the run")
    if why:
        raise BaselineError(
            f"baseline {was.name} has {count(sum(kept.values()), 'cell')} that run {now.run} lacks, and they cannot be "
            f"kept: {'; '.join(why[:3])}",
            hint="run the whole suite, or drop them with --replace",
        )


def row_name(key: RowKey) -> str:
    """Name a row in a message."""
    provider, condition = key
    return ", ".join(filter(None, (provider, condition.label)))


def merge_sketches(old: Sketches, new: Sketches, merged: Measured) -> Sketches:
    """Keep the sketches of what is kept.

    Args:
        old: The baseline's.
        new: The run's.
        merged: What becomes of both.
    """
    from evalkit.sketches import Sketches  # noqa: PLC0415 - imports numpy

    found = dict(new.by_place)
    for provider, condition in merged.keys():  # noqa: SIM118 - no mapping
        row = merged.row((provider, condition))
        for case in () if row is None else row.cases:
            place: Place = provider, condition, case.case_id
            if case.run is not None and place in old.by_place:
                found[place] = old.by_place[place]
    return Sketches(found)
