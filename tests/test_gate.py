"""Tests of what gates are by default."""

from __future__ import annotations

import pytest

from evalkit.gate import Alarms, Gate


def test_the_scope_follows_from_what_is_compared() -> None:
    """Against a baseline a gate speaks of these cases, against another condition of cases like these."""
    assert Gate("adherence", no_worse_than="baseline").inference == "suite"
    assert Gate("adherence", no_worse_than={"system": "fluffy"}).inference == "population"
    assert Gate("adherence", no_worse_than="baseline", scope="population").inference == "population"


def test_another_condition_is_named_by_what_differs() -> None:
    """The name of a gate says which condition it compares with."""
    gate = Gate("adherence", no_worse_than={"system": "fluffy"}, margin=0.05, where={"system": ("dense",)})
    assert gate.name == "adherence no worse than system fluffy by 0.05 where system dense"


def test_alarms_of_a_month_are_those_of_its_runs() -> None:
    """Thirty runs at 5 % each make one and a half alarms to expect."""
    assert Alarms().per_month == pytest.approx(1.5)
