"""What each case comes to."""

from __future__ import annotations

from evalkit.findings import Demand
from evalkit.summarise.cases import by_case
from evalkit.types import Condition
from tests.summarise.conftest import cell, verdict

HOT, COLD = (Condition((("temperature", value),)) for value in (1.0, 0.0))


def test_each_condition_counts_once_and_the_worst_case_comes_first() -> None:
    """Three failures under one condition and a success under the other are one half."""
    good, bad = verdict(1, name="title"), verdict(0, 1, name="title")
    cells = [
        cell([verdict(1)], case="easy", condition=COLD),
        cell([verdict(None)], case="open", condition=COLD),
        cell([good, good], case="hard", condition=COLD),
        cell([bad, good], [bad, bad], [bad, bad], case="hard", condition=HOT),
    ]
    hard, easy, undecided = by_case(cells)
    assert (hard.case_id, easy.case_id, undecided.case_id) == ("hard", "easy", "open")
    assert hard.draws == 4
    assert hard.levels["adherence"] == (1 + 1 / 6) / 2
    assert hard.levels["adherence_loose"] == 1
    assert hard.levels["full_adherence"] == 0.5
    assert hard.constraints == {Demand("title"): (1 + 1 / 6) / 2}
    assert (undecided.levels["adherence"], undecided.constraints) == (None, {})


def test_providers_are_told_apart() -> None:
    """The same case of another provider has its own line."""
    found = by_case([cell([verdict(1)], provider="a"), cell([verdict(0)], provider="b")])
    assert [(each.provider, each.levels["adherence"]) for each in found] == [("b", 0), ("a", 1)]
