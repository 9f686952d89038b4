"""Judges what gates compare: rows with those of a baseline, or with those of another condition of the same run.

All rows of all these gates are one family. A gate on the bare estimate is in none, because it has no error rate.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Literal

from evalkit.compare.asked_by import asked_by
from evalkit.compare.family import correct
from evalkit.compare.flags import another_experiment
from evalkit.compare.gate_prospects import Sizes, operating_of, pooled
from evalkit.compare.matching import match_baseline, match_condition
from evalkit.compare.needed import needed_for
from evalkit.compare.part import Part, overall, some_of
from evalkit.compare.reasons import compared_words
from evalkit.compare.rows import compare_row
from evalkit.compare.sides import comparable, row_label
from evalkit.gate import BASELINE
from evalkit.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from evalkit.compare.evidence import Evidence
    from evalkit.compare.matching import Matched
    from evalkit.compare.part import Standing
    from evalkit.findings import Compared, Decision, Operating
    from evalkit.gate import Gate
    from evalkit.measured import Measured, MeasuredRow, RowKey

NO_BASELINE = "no baseline was given (--baseline NAME)"
ON_ESTIMATE = "bare estimates, which have no error rate"
_STANDINGS: Mapping[Decision, Standing] = {"worse": "bad", "not_worse": "good", "undecided": "open"}


@dataclass(frozen=True, slots=True)
class Selected:
    """A gate that compares.

    Attributes:
        rows: Those that it looks at.
        there: Those of the run that could be drawn, which it may hold them against.
    """

    gate: Gate
    rows: tuple[RowKey, ...]
    there: frozenset[RowKey]


@dataclass(frozen=True, slots=True)
class _Pair:
    """A gate, by number, and two rows."""

    gate: int
    new: RowKey
    old: RowKey
    side: Literal["baseline", "run"]

    @property
    def of_run(self) -> tuple[RowKey, ...]:
        """The rows of the run itself."""
        return (self.new, self.old) if self.side == "run" else (self.new,)


def judge_comparisons(gates: Mapping[int, Selected], evidence: Evidence) -> dict[int, Part]:
    """Judge the comparisons of gates, all of them together.

    Args:
        gates: Those that compare, by number.
        evidence: What they are judged by.

    Raises:
        BaselineError: A line of the baseline says what no baseline says.
    """
    reasons = {number: _why_not(each.gate, evidence) for number, each in gates.items()}
    matched = {number: _match(each, evidence) for number, each in gates.items() if reasons[number] is None}
    pairs = [
        _Pair(number, new, old, "baseline" if gates[number].gate.no_worse_than == BASELINE else "run")
        for number, found in matched.items()
        for new, old in found.pairs
    ]
    found = _with_needed(gates, _decided(gates, _compared(gates, pairs, evidence), evidence), evidence)
    parts: dict[int, Part] = {}
    for number in gates:
        why = reasons[number]
        rows = [each for pair, each in found.items() if pair.gate == number]
        if why is not None:
            parts[number] = Part("open", why, (why,))
            continue
        part = _part(gates[number].gate, matched[number], rows)
        mine = [pair for pair in found if pair.gate == number]
        level = evidence.alarms.per_run / max(_family(gates, found), 1)
        parts[number] = replace(part, operating=_operating(gates[number].gate, mine, rows, level, evidence))
    return parts


def _family(gates: Mapping[int, Selected], found: Mapping[_Pair, Compared]) -> int:
    """Return how many rows share the budget."""
    return sum(gates[pair.gate].gate.on == "interval" for pair in found)


def _operating(
    gate: Gate, pairs: Sequence[_Pair], found: Sequence[Compared], level: float, evidence: Evidence
) -> Operating | None:
    """Say how a gate behaves in the long run, by what the other side scored."""
    cases = [each.cases for each in found if each.cases]
    if gate.on == "estimate" or not evidence.in_full or not cases:
        return None
    rows = [each for each in (_rows(pair, evidence) for pair in pairs) if each is not None]
    before = pooled(old for _, old in rows)
    planned = [[case.planned for pair in rows for case in pair[side].cases] for side in (0, 1)]
    repeats, old_repeats = (round(median(each)) if each else 0 for each in planned)
    rounds = None if evidence.looks is None else Rounds(evidence.looks.ends)
    sizes = Sizes(len(cases), round(median(cases)), repeats if rounds is None else rounds.ends[-1], old_repeats)
    return operating_of(gate, before, sizes, level=level, bounds=evidence.bounds, rounds=rounds)


def _why_not(gate: Gate, evidence: Evidence) -> str | None:
    """Say why a gate cannot compare at all; None where it can."""
    if gate.no_worse_than == BASELINE and evidence.old is None:
        return NO_BASELINE
    if evidence.new is None:
        return "the run is not known case by case"
    if gate.no_worse_than != BASELINE or evidence.old is None:
        return None
    return comparable(evidence.new.of, evidence.old.of)


def _match(selected: Selected, evidence: Evidence) -> Matched:
    against = selected.gate.no_worse_than
    if against == BASELINE:
        assert evidence.old is not None
        there = frozenset(evidence.old.keys())
        return match_baseline(selected.rows, there, evidence.old.of.name, partial(_differs, evidence))
    assert against is not None
    assert not isinstance(against, str)
    return match_condition(selected.rows, selected.there, against)


def _differs(evidence: Evidence, key: RowKey) -> str | None:
    """Say why a row and the baseline's are not comparable; one that is not there is not for this to say."""
    rows = _rows(_Pair(0, key, key, "baseline"), evidence)
    return None if rows is None else another_experiment(*rows)


