"""What is collected of suites, and under which names and marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import SuiteTests

SWEEP = """\
axes: {temperature: [0.2, 0.25], system: [none, dense]}
systems: {none: null, dense: Be brief.}
gates:
  - {measure: adherence, at_least: 0.8, where: {system: dense, temperature: 0.2}}
"""


def test_one_item_is_collected_for_each_provider_condition_and_case(suite_tests: SuiteTests) -> None:
    """The gates come after the cases of their suite."""
    suite_tests.write("providers/other.yaml", "adapter: scripted\nmodel: other\n")
    suite_tests.suite(SWEEP)
    assert suite_tests.names("--evalkit-provider", "other", "--evalkit-provider", "script") == [
        *(
            f"suites/cases.yaml::{provider}[t:{temperature}][system:{system}][{case}]"
            for provider in ("other", "script")
            for temperature in (0.2, 0.25)
            for system in ("none", "dense")
            for case in ("good", "bad")
        ),
        "suites/cases.yaml::gate[adherence][at_least:0.8][system:dense][t:0.2]",
    ]
