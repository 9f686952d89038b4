"""How each demand was met along each axis, with the other axes pooled and the case as the unit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evalkit.findings import Demand, Pooled, Standing
from evalkit.statistics.estimates import measure_over_cases
from evalkit.summarise.shares import share_over_cases
from evalkit.types import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evalkit.findings import Estimate
    from evalkit.summarise.demands import Met, Told
    from evalkit.types import AxisValue, Cell

_EVERYWHERE = ("", None)


@dataclass(slots=True)
class _Sums:
    """One demand at one value of one axis.

    Attributes:
        strict: For each case the sum of its means in the conditions that it decided, and how many those are.
        loose: The same of the loose verdicts.
    """

    strict: dict[str, tuple[float, int]] = field(default_factory=dict["str", "tuple[float, int]"])
    loose: dict[str, tuple[float, int]] = field(default_factory=dict["str", "tuple[float, int]"])
    decided: int = 0
    undecided: int = 0

    def add(self, case: str, strict: float | None, loose: float | None, met: Met) -> None:
        """Take in one cell."""
        self.decided += met.decided
        self.undecided += met.undecided
        for sums, value in ((self.strict, strict), (self.loose, loose)):
            if value is not None:
                total, count = sums.get(case, (0.0, 0))
                sums[case] = (total + value, count + 1)

    def standing(self, level: float) -> Standing:
        """Return how the demand was met there."""
        return Standing(
            cases=len(self.strict),
            decided=self.decided,
            undecided=self.undecided,
            strict=_share(self.strict, level),
            loose=_share(self.loose, level),
        )


def _share(sums: Mapping[str, tuple[float, int]], level: float) -> Estimate:
    means = [total / count for total, count in sums.values()]
    # The draws of a single case under several conditions are not alike, so that no interval is made of them.
    return measure_over_cases(means, (0.0, 1.0)) if len(means) == 1 else share_over_cases(means, level)


@dataclass(slots=True)
class Pooling:
    """Takes in one cell after the other and keeps sums.

    Attributes:
        where: Axis values that select conditions; empty selects all.
        level: Least chance that each interval holds its share.
        sums: By provider, by axis and written value (an empty axis stands for all conditions), by demand.
        values: The axis values behind their written forms, in order of appearance.
    """

    where: Mapping[str, tuple[AxisValue, ...]] = field(default_factory=lambda: EMPTY)
    level: float = 0.95
    sums: dict[str, dict[tuple[str, str | None], dict[Told, _Sums]]] = field(
        default_factory=dict["str", "dict[tuple[str, str | None], dict[Told, _Sums]]"]
    )
    values: dict[str, dict[str, AxisValue]] = field(default_factory=dict["str", "dict[str, AxisValue]"])

    def add(self, cell: Cell, found: Mapping[Told, Met]) -> None:
        """Take in one cell."""
        if not cell.condition.matches(self.where):
            return
        places: list[tuple[str, str | None]] = [_EVERYWHERE]
        for axis, value in cell.condition.values:
            written = repr(value)  # 1 and true are equal in Python
            self.values.setdefault(axis, {}).setdefault(written, value)
            places.append((axis, written))
        of_provider = self.sums.setdefault(cell.provider, {})
        means = [(demand, met, _mean(met.strict), _mean(met.loose)) for demand, met in found.items()]
        for place in places:
            of_place = of_provider.setdefault(place, {})
            for demand, met, strict, loose in means:
                sums = of_place.get(demand)
                if sums is None:
                    sums = of_place[demand] = _Sums()
                sums.add(cell.case_id, strict, loose, met)

    def pooled(self) -> tuple[Pooled, ...]:
        """Return how the demands were met: for each provider over all conditions, then along each axis that varies."""
        everywhere: list[tuple[str | None, AxisValue, tuple[str, str | None]]] = [(None, None, _EVERYWHERE)]
        places = everywhere + [
            (axis, value, (axis, written))
            for axis, values in self.values.items()
            if len(values) > 1
            for written, value in values.items()
        ]
        return tuple(
            Pooled(
                provider, axis, value, {Demand(*told): sums.standing(self.level) for told, sums in found[place].items()}
            )
            for provider, found in self.sums.items()
            for axis, value, place in places
            if place in found
        )

    def _standings(self, found: Mapping[Told, _Sums]) -> dict[Demand, Standing]:
        return {Demand(*told): sums.standing(self.level) for told, sums in found.items()}


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None
