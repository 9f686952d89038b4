"""How numbers, settings and lists of reasons are written, the same in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.findings import Estimate, Row, Summary
    from evalkit.types import AxisValue, LeftOut, SettingValue

NOT_KNOWN = "–"  # noqa: RUF001 - an en dash, as everywhere for what does not apply or is not known


def number(value: float | None) -> str:
    """Write a number with two digits after the point; None is a dash."""
    return NOT_KNOWN if value is None else f"{value:.2f}"


def estimate(value: Estimate | None) -> str:
    """Write an estimate with its interval: `0.81 [0.60, 0.93]`."""
    if value is None or value.estimate is None:
        return NOT_KNOWN
    if value.low is None or value.high is None:
        return number(value.estimate)
    return f"{number(value.estimate)} [{number(value.low)}, {number(value.high)}]"


def settings(values: Mapping[str, SettingValue]) -> str:
    """Write settings in order of name."""
    return ", ".join(f"{name} {shown(value)}" for name, value in sorted(values.items())) or "none"


def varied_axes(summary: Summary) -> list[str]:
    """Return the axes that have more than one value in the rows."""
    seen: dict[str, set[AxisValue]] = {}
    for row in summary.rows:
        for axis, value in row.condition.values:
            seen.setdefault(axis, set()).add(value)
    return [axis for axis, values in seen.items() if len(values) > 1]


def fixed_axes(summary: Summary) -> dict[str, AxisValue]:
    """Return the axes that have the same value in every row, with that value."""
    varied = varied_axes(summary)
    return {axis: value for row in summary.rows for axis, value in row.condition.values if axis not in varied}


def row_name(row: Row, axes: Sequence[str]) -> str:
    """Name a row by its provider and the axes that vary."""
    return ", ".join([row.provider, *(f"{axis} {shown(row.condition.get(axis))}" for axis in axes)])


def differing_settings(row: Row) -> list[str]:
    """Say which settings were applied otherwise than requested, or applied without being asked for."""
    if not row.applied:
        return []
    lines: list[str] = []
    for name in sorted({*row.requested, *row.applied} - {"seed"}):
        asked, used = row.requested.get(name), row.applied.get(name)
        if asked == used:
            continue
        if used is None:
            lines.append(f"{name} {shown(asked)} was asked for and not applied")
        elif asked is None:
            lines.append(f"{name} {shown(used)} was applied without being asked for")
        else:
            lines.append(f"{name} {shown(asked)} was asked for, {shown(used)} applied")
    return lines


def grouped_differences(summary: Summary) -> list[str]:
    """List differing settings once for all the rows that they hold for."""
    rows: dict[tuple[str, str], int] = {}
    for row in summary.rows:
        for line in differing_settings(row):
            rows[row.provider, line] = rows.get((row.provider, line), 0) + 1
    return [f"{provider}: {line} ({_count(count, 'row')})" for (provider, line), count in rows.items()]


def grouped_left_out(left_out: Sequence[LeftOut]) -> list[str]:
    """List each reason once, with how many combinations it leaves out."""
    counts: dict[tuple[str, str], int] = {}
    for each in left_out:
        counts[each.axis, each.reason] = counts.get((each.axis, each.reason), 0) + 1
    return [f"{axis} in {_count(count, 'combination')}: {reason}" for (axis, reason), count in counts.items()]


def methods(summary: Summary) -> list[str]:
    """Say how the intervals were made: each method once, with the raw measures that it holds for."""
    names: dict[str, list[str]] = {}
    for row in summary.rows:
        for name, value in row.measures.items():
            known = names.setdefault(value.method, [])
            if value.estimate is not None and not name.endswith("_normalised") and name not in known:
                known.append(name)
    return [f"{method}: {', '.join(of)}" for method, of in names.items() if of]


def outcome_counts(summary: Summary) -> dict[str, int]:
    """Count completions by outcome over all rows, and the verdicts that were not decided."""
    counts: dict[str, int] = {}
    for row in summary.rows:
        for outcome, count in row.completions.items():
            counts[outcome] = counts.get(outcome, 0) + count
    return counts


def _count(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
