"""What reports of a test run keep of items."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from evalkit.plugin.case_outcome import judge_case
from evalkit.plugin.properties import gate_properties, plain
from evalkit.types import Completion

if TYPE_CHECKING:
    from tests.conftest import SuiteTests
    from tests.plugin.conftest import DrawSuite

BODY = """\
repeats: 3
axes: {temperature: [0.5]}
constraints: [{max_words: 2}]
cases: [{id: one, prompt: Say one thing.}]
"""


@pytest.mark.parametrize(("second", "cost"), [(0.25, 0.75), (None, None)], ids=["known", "not known"])
def test_a_case_keeps_who_answered_and_what_it_came_to(
    draw_suite: DrawSuite, second: float | None, cost: float | None
) -> None:
    """As plain text and numbers; a cost is only there where the price of every answer is known."""
    answers = (
        Completion("complete", text="Use Kafka", served_model="m-1", cost_usd=0.5),
        Completion("complete", text="Use a queue", served_model="m-2", cost_usd=second),
        Completion("refusal", cost_usd=0.0),
    )
    drawn = draw_suite(BODY, lambda sample: answers[sample.repeat])
    found = dict(judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(), None).properties)
    assert all(type(value) in (str, int, float) for value in found.values())
    low, high = found.pop("adherence_low"), found.pop("adherence_high")
    assert isinstance(low, float)
    assert isinstance(high, float)
    assert low < 0.5 < high
    assert found.pop("cost_usd", None) == cost
    assert found == {
        "state": "passed",
        "run": drawn.found.id,
        "provider": "script",
        "condition": "temperature 0.5",
        "case": "one",
        "model": "script",
        "served_model": "m-1, m-2",
        "repeats": 3,
        "decided": 2,
        "errors": 0,
        "adherence": 0.5,
    }


def test_what_is_not_known_is_left_out(draw_suite: DrawSuite) -> None:
    """Nothing was drawn, so that there are no numbers."""
    drawn = draw_suite(BODY, lambda _: None)
    found = judge_case(drawn.store, drawn.found, drawn.planned, drawn.cell(), None).properties
    assert set(found) == {"state", "run", "provider", "condition", "case"}
    assert found["state"] == "error"
    assert plain({"a": None, "b": "", "c": float("inf"), "d": 0.0, "e": 0}) == {"d": 0.0, "e": 0}


def test_a_gate_keeps_its_verdict(draw_suite: DrawSuite) -> None:
    """Beside the run that it is of."""
    drawn = draw_suite(BODY, lambda _: "Use Kafka")
    assert gate_properties(drawn.found, "adherence at least 0.8", "not_worse", "passed") == {
        "state": "passed",
        "run": drawn.found.id,
        "gate": "adherence at least 0.8",
        "verdict": "not_worse",
    }


@pytest.mark.slow
def test_junit_has_the_same_properties_with_and_without_xdist(suite_tests: SuiteTests) -> None:
    """Those of each item, beside those that a user's own tests record."""
    suite_tests.suite("gates:\n  - {measure: adherence, at_least: 0.1}\n")
    suite_tests.write("test_own.py", "def test_own(record_property):\n    record_property('mine', 1)\n")
    found = [_properties(suite_tests, ".", "suites", *arguments) for arguments in (("-p", "no:xdist"), ("-n", "2"))]
    assert found[0] == found[1]
    assert found[0]["test_own"] == {"mine": "1"}
    assert found[0]["script[bad]"] | {"adherence_high": ""} == {
        "state": "passed",
        "provider": "script",
        "case": "bad",
        "model": "script",
        "served_model": "script",
        "repeats": "2",
        "decided": "2",
        "errors": "0",
        "cost_usd": "0.0",
        "adherence": "0.0",
        "adherence_low": "0.0",
        "adherence_high": "",
    }
    assert found[0]["gate[adherence][at_least:0.1]"] == {
        "state": "undecided",
        "gate": "adherence at least 0.1",
        "verdict": "undecided",
    }


def _properties(suite_tests: SuiteTests, *arguments: str) -> dict[str, dict[str, str]]:
    """Return the properties of each test by name, less the run's id, which differs."""
    suite_tests.run("--junitxml=junit.xml", *arguments, apart=True)
    tree = ElementTree.parse(suite_tests.folder / "junit.xml")
    found = {
        case.get("name", ""): {each.get("name", ""): each.get("value", "") for each in case.iter("property")}
        for case in tree.iter("testcase")
    }
    runs = {properties.pop("run") for properties in found.values() if "run" in properties}
    assert len(runs) == 1
    return found
