"""Judges the thresholds of gates.

Thresholds on the interval share a budget of their own, as large as that of the comparisons: Holm's procedure over all
that a run looks at, for each end of the intervals at half of it. So one row against one threshold is judged by its 95 %
interval, and more rows by wider ones. Nothing is shown by draws without a score: they count against either conclusion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from evalkit.compare.part import Part, overall, some_of
from evalkit.compare.sides import row_label
from evalkit.compare.thresholds import sample_row
from evalkit.compare.words import p_value
from evalkit.measured import OF_CONSTRAINT
from evalkit.statistics.multiplicity import holm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.compare.evidence import Evidence
    from evalkit.compare.part import Standing
    from evalkit.compare.thresholds import Held, Sampled
    from evalkit.findings import Estimate, Row
    from evalkit.gate import Gate
    from evalkit.measured import RowKey

BY_INTERVAL = "judged by the interval of the report, corrected for nothing else"
_Place = tuple[int, int]
"""A gate and a row of it, by number."""


@dataclass(frozen=True, slots=True)
class _Family:
    """One end of all intervals: what is to be shown to be met, or missed, of one kind of threshold."""

    threshold: Literal["at_least", "at_most"]
    conclusion: Literal["met", "missed"]


_FAMILIES = (
    _Family("at_least", "met"),
    _Family("at_least", "missed"),
    _Family("at_most", "met"),
    _Family("at_most", "missed"),
)


def judge_thresholds(gates: Mapping[int, tuple[Gate, Sequence[Row]]], evidence: Evidence) -> dict[int, Part]:
    """Judge the thresholds of gates, all of them together.

    Args:
        gates: Those that have thresholds, by number, with the rows that each looks at.
        evidence: What they are judged by.
    """
    sampled = _sampled(gates, evidence)
    corrected = {family: _corrected(family, gates, sampled, evidence) for family in _FAMILIES}
    parts: dict[int, Part] = {}
    for number, (gate, rows) in gates.items():
        judged = [
            _judge_row(row, gate, sampled.get((number, place)), _Corrected.at((number, place), corrected), evidence)
            for place, row in enumerate(rows)
        ]
        standing = overall([each.standing for each in judged])
        why = some_of([each.why for each in judged if each.standing == standing])
        if any(each.by_interval for each in judged):
            why += f"; {BY_INTERVAL}"
        parts[number] = Part(
            standing,
            why,
            (why,),
            tuple(each.row for each in judged if each.standing == "open" and each.tested),
        )
    return parts


def _sampled(gates: Mapping[int, tuple[Gate, Sequence[Row]]], evidence: Evidence) -> dict[_Place, Sampled]:
    """Hold rows against thresholds, with one row in memory at a time."""
    if evidence.new is None:
        return {}
    places: dict[RowKey, list[_Place]] = {}
    for number, (_, rows) in gates.items():
        for place, row in enumerate(rows):
            places.setdefault((row.provider, row.condition), []).append((number, place))
    found: dict[_Place, Sampled] = {}
    for key, wanted in places.items():
        measured = evidence.new.row(key)
        for number, place in wanted if measured is not None else ():
            assert measured is not None
            gate = gates[number][0]
            sampled = sample_row(measured, gate, evidence.bounds.get(gate.measure))
            if sampled is not None:
                found[number, place] = sampled
    return found


def _corrected(
    family: _Family,
    gates: Mapping[int, tuple[Gate, Sequence[Row]]],
    sampled: Mapping[_Place, Sampled],
    evidence: Evidence,
) -> dict[_Place, float]:
    """Correct the p of one family; a gate on the estimate is in none."""
    chances: dict[_Place, float] = {}
    for (number, place), each in sampled.items():
        gate, rows = gates[number]
        held: Held | None = getattr(each, family.threshold)
        if held is not None and gate.on == "interval":
            p: float = getattr(held, family.conclusion)
            chances[number, place] = evidence.at_any_look(p, (rows[place].provider, rows[place].condition))
    corrected = holm(list(chances.values()))
    return {place: p for place, p in zip(chances, corrected, strict=True) if p is not None}


@dataclass(frozen=True, slots=True)
class _Corrected:
    """Corrected p of one row: that every threshold is met, and that any is missed; None where there is nothing."""

    met: float | None
    missed: float | None

    @classmethod
    def at(cls, place: _Place, corrected: Mapping[_Family, Mapping[_Place, float]]) -> _Corrected:
        met, missed = (
            [found[place] for family, found in corrected.items() if family.conclusion == end and place in found]
            for end in ("met", "missed")
        )
        return cls(max(met, default=None), min(missed, default=None))


@dataclass(frozen=True, slots=True)
class _JudgedRow:
    """What one row means for a gate; `why` names the row.

    Attributes:
        tested: Whether more draws might decide it.
        by_interval: Whether there was nothing else to judge it by.
    """

    row: RowKey
    standing: Standing
    why: str
    tested: bool = False
    by_interval: bool = False


def _judge_row(row: Row, gate: Gate, sampled: Sampled | None, corrected: _Corrected, evidence: Evidence) -> _JudgedRow:
    key = row.provider, row.condition
    numbers = _Numbers.of(row, gate, sampled)
    if numbers is None:
        estimate = row.measures.get(gate.measure)
        return _JudgedRow(key, "open", f"{row_label(key)}: {'not measured' if estimate is None else estimate.method}")
    found = f"{row_label(key)}: {numbers.words}"
    if row.unsupported is not None:
        found += f" ({row.unsupported})"
    if gate.on == "estimate":
        return _JudgedRow(key, _standing(numbers.mean, numbers.mean, gate), found)
    if corrected.met is not None and corrected.missed is not None:
        assert sampled is not None
        standing = _tested(corrected, evidence.alarms.per_run / 2)
        return _JudgedRow(key, standing, found + _evidence(standing, corrected, sampled, gate), tested=True)
    if numbers.low is None or numbers.high is None:
        return _JudgedRow(key, "open", f"{row_label(key)}: {numbers.words} without an interval ({numbers.method})")
    standing = _standing(numbers.low, numbers.high, gate)
    return _JudgedRow(key, standing, found, tested=True, by_interval=True)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """An estimate with its ends, as a reader of the report meets it."""

    mean: float
    low: float | None
    high: float | None
    method: str

    @classmethod
    def of(cls, row: Row, gate: Gate, sampled: Sampled | None) -> _Numbers | None:
        """Take the summary's numbers, which the report shows; of a constraint the row's own, which are not there."""
        if not gate.measure.startswith(OF_CONSTRAINT):
            estimate: Estimate | None = row.measures.get(gate.measure)
            if estimate is None or estimate.estimate is None:
                return None
            return cls(estimate.estimate, estimate.low, estimate.high, estimate.method)
        if sampled is None or sampled.mean is None:
            return None
        return cls(sampled.mean, sampled.low, sampled.high, "")

    @property
    def words(self) -> str:
        if self.low is None or self.high is None:
            return _number(self.mean)
        return f"{_number(self.mean)} [{_number(self.low)}, {_number(self.high)}]"


def _tested(corrected: _Corrected, level: float) -> Standing:
    if corrected.missed is not None and corrected.missed <= level:
        return "bad"
    return "good" if corrected.met is not None and corrected.met <= level else "open"


def _evidence(standing: Standing, corrected: _Corrected, sampled: Sampled, gate: Gate) -> str:
    """Say how strong the evidence is, corrected, and how many draws count against it for having no score.

    The interval beside it is the report's, which is of cases like these; that a gate speaks of these very ones is said.
    """
    said: list[str] = []
    if standing != "good":
        said.append(f"p missed {p_value(corrected.missed)}")
    if standing != "bad":
        said.append(f"p met {p_value(corrected.met)}")
    if sampled.missing:
        said.append(f"{sampled.missing:,} of {sampled.draws:,} draws without a score count against either")
    of_these = " for these very cases" if gate.inference == "suite" else ""
    return f", {said[0]}{of_these}" + "".join(f", {each}" for each in said[1:])


def _standing(low: float, high: float, gate: Gate) -> Standing:
    if (gate.at_least is not None and high < gate.at_least) or (gate.at_most is not None and low > gate.at_most):
        return "bad"
    if (gate.at_least is None or low >= gate.at_least) and (gate.at_most is None or high <= gate.at_most):
        return "good"
    return "open"


def _number(value: float) -> str:
    """Write a number with enough digits to see on which side of a threshold it lies."""
    return f"{value:.4g}"
