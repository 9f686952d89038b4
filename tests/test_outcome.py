"""What is remembered of a run."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.findings import (
    Change,
    Compared,
    Comparison,
    Demand,
    Estimate,
    JudgedGate,
    Report,
    Row,
    Spent,
    Standing,
    Summary,
)
from evalkit.gate import Alarms
from evalkit.outcome import Held, Point, outcome_json, outcome_of, read_outcome, state_of
from evalkit.types import Condition, Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.findings import GateVerdict
    from evalkit.gate import Better
    from evalkit.measured import RowKey
    from evalkit.outcome import RunOutcome
    from evalkit.types import Suite

HOT: RowKey = ("mine", Condition((("temperature", 1.0), ("stop", ("a", "b")), ("refresh", None))))
COLD: RowKey = ("mine", Condition((("temperature", 0.0), ("stop", ("a", "b")), ("refresh", None))))
AT = "2026-10-01T02:00:00.000+00:00"
STANDING = Standing(2, 8, 0, Estimate(0.75, 0.25, 1.0, "bound"), Estimate(1.0, 0.5, 1.0, "bound"))


def _row(key: RowKey, estimate: float | None) -> Row:
    return Row(
        provider=key[0],
        model="model",
        served=("model-1",),
        condition=key[1],
        requested={},
        applied={},
        unsupported=None,
        cases=2,
        completions={"complete": 7, "error": 1, "refusal": 0},
        decided=14,
        undecided=0,
        rule_share=None,
        input_tokens=None,
        cost_usd=None,
        measures={
            "adherence": Estimate(estimate, 0.1234567, 1.0, "bound"),
            "first_divergence": Estimate(float("inf"), None, None, "median"),
        },
        constraints={
            Demand("max_words"): STANDING,
            Demand("title"): STANDING,
            Demand("title", source="system"): STANDING,
        },
    )


def _compared(row: RowKey, against: RowKey, old: float, *, margin: float = 0.0, better: Better = "higher") -> Compared:
    return Compared(
        "adherence", row, against, 0.5, old, Estimate(0.5 - old, None, None, ""), margin, 2, 2, None, None, None, None,
        0.0, "test", "undecided", better=better,
    )  # fmt: skip


def _report(**parts: object) -> Report:
    summary = Summary(
        "20261001-020000-abcd", "made", 1, "f" * 64, (_row(HOT, 0.5), _row(COLD, None)),
        spent={"mine": Spent(8, 0.5, 0, 0.0, Usage(), 0, 0), "other": Spent(2, None, 2, 0.0, Usage(), 0, 0)},
    )  # fmt: skip
    return replace(Report(summary), **parts)  # type: ignore[arg-type]


def _gate(verdict: GateVerdict, *compared: Compared, alarming: bool = False) -> JudgedGate:
    return JudgedGate(f"gate {verdict}", verdict, "why", alarming=alarming, compared=compared)


def _outcome(report: Report, suite: Suite) -> RunOutcome:
    return outcome_of(report, suite, judged_at=AT, exit_code=0)


def test_numbers_are_remembered_with_their_intervals(make_suite: Callable[..., Suite]) -> None:
    """To six digits; what is not known stays so, and a number without a value in JSON is not known."""
    outcome = _outcome(_report(), make_suite(hash="a" * 64, alarms=Alarms(0.01, 0.02, 8)))
    hot, cold = outcome.rows
    assert hot.key == HOT
    assert hot.points["adherence"] == Point(0.5, 0.123457, 1.0)
    assert cold.points["adherence"].estimate is None
    assert hot.points["first_divergence"] == Point(None, None, None)
    assert dict(hot.draws) == {"complete": 7, "error": 1}
    assert (outcome.cost_usd, outcome.unpriced) == (0.5, 2)
    assert (outcome.suite_hash, outcome.alarms.per_run) == ("a" * 64, 0.01)


def test_a_constraint_is_a_measure_where_its_name_is_its_own(make_suite: Callable[..., Suite]) -> None:
    """Two of one name in one row have no common number there."""
    points = _outcome(_report(), make_suite()).rows[0].points
    assert points["constraint:max_words"].estimate == 0.75
    assert "constraint:title" not in points


def test_the_baseline_number_and_the_limit_come_from_what_was_compared(make_suite: Callable[..., Suite]) -> None:
    """With the margin on the side that is worse; another condition of the same run is no baseline."""
    explored = Comparison("baseline main", (_compared(HOT, HOT, 0.9), _compared(COLD, COLD, 0.8)))
    gates = (_gate("undecided", _compared(HOT, HOT, 0.9, margin=0.25), _compared(COLD, HOT, 0.1)),)
    hot, cold = _outcome(_report(comparison=explored, gates=gates), make_suite()).rows
    assert (hot.points["adherence"].old, hot.points["adherence"].limit) == (0.9, 0.65)
    assert (cold.points["adherence"].old, cold.points["adherence"].limit) == (0.8, None)
    lower = (_gate("undecided", _compared(HOT, HOT, 0.5, margin=0.25, better="lower")),)
    assert _outcome(_report(gates=lower), make_suite()).rows[0].points["adherence"].limit == 0.75


def test_rows_of_some_cases_are_left_out(make_suite: Callable[..., Suite]) -> None:
    """Their numbers are of something else than those of other nights; how many there were is kept."""
    outcome = outcome_of(_report(), make_suite(), judged_at=AT, exit_code=0, whole={COLD})
    assert [row.key for row in outcome.rows] == [COLD]
    assert outcome.partial == 1


def _changed(*, changed: bool) -> tuple[Change, ...]:
    return (Change("mine", "texts", 0.001, 0.004, changed=changed, words="words"),)


@pytest.mark.parametrize(
    ("parts", "state"),
    [
        pytest.param({}, "good", id="nothing asked"),
        pytest.param({"gates": (_gate("not_worse"), _gate("passed"))}, "good", id="all passed"),
        pytest.param({"gates": (_gate("passed"), _gate("undecided"))}, "undecided", id="one undecided"),
        pytest.param({"changes": _changed(changed=False)}, "good", id="not changed"),
        pytest.param({"changes": _changed(changed=True), "gates": (_gate("undecided"),)}, "changed", id="changed"),
        pytest.param({"gates": (_gate("failed", alarming=True),)}, "failed", id="threshold"),
        pytest.param({"gates": (_gate("undecided", alarming=True),)}, "failed", id="unproven"),
        pytest.param(
            {"gates": (_gate("failed", alarming=True), _gate("worse", alarming=True))}, "worse", id="worse first"
        ),
        pytest.param(
            {"gates": (_gate("worse", alarming=True),), "stopped": ("the budget",)}, "incomplete", id="stopped"
        ),
        pytest.param({"incomplete": "60 of 80 draws failed"}, "incomplete", id="too many failed"),
    ],
)
def test_the_most_urgent_word_stands(parts: dict[str, object], state: str) -> None:
    """What is incomplete says nothing of worse, and a drop comes before a changed model."""
    assert state_of(_report(**parts)) == state


def test_judgements_that_are_missing_leave_a_run_incomplete() -> None:
    """They could still turn every verdict."""
    report = _report()
    assert state_of(replace(report, summary=replace(report.summary, unjudged=3))) == "incomplete"


def test_an_outcome_comes_back_as_it_was_written(make_suite: Callable[..., Suite]) -> None:
    """Through JSON, with lists as the tuples that they were."""
    held = Held("main", "0a1b2c3d", "20260901-020000-abcd")
    gates = (_gate("worse", _compared(HOT, HOT, 0.9, margin=0.05), alarming=True), _gate("passed"))
    report = _report(gates=gates, changes=_changed(changed=True), incomplete=None, stopped=("one", "two"))
    outcome = replace(_outcome(report, make_suite()), baseline=held, missing=3, unjudged=1, partial=2)
    plain = json.loads(json.dumps(outcome_json(outcome), allow_nan=False))
    assert read_outcome(outcome.run, AT, held.name, held.check, plain) == outcome
    without = replace(outcome, baseline=None)
    plain = json.loads(json.dumps(outcome_json(without)))
    assert read_outcome(outcome.run, AT, "", "", plain) == without
    assert outcome.alarming == ("gate worse",)
    assert [change.what for change in outcome.changed] == ["texts"]
    assert [gate.compares for gate in outcome.gates] == [True, False]


def test_it_is_small(make_suite: Callable[..., Suite]) -> None:
    """A row takes some forty bytes a measure, so that years of nights fit."""
    text = json.dumps(outcome_json(_outcome(_report(), make_suite())), separators=(",", ":"))
    assert len(text) < 900
