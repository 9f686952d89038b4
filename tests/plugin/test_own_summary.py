"""What is said at the end of test runs without suites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import SuiteTests

BODY = """\
import pytest

@pytest.mark.parametrize("n", range(4))
def test_it(evalkit, n):
    evalkit.sample("Say.", 2)
"""


@pytest.fixture
def tests(suite_tests: SuiteTests) -> SuiteTests:
    """Give a project without suites whose four tests ask for two draws each."""
    suite_tests.ini('evalkit_provider = "script"')
    suite_tests.write("tests/test_it.py", BODY)
    return suite_tests


def test_what_tests_asked_is_said_once(tests: SuiteTests) -> None:
    """Where nothing was asked, nothing is said."""
    found = tests.run("tests")
    found.stdout.fnmatch_lines(["*= evalkit =*", "test functions: 4 runs: 8 draws, 8 calls, $0", "to see more: *"])
    assert len([line for line in found.outlines if "test functions" in line]) == 1
    tests.run("tests", "--collect-only").stdout.no_fnmatch_line("*= evalkit =*")


@pytest.mark.slow
def test_the_controller_says_it_for_all_workers(tests: SuiteTests) -> None:
    """They tell it where their runs are."""
    found = tests.run("tests", "-n", "2", "-p", "xdist")
    found.assert_outcomes(passed=4)
    found.stdout.fnmatch_lines(["test functions: 4 runs: 8 draws, 8 calls, $0"])


def test_a_store_that_is_gone_is_no_reason_to_fail(tests: SuiteTests) -> None:
    """The tests have passed, whatever becomes of the summary."""
    gone = "\n\ndef test_last(evalkit):\n    import pathlib\n    pathlib.Path('.evalkit/runs.db').unlink()\n"
    tests.write("tests/test_it.py", BODY + gone)
    found = tests.run("tests")
    found.assert_outcomes(passed=5)
    found.stdout.no_fnmatch_line("*test functions*")
