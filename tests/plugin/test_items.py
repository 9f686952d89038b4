"""Items by themselves: where they stand, and how what is wrong with them is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import SuiteError, UsageError
from evalkit.plugin.items import LoadItem, SuiteItem, broken, skipped, words
from evalkit.plugin.session import wanted_of

if TYPE_CHECKING:
    from tests.conftest import SuiteTests

GATE = "gates: [{measure: adherence, at_least: 0.5}]\n"


def test_a_case_needs_its_own_cell_and_a_gate_those_that_it_judges(suite_tests: SuiteTests) -> None:
    """Together they want each cell once."""
    suite_tests.suite(GATE)
    items = [item for item in suite_tests.items() if isinstance(item, SuiteItem)]
    assert [[cell.case_id for cell in item.cells] for item in items] == [["good"], ["bad"], ["good", "bad"]]
    (wanted,) = wanted_of(reversed(items))
    assert [cell.case_id for cell in wanted.cells] == ["good", "bad"]
    assert wanted.planned is items[0].planned
    assert wanted_of([]) == []


def test_a_fault_is_placed_where_it_is_in_the_file(suite_tests: SuiteTests) -> None:
    """One in another file, or in none, stands in no line."""
    suite_tests.suite("measure: []\n")
    (item,) = suite_tests.items()
    assert isinstance(item, LoadItem)
    assert item.location == ("suites/cases.yaml", 7, "load (cases.yaml)")
    (other,) = suite_tests.items("--evalkit-provider", "nobody")
    assert isinstance(other, LoadItem)
    suite_tests.suite()
    (other,) = suite_tests.items("--evalkit-provider", "nobody")
    assert other.location[1] is None


def test_an_error_is_written_with_what_to_do() -> None:
    """The hint stands apart."""
    assert words(SuiteError("it is wrong", hint="mend it")) == "it is wrong\n\nhint: mend it"
    assert words(UsageError("it is wrong")) == "it is wrong"


def test_what_ends_an_item_is_of_pytest() -> None:
    """A skip and an error without a traceback."""
    assert isinstance(skipped("why"), pytest.skip.Exception)
    assert isinstance(broken("why"), pytest.fail.Exception)
