"""Why a comparison came to its verdict, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.compare.words import VERDICTS, difference, openness, p_value
from evalkit.reports.format import count, number

if TYPE_CHECKING:
    from evalkit.findings import Compared
    from evalkit.measured import MeasuredRow


def compared_words(compared: Compared) -> str:
    """Say the verdict, and everything that it rests on."""
    said = [f"{VERDICTS[compared.verdict]}: {_numbers(compared)}"]
    if compared.units and compared.p_worse is not None and compared.p_not_worse is not None:
        if compared.verdict != "not_worse":
            said.append(f"p worse {p_value(compared.corrected_worse)}")
        if compared.verdict != "worse":
            said.append(f"p not worse {p_value(compared.corrected_not_worse)}")
    if compared.cases:
        said.append(f"{count(compared.cases, 'case')} x {compared.repeats}")
    if compared.missing or compared.missing_old:
        said.append(f"{compared.missing:,} and {compared.missing_old:,} draws without a score count against it")
    still = openness(compared)
    if still is not None:
        said.append(still)
    return ", ".join(said)


def _numbers(compared: Compared) -> str:
    if compared.new is None or compared.old is None:
        return "no case was decided on both sides"
    better = "" if compared.better == "higher" else ", lower being better"
    return (
        f"{number(compared.new)} against {number(compared.old)}, difference {difference(compared)}, margin "
        f"{compared.margin:g}{better}"
    )


def repeats_words(new: MeasuredRow, old: MeasuredRow) -> str:
    """Say how often each case was to be drawn, on both sides where they differ.

    Args:
        new: The row that is judged.
        old: The one it is held against.
    """
    ahead, behind = _planned(new), _planned(old)
    return ahead if ahead == behind else f"{ahead} against {behind}"


def _planned(row: MeasuredRow) -> str:
    planned = sorted({case.planned for case in row.cases})
    if not planned:
        return "0 repeats"
    return count(planned[0], "repeat") if len(planned) == 1 else f"{planned[0]:,} to {planned[-1]:,} repeats"
