"""Every part of a constraint is found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from evalkit.arguments import construct
from evalkit.constraints import weighted as composite
from evalkit.constraints.judge import Judge
from evalkit.constraints.keywords import ContainsAny
from evalkit.constraints.logic import AllOf, AnyOf, Not
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.structure import ValidJson
from evalkit.constraints.walk import asks_judge, every_part, made_of
from evalkit.constraints.weighted import Weighed
from evalkit.constraints.words import MaxWords
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.protocols import Constraint


@dataclass(frozen=True, slots=True)
class Weighted:
    """A composite of somebody else's, whose parts stand in pairs and in a mapping."""

    name: ClassVar[str] = "weighted"

    pairs: tuple[tuple[float, Constraint], ...]
    named: dict[str, Constraint]

    def score(self, text: str, *, whole: bool) -> Score:
        """Say nothing."""
        return Score(None, f"{len(text)} {whole}")


@dataclass(frozen=True, slots=True)
class Having:
    """A constraint with an argument that happens to be called like what composites have."""

    name: ClassVar[str] = "having"
    parts: tuple[str, ...] = ("a",)

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - a constraint's signature
        """Say that it is met."""
        return Score(1.0, "as given")


def test_parts_are_found_at_any_depth() -> None:
    """The constraint itself first, then what its fields hold, in whatever form."""
    few, many, judge = MaxWords(1), MaxWords(9), Judge("Polite?")
    weighted = Weighted(((0.5, Not(few)), (0.5, many)), {"polite": judge})
    found = list(every_part(AnyOf((weighted, many))))
    assert found[1:] == [weighted, Not(few), few, many, judge, many]


def test_what_hangs_on_a_judge() -> None:
    """One judge anywhere is enough."""
    assert asks_judge(Not(AllOf((MaxWords(1), Judge("Polite?")))))
    assert not asks_judge(Not(AllOf((MaxWords(1), MaxWords(2)))))


def test_a_walk_meets_every_part() -> None:
    """Depth first, the whole before its parts."""
    word, parsed = ContainsAny(("a",)), ValidJson()
    inner = AllOf((word, parsed))
    assert list(every_part(Not(inner))) == [Not(inner), inner, word, parsed]


def test_an_argument_called_parts_makes_no_composite() -> None:
    """Only constraints are parts."""
    assert made_of(Having()) == ()
    assert made_of(MaxWords(3)) == ()


def test_what_counts_for_more_may_be_judged() -> None:
    """A judge with a weight is a part as others are."""
    judge = Judge("Polite?")
    weighted = composite.Weighted((Weighed(3, MaxWords(1)), Weighed(1, judge)))
    assert list(every_part(weighted)) == [weighted, MaxWords(1), judge]
    assert asks_judge(AllOf((weighted,)))


def test_constraints_that_have_no_hash_are_told_apart() -> None:
    """By the very object: one that holds a judge is not taken for its like."""
    assert asks_judge(Weighted((), {"polite": Judge("Polite?")}))
    assert not asks_judge(Weighted((), {"polite": MaxWords(1)}))


JUDGE = {"judge": "Polite?"}
COMPOSITES: list[dict[str, Any]] = [
    {"not": JUDGE},
    {"all_of": ["valid_json", JUDGE]},
    {"any_of": ["valid_json", JUDGE]},
    {"at_least": {"n": 1, "of": ["valid_json", JUDGE]}},
    {"weighted": [{"weight": 1, "constraint": JUDGE}]},
    {"when": {"if": "valid_json", "then": JUDGE}},
    {"when": {"if": JUDGE, "then": "valid_json"}},
    {"in_each": {"part": "line", "constraint": JUDGE}},
    {"in_any": {"part": "line", "constraint": JUDGE}},
    {"in_answer": JUDGE},
    {"in_reasoning": JUDGE},
    {"in_every_turn": JUDGE},
]


@pytest.mark.parametrize("spec", COMPOSITES, ids=lambda spec: next(iter(spec)))
def test_a_judge_is_found_in_every_composite(spec: dict[str, Any]) -> None:
    """Wherever it stands in one, it is asked."""
    constraint: Constraint = construct(CONSTRAINTS, spec, beside=None)
    assert Judge("Polite?") in every_part(constraint)
    assert asks_judge(Not(constraint))


def test_every_composite_is_tried() -> None:
    """Those of the registry whose kind is logic."""
    composites = {name for name in CONSTRAINTS.builtins if CONSTRAINTS.get(name).family == "logic"}
    assert composites == {next(iter(spec)) for spec in COMPOSITES}
