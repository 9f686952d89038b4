"""A whole test run of suites: what its items come to, what each option does, and what is said at its end."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.conftest import ANSWERS

if TYPE_CHECKING:
    from tests.conftest import SuiteTests

GOOD, BAD = "suites/cases.yaml::script[good]", "suites/cases.yaml::script[bad]"
ESTIMATES = """\
gates:
  - {measure: adherence, at_least: 0.8, on: estimate}
  - {measure: adherence, at_least: 0.2, on: estimate}
  - {measure: adherence, at_least: 0.2}
"""
"""A gate that fails, one that passes, and one that is undecided, of the suite `cases`."""


def calls(project: SuiteTests) -> int:
    """Return how many completions the store has."""
    with sqlite3.connect(project.folder / ".evalkit/runs.db") as connection:
        return int(connection.execute("SELECT count(*) FROM completions").fetchone()[0])


def runs(project: SuiteTests) -> int:
    """Return how many runs the store has."""
    with sqlite3.connect(project.folder / ".evalkit/runs.db") as connection:
        return int(connection.execute("SELECT count(*) FROM runs").fetchone()[0])


def test_without_opting_in_nothing_is_collected(suite_tests: SuiteTests) -> None:
    """Not even when a suite is named."""
    suite_tests.ini()
    assert suite_tests.run().ret == pytest.ExitCode.NO_TESTS_COLLECTED
    assert suite_tests.run("suites/cases.yaml").ret == pytest.ExitCode.USAGE_ERROR
    suite_tests.run("--evalkit", "suites").assert_outcomes(passed=1, failed=1)


def test_cases_and_gates_pass_fail_and_are_undecided(suite_tests: SuiteTests) -> None:
    """What is undecided is skipped with its reason; tests beside the suite are tests as ever."""
    suite_tests.suite(ESTIMATES)
    suite_tests.write("test_it.py", "def test_it(): pass\n")
    found = suite_tests.run("-rs", "-v")
    found.assert_outcomes(passed=3, failed=2, skipped=1)
    assert found.ret == pytest.ExitCode.TESTS_FAILED
    found.stdout.fnmatch_lines(
        [
            "suites/cases.yaml::script[[]good] PASSED *",
            "suites/cases.yaml::script[[]bad] FAILED *",
            "SKIPPED [[]1] suites/cases.yaml:11: adherence at least 0.2: undecided*",
        ]
    )


def test_a_failure_shows_the_words_and_no_code(suite_tests: SuiteTests) -> None:
    """Which constraint, what it met, and where the rest is; in one line at the end, too."""
    found = suite_tests.run("-rf")
    found.stdout.fnmatch_lines(
        [
            "*_ script[[]bad] (cases.yaml) _*",
            "max_words broken in 2 of 2 draws*",
            "*far too many «words here»*",
            "see all of it: evalkit show *",
            "FAILED suites/cases.yaml::script[[]bad] - max_words broken in 2*",
        ]
    )
    found.stdout.no_fnmatch_line("*items.py*")
    found.stdout.no_fnmatch_line("*GateFailed*")
    line = suite_tests.run("--tb=line")
    line.stdout.fnmatch_lines([f"{suite_tests.folder}/suites/cases.yaml:7: max_words broken in 2 of 2 draws*"])


def test_what_is_bought_is_the_union_over_the_selected_items(suite_tests: SuiteTests) -> None:
    """A case needs its own draws, a gate those of all its cells; nobody pays for what is deselected."""
    suite_tests.suite(ESTIMATES)
    suite_tests.run("-k", "good").assert_outcomes(passed=1, deselected=4)
    assert calls(suite_tests) == 2
    suite_tests.run("-k", "good or at_least:0.8").assert_outcomes(passed=1, failed=1, deselected=3)
    assert calls(suite_tests) == 2 + 4
    suite_tests.run(BAD).assert_outcomes(failed=1)
    assert calls(suite_tests) == 2 + 4 + 2


def test_a_case_without_gates_needs_a_share_of_its_draws(suite_tests: SuiteTests) -> None:
    """Half of them, or what the ini file says; of a single draw, the one."""
    half = ANSWERS.replace('"far too many words here"', "[Two words., far too many words here]")
    suite_tests.write("providers/script.yaml", half)
    suite_tests.run().assert_outcomes(passed=2)
    suite_tests.ini('evalkit_suites = ["suites"]', 'evalkit_at_least = "0.6"')
    suite_tests.run().assert_outcomes(passed=1, failed=1)


def test_undecided_fails_where_a_decision_is_required(suite_tests: SuiteTests) -> None:
    """With the same words."""
    suite_tests.suite(ESTIMATES)
    found = suite_tests.run("-k", "gate", "--evalkit-require-decision")
    found.assert_outcomes(passed=1, failed=2, deselected=2)
    found.stdout.fnmatch_lines(["adherence at least 0.2: undecided*"])


def test_a_provider_without_key_is_skipped_unless_it_is_required(
    suite_tests: SuiteTests, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason names it; a run that decided nothing says so in the last line of its summary."""
    monkeypatch.delenv("NOT_THERE_KEY", raising=False)
    suite_tests.write("providers/script.yaml", "adapter: openai\nmodel: gpt-5.4-mini\nkey_env: NOT_THERE_KEY\n")
    found = suite_tests.run("-rs")
    found.assert_outcomes(skipped=2)
    assert found.ret == pytest.ExitCode.OK
    found.stdout.fnmatch_lines(["*NOT_THERE_KEY*", "nothing was decided: 2 skipped"])
    suite_tests.run("--evalkit-require-providers").assert_outcomes(errors=2)


