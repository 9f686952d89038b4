"""What is said at the end of a test run."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.plugin.summary import Items, SuiteTotals, items_of, summary_lines
from evalkit.store.session_runs import Problem, SessionRun, Totals

if TYPE_CHECKING:
    from tests.conftest import SuiteTests

RUN = SessionRun("session", "/x/suites/a.yaml", "20261126-010203-abcd", state="ended")
TOTALS = Totals(draws=240, calls=12, before=228, errors=0, cost_usd=0.0123, unpriced=0)
DECIDED = Items(Counter({"passed": 3}))


def suite(name: str = "anchoring", run: SessionRun = RUN, totals: Totals = TOTALS) -> SuiteTotals:
    """Make a suite of a session."""
    return SuiteTotals(name, run, totals)


def test_a_suite_has_a_line_with_its_run() -> None:
    """What was drawn and asked for, what was there already, and what it cost; then where to look."""
    assert list(summary_lines([suite()], DECIDED)) == [
        "anchoring: run 20261126-010203-abcd: 240 draws, 12 calls, 228 from the store, $0.0123",
        "to see more: evalkit report 20261126-010203-abcd; evalkit show 20261126-010203-abcd --by-case",
    ]


def test_several_suites_are_summed() -> None:
    """And what of it has no known price is counted."""
    other = suite("brevity", totals=Totals(8, 8, 0, 2, None, 6))
    lines = list(summary_lines([suite(), other], DECIDED, project="/x"))
    assert lines[1:] == [
        "brevity: run 20261126-010203-abcd: 8 draws, 8 calls, 2 failed, cost not known",
        "in all: 248 draws, 20 calls, 228 from the store, 2 failed, $0.0123 and 6 without a known price",
        "to see more: evalkit --project /x report RUN; evalkit --project /x show RUN --by-case",
    ]


def test_what_tests_asked_is_summed_on_one_line() -> None:
    """However many calls that were; with suites beside it there is a sum of both."""
    asked = [suite(totals=Totals(4, 4, 0, 0, 0.5, 0))] * 3
    assert next(summary_lines([], Items(), by_tests=asked)) == "test functions: 3 runs: 12 draws, 12 calls, $1.50"
    assert list(summary_lines([suite()], DECIDED, by_tests=asked))[1:3] == [
        "test functions: 3 runs: 12 draws, 12 calls, $1.50",
        "in all: 252 draws, 24 calls, 228 from the store, $1.51",
    ]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (SessionRun("s", "a", None, state="ended"), "anchoring: no run was begun"),
        (SessionRun("s", "a", "r", state="stopped"), "$0.0123; stopped before all was drawn"),
        (SessionRun("s", "a", "r", state="open"), "$0.0123; it was broken off"),
    ],
    ids=["none", "stopped", "broken off"],
)
def test_a_run_that_did_not_end_says_so(run: SessionRun, words: str) -> None:
    """For then there is more to draw."""
    assert next(summary_lines([suite(run=run)], DECIDED)).endswith(words)


def test_problems_come_with_what_to_do() -> None:
    """The first few of them, below their suite, each so that it breaks no layout."""
    problems = {f"p{number}": Problem("failed", f"p{number}: \x1b[31mdown", "wait") for number in range(5)}
    run = SessionRun("s", "a", "r", state="ended", problems=problems)
    lines = list(summary_lines([suite(run=run)], DECIDED))
    assert lines[1] == "  p0: \\x1b[31mdown (hint: wait)"
    assert lines[4] == "  and 2 more providers"


def test_the_last_line_says_when_nothing_was_decided() -> None:
    """With what there was instead; not where something was, or where there was nothing to decide."""
    nothing = Items(Counter({"skipped": 5, "error": 1}), undecided=3)
    lines = list(summary_lines([suite()], nothing))
    assert lines[1] == "3 items undecided: nothing is shown either way (-rs says why)"
    assert lines[-1] == "nothing was decided: 3 undecided, 2 skipped, 1 error"
    for items in (DECIDED, Items(Counter({"xfailed": 1, "skipped": 3}), undecided=3), Items()):
        assert "nothing was decided" not in list(summary_lines([suite()], items))[-1]


def _report(*, suite: bool = True, **properties: str) -> Any:  # noqa: ANN401 - what a terminal reporter keeps
    return SimpleNamespace(
        keywords={"evalkit": 1} if suite else {"test_x": 1}, user_properties=list(properties.items())
    )


def test_items_are_counted_by_what_pytest_calls_them() -> None:
    """Those of suites alone; what is undecided is told apart from other skips by its property."""
    stats = {
        "passed": [_report(state="passed"), _report(suite=False)],
        "skipped": [_report(state="undecided"), _report()],
        "error": [_report(state="error")],
        "": [_report(state="passed")],
        "warnings": [object()],
    }
    found = items_of(stats)
    assert found.ended == {"passed": 1, "skipped": 2, "error": 1}
    assert (found.undecided, found.decided) == (1, 1)


def test_a_test_run_ends_with_what_it_drew(suite_tests: SuiteTests) -> None:
    """Answers that are taken from the store are no calls."""
    first = suite_tests.run()
    first.stdout.re_match_lines([r"=+ evalkit =+", r"cases: run 2[0-9]+-[0-9a-f-]+: 4 draws, 4 calls, \$0$"])
    again = suite_tests.run("--evalkit-reuse")
    again.stdout.re_match_lines(
        [r"cases: run 2[0-9]+-[0-9a-f-]+: 4 draws, 0 calls, 4 from the store", "to see more: .*"]
    )


def test_a_test_run_in_which_nothing_was_decided_says_so(suite_tests: SuiteTests) -> None:
    """Though pytest calls it a success."""
    suite_tests.suite("gates:\n  - {measure: adherence, at_least: 0.1}\n")
    found = suite_tests.run("-k", "gate")
    found.assert_outcomes(skipped=1, deselected=2)
    assert found.ret == 0
    found.stdout.re_match_lines(
        [r"=+ evalkit =+", ".*", "1 item undecided: .*", ".*", "nothing was decided: 1 undecided"]
    )


def test_tests_without_suites_end_as_they_would(suite_tests: SuiteTests) -> None:
    """There is nothing to sum up."""
    suite_tests.write("test_own.py", "def test_own():\n    pass\n")
    found = suite_tests.run("test_own.py")
    found.assert_outcomes(passed=1)
    found.stdout.no_re_match_line("=+ evalkit =+")
