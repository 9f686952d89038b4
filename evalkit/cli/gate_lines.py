"""What the gates that compare can find and how often they err, as it is known before a run."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from evalkit.compare.common import is_score
from evalkit.compare.evidence import bounds_of
from evalkit.compare.gate_prospects import Planned, foresee_gates
from evalkit.compare.gates import gates_of
from evalkit.compare.prospects import USUAL_CORRELATION, USUAL_MEAN
from evalkit.compare.words import operating_words
from evalkit.reports.comparison_json import operating_json
from evalkit.reports.format import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.compare.gate_prospects import GateProspects
    from evalkit.gate import Alarms
    from evalkit.measured import Measured
    from evalkit.prepare import Prepared
    from evalkit.types import Json

_SCOPES = {"suite": "these very cases", "population": "cases like these"}


def gate_prospects(prepared: Prepared, old: Measured | None) -> list[GateProspects]:
    """Say of each gate that compares what it can find.

    Args:
        prepared: What is to be drawn.
        old: A baseline; None takes what is usual.

    Raises:
        BaselineError: A line of the baseline says what no baseline says.
    """
    suite = prepared.suite
    planned = Planned(
        prepared.rows, tuple(case.id for case in prepared.cases), prepared.repeats, rounds=prepared.rounds
    )
    gates = gates_of(suite.gates, against_baseline=old is not None)
    return foresee_gates(gates, planned, suite.alarms, bounds_of(suite.measures), old)


def gate_lines(found: Sequence[GateProspects], alarms: Alarms) -> Iterator[str]:
    """Write it for people; nothing where no gate compares."""
    for each in found:
        yield from _gate_lines(each)
    known = [each.operating for each in found]
    if not found:
        return
    most = f"at most {100 * alarms.per_run:.3g} % of runs without change, {alarms.per_month:.3g} a month"
    line = f"false alarms of these gates: {most} of {alarms.runs_per_month:g} runs"
    if all(each is not None for each in known):
        yield f"{line}; about {_alarms_a_month(found, alarms):.2g} a month by these numbers"
    else:
        yield line


def _alarms_a_month(found: Sequence[GateProspects], alarms: Alarms) -> float:
    quiet = prod(1 - each.operating.false_alarms for each in found if each.operating is not None)
    return (1 - quiet) * alarms.runs_per_month


def _gate_lines(found: GateProspects) -> Iterator[str]:
    gate, sizes = found.gate, found.sizes
    yield f"gate {gate.name}"
    old = f" against {sizes.old_repeats:,}" if sizes.old_repeats != sizes.repeats else ""
    yield (
        f"  {count(sizes.rows, 'row')} of {count(sizes.cases, 'case')} x {count(sizes.repeats, 'repeat')}{old}, each"
        f" at level {found.level:.3g}; speaks of {_SCOPES[gate.inference]}"
    )
    for words in found.left_out:
        yield f"  not compared: {words}"
    if found.operating is None:
        yield f"  how often it errs is not known before a run: {_unknown(found)}"
    else:
        usual = f"with a mean of {USUAL_MEAN:g} and an intraclass correlation of {USUAL_CORRELATION:g}, as is usual"
        yield f"  {operating_words(found.operating)}; {'by the baseline' if found.known else usual}"
        if gate.alarm == "unproven" and found.operating.power is not None:
            yield f"  alarm unproven: red on {100 * (1 - found.operating.power):.1f} % of nights without change"
    if found.cases_needed is not None:
        enough = "there are" if sizes.cases >= found.cases_needed else "and there are only"
        yield (
            f"  `not worse` of cases like these takes {found.cases_needed:,} cases whatever the repeats; {enough}"
            f" {sizes.cases:,}"
        )


def _unknown(found: GateProspects) -> str:
    if not found.sizes.rows or not found.sizes.cases:
        return "there is nothing to compare"
    if not is_score(found.gate.measure):
        return f"nothing is known of how {found.gate.measure} varies from night to night"
    return "there is nothing drawn"


def gates_json(found: Sequence[GateProspects], alarms: Alarms) -> dict[str, Json]:
    """Return the same as plain data; null is not known."""
    whole = all(each.operating is not None for each in found)
    return {
        "alarms": {
            "per_run": alarms.per_run,
            "per_month": alarms.per_month,
            "expected_per_month": _alarms_a_month(found, alarms) if whole else None,
        },
        "gates": [
            {
                "name": each.gate.name,
                "scope": each.gate.inference,
                "alarm": each.gate.alarm,
                "rows": each.sizes.rows,
                "cases": each.sizes.cases,
                "repeats": each.sizes.repeats,
                "old_repeats": each.sizes.old_repeats,
                "level": each.level,
                "operating": None if each.operating is None else operating_json(each.operating),
                "red_without_change": _red(each),
                "cases_needed": each.cases_needed,
                "by": "baseline" if each.known else "assumed",
                "not_compared": list(each.left_out),
            }
            for each in found
        ],
    }


def _red(found: GateProspects) -> float | None:
    """Return the share of nights without change on which the gate fails the run."""
    if found.operating is None:
        return None
    if found.gate.alarm == "harm":
        return found.operating.false_alarms
    return None if found.operating.power is None else 1 - found.operating.power