def test_a_provider_that_fails_is_an_error(suite_tests: SuiteTests) -> None:
    """It says nothing of the demand, so that it is no failure."""
    suite_tests.write("providers/script.yaml", ANSWERS.rstrip() + "\n  faults: {error: 1.0}\n")
    found = suite_tests.run()
    found.assert_outcomes(errors=2)
    found.stdout.fnmatch_lines(["*ERROR at setup of script*", "*scripted fault*"])
    found.stdout.no_fnmatch_line("*items.py*")


def test_the_first_failure_can_end_the_run(suite_tests: SuiteTests) -> None:
    """As `-x` and `--maxfail` do."""
    suite_tests.suite(name="again")
    suite_tests.run("-x").assert_outcomes(passed=1, failed=1)
    suite_tests.run("--maxfail", "2").assert_outcomes(passed=2, failed=2)


def test_the_last_failures_can_be_run_again(suite_tests: SuiteTests) -> None:
    """They alone are drawn again."""
    suite_tests.run().assert_outcomes(passed=1, failed=1)
    before = calls(suite_tests)
    suite_tests.run("--lf").assert_outcomes(failed=1)
    assert calls(suite_tests) == before + 2
    suite_tests.write("providers/script.yaml", ANSWERS.replace("far too many words here", "Fine."))
    suite_tests.run("--lf").assert_outcomes(passed=1)
    suite_tests.run("--lf").assert_outcomes(passed=2)


def test_a_suite_that_was_broken_can_be_run_again(suite_tests: SuiteTests) -> None:
    """Its one item is not there any more, and all of its own are run."""
    right = suite_tests.suite().read_text()
    suite_tests.write("suites/cases.yaml", right.replace("max_words", "max_word"))
    suite_tests.run("--lf").assert_outcomes(errors=1)
    suite_tests.write("suites/cases.yaml", right)
    suite_tests.run("--lf").assert_outcomes(passed=1, failed=1)


def test_providers_and_values_of_axes_can_be_chosen(suite_tests: SuiteTests) -> None:
    """Values may be new ones; a suite that they do not go with is an error, and the rest runs."""
    suite_tests.write("providers/terse.yaml", "adapter: scripted\nmodel: terse\noptions: {answers: {'*': Yes.}}\n")
    suite_tests.suite(name="again")
    found = suite_tests.run("--evalkit-provider", "terse", "--evalkit-set", "temperature=0,0.5", "-v")
    found.assert_outcomes(passed=8)
    found.stdout.fnmatch_lines(["suites/again.yaml::terse[[]t:0.5[]][[]bad] PASSED*"])
    toned = suite_tests.suite("axes: {tone: [kind, stern]}\n", name="again")
    toned.write_text(toned.read_text().replace("Say one thing.", "'Say one {{ tone }} thing.'"))
    found = suite_tests.run("--evalkit-set", "tone=mild", "--evalkit-provider", "terse")
    found.assert_outcomes(passed=2, errors=1)
    found.stdout.fnmatch_lines(["--evalkit-set tone=mild: *"])


