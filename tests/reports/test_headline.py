"""The headline of a report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evalkit.findings import Change, JudgedGate, Report, Summary
from evalkit.outcome import state_of
from evalkit.reports.headline import Headline, headline

SUMMARY = Summary("run", "suite", 1, "hash", ())
FAILED = JudgedGate("adherence at least 0.8", "failed", "0.4", alarming=True)
WORSE = JudgedGate("adherence no worse than baseline", "worse", "-0.4", alarming=True)
OPEN = JudgedGate("full_adherence at least 0.5", "undecided", "0.5")
PASSED = JudgedGate("adherence at most 1", "passed", "1")
TEXTS = Change("claude", "texts", 0.001, 0.001, changed=True, words="squared discrepancy")
LENGTH = Change("claude", "length", 0.001, 0.001, changed=True, words="longer")
SAME = Change("gemini", "texts", 0.5, 0.5, changed=False, words="alike")


@pytest.mark.parametrize(
    ("report", "state", "words"),
    [
        (Report(SUMMARY), "good", "there is no gate, so nothing passed or failed"),
        (Report(SUMMARY, (PASSED,)), "good", "the gate is met"),
        (Report(SUMMARY, (PASSED, PASSED)), "good", "all 2 gates are met"),
        (Report(SUMMARY, (PASSED, OPEN)), "undecided", "1 of 2 gates undecided: full_adherence at least 0.5"),
        (
            Report(SUMMARY, (OPEN, OPEN, OPEN)),
            "undecided",
            "3 of 3 gates undecided: full_adherence at least 0.5, and 2 more",
        ),
        (
            Report(SUMMARY, (OPEN,), changes=(SAME, TEXTS, LENGTH)),
            "changed",
            "the model changed, and no gate failed: claude (texts and length)",
        ),
        (Report(SUMMARY, (PASSED, FAILED), changes=(TEXTS,)), "failed", "a gate failed: adherence at least 0.8"),
        (
            Report(SUMMARY, (FAILED, WORSE, WORSE)),
            "worse",
            "it got worse: adherence no worse than baseline, and 1 more gate",
        ),
        (
            Report(SUMMARY, (WORSE,), incomplete="9 of 20 draws failed"),
            "incomplete",
            "the run is incomplete: 9 of 20 draws failed",
        ),
        (
            Report(SUMMARY, (WORSE,), stopped=("the budget of $1 ran out", "b", "c")),
            "incomplete",
            "the run is incomplete: the budget of $1 ran out, and 2 more reasons",
        ),
        (
            Report(replace(SUMMARY, unjudged=1), (WORSE,)),
            "incomplete",
            "the run is incomplete: 1 vote of judges missing",
        ),
    ],
)
def test_the_most_urgent_comes_first(report: Report, state: str, words: str) -> None:
    """A run that lacks answers says nothing else; then what fails it, what changed, and what is open."""
    assert headline(report) == Headline(state_of(report), words)
    assert headline(report).state == state


def test_a_long_or_hostile_reason_is_one_short_line() -> None:
    """What a server said is cut, and its control characters are written as codes."""
    words = headline(Report(SUMMARY, stopped=("\x1b[31mred\nalert " + "x" * 10_000,))).words
    assert words.startswith(r"the run is incomplete: \x1b[31mred alert xxx")
    assert len(words) == 300
    assert words.endswith("…")
