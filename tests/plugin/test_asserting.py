"""Holding what a test draws against a committed baseline."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import SuiteTests

UPDATE = "--evalkit-update-baseline"
ANSWERS = "adapter: scripted\nmodel: script\noptions: {{answers: {{'*': '{text}'}}}}\n"


@pytest.fixture
def tests(suite_tests: SuiteTests) -> SuiteTests:
    """Give a project whose test function holds 80 answers against the baseline `tone`."""
    suite_tests.ini('evalkit_provider = "script"')
    return _answer(_write(suite_tests), "Just this.")


def _write(tests: SuiteTests, call: str = 'evalkit.assert_not_worse(answers, "tone")', n: int = 80) -> SuiteTests:
    tests.write(
        "tests/test_it.py",
        "import pytest\n\ndef test_it(evalkit):\n"
        f"    answers = evalkit.sample('Say.', {n}, constraints=[{{'max_words': 3}}])\n    {call}\n",
    )
    return tests


def _answer(tests: SuiteTests, text: str, provider: str = "script") -> SuiteTests:
    tests.write(f"providers/{provider}.yaml", ANSWERS.format(text=text))
    return tests


def _run(tests: SuiteTests, *arguments: str) -> pytest.RunResult:
    return tests.run("-rA", "tests", *arguments)


def test_a_missing_baseline_says_how_to_make_it(tests: SuiteTests) -> None:
    """It is no pass and no skip."""
    found = _run(tests)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        [
            "E *BaselineError: no baseline `tone`: there is no file reports/baselines/tone.json",
            f"E *hint: pytest {UPDATE} makes it of what this test draws; it is meant to be committed",
        ]
    )


def test_the_same_answers_are_not_worse(tests: SuiteTests) -> None:
    """Once the baseline is made, which the option does, and which says what it wrote."""
    found = _run(tests, UPDATE)
    found.assert_outcomes(passed=1)
    found.stdout.fnmatch_lines(["wrote reports/baselines/tone.json"])
    found = _run(tests)
    found.assert_outcomes(passed=1)
    found.stdout.fnmatch_lines(["adherence no worse than baseline by 0.05: not worse: *"])


def test_worse_answers_fail_with_both_sides_and_the_words(tests: SuiteTests) -> None:
    """As the gate of a suite does."""
    _run(tests, UPDATE)
    found = _run(_answer(tests, "Far too many words."))
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        [
            "E *GateFailed: adherence no worse than baseline by 0.05: worse",
            "E * script: 0.00 against 1.00, difference -1.000 [[]*margin 0.05",
            "E *max_words: 4 words, limit 3",
            "E *| Far too many «words».",
        ]
    )


def test_what_is_not_decided_is_skipped_with_what_would_decide_it(tests: SuiteTests) -> None:
    """Or fails, where decisions are required."""
    _write(tests, n=4)
    _run(tests, UPDATE)
    found = _run(tests)
    found.assert_outcomes(skipped=1)
    found.stdout.fnmatch_lines(["SKIPPED *undecided*about * repeats of each case would*"])
    _run(tests, "--evalkit-require-decision").assert_outcomes(failed=1)


def test_other_constraints_cannot_be_compared_in_silence(tests: SuiteTests) -> None:
    """The test fails until the baseline is made anew."""
    _run(tests, UPDATE)
    _write(tests, 'evalkit.assert_not_worse(answers, "tone", ["valid_json"])')
    found = _run(tests)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(
        ["E *BaselineError: nothing can be compared with baseline tone: *", f"E *hint: pytest {UPDATE}*"]
    )
    _run(tests, UPDATE).assert_outcomes(passed=1)
    _run(tests).assert_outcomes(passed=1)


def test_a_renamed_test_keeps_its_baseline(tests: SuiteTests) -> None:
    """It goes by its own name."""
    _run(tests, UPDATE)
    file = tests.folder / "tests/test_it.py"
    file.write_text(file.read_text(encoding="utf-8").replace("test_it(", "test_that("), encoding="utf-8")
    _run(tests).assert_outcomes(passed=1)


def test_another_provider_has_a_row_of_its_own(tests: SuiteTests) -> None:
    """Updating it keeps what the first one scored."""
    _answer(tests, "Or that.", "other")
    _run(tests, UPDATE)
    other = ("--evalkit-provider", "other")
    found = _run(tests, *other)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["E *BaselineError: nothing can be compared with baseline tone: *no such row*"])
    _run(tests, *other, UPDATE).assert_outcomes(passed=1)
    _run(tests).assert_outcomes(passed=1)
    _run(tests, *other).assert_outcomes(passed=1)


def test_one_name_is_not_given_twice(tests: SuiteTests) -> None:
    """The second test would take the place of the first, and be compared with it from then on."""
    file = tests.folder / "tests/test_it.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + text.replace("import pytest\n", "").replace("test_it(", "test_again("), encoding="utf-8")
    found = _run(tests, UPDATE)
    found.assert_outcomes(passed=1, failed=1)
    found.stdout.fnmatch_lines(["E *BaselineError: baseline tone has been made in this test run already, of run *"])
    _run(tests, UPDATE, "-k", "test_again").assert_outcomes(passed=1)


def test_the_baseline_of_a_suite_is_not_a_test_s(tests: SuiteTests) -> None:
    """Neither compared with nor overwritten."""
    tests.suite(name="tone")
    tests.run("--evalkit", "suites/tone.yaml", "suites", UPDATE)
    before = (tests.folder / "reports/baselines/tone.json").read_bytes()
    for arguments in ((), (UPDATE,)):
        found = _run(tests, *arguments)
        found.assert_outcomes(failed=1)
        found.stdout.fnmatch_lines(["E *BaselineError: baseline tone is of suite tone, and was not made by *"])
    assert (tests.folder / "reports/baselines/tone.json").read_bytes() == before


def test_what_failed_makes_no_baseline(tests: SuiteTests) -> None:
    """Too many failed draws are nothing to hold others against."""
    tests.write("providers/script.yaml", "adapter: scripted\nmodel: script\noptions: {faults: {error: 0.5}}\n")
    found = _run(tests, UPDATE)
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["E *BaselineError: run * is incomplete: *failed*"])
    assert not (tests.folder / "reports/baselines").exists()


def test_a_baseline_says_whose_it_is(tests: SuiteTests) -> None:
    """Without the test's name in its rows, so that it is the same file when the same is drawn."""
    _run(tests, UPDATE)
    text = (tests.folder / "reports/baselines/tone.json").read_text(encoding="utf-8")
    assert json.loads(text)["suite"]["name"] == "test.tone"
    assert "test_it" not in text