def test_stored_answers_can_be_taken(suite_tests: SuiteTests) -> None:
    """Nothing is asked twice then."""
    suite_tests.suite("seed: 5\n")
    suite_tests.run().assert_outcomes(passed=1, failed=1)
    found = suite_tests.run("--evalkit-reuse")
    found.assert_outcomes(passed=1, failed=1)
    assert calls(suite_tests) == 4
    found.stdout.fnmatch_lines(["cases: run *: 4 draws, 0 calls, 4 from the store*"])


def test_a_run_that_is_not_finished_can_go_on(suite_tests: SuiteTests) -> None:
    """What failed is asked again, and nothing else; a run that is finished is left alone, and another one begins."""
    suite_tests.suite("seed: 5\nmax_failed: 1.0\n")
    suite_tests.write("providers/script.yaml", ANSWERS.rstrip() + "\n  faults: {error: 0.5}\n")
    suite_tests.run()
    before = calls(suite_tests)
    found = suite_tests.run("--evalkit-resume")
    assert runs(suite_tests) == 1
    assert before < calls(suite_tests) < 2 * before
    found.stdout.fnmatch_lines(["cases: run *: 4 draws, *from the store*"])
    suite_tests.run("--evalkit-resume", "-k", "good")
    assert runs(suite_tests) == 2
    suite_tests.write("providers/script.yaml", ANSWERS)
    suite_tests.run()
    suite_tests.run("--evalkit-resume")
    assert runs(suite_tests) == 4


def test_runs_are_held_against_a_baseline(suite_tests: SuiteTests) -> None:
    """It is made by the first run, and asks for one gate where the suite has none on it."""
    made = suite_tests.run("--evalkit-update-baseline")
    made.assert_outcomes(passed=1, failed=1)
    made.stdout.fnmatch_lines(["wrote reports/baselines/cases.json"])
    assert suite_tests.names("--evalkit-baseline", "{suite}", "-k", "gate") == [
        "suites/cases.yaml::gate[adherence][no_worse_than:baseline]"
    ]
    suite_tests.run("--evalkit-baseline", "{suite}").assert_outcomes(passed=2, skipped=1)


def test_the_first_run_can_make_the_baseline_that_it_names(suite_tests: SuiteTests) -> None:
    """There is nothing to hold it against yet."""
    options = ("--evalkit-baseline", "nightly-{suite}", "--evalkit-update-baseline")
    suite_tests.run(*options).assert_outcomes(passed=1, failed=1)
    assert (suite_tests.folder / "reports/baselines/nightly-cases.json").is_file()
    suite_tests.run(*options).assert_outcomes(passed=2, skipped=1)


def test_a_part_of_the_items_keeps_the_rest_of_the_baseline(suite_tests: SuiteTests) -> None:
    """Cells that were not selected are not dropped."""
    suite_tests.run("--evalkit-update-baseline")
    suite_tests.run("--evalkit-update-baseline", "-k", "good").stdout.fnmatch_lines(["baseline cases: kept 1 cell*"])
    kept = (suite_tests.folder / "reports/baselines/cases.json").read_text()
    assert '"good"' in kept
    assert '"bad"' in kept


@pytest.mark.parametrize(
    ("name", "message"),
    [("nightly", "no baseline `nightly`*"), ("other", "baseline other does not fit: *suite other*")],
    ids=["missing", "of another suite"],
)
def test_a_baseline_that_cannot_be_is_an_error_of_its_suite(suite_tests: SuiteTests, name: str, message: str) -> None:
    """One item says what is wrong and what to do."""
    suite_tests.suite(name="other")
    suite_tests.run("suites/other.yaml", "--evalkit-update-baseline")
    found = suite_tests.run("suites/cases.yaml", "--evalkit-baseline", name)
    found.assert_outcomes(errors=1)
    found.stdout.fnmatch_lines([message, "hint: *"])


