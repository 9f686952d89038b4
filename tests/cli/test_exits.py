"""Exit codes of reports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.cli.exits import exit_code_of
from evalkit.findings import JudgedGate, Report, Row, Summary
from evalkit.types import Condition

if TYPE_CHECKING:
    from evalkit.findings import GateVerdict


def make_report(*verdicts: GateVerdict, errors: int = 0, missing: int = 0) -> Report:
    """Make a report of one row with gates of these verdicts."""
    row = Row(
        provider="script",
        model="script",
        served=(),
        condition=Condition(),
        requested={},
        applied={},
        unsupported=None,
        cases=1,
        completions={"complete": 4, "error": errors},
        decided=4,
        undecided=0,
        rule_share=None,
        input_tokens=None,
        cost_usd=None,
        measures={},
    )
    summary = Summary("run", "suite", 1, "hash", (row,), missing=missing)
    return Report(summary, tuple(JudgedGate("gate", verdict, "why") for verdict in verdicts))


@pytest.mark.parametrize(
    ("verdicts", "errors", "missing", "required", "code"),
    [
        pytest.param((), 0, 0, False, 0, id="no gates"),
        pytest.param(("passed", "not_worse"), 0, 0, True, 0, id="all passed"),
        pytest.param(("passed", "failed"), 0, 0, False, 1, id="one failed"),
        pytest.param(("worse",), 0, 0, False, 1, id="worse"),
        pytest.param(("undecided",), 0, 0, False, 0, id="undecided"),
        pytest.param(("undecided",), 0, 0, True, 4, id="undecided but required"),
        pytest.param(("undecided", "failed"), 0, 0, True, 1, id="failure before indecision"),
        pytest.param(("failed",), 1, 0, False, 3, id="errors before gates"),
        pytest.param(("passed",), 0, 1, False, 3, id="missing samples"),
    ],
)
def test_exit_code(verdicts: tuple[GateVerdict, ...], errors: int, missing: int, *, required: bool, code: int) -> None:
    """An incomplete run comes first, then failed gates, then undecided ones where decisions are required."""
    assert exit_code_of(make_report(*verdicts, errors=errors, missing=missing), require_decision=required) == code


def test_missing_judgements_leave_a_run_incomplete() -> None:
    """They come before failed gates, which they could still turn."""
    report = make_report("failed")
    assert exit_code_of(replace(report, summary=replace(report.summary, unjudged=1))) == 3
