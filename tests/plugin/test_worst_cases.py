"""Which rows and cases fail a gate the most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.findings import Compared, Demand, Estimate, JudgedGate, Row, Standing
from evalkit.gate import Gate
from evalkit.measuring import run_measured
from evalkit.plugin.messages import Yardstick
from evalkit.plugin.worst_cases import Sides, compared_keys, missed_rows
from evalkit.types import Condition

if TYPE_CHECKING:
    from evalkit.gate import Better
    from evalkit.types import Sample
    from tests.plugin.conftest import DrawSuite

CONDITIONS = [Condition((("temperature", value),)) for value in (0.0, 0.5, 1.0)]
BODY = """\
repeats: 2
axes: {temperature: [0.0, 1.0]}
constraints: [{max_words: 3}, {contains_any: [Kafka]}]
cases:
  - {id: one, prompt: Say one.}
  - {id: two, prompt: Say two.}
  - {id: three, prompt: Say three.}
  - {id: four, prompt: Say four.}
"""


def row(condition: Condition, value: float | None, **constraints: float) -> Row:
    """Make a row of a report with its adherence, and what its constraints come to."""
    estimate = Estimate(value, value, value, "made")
    standings = {Demand(name): Standing(1, 1, 0, _of(each), _of(each)) for name, each in constraints.items()}
    return Row(
        "script", "m", (), condition, {}, {}, None, 1, {}, 1, 0, None, None, None, {"adherence": estimate},
        constraints=standings,
    )  # fmt: skip


def _of(value: float) -> Estimate:
    return Estimate(value, value, value, "made")


def test_rows_beyond_a_threshold_come_the_farthest_first() -> None:
    """On the side that the gate has, under the conditions that it selects."""
    rows = [row(condition, value) for condition, value in zip(CONDITIONS, (0.7, 0.2, 0.9), strict=True)]
    assert [each.key[1] for each in missed_rows(rows, Gate("adherence", at_least=0.8))] == [
        CONDITIONS[1], CONDITIONS[0],
    ]  # fmt: skip
    assert [each.key[1] for each in missed_rows(rows, Gate("adherence", at_most=0.8))] == [CONDITIONS[2]]
    elsewhere = Gate("adherence", at_least=0.8, where={"temperature": (0.0,)})
    assert [each.key[1] for each in missed_rows(rows, elsewhere)] == [CONDITIONS[0]]
    assert not missed_rows([row(CONDITIONS[0], None)], Gate("adherence", at_least=0.8))


def test_constraints_have_numbers_of_their_own() -> None:
    """Where one row has several of that name, there is no single number."""
    rows = [row(CONDITIONS[0], 0.9, max_words=0.3)]
    assert [each.by for each in missed_rows(rows, Gate("constraint:max_words", at_least=0.5))] == [pytest.approx(0.2)]
    assert not missed_rows(rows, Gate("constraint:other", at_least=0.5))


@pytest.mark.parametrize(("better", "first"), [("higher", 1), ("lower", 0)])
def test_the_row_that_fell_the_most_comes_first(better: Better, first: int) -> None:
    """Or that rose the most, of what is better low."""
    compared = tuple(
        Compared(
            "adherence", ("script", condition), ("script", CONDITIONS[2]), 0.5, 0.6,
            Estimate(difference, None, None, "made"), 0.0, 4, 4, 0.01, 0.9, 0.01, 0.9, 0.0, "made", "worse",
            better=better,
        )
        for condition, difference in zip(CONDITIONS, (-0.1, -0.4), strict=False)
    )  # fmt: skip
    judged = JudgedGate("gate", "worse", "why", compared=compared)
    assert compared_keys(judged)[0] == (("script", CONDITIONS[first]), ("script", CONDITIONS[2]))


def _answer(sample: Sample) -> str:
    if sample.condition.get("temperature") == 0.0:
        return "Kafka"
    return {"one": "Kafka", "two": "Kafka is a log", "three": "a queue or a log", "four": "a queue"}[sample.case_id]


def test_cases_come_with_the_words_of_their_worst_draw(draw_suite: DrawSuite) -> None:
    """Three at most; what they are held against is beside them where the gate compares."""
    drawn = draw_suite(BODY, _answer)
    new = run_measured(drawn.store, drawn.found, drawn.planned.suite)
    cold, hot = (("script", condition) for condition in drawn.planned.prepared.sweep.conditions)
    gate = Gate("adherence", no_worse_than={"temperature": 0.0})
    sides = Sides(drawn.store, drawn.found, drawn.planned, new, new)
    found = sides.worst(gate, [(hot, cold)], Yardstick())
    assert [(each.case_id, each.new, each.old) for each in found] == [
        ("three", 0.0, 1.0), ("two", 0.5, 1.0), ("four", 0.5, 1.0),
    ]  # fmt: skip
    assert [each.sample for each in found] == ["12", "10", "14"]
    assert found[0].draw is not None
    assert found[0].draw.completion.text == "a queue or a log"
    alone = Sides(drawn.store, drawn.found, drawn.planned, new)
    assert [each.old for each in alone.worst(gate, [(hot, None)], Yardstick())] == [None] * 3


def test_of_what_should_stay_low_the_highest_come_first(draw_suite: DrawSuite) -> None:
    """By the measure of the gate alone."""
    drawn = draw_suite(BODY, _answer)
    new = run_measured(drawn.store, drawn.found, drawn.planned.suite)
    hot = ("script", drawn.planned.prepared.sweep.conditions[1])
    gate = Gate("constraint:contains_any", at_most=0.1)
    found = Sides(drawn.store, drawn.found, drawn.planned, new).worst(
        gate, [(hot, None)], Yardstick(gate.measure, "at_most")
    )
    assert [(each.case_id, each.new) for each in found] == [("one", 1.0), ("two", 1.0), ("three", 0.0)]