def _compared(gates: Mapping[int, Selected], pairs: Sequence[_Pair], evidence: Evidence) -> dict[_Pair, Compared]:
    """Compare pair after pair; two rows are read once for all gates that compare them, and not kept."""
    together: dict[tuple[RowKey, RowKey, str], list[_Pair]] = {}
    for pair in pairs:
        together.setdefault((pair.new, pair.old, pair.side), []).append(pair)
    found: dict[_Pair, Compared] = {}
    for alike in together.values():
        rows = _rows(alike[0], evidence)
        if rows is not None:
            for pair in alike:
                asked = asked_by(gates[pair.gate].gate, evidence.bounds, evidence.level(*pair.of_run))
                found[pair] = compare_row(*rows, asked)
    return {pair: found[pair] for pair in pairs if pair in found}


def _rows(pair: _Pair, evidence: Evidence) -> tuple[MeasuredRow, MeasuredRow] | None:
    assert evidence.new is not None
    side: Measured | None = evidence.old if pair.side == "baseline" else evidence.new
    assert side is not None
    new, old = evidence.new.row(pair.new), side.row(pair.old)
    return None if new is None or old is None else (new, old)


def _decided(
    gates: Mapping[int, Selected], found: Mapping[_Pair, Compared], evidence: Evidence
) -> dict[_Pair, Compared]:
    """Correct the family and reach the verdicts."""
    family = [pair for pair in found if gates[pair.gate].gate.on == "interval"]
    valid = [_at_any_look(found[pair], pair, evidence) for pair in family]
    corrected = dict(zip(family, correct(valid, evidence.alarms.per_run), strict=True))
    return {pair: corrected.get(pair) or _by_estimate(each) for pair, each in found.items()}


def _with_needed(
    gates: Mapping[int, Selected], found: Mapping[_Pair, Compared], evidence: Evidence
) -> dict[_Pair, Compared]:
    """Say of what is open how much more would be expected to decide it."""
    level = evidence.alarms.per_run / max(_family(gates, found), 1)
    known = dict(found)
    for pair, each in found.items():
        gate = gates[pair.gate].gate
        if each.verdict == "undecided" and each.units and gate.on == "interval":
            rows = _rows(pair, evidence)
            if rows is not None:
                needed = needed_for(*rows, asked_by(gate, evidence.bounds), level)
                known[pair] = replace(each, needed=needed)
    return known


def _at_any_look(compared: Compared, pair: _Pair, evidence: Evidence) -> Compared:
    if evidence.looks is None or compared.p_worse is None or compared.p_not_worse is None:
        return compared
    return replace(
        compared,
        p_worse=evidence.at_any_look(compared.p_worse, *pair.of_run),
        p_not_worse=evidence.at_any_look(compared.p_not_worse, *pair.of_run),
        method=f"{compared.method}; p that hold at whichever of {len(evidence.looks.ends)} looks the run ended",
    )


def _by_estimate(compared: Compared) -> Compared:
    """Judge by the difference alone."""
    estimate = compared.difference.estimate
    verdict: Decision = "undecided"
    if estimate is not None:
        loss = -estimate if compared.better == "higher" else estimate
        verdict = "worse" if loss > compared.margin else "not_worse"
    return replace(compared, p_worse=None, p_not_worse=None, smallest_p=0.0, method=ON_ESTIMATE, verdict=verdict)


def _part(gate: Gate, matched: Matched, found: Sequence[Compared]) -> Part:
    """Put the rows of one gate together; a row without another one to hold it against leaves the gate open."""
    open_rows = tuple(each.row for each in found if each.verdict == "undecided" and each.units)
    standing = overall([_STANDINGS[each.verdict] for each in found])
    if matched.left_out and standing == "good":
        standing = "open"
    reasons = [
        f"{row_label(each.row)}: {compared_words(each)}" for each in found if _STANDINGS[each.verdict] == standing
    ]
    besides = [some_of(matched.left_out)] if matched.left_out else []
    besides += dict.fromkeys(words for each in found for words in each.left_out)
    if not found and not besides:
        besides.append("it selects nothing but what it compares with")
    rows = sum(each.p_worse is not None for each in found)
    if rows > 1 and gate.on == "interval":
        besides.append(f"{rows} rows compared")
    why = "; ".join([some_of(reasons), *besides] if reasons else besides)
    return Part(standing, why, tuple(besides), open_rows, tuple(found))
