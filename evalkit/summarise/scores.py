"""What the draws of one cell scored on each measure, counted, with those that are due and have no score.

A draw to which no constraint applies, or not the one that is asked for, has nothing to score and is not missing either.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from math import fsum
from typing import TYPE_CHECKING

from evalkit.constraints.composite import describe
from evalkit.findings import MACRO, MICRO
from evalkit.measured import OF_CONSTRAINT, CaseScores
from evalkit.summarise.levels import loose_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from evalkit.protocols import Constraint
    from evalkit.summarise.judged import Judged, Table
    from evalkit.verdicts import Source, Verdict

OF_SOURCE: Mapping[Source, str] = {"system": "adherence_system", "case": "adherence_case"}
"""The level that speaks of the constraints of one source alone."""


@dataclass(frozen=True, slots=True)
class Demanded:
    """What is demanded of a cell, for when no draw has a verdict that says it.

    Attributes:
        names: Of the constraints, each once.
        instructions: How many there are.
        sources: Who demands any of them.
        by_source: Whether the run tells what system prompts demand from what cases do.
    """

    names: tuple[str, ...]
    instructions: int
    sources: tuple[Source, ...]
    by_source: bool


def demanded_of(case: Sequence[Constraint], system: Sequence[Constraint], *, by_source: bool) -> Demanded:
    """Return what a case and a system prompt demand together."""
    names = dict.fromkeys(describe(constraint) for constraint in (*case, *system))
    of_case: tuple[Source, ...] = ("case",) if case else ()
    of_system: tuple[Source, ...] = ("system",) if system else ()
    return Demanded(tuple(names), len(case) + len(system), (*of_case, *of_system), by_source)


def scores_of(judged: Judged, planned: int, demanded: Demanded) -> dict[str, CaseScores]:
    """Count what the draws of one cell scored.

    Args:
        judged: Their verdicts.
        planned: Draws that are due.
        demanded: What counts where no draw has verdicts.

    Returns:
        The levels of adherence, then `constraint:NAME` for each constraint. Nothing where nothing is demanded, or
        nothing due. The score of a draw on a share of instructions is its adherence, and the case counts with as many
        instructions as it has.
    """
    if not judged.scored:
        return _unscored(planned, demanded)
    unjudged = max(0, planned - len(judged.scored))
    found = _levels(judged, unjudged)
    if demanded.by_source or judged.by_source:
        found |= _by_source(judged, unjudged)
    for name in _names(judged.tables):
        found[OF_CONSTRAINT + name] = _counted(_values(judged.tables, partial(_is_named, name)), unjudged)
    return {name: each for name, each in found.items() if each.counts or each.missing}


def _unscored(planned: int, demanded: Demanded) -> dict[str, CaseScores]:
    if not planned or not demanded.instructions:
        return {}
    plain, weighed = CaseScores((), planned), CaseScores((), planned, float(demanded.instructions))
    sources = [OF_SOURCE[source] for source in demanded.sources if demanded.by_source]
    return {
        **dict.fromkeys(MACRO, plain),
        **dict.fromkeys(MICRO, weighed),
        **dict.fromkeys(sources, plain),
        **dict.fromkeys((OF_CONSTRAINT + name for name in demanded.names), plain),
    }


def _levels(judged: Judged, unjudged: int) -> dict[str, CaseScores]:
    scored, idle = judged.scored, sum([len(table.strict) for table in judged.tables if not table.head])
    strict = _counted([each.adherence for each in scored], unjudged - idle)
    full = _counted([each.full_adherence for each in scored], unjudged - idle)
    loose, full_loose = strict, full
    if not all(table.loose is table.strict for table in judged.tables):
        found = [loose_of(values) for table in judged.tables for values in table.loose]
        loose = _counted([each.adherence for each in found], unjudged - idle)
        full_loose = _counted([each.full_adherence for each in found], unjudged - idle)
    weight = float(max([len(each.verdicts) for each in scored]))
    return {
        **dict(zip(MACRO, (strict, full, loose, full_loose), strict=True)),
        **dict(zip(MICRO, (_weighed(strict, weight), _weighed(loose, weight)), strict=True)),
    }


def _is_named(name: str, verdict: Verdict) -> bool:
    return verdict.constraint == name


def _is_from(source: Source, verdict: Verdict) -> bool:
    return verdict.source == source


def _by_source(judged: Judged, unjudged: int) -> dict[str, CaseScores]:
    there = {verdict.source for verdict in judged.scored[0].verdicts}
    return {
        name: _counted(_values(judged.tables, partial(_is_from, source)), unjudged)
        for source, name in OF_SOURCE.items()
        if source in there
    }


def _names(tables: Iterable[Table]) -> Iterator[str]:
    yield from dict.fromkeys(verdict.constraint for table in tables for verdict in table.head)


def _values(tables: Iterable[Table], chosen: Callable[[Verdict], bool]) -> list[float | None]:
    """Return for each draw the share met of the chosen constraints that it decides, where any applies to it."""
    found: list[float | None] = []
    for table in tables:
        places = [place for place, verdict in enumerate(table.head) if chosen(verdict)]
        if len(places) == 1:
            (place,) = places
            found += [values[place] for values in table.strict]
        elif places:
            found += [_share([values[place] for place in places]) for values in table.strict]
    return found


def _share(values: Sequence[float | None]) -> float | None:
    decided = [value for value in values if value is not None]
    return fsum(decided) / len(decided) if decided else None


def _counted(values: Sequence[float | None], missing: int) -> CaseScores:
    """Count scores; draws that have none are missing, besides those that are missing anyway."""
    known = [value for value in values if value is not None]
    missing += len(values) - len(known)
    if not known:
        return CaseScores((), missing)
    first = known[0]
    if known.count(first) == len(known):
        return CaseScores(((float(first), len(known)),), missing)
    return CaseScores(tuple([(float(score), count) for score, count in sorted(Counter(known).items())]), missing)


def _weighed(scores: CaseScores, weight: float) -> CaseScores:
    return CaseScores(scores.counts, scores.missing, weight)
