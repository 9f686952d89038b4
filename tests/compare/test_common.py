"""Tests of which cases belong together."""

from __future__ import annotations

import pytest

from evalkit.compare.common import common_cases, is_score
from measured_rows import case, row


def test_cases_pair_by_their_id_whatever_their_order() -> None:
    """The new side's order is kept, and each case meets its own."""
    found = common_cases(row([case("b"), case("a")]), row([case("a"), case("b")]), "adherence")
    assert [(one.case_id, other.case_id) for one, other in found.cases] == [("b", "b"), ("a", "a")]
    assert found.left_out == ()


def test_many_cases_left_out_are_counted() -> None:
    """Five are named."""
    found = common_cases(row([case(f"{index}") for index in range(7)]), row([]), "adherence")
    assert found.left_out == ("7 cases only on the new side: 0, 1, 2, 3, 4 and 2 more",)


@pytest.mark.parametrize(("measure", "cases"), [("adherence", 0), ("adherence_case", 1), ("distinct_2", 1)])
def test_system_prompts_with_constraints_of_their_own_leave_what_the_case_demands(measure: str, cases: int) -> None:
    """Between two system prompts only what does not depend on their own constraints is comparable."""
    new = row([case("a", constraints="1")], system="dense")
    old = row([case("a", constraints="2")], system="fluffy")
    found = common_cases(new, old, measure)
    assert len(found.cases) == cases
    assert bool(found.left_out) is not bool(cases)


def test_the_case_s_own_constraints_must_not_change_either() -> None:
    """Under the same system prompt another digest means another demand."""
    new, old = row([case("a", constraints="1")], system="dense"), row([case("a", constraints="2")], system="dense")
    assert common_cases(new, old, "adherence_case").cases == ()


@pytest.mark.parametrize(
    ("measure", "score"),
    [("adherence", True), ("final_accuracy", True), ("constraint:max_words", True), ("distinct_2", False)],
)
def test_levels_and_constraints_are_scores_of_draws(measure: str, score: bool) -> None:
    """Other measures are one number a case."""
    assert is_score(measure) is score
