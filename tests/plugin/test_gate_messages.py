"""What became of gates, as a person reads it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from evalkit.excerpt import width_of
from evalkit.findings import Compared, Estimate, JudgedGate, Needed
from evalkit.plugin.gate_messages import FailingGate, gate_failure, passed_gate, undecided_gate
from evalkit.plugin.messages import COLUMNS, LINES, Yardstick
from evalkit.plugin.worst_cases import MissedRow, WorstCase
from evalkit.types import Completion, Condition, Draw
from evalkit.verdicts import Scored, Span, Verdict

ROW = ("script", Condition((("system", "dense"),)))
COMPARED = Compared(
    "adherence", ROW, ROW, 0.61, 0.83, Estimate(-0.22, -0.31, -0.13, "made"), 0.05, 12, 12, 0.001, 0.9, 0.001, 0.9, 0.0,
    "made", "worse",
)  # fmt: skip
WORSE = JudgedGate("adherence no worse than baseline by 0.05", "worse", "why", alarming=True, compared=(COMPARED,))
COMMAND = "evalkit report 20261126-010203-abcd"


def case(text: str = "Kafka, of course", reason: str = "7 words") -> WorstCase:
    """Make a case with its worst draw."""
    verdict = Verdict("max_words", 0.0, 0.0, reason, (Span(0, 5),))
    draw = Draw(2, Completion("complete", text=text), Scored((verdict,), 0.0, 0.0), 17)
    return WorstCase(ROW, "kafka", 0.25, 1.0, "17", draw)


def test_a_comparison_shows_both_sides_and_the_cases() -> None:
    """New, old, their difference with its interval, the margin, and the words of the worst draws."""
    failing = FailingGate(WORSE, "", (), (case(),), Yardstick(), command=COMMAND)
    assert gate_failure(failing) == (
        "adherence no worse than baseline by 0.05: worse",
        "  script, system dense: 0.61 against 0.83, difference -0.220 [-0.310, -0.130], margin 0.05",
        "case kafka, script, system dense: 0.25 against 1.00 (sample 17)",
        "draw 3 breaks max_words: 7 words",
        "  | «Kafka», of course",
        f"see all of it: {COMMAND}",
    )


def test_more_rows_than_have_room_are_counted() -> None:
    """Those that failed are told, no others."""
    rows = [replace(COMPARED, row=(f"provider-{number}", ROW[1])) for number in range(7)]
    judged = replace(WORSE, compared=(*rows, replace(COMPARED, verdict="not_worse")))
    lines = gate_failure(FailingGate(judged, "", (), (), Yardstick()))
    assert [line.split(",")[0] for line in lines[1:]] == [
        *(f"  provider-{number}" for number in range(4)),
        "  and 3 more rows",
    ]


def test_a_threshold_shows_the_rows_that_miss_it() -> None:
    """With their intervals."""
    judged = JudgedGate("adherence at least 0.8", "failed", "why", alarming=True)
    missed = MissedRow(ROW, Estimate(0.5, 0.4, 0.6, "made"), 0.3)
    lines = gate_failure(FailingGate(judged, "at least 0.8", (missed,), (), Yardstick()))
    assert lines == (
        "adherence at least 0.8: failed",
        "  script, system dense: 0.50 [0.40, 0.60], at least 0.8 demanded",
    )


def test_a_failure_without_rows_gives_its_reason() -> None:
    """As where the gate's measure has no single number in a row."""
    judged = JudgedGate("constraint:x at least 0.8", "failed", "two of that name", alarming=True)
    assert gate_failure(FailingGate(judged, "", (), (), Yardstick()))[1] == "  two of that name"


def test_what_is_open_says_what_would_decide_it() -> None:
    """Row by row; a threshold gives its reason."""
    row = replace(COMPARED, verdict="undecided", needed=Needed(59, None))
    judged = replace(WORSE, verdict="undecided", alarming=False, compared=(row,), besides=("1 row was left out",))
    lines = undecided_gate(judged)
    assert lines[0] == "adherence no worse than baseline by 0.05: undecided"
    assert "about 59 cases would decide it" in " ".join(" ".join(lines).split())
    assert lines[-1] == "  1 row was left out"
    threshold = JudgedGate("adherence at least 0.8", "undecided", "0.75 [0.6, 0.9]")
    assert undecided_gate(threshold) == ("adherence at least 0.8: undecided: 0.75 [0.6, 0.9]",)


def test_what_passes_says_by_how_much() -> None:
    """On one line, where it fits."""
    judged = JudgedGate("adherence at least 0.8", "passed", "script: 0.95 [0.9, 1], p met 0.0001")
    assert passed_gate(judged) == ("adherence at least 0.8: passed: script: 0.95 [0.9, 1], p met 0.0001",)


@given(st.text(max_size=300), st.text(max_size=300))
def test_no_words_break_the_layout(text: str, reason: str) -> None:
    """At most 25 lines of 100 columns, whatever models and constraints say."""
    cases = [case(text, reason)] * 3
    judged = replace(WORSE, name=f"gate {text}", compared=(COMPARED,) * 6)
    lines = gate_failure(FailingGate(judged, "", (), cases, Yardstick(), command=COMMAND))
    assert len(lines) <= LINES
    assert all(width_of(line) <= COLUMNS for line in lines)
    assert not any(character in "\x1b\n\r\u2028" for line in lines for character in line)
    assert lines[-1] == f"see all of it: {COMMAND}"
