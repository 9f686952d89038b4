"""Thresholds of gates, judged together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.compare.evidence import Evidence
from evalkit.compare.judge_thresholds import BY_INTERVAL, judge_thresholds
from evalkit.findings import Estimate
from evalkit.gate import Alarms, Gate
from evalkit.rounds import Looks
from measured_rows import Rows, adherence, row, scores, summarised

if TYPE_CHECKING:
    from evalkit.compare.part import Part
    from evalkit.measured import CaseScores, MeasuredRow


def _row(*cases: CaseScores, measure: str = "adherence", turns: int = 0) -> MeasuredRow:
    return row(adherence(*cases, measure=measure), turns=turns)


def _judge(gate: Gate, *rows: MeasuredRow, looks: Looks | None = None, per_run: float = 0.05) -> Part:
    evidence = Evidence(Rows(rows), alarms=Alarms(per_run), looks=looks)
    return judge_thresholds({7: (gate, summarised(*rows).rows)}, evidence)[7]


def test_one_row_is_judged_as_by_its_interval() -> None:
    """29 of 29 cases met excludes 0.88 and below at 0.025, and no more."""
    good = _row(*[scores(1.0)] * 29)
    assert 0.88**29 <= 0.025 < 0.89**29
    assert _judge(Gate("adherence", at_least=0.88), good).standing == "good"
    assert _judge(Gate("adherence", at_least=0.89), good).standing == "open"
    assert _judge(Gate("adherence", at_most=0.88), good).standing == "bad"


def test_more_rows_need_more_evidence() -> None:
    """What is enough for one row is not enough for two; a second row of stronger evidence lets the weaker one by."""
    good = [_row(*[scores(1.0)] * 29, turns=turns) for turns in (0, 4)]
    gate = Gate("adherence", at_least=0.88)
    assert _judge(gate, *good).standing == "open"
    assert _judge(gate, *good, per_run=0.1).standing == "good"
    strong = _row(*[scores(1.0)] * 60, turns=4)
    assert _judge(gate, good[0], strong).standing == "good"


def test_both_ends_of_between_are_judged_at_once() -> None:
    """Each end of the interval has a family of its own, so that one row is judged by its 95 % interval."""
    half = _row(*[scores(0.5)] * 29)
    assert _judge(Gate("adherence", at_least=0.4, at_most=0.6), half).standing == "good"
    assert _judge(Gate("adherence", at_least=0.5, at_most=0.6), half).standing == "open"
    assert _judge(Gate("adherence", at_least=0.7, at_most=0.8), half).standing == "bad"
    assert _judge(Gate("adherence", at_least=0.2, at_most=0.3), half).standing == "bad"


def test_the_reason_says_how_strong_the_evidence_is() -> None:
    """And how many draws count against it."""
    part = _judge(Gate("adherence", at_least=0.9), _row(*[scores(1.0, missing=1)] * 9))
    assert part.why.startswith("local, turns 0: 0.5 [0, 1], p missed ")
    assert ", p met " in part.why
    assert part.why.endswith("9 of 18 draws without a score count against either")
    assert part.open_rows == (("local", _row(scores(1.0)).condition),)


def test_the_reason_says_when_it_speaks_of_these_very_cases() -> None:
    """The interval beside it, of cases like these, may then hold the threshold, as with 8 of 20 draws of two cases."""
    seldom = _row(*[scores(*[1.0] * 8, *[0.0] * 12)] * 2)
    part = _judge(Gate("adherence", at_least=0.7, scope="suite"), seldom)
    assert part.standing == "bad"
    assert ", p missed " in part.why
    assert part.why.endswith(" for these very cases")
    assert _judge(Gate("adherence", at_least=0.7), seldom).standing == "open"


def test_one_constraint_is_measured_by_the_run_itself() -> None:
    """No estimate of the summary goes by its name."""
    part = _judge(Gate("constraint:max_words", at_least=0.5), _row(*[scores(0.0)] * 20, measure="constraint:max_words"))
    assert part.standing == "bad"
    assert part.why.startswith("local, turns 0: 0 [0, 0.1684], p missed ")


def test_what_is_not_known_case_by_case_is_judged_by_the_interval() -> None:
    """IFEval's mean of four numbers is one of them; the reason says so."""
    rows = [row(adherence(scores(1.0)))]
    summary = summarised(*rows, final_accuracy=Estimate(0.9, 0.85, 0.95, "mean of 4 intervals"))
    gate = Gate("final_accuracy", at_least=0.8)
    part = judge_thresholds({0: (gate, summary.rows)}, Evidence(Rows(rows)))[0]
    assert (part.standing, part.why) == ("good", f"local: 0.9 [0.85, 0.95]; {BY_INTERVAL}")


def test_a_run_in_rounds_pays_for_its_looks() -> None:
    """What one look would show takes more at the first of several."""
    good = _row(*[scores(1.0)] * 29)
    assert _judge(Gate("adherence", at_least=0.88), good, looks=Looks((4, 8, 16))).standing == "open"
    assert _judge(Gate("adherence", at_least=0.8), good, looks=Looks((4, 8, 16))).standing == "good"


@pytest.mark.parametrize(("limit", "standing"), [(0.5, "good"), (0.51, "bad")])
def test_a_gate_on_the_estimate_is_in_no_family(limit: float, standing: str) -> None:
    """It is judged by the bare number of the report, and takes no evidence from others."""
    good = _row(*[scores(1.0)] * 29)
    gates = {
        0: (Gate("adherence", at_least=limit, on="estimate"), summarised(good).rows),
        1: (Gate("adherence", at_least=0.88), summarised(good).rows),
    }
    parts = judge_thresholds(gates, Evidence(Rows([good])))
    assert (parts[0].standing, parts[1].standing) == (standing, "good")
