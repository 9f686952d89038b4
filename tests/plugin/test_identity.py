"""The name of a test session, the same in all of its processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.plugin.identity import session_id

if TYPE_CHECKING:
    from tests.conftest import SuiteTests

BODY = """\
import pytest
from evalkit.plugin.identity import session_id

@pytest.mark.parametrize("n", range(4))
def test_it(request, n):
    with open("ids", "a") as file:
        file.write(session_id(request.config) + "\\n")
"""


def _ids(suite_tests: SuiteTests, *arguments: str) -> set[str]:
    suite_tests.ini()
    suite_tests.write("tests/test_it.py", BODY)
    suite_tests.run("tests", *arguments).assert_outcomes(passed=4)
    ids = (suite_tests.folder / "ids").read_text(encoding="utf-8").split()
    assert len(ids) == 4
    return set(ids)


def test_it_is_the_same_throughout_a_test_run(suite_tests: SuiteTests, request: pytest.FixtureRequest) -> None:
    """And another one in another."""
    (inner,) = _ids(suite_tests)
    assert inner != session_id(request.config) == session_id(request.config)


@pytest.mark.slow
def test_workers_share_it_also_without_suites(suite_tests: SuiteTests) -> None:
    """The controller hands it to them."""
    assert len(_ids(suite_tests, "-n", "2", "-p", "xdist")) == 1