def test_reports_are_written_at_the_end(suite_tests: SuiteTests) -> None:
    """Those that are asked for, of each run."""
    found = suite_tests.run("--evalkit-report", "json,md")
    found.stdout.fnmatch_lines(["wrote reports/runs/*/report.json", "wrote reports/runs/*/report.md"])
    report = json.loads(next((suite_tests.folder / "reports/runs").glob("*/report.json")).read_text())
    assert report["suite"]["name"] == "cases"
    assert not list(suite_tests.folder.rglob("*.csv"))


def test_the_summary_says_what_was_drawn(suite_tests: SuiteTests) -> None:
    """And what it cost, and what is undecided."""
    suite_tests.suite(ESTIMATES)
    suite_tests.run().stdout.fnmatch_lines(
        ["*= evalkit =*", "cases: run *: 4 draws, 4 calls, $0", "1 item undecided*", "to see more: evalkit report *"]
    )


def test_what_can_hardly_be_meant_is_warned_of(suite_tests: SuiteTests) -> None:
    """As on the command line; it stops nothing."""
    suite_tests.write(
        "suites/cases.yaml", suite_tests.suite().read_text().replace("max_words: 3", "{max_words: 3}, {min_words: 5}")
    )
    suite_tests.run().stdout.fnmatch_lines(["warning: suites/cases.yaml:*"])


def test_junit_carries_what_an_item_came_to(suite_tests: SuiteTests) -> None:
    """As plain properties."""
    suite_tests.run("--junitxml", "junit.xml")
    cases = ElementTree.parse(suite_tests.folder / "junit.xml").iter("testcase")
    found = {case.get("name"): {p.get("name"): p.get("value") for p in case.iter("property")} for case in cases}
    assert found["script[good]"]["provider"] == "script"
    assert float(found["script[good]"]["adherence"] or "") == 1.0
    assert float(found["script[bad]"]["adherence"] or "") == 0.0


def test_items_pass_with_their_interval(suite_tests: SuiteTests) -> None:
    """For those who ask for it."""
    suite_tests.run("-rP").stdout.fnmatch_lines(["*adherence 1.00 [[]0.16, 1.00[]]*"])


def test_what_is_drawn_is_not_counted_among_the_durations(suite_tests: SuiteTests) -> None:
    """Waiting for answers is no time of an item."""
    suite_tests.write("providers/script.yaml", ANSWERS.rstrip() + "\n  latency_s: 0.4\n")
    found = suite_tests.run("--durations=0", "-vv")
    slow = [
        line for line in found.outlines if line.endswith("[good]") and " call " in line and not line.startswith("0.0")
    ]
    assert slow == []


def test_a_time_limit_counts_no_waiting(suite_tests: SuiteTests) -> None:
    """Of pytest-timeout, which would end the first item that waits for all."""
    suite_tests.write("providers/script.yaml", ANSWERS.rstrip() + "\n  latency_s: 1.2\n")
    suite_tests.run("--timeout", "1").assert_outcomes(passed=1, failed=1)


def test_any_order_gives_the_same(suite_tests: SuiteTests) -> None:
    """Gates may come before their cases."""
    suite_tests.suite(ESTIMATES)
    suite_tests.write("conftest.py", "def pytest_collection_modifyitems(items):\n    items.reverse()\n")
    suite_tests.run().assert_outcomes(passed=2, failed=2, skipped=1)
    assert calls(suite_tests) == 4


def test_a_checkout_that_cannot_be_written_says_so(suite_tests: SuiteTests) -> None:
    """The store is needed before anything is asked."""
    suite_tests.write(".evalkit", "not a folder\n")
    found = suite_tests.run()
    found.assert_outcomes(errors=2)
    found.stdout.fnmatch_lines(["*.evalkit*"])
    found.stdout.no_fnmatch_line("*Traceback*")


def test_without_a_project_file_the_root_of_the_test_run_is_the_project(suite_tests: SuiteTests) -> None:
    """Not the folder of the suite."""
    (suite_tests.folder / "pyproject.toml").unlink()
    suite_tests.write("pytest.ini", "[pytest]\nevalkit_suites = suites\n")
    suite_tests.run().assert_outcomes(passed=1, failed=1)
    assert (suite_tests.folder / ".evalkit/runs.db").is_file()
    assert runs(suite_tests) == 1
