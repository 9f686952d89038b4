"""Gates held against rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.compare import compare
from evalkit.compare.evidence import Evidence
from evalkit.compare.gates import DEFAULT_GATE, gates_of
from evalkit.compare.judge_thresholds import BY_INTERVAL
from evalkit.findings import Demand, Estimate, JudgedGate, Row, Standing, Summary
from evalkit.gate import Gate
from evalkit.types import Condition
from measured_rows import Rows, adherence, scores, summarised
from measured_rows import row as measured

if TYPE_CHECKING:
    from evalkit.measured import MeasuredRow
    from evalkit.types import AxisValue

METHOD = "Dirichlet bound over 6 cases, 95 %"
NO_INTERVAL = Estimate(0.9, None, None, "no interval: the draws of one case make one number", "case")
NOTHING = Estimate(None, None, None, "nothing was decided")


def _estimate(low: float, estimate: float, high: float) -> Estimate:
    return Estimate(estimate, low, high, METHOD)


def _row(
    adherence: Estimate, *, unsupported: str | None = None, complete: int = 8, refused: int = 0, **axes: AxisValue
) -> Row:
    return Row(
        provider="local",
        model="model",
        served=(),
        condition=Condition(tuple(axes.items())),
        requested={},
        applied={},
        unsupported=unsupported,
        cases=6,
        completions={"complete": complete, "truncated": 0, "refusal": 0, "error": 0, "unsupported": refused},
        decided=8,
        undecided=0,
        rule_share=None,
        input_tokens=None,
        cost_usd=None,
        measures={"adherence": adherence, "distinct_2_normalised": _estimate(0.1, 0.2, 0.3)},
    )


def _judge(gate: Gate, *rows: Row) -> JudgedGate:
    (judged,) = compare(Summary("run", "suite", 1, "hash", rows), [gate]).gates
    return judged


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.8, 0.9, "passed"), (0.79, 0.9, "undecided"), (0.5, 0.8, "undecided"), (0.5, 0.79, "failed")],
    ids=["low at the threshold", "low below it", "high at the threshold", "high below it"],
)
def test_at_least_judges_the_interval(low: float, high: float, verdict: str) -> None:
    """The whole interval must lie at or above the threshold to pass, and below it to fail."""
    assert _judge(Gate("adherence", at_least=0.8), _row(_estimate(low, 0.75, high))).verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.1, 0.2, "passed"), (0.1, 0.21, "undecided"), (0.2, 0.4, "undecided"), (0.21, 0.4, "failed")],
    ids=["high at the threshold", "high above it", "low at the threshold", "low above it"],
)
def test_at_most_judges_the_interval_the_other_way(low: float, high: float, verdict: str) -> None:
    """The whole interval must lie at or below the threshold to pass, and above it to fail."""
    assert _judge(Gate("adherence", at_most=0.2), _row(_estimate(low, 0.2, high))).verdict == verdict


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.3, 0.6, "passed"), (0.2, 0.6, "undecided"), (0.1, 0.2, "failed"), (0.8, 0.9, "failed")],
    ids=["within", "across the lower end", "below", "above"],
)
def test_both_thresholds_hold_together(low: float, high: float, verdict: str) -> None:
    """An interval must lie between two thresholds to pass, and outside on one side to fail."""
    assert _judge(Gate("adherence", at_least=0.3, at_most=0.7), _row(_estimate(low, 0.4, high))).verdict == verdict


@pytest.mark.parametrize(
    ("estimate", "verdict"), [(0.8, "passed"), (0.79, "failed")], ids=["at the threshold", "below it"]
)
def test_a_gate_on_the_estimate_decides_and_warns(estimate: float, verdict: str) -> None:
    """The interval is ignored, and the reason says what that costs."""
    judged = _judge(Gate("adherence", at_least=0.8, on="estimate"), _row(_estimate(0.1, estimate, 1.0)))
    assert judged.verdict == verdict
    assert judged.why.endswith("a gate on the estimate has no error rate")


def test_a_gate_on_the_estimate_needs_no_interval() -> None:
    """A number without an interval decides such a gate."""
    assert _judge(Gate("adherence", at_least=0.8, on="estimate"), _row(NO_INTERVAL)).verdict == "passed"


def test_one_failed_row_fails_the_gate_and_is_named() -> None:
    """The reason holds provider, condition, estimate and interval of what failed, and of nothing else."""
    judged = _judge(
        Gate("adherence", at_least=0.8),
        _row(_estimate(0.85, 0.9, 0.95), temperature=0.0),
        _row(_estimate(0.5, 0.6, 0.7), temperature=0.8, system="dense"),
        _row(_estimate(0.5, 0.9, 0.95), temperature=1.2),
    )
    why = f"local, temperature 0.8, system dense: 0.6 [0.5, 0.7]; {BY_INTERVAL}"
    assert judged == JudgedGate("adherence at least 0.8", "failed", why, alarming=True, besides=(why,))


def test_one_undecided_row_leaves_the_gate_undecided() -> None:
    """A gate passes only when every row does."""
    rows = _row(_estimate(0.85, 0.9, 0.95), turns=0), _row(_estimate(0.5, 0.9, 0.95), turns=4)
    judged = _judge(Gate("adherence", at_least=0.8), *rows)
    assert judged.verdict == "undecided"
    assert judged.why == f"local, turns 4: 0.9 [0.5, 0.95]; {BY_INTERVAL}"


def test_a_long_list_of_rows_is_cut_and_counted() -> None:
    """Three rows are named; a reader learns how many more there are."""
    rows = [_row(_estimate(0.1, 0.2, 0.3), turns=turns) for turns in range(5)]
    judged = _judge(Gate("adherence", at_least=0.8), *rows)
    assert judged.why.count("local") == 3
    assert judged.why.endswith(f"; and 2 more; {BY_INTERVAL}")


def test_where_chooses_the_rows() -> None:
    """A row that `where` does not select cannot fail the gate."""
    rows = _row(_estimate(0.85, 0.9, 0.95), turns=0), _row(_estimate(0.1, 0.2, 0.3), turns=4)
    assert _judge(Gate("adherence", at_least=0.8, where={"turns": (0,)}), *rows).verdict == "passed"


def test_a_gate_that_selects_nothing_is_undecided() -> None:
    """Nothing to judge is no pass."""
    gate = Gate("adherence", at_least=0.0, where={"turns": (9,)})
    judged = _judge(gate, _row(_estimate(0.85, 0.9, 0.95), turns=0))
    assert (judged.verdict, judged.why) == ("undecided", "it selects no condition of this run")


def test_unsupported_rows_alone_are_undecided() -> None:
    """What could not be run as asked is neither good nor bad."""
    judged = _judge(Gate("adherence", at_least=0.0), _row(NOTHING, unsupported="no top_k", complete=0, refused=8))
    assert (judged.verdict, judged.why) == ("undecided", "every condition that it selects is unsupported")


def test_unsupported_rows_beside_others_are_left_out_and_counted() -> None:
    """The gate judges what could be run, and says what could not."""
    judged = _judge(
        Gate("adherence", at_least=0.8),
        _row(_estimate(0.85, 0.9, 0.95), turns=0),
        _row(NOTHING, unsupported="no top_k", complete=0, refused=8, turns=4),
    )
    assert judged.verdict == "passed"
    assert judged.why.endswith("; 1 of 2 conditions are unsupported and not judged")


def test_a_row_of_which_some_cases_could_be_run_is_judged_by_those() -> None:
    """It can fail the gate, and the reason says what was missing."""
    row = _row(_estimate(0.1, 0.2, 0.3), unsupported="1 of 6 cases: too long", refused=1)
    judged = _judge(Gate("adherence", at_least=0.8), row)
    assert (judged.verdict, judged.why) == ("failed", f"local: 0.2 [0.1, 0.3] (1 of 6 cases: too long); {BY_INTERVAL}")


@pytest.mark.parametrize("on", ["interval", "estimate"])
def test_nothing_decided_is_undecided(on: str) -> None:
    """An estimate that is not known meets no threshold, not even 0."""
    gate = Gate("adherence", at_least=0.0, on="estimate" if on == "estimate" else "interval")
    judged = _judge(gate, _row(NOTHING))
    assert judged.verdict == "undecided"
    assert judged.why.startswith("local: nothing was decided")


def test_an_estimate_without_an_interval_is_undecided() -> None:
    """The reason repeats why there is none."""
    judged = _judge(Gate("adherence", at_least=0.0), _row(NO_INTERVAL))
    assert judged.verdict == "undecided"
    assert judged.why == "local: 0.9 without an interval (no interval: the draws of one case make one number)"


def test_a_gate_on_a_measure_that_the_run_lacks_is_undecided() -> None:
    """The reason names the measure."""
    judged = _judge(Gate("unique_ratio", at_least=0.0), _row(_estimate(0.8, 0.9, 1.0)))
    assert (judged.verdict, judged.why) == ("undecided", "the run has no measure `unique_ratio`")


def test_a_gate_may_ask_for_a_normalised_measure() -> None:
    """Any column of the summary can be gated."""
    assert _judge(Gate("distinct_2_normalised", at_least=0.1), _row(_estimate(0, 0, 0))).verdict == "passed"


def test_without_a_baseline_no_worse_than_is_undecided() -> None:
    """There is nothing to compare with, however good the numbers are."""
    judged = _judge(Gate("adherence", no_worse_than="baseline", margin=0.05), _row(_estimate(1, 1, 1)))
    assert (judged.verdict, judged.why) == ("undecided", "no baseline was given (--baseline NAME)")


def test_a_threshold_beside_a_baseline_can_fail_but_not_pass() -> None:
    """Missing the threshold is enough to fail; meeting it is not enough to pass without the baseline."""
    gate = Gate("adherence", at_least=0.8, no_worse_than="baseline")
    assert _judge(gate, _row(_estimate(0.1, 0.2, 0.3))).verdict == "failed"
    assert _judge(gate, _row(_estimate(0.9, 0.95, 1.0))).verdict == "undecided"


def test_a_report_keeps_summary_and_environment() -> None:
    """What the run was made on comes along; without gates there are no verdicts."""
    summary = Summary("run", "suite", 1, "hash", ())
    report = compare(summary, (), {"local": {"torch": "2.9"}})
    assert report.summary is summary
    assert report.gates == ()
    assert report.environment == {"local": {"torch": "2.9"}}


GOOD = measured(adherence(*[scores(1.0, 1.0)] * 30))
BAD = measured(adherence(*[scores(0.0, 0.0)] * 30))
FEW = measured(adherence(scores(1.0, 1.0), scores(1.0, 1.0)))
DROP = Gate("adherence", no_worse_than="baseline", margin=0.1)


def _against(gate: Gate, new: MeasuredRow, old: MeasuredRow | None, *, missing: int = 0) -> JudgedGate:
    """Judge a run of one row against a baseline."""
    evidence = Evidence(Rows([new]), None if old is None else Rows([old], name="main"))
    (judged,) = compare(replace(summarised(new), missing=missing), [gate], evidence=evidence).gates
    return judged


def test_a_gate_on_a_baseline_has_three_verdicts() -> None:
    """Only harm that is shown alarms."""
    found = {new: _against(DROP, row, GOOD) for new, row in (("bad", BAD), ("good", GOOD), ("few", FEW))}
    assert [(each.verdict, each.alarming) for each in found.values()] == [
        ("worse", True),
        ("not_worse", False),
        ("undecided", False),
    ]
    assert found["few"].open_rows == (FEW.key,)
    assert [each.verdict for each in found["bad"].compared] == ["worse"]


@pytest.mark.parametrize("old", [GOOD, None], ids=["too few cases", "no baseline"])
def test_unproven_alarms_where_nothing_is_shown(old: MeasuredRow | None) -> None:
    """Unless it is shown not to be worse."""
    unproven = replace(DROP, alarm="unproven")
    assert _against(unproven, FEW, old).alarming
    assert _against(unproven, FEW, old).verdict == "undecided"
    assert not _against(unproven, GOOD, GOOD).alarming


def test_unproven_holds_for_thresholds_too() -> None:
    """A threshold that is not shown to be met alarms."""
    gate = Gate("adherence", at_least=0.9, alarm="unproven")
    assert _against(gate, FEW, None).alarming
    assert not _against(replace(gate, alarm="harm"), FEW, None).alarming


@pytest.mark.parametrize(
    ("new", "verdict"),
    [(GOOD, "passed"), (BAD, "failed"), (FEW, "undecided")],
    ids=["both met", "both missed", "neither shown"],
)
def test_a_threshold_and_a_baseline_are_met_together_or_not_at_all(new: MeasuredRow, verdict: str) -> None:
    """What is missed is named by the threshold first."""
    assert _against(replace(DROP, at_least=0.8), new, GOOD).verdict == verdict


def test_a_baseline_can_fail_a_gate_whose_threshold_is_met() -> None:
    """It is worse then."""
    judged = _against(replace(DROP, at_least=0.1), measured(adherence(*[scores(0.5, 0.5)] * 30)), GOOD)
    assert (judged.verdict, judged.alarming) == ("worse", True)


@pytest.mark.parametrize("gate", [DROP, Gate("adherence", at_least=0.0)], ids=["comparison", "threshold"])
def test_nothing_is_judged_where_too_much_failed(gate: Gate) -> None:
    """Neither a pass nor harm; the report says that it is incomplete, and why."""
    for new in (GOOD, BAD):
        judged = _against(gate, new, GOOD, missing=4)
        assert judged.verdict == "undecided"
        assert judged.why.startswith("the run is incomplete: 4 of 64 draws failed or are missing, above the share of")
    assert _against(gate, GOOD, GOOD, missing=3).verdict in ("passed", "not_worse")
    evidence = Evidence(Rows([GOOD]), max_failed=0.5)
    summary = replace(summarised(GOOD), missing=60)
    assert compare(summary, [gate], evidence=evidence).incomplete is None
    assert compare(replace(summary, missing=61), [gate], evidence=evidence).incomplete is not None


def test_a_row_of_which_nothing_was_drawn_is_no_pass() -> None:
    """A provider that failed as a whole has no row in the summary, and is not forgotten."""
    silent = measured(adherence(scores(missing=2)), provider="silent")
    evidence = Evidence(Rows([GOOD, silent]))
    (judged,) = compare(summarised(GOOD), [Gate("adherence", at_least=0.5)], evidence=evidence).gates
    assert (judged.verdict, judged.why) == ("undecided", "silent: nothing was drawn")


def test_a_constraint_that_one_system_prompt_demands_is_judged_under_it() -> None:
    """Under the others it is not demanded, which is no reason to be undecided."""
    nothing = replace(_estimate(0, 0, 0), method="nothing was decided")
    standing = Standing(3, 6, 0, nothing, nothing)
    dense, none = (
        measured(adherence(*[scores(1.0, 1.0)] * 30, measure=measure), system=system)
        for measure, system in (("constraint:max_words", "dense"), ("constraint:valid_json", "none"))
    )
    summary = summarised(dense, none)
    rows = tuple(
        replace(each, constraints={Demand(name): standing})
        for each, name in zip(summary.rows, ("max_words", "valid_json"), strict=True)
    )
    gate = Gate("constraint:max_words", at_least=0.5)
    (judged,) = compare(replace(summary, rows=rows), [gate], evidence=Evidence(Rows([dense, none]))).gates
    assert judged.verdict == "passed"


def test_a_run_against_a_baseline_has_a_gate_on_it() -> None:
    """The plain regression test, unless the suite asks for something itself."""
    threshold = Gate("adherence", at_least=0.5)
    assert gates_of([threshold], against_baseline=False) == (threshold,)
    assert gates_of([threshold], against_baseline=True) == (threshold, DEFAULT_GATE)
    assert gates_of([DROP], against_baseline=True) == (DROP,)
    assert (DEFAULT_GATE.name, DEFAULT_GATE.margin, DEFAULT_GATE.alarm) == (
        "adherence no worse than baseline",
        0.0,
        "harm",
    )
    assert DEFAULT_GATE.inference == "suite"
