"""Constraints made of others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, ClassVar

import pytest

from evalkit.constraints.keywords import ContainsAny
from evalkit.constraints.logic import AllOf, AnyOf, AtLeast, Not, describe
from evalkit.constraints.structure import ValidJson
from evalkit.constraints.words import MaxWords
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span


@dataclass(frozen=True, slots=True)
class Fixed:
    """A constraint whose verdict is given."""

    name: ClassVar[str] = "fixed"

    value: float | None

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - a constraint's signature
        """Give the verdict."""
        return Score(self.value, f"said {self.value}", (Span(0, 1),))


# Kleene 1952, "Introduction to Metamathematics", section 64: the strong tables.
AND = {(1, 1): 1, (1, 0): 0, (0, 0): 0, (1, None): None, (0, None): 0, (None, None): None}
OR = {(1, 1): 1, (1, 0): 1, (0, 0): 0, (1, None): 1, (0, None): None, (None, None): None}


@pytest.mark.parametrize(("first", "second"), list(product((1, 0, None), repeat=2)))
def test_composites_follow_kleenes_tables(first: float | None, second: float | None) -> None:
    """In either order of the parts."""
    key = (first, second) if (first, second) in AND else (second, first)
    parts = (Fixed(first), Fixed(second))
    assert AllOf(parts).score("x", whole=True).value == AND[key]  # type: ignore[index] # the tables hold both orders
    assert AnyOf(parts).score("x", whole=True).value == OR[key]  # type: ignore[index] # as above


@pytest.mark.parametrize(("value", "negated"), [(1, 0), (0, 1), (None, None), (0.25, 0.75)])
def test_not_turns_the_value_round(value: float | None, negated: float | None) -> None:
    """What is undecided stays so; reason and spans are kept."""
    score = Not(Fixed(value)).score("x", whole=True)
    assert score == Score(negated, f"said {value}", (Span(0, 1),))


@pytest.mark.parametrize(("text", "value"), [("Great question! So", 0.0), ("Kafka", None)], ids=["found", "not yet"])
def test_not_swaps_what_a_cut_decides(text: str, value: float | None) -> None:
    """A forbidden word found in a cut text stays found."""
    assert Not(ContainsAny(("great question",))).score(text, whole=False).value == value


def test_graded_values_give_the_least_and_the_greatest() -> None:
    """Values between 0 and 1 are not rounded."""
    parts = (Fixed(0.5), Fixed(0.75))
    assert AllOf(parts).score("x", whole=True).value == 0.5
    assert AnyOf(parts).score("x", whole=True).value == 0.75


def test_the_reason_names_the_parts_that_decide() -> None:
    """A broken part is named with its own reason; those that are met are not."""
    score = AllOf((MaxWords(1), ContainsAny(("Kafka",)))).score("Use Kafka", whole=True)
    assert score.reason == "max_words: 2 words, limit 1"
    assert score.spans == (Span(4, 9),)


@pytest.mark.parametrize(
    ("constraint", "label"),
    [
        (ValidJson(), "valid_json"),
        (Not(ContainsAny(("a",))), "not contains_any"),
        (AllOf((MaxWords(1), ValidJson())), "all_of(max_words, valid_json)"),
        (Not(AnyOf((Not(ValidJson()),))), "not any_of(not valid_json)"),
        (AtLeast(1, (MaxWords(1), ValidJson())), "at_least 1 of (max_words, valid_json)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_composite_is_described_by_its_parts(constraint: Any, label: str) -> None:  # noqa: ANN401 - several classes
    """Reports show what a composite is made of."""
    assert describe(constraint) == label


def test_constraints_are_equal_by_value() -> None:
    """So that they can be kept in sets and compared across processes."""
    one, other = (AllOf((Not(ContainsAny(("a",))), MaxWords(3))) for _ in range(2))
    assert one == other
    assert hash(one) == hash(other)
    assert one != AllOf((Not(ContainsAny(("b",))), MaxWords(3)))


@pytest.mark.parametrize("cls", [AllOf, AnyOf])
@pytest.mark.parametrize(
    ("parts", "path"),
    [((), ("constraints",)), ([ValidJson()], ("constraints",)), ((ValidJson(), 3), ("constraints", 1))],
    ids=["none", "list", "number"],
)
def test_parts_must_be_constraints(cls: type[AllOf], parts: Any, path: tuple[str | int, ...]) -> None:  # noqa: ANN401 - wrong on purpose
    """The path leads to the part at fault."""
    with pytest.raises(ArgumentError) as raised:
        cls(parts)
    assert raised.value.path == path


def test_not_must_be_given_a_constraint() -> None:
    """A text is none."""
    wrong: Any = "valid_json"
    with pytest.raises(ArgumentError, match="valid_json"):
        Not(wrong)


@pytest.mark.parametrize(
    ("values", "least", "value"),
    [
        ((1, 1, 0), 2, 1),
        ((1, 0, 0), 2, 0),
        ((1, 1, None), 2, 1),
        ((1, None, 0), 2, None),
        ((0, None, 0), 2, 0),
        ((None, None, None), 1, None),
        ((0.9, 0.5, 0.1), 2, 0.5),
        ((1, 1, 1), 3, 1),
    ],
)
def test_at_least_is_decided_once_enough_are_met_or_too_many_broken(
    values: tuple[float | None, ...], least: int, value: float | None
) -> None:
    """In any order of the parts; graded values give the n-th greatest."""
    for ordered in (values, values[::-1]):
        assert AtLeast(least, tuple(Fixed(each) for each in ordered)).score("x", whole=True).value == value


@pytest.mark.parametrize("values", list(product((1, 0, None, 0.5), repeat=3)))
def test_at_least_one_and_all_are_any_of_and_all_of(values: tuple[float | None, ...]) -> None:
    """The two ends of the range."""
    parts = tuple(Fixed(value) for value in values)
    assert AtLeast(1, parts).score("x", whole=True).value == AnyOf(parts).score("x", whole=True).value
    assert AtLeast(3, parts).score("x", whole=True).value == AllOf(parts).score("x", whole=True).value


def test_at_least_says_how_many_are_met() -> None:
    """Before the reasons of those that decide."""
    score = AtLeast(2, (MaxWords(1), ContainsAny(("Kafka",)), ValidJson())).score("Use Kafka", whole=True)
    assert score.reason.startswith("1 of 3 are met, 2 demanded; max_words: 2 words, limit 1; valid_json: not JSON")


@pytest.mark.parametrize("n", [0, 3, True])
def test_at_least_demands_what_is_possible(n: int) -> None:
    """From one to all of them."""
    with pytest.raises(ArgumentError) as raised:
        AtLeast(n, (ValidJson(), MaxWords(1)))
    assert raised.value.path == ("n",)


def test_graded_values_survive_two_negations() -> None:
    """In floats 1 - (1 - 0.1) is not 0.1."""
    assert Not(Not(Fixed(0.1))).score("x", whole=True).value == 0.1
