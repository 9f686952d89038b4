"""Tests of the plan of a run in rounds and of how far it has come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.rounds import MOST_ROUNDS, Looks, planned_ends
from evalkit.types import Condition

ONE, OTHER = ("local", Condition((("system", "one"),))), ("local", Condition((("system", "other"),)))


@given(least=st.integers(1, 50), more=st.integers(1, 500))
def test_a_plan_rises_from_the_least_to_the_most(least: int, more: int) -> None:
    """Looks are few, and the last is where everything is drawn."""
    ends = planned_ends(least, least + more)
    assert (ends[0], ends[-1]) == (least, least + more)
    assert 2 <= len(ends) <= MOST_ROUNDS
    assert list(ends) == sorted(set(ends))


def test_a_settled_row_is_due_no_further() -> None:
    """What was settled at a look keeps the repeats of that round; the others go on."""
    looks = Looks((2, 4, 8), (frozenset({ONE}),))
    assert (looks.due(ONE), looks.due(OTHER)) == (2, 4)
    assert (looks.number_of(ONE), looks.number_of(OTHER)) == (0, 1)
    assert not looks.over([ONE, OTHER])
    assert looks.over([ONE])


def test_a_run_is_over_after_its_last_look() -> None:
    """Even if nothing was ever settled, there are no more looks than planned."""
    looks = Looks((2, 4), (frozenset(), frozenset()))
    assert looks.over([ONE])
    assert looks.due(ONE) == 4


def test_fractions_are_shares_of_all_draws() -> None:
    """Each look sees a share of what the last one sees."""
    assert Looks((1, 2, 4)).fractions == pytest.approx((0.25, 0.5, 1.0))
