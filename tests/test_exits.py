"""Exit codes of reports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.exits import exit_code_of, model_changed
from evalkit.findings import Change, JudgedGate, Report, Summary

if TYPE_CHECKING:
    from evalkit.findings import GateVerdict


def make_report(*verdicts: GateVerdict, alarming: bool = False, incomplete: str | None = None) -> Report:
    """Make a report with gates of these verdicts; those that show harm are alarming anyway."""
    gates = tuple(
        JudgedGate("gate", verdict, "why", alarming=alarming or verdict in ("failed", "worse")) for verdict in verdicts
    )
    return Report(Summary("run", "suite", 1, "hash", ()), gates, incomplete=incomplete)


@pytest.mark.parametrize(
    ("report", "required", "code"),
    [
        pytest.param(make_report(), False, 0, id="no gates"),
        pytest.param(make_report("passed", "not_worse"), True, 0, id="all passed"),
        pytest.param(make_report("passed", "failed"), False, 1, id="one failed"),
        pytest.param(make_report("worse"), False, 1, id="worse"),
        pytest.param(make_report("undecided"), False, 0, id="undecided"),
        pytest.param(make_report("undecided", alarming=True), False, 1, id="unproven"),
        pytest.param(make_report("undecided"), True, 4, id="undecided but required"),
        pytest.param(make_report("undecided", "failed"), True, 1, id="failure before indecision"),
        pytest.param(make_report("failed", incomplete="too much failed"), False, 3, id="failures before gates"),
        pytest.param(make_report("passed", incomplete="too much failed"), False, 3, id="incomplete"),
    ],
)
def test_exit_code(report: Report, *, required: bool, code: int) -> None:
    """An incomplete run comes first, then alarming gates, then undecided ones where decisions are required."""
    assert exit_code_of(report, require_decision=required) == code


def test_missing_judgements_leave_a_run_incomplete() -> None:
    """They come before failed gates, which they could still turn."""
    report = make_report("failed")
    assert exit_code_of(replace(report, summary=replace(report.summary, unjudged=1))) == 3


CHANGES = tuple(
    Change("script", what, 0.001, 0.004, changed=changed, words="words")
    for what, changed in (("texts", True), ("length", False), ("latency", None))
)


@pytest.mark.parametrize(
    ("report", "codes"),
    [
        pytest.param(make_report(), (0, 1), id="nothing else"),
        pytest.param(make_report("undecided"), (0, 1), id="undecided"),
        pytest.param(make_report("worse"), (1, 1), id="worse"),
        pytest.param(make_report("passed", incomplete="too much failed"), (3, 3), id="incomplete"),
    ],
)
def test_a_changed_model_fails_a_run_only_on_request(report: Report, codes: tuple[int, int]) -> None:
    """Then it is 1, before an undecided gate and after what is incomplete."""
    changed = replace(report, changes=CHANGES)
    assert model_changed(changed)
    assert tuple(exit_code_of(changed, fail_on_change=given) for given in (False, True)) == codes
    assert exit_code_of(replace(make_report("undecided"), changes=CHANGES), require_decision=True) == 4
    assert (
        exit_code_of(replace(make_report("undecided"), changes=CHANGES), require_decision=True, fail_on_change=True)
        == 1
    )


def test_what_did_not_change_or_could_not_be_tested_fails_nothing() -> None:
    """Neither is a finding."""
    report = replace(make_report("passed"), changes=CHANGES[1:])
    assert not model_changed(report)
    assert exit_code_of(report, fail_on_change=True) == 0
