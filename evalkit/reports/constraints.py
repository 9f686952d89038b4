"""Tables of which constraint fails where, the same at the terminal and in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.reports.columns import Column
from evalkit.reports.format import NOT_KNOWN, estimate, number, printable
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.findings import Demand, Pooled, Standing, Summary


def worst_first(summary: Summary) -> list[tuple[str, Demand, Standing]]:
    """Return each provider's constraints over all its rows, the least met first, those undecided throughout last."""
    found = [
        (each.provider, demand, standing)
        for each in summary.pooled
        if each.axis is None
        for demand, standing in each.constraints.items()
    ]
    return sorted(found, key=lambda each: (each[2].strict.estimate is None, each[2].strict.estimate))


def constraint_columns(summary: Summary, listed: Sequence[tuple[str, Demand, Standing]]) -> list[Column]:
    """Return what each constraint demands, how often it was met over all rows, and where least."""
    places = [_least(summary, provider, demand) for provider, demand, _ in listed]
    table = _named(summary, [(provider, demand) for provider, demand, _ in listed])
    table += [
        Column("size", "cases", tuple(f"{standing.cases:,}" for _, _, standing in listed)),
        Column("measure", "met", tuple(estimate(standing.strict) for _, _, standing in listed)),
        Column("share", "loose", tuple(number(standing.loose.estimate) for _, _, standing in listed)),
    ]
    if any(standing.undecided for _, _, standing in listed):
        table.append(Column("outcome", "undecided", tuple(f"{standing.undecided:,}" for _, _, standing in listed)))
    if any(places):
        table.append(Column("axis", "least met at", tuple(places)))
    return table


def crossed(summary: Summary) -> dict[str, list[Column]]:
    """Return for each axis that varies a table: a line for each constraint, a column for each value of the axis."""
    tables: dict[str, list[Column]] = {}
    for axis in dict.fromkeys(each.axis for each in summary.pooled if each.axis is not None):
        there = [each for each in summary.pooled if each.axis == axis]
        values = {repr(each.value): each.value for each in there}
        lines = list(dict.fromkeys((each.provider, demand) for each in there for demand in each.constraints))
        found = {(each.provider, repr(each.value)): each.constraints for each in there}
        tables[axis] = _named(summary, lines) + [
            Column(
                "measure",
                printable(shown(value)),
                tuple(_met(found.get((provider, written)), demand) for provider, demand in lines),
            )
            for written, value in values.items()
        ]
    return tables


def _met(found: Mapping[Demand, Standing] | None, demand: Demand) -> str:
    standing = None if found is None else found.get(demand)
    return NOT_KNOWN if standing is None else estimate(standing.strict)


def _named(summary: Summary, lines: Sequence[tuple[str, Demand]]) -> list[Column]:
    """Return the columns that tell constraints apart: a provider or a source that all share has none."""
    table: list[Column] = []
    if len({each.provider for each in summary.pooled}.union(summary.providers)) > 1:
        table.append(Column("provider", "provider", tuple(printable(provider) for provider, _ in lines)))
    table.append(Column("constraint", "constraint", tuple(printable(demand.constraint) for _, demand in lines)))
    if any(demand.source == "system" for each in summary.pooled for demand in each.constraints):
        table.append(Column("axis", "source", tuple(demand.source for _, demand in lines)))
    return table


def _least(summary: Summary, provider: str, demand: Demand) -> str:
    """Name the axis value at which a constraint is met least; empty where no axis makes a difference."""
    shares = [
        (standing.strict.estimate, each)
        for each in summary.pooled
        if each.provider == provider
        and each.axis is not None
        and (standing := each.constraints.get(demand)) is not None
        and standing.strict.estimate is not None
    ]
    if len({share for share, _ in shares}) < 2:
        return ""
    share, place = min(shares, key=_share)
    return printable(f"{place.axis} {shown(place.value)}: {number(share)}")


def _share(pair: tuple[float, Pooled]) -> float:
    return pair[0]
