"""Tests of what a look goes by."""

from __future__ import annotations

import pytest

from evalkit.findings import Estimate, JudgedGate, Report, Row, Summary
from evalkit.look import interval_levels, rows_going_on
from evalkit.rounds import Looks, Precision, Rounds
from evalkit.types import Condition

HERE = Condition((("system", "dense"),))


def test_gates_that_are_open_keep_their_rows_going() -> None:
    """A gate that is decided, or that nothing could decide, waits for no draws."""
    row = ("local", HERE)
    gates = (
        JudgedGate("open", "undecided", "why", open_rows=(row,)),
        JudgedGate("no baseline", "undecided", "why"),
        JudgedGate("done", "not_worse", "why", open_rows=()),
    )
    report = Report(Summary("run", "suite", 1, "hash", ()), gates)
    assert list(rows_going_on(report, Rounds((2, 4)))) == [row]


@pytest.mark.parametrize(
    ("low", "high", "goes_on"),
    [(0.4, 0.5, False), (0.4, 0.51, True), (None, None, True)],
    ids=["at the width", "wider", "without an interval"],
)
def test_rows_go_on_until_they_are_precise(
    low: float | None,
    high: float | None,
    goes_on: bool,
) -> None:
    """An interval of the width asked for is narrow enough; one that is not there is not."""
    row = Row(
        provider="local",
        model="model",
        served=(),
        condition=HERE,
        requested={},
        applied={},
        unsupported=None,
        cases=6,
        completions={},
        decided=6,
        undecided=0,
        rule_share=None,
        input_tokens=None,
        cost_usd=None,
        measures={"adherence": Estimate(0.45, low, high, "made")},
    )
    report = Report(Summary("run", "suite", 1, "hash", (row,)))
    found = list(rows_going_on(report, Rounds((2, 4), Precision("adherence", 0.05))))
    assert bool(found) is goes_on


def test_levels_rise_above_95_percent_in_rounds_alone() -> None:
    """Each look of several has a stricter level than one look would."""
    assert interval_levels(None, [("local", HERE)]) == {}
    levels = interval_levels(Looks((1, 2, 4)), [("local", HERE)])
    assert 0.95 < levels["local", HERE] < 1
