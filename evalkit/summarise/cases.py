"""What each case comes to over the conditions that it was drawn under; of the case alone, and so without intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import fsum
from typing import TYPE_CHECKING

from evalkit.findings import MACRO, Demand
from evalkit.summarise.demands import met_in
from evalkit.summarise.judged import judged_draws
from evalkit.summarise.levels import LevelsOfCases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from evalkit.summarise.demands import Told
    from evalkit.types import Cell


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """How one provider did on one case, each condition counting once.

    Attributes:
        draws: Completions, whatever came of them.
        levels: By name of `evalkit.findings.MACRO`; None where nothing was decided.
        constraints: The share met of each, over the conditions that decided it; those never decided are left out.
    """

    provider: str
    case_id: str
    draws: int
    levels: Mapping[str, float | None]
    constraints: Mapping[Demand, float]


@dataclass(slots=True)
class _Case:
    draws: int = 0
    levels: LevelsOfCases = field(default_factory=LevelsOfCases)
    shares: dict[Told, list[float]] = field(default_factory=dict["Told", "list[float]"])


def by_case(cells: Iterable[Cell]) -> tuple[CaseStanding, ...]:
    """Sum up each case of each provider, holding the texts of one cell at a time.

    Returns:
        Those with the least adherence first, those without a number last.
    """
    found: dict[tuple[str, str], _Case] = {}
    for cell in cells:
        case = found.setdefault((cell.provider, cell.case_id), _Case())
        case.draws += len(cell.draws)
        judged = judged_draws(cell.draws)
        case.levels.add(judged)
        for told, met in met_in(judged).demands.items():
            if met.strict:
                case.shares.setdefault(told, []).append(_mean(met.strict))
    return tuple(sorted((_standing(*key, case) for key, case in found.items()), key=_least_first))


def _standing(provider: str, case_id: str, case: _Case) -> CaseStanding:
    levels: dict[str, float | None] = {}
    for name in MACRO:
        known = [value for value in case.levels.macro[name] if value is not None]
        levels[name] = _mean(known) if known else None
    constraints = {Demand(*told): _mean(shares) for told, shares in case.shares.items()}
    return CaseStanding(provider, case_id, case.draws, levels, constraints)


def _least_first(standing: CaseStanding) -> tuple[bool, float]:
    adherence = standing.levels["adherence"]
    return adherence is None, adherence or 0.0


def _mean(values: list[float]) -> float:
    return fsum(values) / len(values)
