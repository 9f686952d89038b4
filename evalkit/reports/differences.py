"""Where the settings that were applied are not the ones that were requested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from evalkit.reports.format import answered, count
from evalkit.types import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evalkit.findings import Row, Summary
    from evalkit.types import SettingValue


@dataclass(frozen=True, slots=True)
class Difference:
    """One setting that was applied otherwise than requested.

    Attributes:
        requested: None when it was not asked for.
        applied: None when it was not applied.
    """

    setting: str
    requested: SettingValue | None
    applied: SettingValue | None


def differences(requested: Mapping[str, SettingValue], applied: Mapping[str, SettingValue]) -> tuple[Difference, ...]:
    """Compare settings, in order of name.

    The seed is left out: a suite asks for one, and every draw has its own that follows from it.
    """
    return tuple(
        Difference(name, requested.get(name), applied.get(name))
        for name in sorted({*requested, *applied} - {"seed"})
        if requested.get(name) != applied.get(name)
    )


def row_differences(row: Row) -> tuple[Difference, ...]:
    """Compare a row's settings; empty when no text came back, because then nothing was applied to one."""
    return differences(row.requested, row.applied) if answered(row) else ()


def written_difference(difference: Difference) -> str:
    """Write one difference for people."""
    return _line(difference.setting, [difference.requested], difference.applied)


def grouped_differences(summary: Summary) -> list[str]:
    """List what became of each setting once a provider, with all the values asked for and the rows it holds for."""
    rows: dict[tuple[str, str, str, bool], list[Difference]] = {}
    for row in summary.rows:
        for each in row_differences(row):
            fate = (row.provider, each.setting, repr(each.applied), each.requested is None)
            rows.setdefault(fate, []).append(each)
    return [
        f"{provider}, {_line(setting, [each.requested for each in those], those[0].applied)} "
        f"({count(len(those), 'row')})"
        for (provider, setting, _, _), those in rows.items()
    ]


def _line(setting: str, requested: Iterable[SettingValue | None], applied: SettingValue | None) -> str:
    asked = ", ".join(dict.fromkeys(shown(value) for value in requested if value is not None))
    used = "not applied" if applied is None else f"applied {shown(applied)}"
    return f"{setting}: {f'asked for {asked}' if asked else 'not asked for'}, {used}"
