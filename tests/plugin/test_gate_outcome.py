"""What the gates of a suite come to in a test run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.baselines.against import read_against_prepared
from evalkit.baselines.promote import candidate, save_or_promote
from evalkit.findings import JudgedGate
from evalkit.gate import Gate
from evalkit.plugin.gate_outcome import judge_gates, paired
from evalkit.plugin.planned import Planned
from evalkit.types import Completion

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Sample
    from tests.plugin.conftest import DrawSuite as Draw

GOOD, BAD = "Use Kafka", "Use Kafka, for it is a log"


def body(gates: str, cases: int = 30, repeats: int = 2) -> str:
    """Write a suite of many cases with one constraint."""
    listed = "".join(f"  - {{id: c{number}, prompt: Say {number}.}}\n" for number in range(cases))
    head = f"repeats: {repeats}\naxes: {{temperature: [0.0, 1.0]}}\nconstraints: [{{max_words: 3}}]\n"
    return f"{head}cases:\n{listed}gates:\n{gates}"


def by_temperature(cold: str, hot: str) -> Callable[[Sample], str]:
    """Answer by the temperature alone."""
    return lambda sample: cold if sample.condition.get("temperature") == 0.0 else hot


def test_a_gate_is_passed_failed_or_undecided(draw_suite: Draw) -> None:
    """Each by what is shown, in the order of the suite."""
    gates = """\
  - {measure: adherence, at_least: 0.6, where: {temperature: 0.0}}
  - {measure: adherence, at_least: 0.6, where: {temperature: 1.0}}
  - {measure: adherence, at_least: 0.95, where: {temperature: 0.0}}
"""
    drawn = draw_suite(body(gates), by_temperature(GOOD, BAD))
    found = judge_gates(drawn, drawn.planned)
    assert [each.state for each in found] == ["passed", "failed", "undecided"]
    assert [each.gate for each in found] == list(drawn.planned.gates())
    assert dict(found[1].properties) == {
        "state": "failed",
        "run": drawn.found.id,
        "gate": "adherence at least 0.6 where temperature 1.0",
        "verdict": "failed",
    }
    assert found[0].lines[0].startswith("adherence at least 0.6 where temperature 0.0: passed: script, temperature 0.0")
    assert found[2].lines[0].startswith("adherence at least 0.95 where temperature 0.0: undecided: ")


def test_a_failed_threshold_shows_rows_and_cases(draw_suite: Draw) -> None:
    """The row with its interval, three cases with the words of their worst draws, and how to see it all."""
    gates = "  - {measure: adherence, at_least: 0.6}\n"
    drawn = draw_suite(body(gates), by_temperature(GOOD, BAD))
    lines = judge_gates(drawn, drawn.planned)[0].lines
    assert lines[:3] == (
        "adherence at least 0.6: failed",
        "  script, temperature 1.0: 0.00 [0.00, 0.12], at least 0.6 demanded",
        "case c0, script, temperature 1.0: 0.00 (sample 60)",
    )
    assert lines[3:5] == ("draw 1 breaks max_words: 7 words, limit 3", "  | Use Kafka, for «it is a log»")
    assert sum(line.startswith("case ") for line in lines) == 3
    assert lines[-1].startswith("see all of it: evalkit ")
    assert lines[-1].endswith(f" report {drawn.found.id}")
    assert len(lines) <= 25


def test_a_failed_comparison_shows_both_sides(draw_suite: Draw) -> None:
    """New, old, the difference with its interval, and the margin."""
    gates = "  - {measure: adherence, no_worse_than: {temperature: 0.0}, where: {temperature: 1.0}, margin: 0.1}\n"
    drawn = draw_suite(body(gates), by_temperature(GOOD, BAD))
    (found,) = judge_gates(drawn, drawn.planned)
    assert found.state == "failed"
    assert found.lines[0].endswith(": worse")
    assert found.lines[1].startswith("  script, temperature 1.0: 0.00 against 1.00, difference -1.000 [-1.000, ")
    assert "margin 0.1" in " ".join(found.lines[1:3])
    assert any(line == "case c0, script, temperature 1.0: 0.00 against 1.00 (sample 60)" for line in found.lines)


def test_a_run_is_held_against_its_baseline(draw_suite: Draw) -> None:
    """By the gate that the baseline asks for by itself; what it drew is not asked of the store."""
    cases = "repeats: 2\nconstraints: [{max_words: 3}]\ncases:\n" + "".join(
        f"  - {{id: c{number}, prompt: Say {number}.}}\n" for number in range(30)
    )
    before = draw_suite(cases, lambda _: GOOD)
    save_or_promote("main", candidate(before.store, before.found), before.planned.project)
    drawn = draw_suite(cases, lambda _: BAD)
    planned = drawn.planned
    drawn.old = read_against_prepared("main", planned.project, planned.prepared)
    drawn.planned = Planned(planned.path, planned.suite, planned.project, planned.prepared, "main")
    (found,) = judge_gates(drawn, drawn.planned)
    assert found.state == "failed"
    assert found.lines[0] == "adherence no worse than baseline: worse"
    assert any(line.startswith("case c0, script: 0.00 against 1.00 (sample ") for line in found.lines)


def test_what_must_be_proven_fails_undecided(draw_suite: Draw) -> None:
    """And says so; the others are undecided, and say what would decide them."""
    gates = """\
  - {measure: adherence, no_worse_than: {temperature: 0.0}, where: {temperature: 1.0}, margin: 0.05, alarm: unproven}
  - {measure: adherence, no_worse_than: {temperature: 0.0}, where: {temperature: 1.0}, margin: 0.05}
"""
    drawn = draw_suite(body(gates, cases=3), lambda _: GOOD)
    unproven, harm = judge_gates(drawn, drawn.planned)
    assert (unproven.state, harm.state) == ("failed", "undecided")
    assert "fails by `alarm: unproven`" in " ".join(" ".join(unproven.lines).split())
    assert "would decide it" in " ".join(harm.lines)


def test_a_run_that_failed_too_much_judges_nothing(draw_suite: Draw) -> None:
    """Every gate is an error then, whatever the rest says."""
    drawn = draw_suite(
        body("  - {measure: adherence, at_least: 0.6}\n"),
        lambda sample: Completion("error", error="the server is unwell") if sample.case_id < "c2" else GOOD,
    )
    (found,) = judge_gates(drawn, drawn.planned)
    assert found.state == "error"
    assert "draws failed or are missing" in found.lines[0]


@pytest.mark.parametrize("judged", [("b",), ("a", "b"), ()], ids=str)
def test_gates_that_were_not_judged_have_nothing_beside_them(judged: tuple[str, ...]) -> None:
    """Those of one name are told apart by their order."""
    gates = (Gate("a"), Gate("b"), Gate("a"))
    found = tuple(JudgedGate(name, "passed", f"{number}") for number, name in enumerate(judged))
    beside = [None if each is None else each.name for _, each in paired(gates, found)]
    assert beside == [name if name in judged and number < 2 else None for number, name in enumerate("aba")]
