"""What reports of a test run keep of items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.plugin.case_outcome import judge_case
from evalkit.plugin.properties import gate_properties, plain
from evalkit.types import Completion

if TYPE_CHECKING:
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
