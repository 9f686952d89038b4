"""What constraints made of others have in common."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.arguments import construct
from evalkit.constraints.composite import describe, family_of, joined, version_of
from evalkit.constraints.logic import AllOf, Not
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.words import MaxWords
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.protocols import Constraint
    from evalkit.types import Json


@dataclass(frozen=True, slots=True)
class Renewed:
    """A constraint of a later version, with a label."""

    name: ClassVar[str] = "renewed"
    version: ClassVar[int] = 3
    label: str = "renewed again"

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - a constraint's signature
        """Say that it is met."""
        return Score(1.0, "as given")


GONE = Score(None, "does not apply", applies=False)
OPEN = Score(None, "open", applies=None)


def _join(scores: list[Score], least: int) -> Score:
    return joined([(str(index), score) for index, score in enumerate(scores)], least=least)


def _by_trying(scores: list[Score], least: int) -> set[float | None]:
    """Return every value that the whole may come to, by trying all that the undecided may come to."""
    came: set[float | None] = set()
    ways = [
        [score.value] if score.value is not None else ["gone"] if score.applies is False else [0.0, 0.5, 1.0, "gone"]
        for score in scores
    ]
    for way in product(*ways):
        there = sorted((value for value in way if isinstance(value, float)), reverse=True)
        came.add(there[min(least, len(there)) - 1] if there else None)
    return came


_SCORES = st.lists(
    st.sampled_from([Score(1.0, "met"), Score(0.0, "broken"), Score(0.5, "half"), OPEN, GONE]), min_size=1, max_size=5
)


@given(scores=_SCORES, least=st.integers(1, 5))
def test_a_joined_verdict_is_decided_only_when_all_outcomes_agree(scores: list[Score], least: int) -> None:
    """Against every way in which the undecided may be decided, or may turn out not to apply."""
    least = min(least, len(scores))
    came = _by_trying(scores, least)
    value = _join(scores, least).value
    if value is not None:
        assert came == {value}
    elif len(came) == 1:
        assert came == {None}


@given(scores=_SCORES, least=st.integers(1, 5))
def test_it_applies_where_any_part_does(scores: list[Score], least: int) -> None:
    """It does not where none does, and is not known to where only parts that may are left."""
    applies = _join(scores, min(least, len(scores))).applies
    kinds = {score.applies for score in scores}
    assert applies is (True if True in kinds else None if None in kinds else False)


def test_reasons_and_details_are_those_of_the_deciding_parts() -> None:
    """Spans come in order, each once; what does not decide is not quoted."""
    one = Score(0.0, "first", (Span(4, 5), Span(0, 1)), "a traceback")
    other = Score(0.0, "second", (Span(0, 1),), "a letter")
    score = joined([("a", one), ("b", Score(1.0, "third", (Span(7, 8),))), ("c", other)], least=3)
    assert score == Score(0.0, "a: first; c: second", (Span(0, 1), Span(4, 5)), "a traceback\n\na letter")


def test_many_reasons_are_counted() -> None:
    """The first eight are quoted."""
    reason = _join([Score(1.0, "met")] * 1_010, 1).reason
    assert reason.endswith("7: met; 1,002 more like these")


@pytest.mark.parametrize(
    ("constraint", "name", "version"),
    [(MaxWords(3), "max_words", 1), (Renewed(), "renewed again", 3), (Not(AllOf((Renewed(), MaxWords(1)))), None, 3)],
    ids=["plain", "labelled", "nested"],
)
def test_names_and_versions_take_the_parts_in(constraint: Constraint, name: str | None, version: int) -> None:
    """A constraint may have a label of its own; a part's later version is one of the whole."""
    assert describe(constraint) == (name or "not all_of(renewed again, max_words)")
    assert version_of(constraint) == version


@pytest.mark.parametrize(
    ("spec", "family"),
    [
        ({"max_words": 3}, "length"),
        ({"not": {"contains_any": ["a"]}}, "keywords"),
        ({"all_of": [{"max_words": 3}, {"not": {"min_words": 9}}]}, "length"),
        ({"any_of": [{"max_words": 3}, "valid_json"]}, "logic"),
    ],
)
def test_composite_is_of_its_parts_family(spec: Json, family: str) -> None:
    """A forbidden word is a demand on words; parts of several kinds make a demand of logic."""
    assert family_of(construct(CONSTRAINTS, spec, beside=None)) == family
