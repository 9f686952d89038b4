"""The verdicts of one cell, taken apart."""

from __future__ import annotations

from evalkit.summarise.judged import judged_draws
from evalkit.types import Completion, Draw
from evalkit.verdicts import Scored
from tests.summarise.conftest import draw, verdict


def test_draws_without_verdicts_are_left_out() -> None:
    """Errors and refusals have none."""
    judged = judged_draws([draw([verdict(1)]), Draw(0, Completion("error", error="down"), Scored(), 1)])
    assert [len(table.strict) for table in judged.tables] == [1]
    assert len(judged.scored) == 1
    assert judged_draws([]).tables == []


def test_strict_and_loose_are_one_list_where_they_say_the_same() -> None:
    """So that nothing is computed twice; a single difference parts them."""
    (same,) = judged_draws([draw([verdict(1), verdict(None)])]).tables
    assert same.loose is same.strict == [[1, None]]
    (different,) = judged_draws([draw([verdict(0), verdict(1)]), draw([verdict(0, 1), verdict(1)])]).tables
    assert (different.strict, different.loose) == ([[0, 1], [0, 1]], [[0, 1], [1, 1]])


def test_draws_that_were_judged_by_other_constraints_stand_apart() -> None:
    """No verdict is taken for that of another constraint because it stands in the same place."""
    tables = judged_draws([draw([verdict(1, name="a")]), draw([verdict(0, name="b"), verdict(1, name="a")])]).tables
    assert [[each.constraint for each in table.head] for table in tables] == [["a"], ["b", "a"]]


def test_one_verdict_of_a_system_prompt_is_noticed() -> None:
    """Numbers by source are made only then."""
    assert not judged_draws([draw([verdict(1)])]).by_source
    assert judged_draws([draw([verdict(1), verdict(1, source="system")])]).by_source
