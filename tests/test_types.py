"""The nouns: what they say of themselves."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, get_args

import pytest

from evalkit.gate import Gate
from evalkit.types import OUTCOMES, Completion, Condition, Outcome, System, shown

if TYPE_CHECKING:
    from evalkit.types import AxisValue

CONDITION = Condition((("temperature", 0.8), ("system", "dense"), ("density", None)))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "–"),  # noqa: RUF001 - what a table shows
        (True, "true"),
        (False, "false"),
        (0, "0"),
        (0.8, "0.8"),
        ("dense", "dense"),
        (("a", "b"), "[a, b]"),
    ],
    ids=["nothing", "true", "false", "zero", "number", "text", "list"],
)
def test_a_value_as_people_read_it(value: AxisValue, written: str) -> None:
    """False is not 0, and nothing is not false."""
    assert shown(value) == written


def test_a_condition_is_looked_up_by_axis() -> None:
    """None is a value; an axis that is not there has the default."""
    assert CONDITION.get("temperature") == 0.8
    assert CONDITION.get("density", 1.0) is None
    assert CONDITION.get("turns", 0) == 0
    assert CONDITION.as_dict() == {"temperature": 0.8, "system": "dense", "density": None}
    assert CONDITION.label == "temperature 0.8, system dense, density –"  # noqa: RUF001 - as above
    assert Condition().label == ""


@pytest.mark.parametrize(
    ("where", "matches"),
    [
        ({}, True),
        ({"temperature": (0.4, 0.8)}, True),
        ({"temperature": (0.4,)}, False),
        ({"temperature": (0.8,), "system": ("none",)}, False),
        ({"density": (None,)}, True),
        ({"turns": (0,)}, False),
        ({"turns": (None,)}, False),
        ({"system": ()}, False),
    ],
    ids=["all", "one of", "none of", "both needed", "nothing", "no such axis", "no such axis either", "no values"],
)
def test_where_selects_by_value(where: dict[str, Any], matches: bool) -> None:
    """Every axis named must have one of its values."""
    assert CONDITION.matches(where) is matches


@pytest.mark.parametrize(
    ("gate", "name"),
    [
        (Gate("adherence", at_least=0.8), "adherence at least 0.8"),
        (Gate("distinct_2", at_least=0.5, at_most=1), "distinct_2 at least 0.5 at most 1"),
        (Gate("adherence", no_worse_than="baseline", margin=0.05), "adherence no worse than baseline by 0.05"),
        (Gate("adherence", no_worse_than="baseline"), "adherence no worse than baseline"),
        (
            Gate("adherence", at_least=0.0, where={"system": ("dense",), "temperature": (0.0, 0.4)}),
            "adherence at least 0 where system dense, temperature 0.0 or 0.4",
        ),
    ],
    ids=["least", "both", "baseline", "baseline alone", "where"],
)
def test_a_gate_has_a_name_for_people(gate: Gate, name: str) -> None:
    """It says the whole demand."""
    assert gate.name == name


@pytest.mark.parametrize(
    ("system", "absent"),
    [(System(), True), (System(text=""), False), (System(text="x"), False), (System(rules=("x",)), False)],
    ids=["null", "empty", "text", "rules"],
)
def test_an_empty_system_prompt_is_not_an_absent_one(system: System, absent: bool) -> None:
    """Only `null` sends no message."""
    assert system.absent is absent


def test_only_answers_are_scored() -> None:
    """A failed call is never a wrong answer."""
    assert [outcome for outcome in OUTCOMES if Completion(outcome).scored] == ["complete", "truncated"]
    assert get_args(Outcome) == OUTCOMES


def test_nouns_do_not_change() -> None:
    """A stage hands on what it got, or something new."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        CONDITION.values = ()  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue] - that is the test
    assert hash(CONDITION) == hash(Condition(CONDITION.values))
