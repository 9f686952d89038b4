"""Counting what the draws of one cell scored."""

from __future__ import annotations

from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.constraints.composite import describe
from evalkit.constraints.words import MaxWords, MinWords
from evalkit.findings import LEVELS, MACRO, MICRO
from evalkit.measured import OF_CONSTRAINT, CaseScores
from evalkit.summarise.judged import judged_draws
from evalkit.summarise.levels import LevelsOfCases
from evalkit.summarise.scores import Demanded, demanded_of, scores_of
from tests.summarise.conftest import draw, verdict

if TYPE_CHECKING:
    from evalkit.types import Draw

NOTHING = Demanded((), 0, (), by_source=False)


def _scores(*draws: Draw, planned: int | None = None, demanded: Demanded = NOTHING) -> dict[str, CaseScores]:
    return scores_of(judged_draws(draws), len(draws) if planned is None else planned, demanded)


def test_draws_that_score_alike_are_counted_together() -> None:
    """Rising, each score once."""
    draws = [draw([verdict(value, name="a"), verdict(1.0, name="b")]) for value in (1.0, 0.0, 1.0, 0.5)]
    found = _scores(*draws)
    assert found["adherence"] == CaseScores(((0.5, 1), (0.75, 1), (1.0, 2)))
    assert found["full_adherence"] == CaseScores(((0.0, 2), (1.0, 2)))
    assert found["constraint:a"] == CaseScores(((0.0, 1), (0.5, 1), (1.0, 2)))
    assert found["constraint:b"] == CaseScores(((1.0, 4),))
    assert found["instruction_accuracy"] == CaseScores(((0.5, 1), (0.75, 1), (1.0, 2)), weight=2.0)
    assert list(found) == [*MACRO, *MICRO, "constraint:a", "constraint:b"]


def test_loose_verdicts_have_scores_of_their_own() -> None:
    """Of the levels; a constraint has its strict ones."""
    found = _scores(draw([verdict(0.0, 1.0)]), draw([verdict(0.0)]))
    assert found["adherence"] == CaseScores(((0.0, 2),))
    assert found["adherence_loose"] == found["full_adherence_loose"] == CaseScores(((0.0, 1), (1.0, 1)))
    assert found["instruction_accuracy_loose"] == CaseScores(((0.0, 1), (1.0, 1)), weight=1.0)
    assert found["constraint:said"] == CaseScores(((0.0, 2),))


def test_what_is_undecided_or_not_drawn_is_missing() -> None:
    """Of four draws due one was not made, one decides nothing and one decides half."""
    draws = [
        draw([verdict(None, name="a"), verdict(None, name="b")]),
        draw([verdict(1.0, name="a"), verdict(None, name="b")]),
        draw([verdict(1.0, name="a"), verdict(0.0, name="b")]),
    ]
    found = _scores(*draws, planned=4)
    assert found["adherence"] == CaseScores(((0.5, 1), (1.0, 1)), 2)
    assert found["full_adherence"] == CaseScores(((0.0, 1),), 3)
    assert found["constraint:b"] == CaseScores(((0.0, 1),), 3)


def test_what_does_not_apply_is_neither_scored_nor_missing() -> None:
    """A draw to which nothing applies has nothing to score."""
    idle = replace(verdict(None, name="if"), applies=False)
    draws = [draw([idle]), draw([verdict(1.0, name="if")]), draw([verdict(None, name="if")])]
    found = _scores(*draws, planned=4)
    assert found["adherence"] == found["constraint:if"] == CaseScores(((1.0, 1),), 2)
    beside = [draw([idle, verdict(0.0, name="a")]), draw([idle, verdict(0.0, name="a")])]
    assert "constraint:if" not in _scores(*beside)
    assert _scores(draw([idle])) == {}


def test_constraints_of_one_name_are_one_measure() -> None:
    """A draw scores their mean, wherever they come from."""
    verdicts = [verdict(1.0, name="a"), verdict(0.0, name="a", source="system"), verdict(None, name="a")]
    found = _scores(draw(verdicts))
    assert found["constraint:a"] == CaseScores(((0.5, 1),))
    assert (found["adherence_case"], found["adherence_system"]) == (CaseScores(((1.0, 1),)), CaseScores(((0.0, 1),)))


def test_without_verdicts_what_is_demanded_is_missing() -> None:
    """By name, with as many instructions as there are."""
    case, system = (MaxWords(9), MinWords(2), MaxWords(7)), (MinWords(1),)
    found = _scores(planned=3, demanded=demanded_of(case, system, by_source=True))
    assert set(found.values()) == {CaseScores((), 3), CaseScores((), 3, 4.0)}
    names = [OF_CONSTRAINT + describe(each) for each in case[:2]]
    assert list(found) == [*MACRO, *MICRO, "adherence_case", "adherence_system", *names]
    assert found["instruction_accuracy"].weight == 4
    alone = _scores(planned=3, demanded=demanded_of(case, (), by_source=True))
    assert "adherence_system" not in alone
    assert "adherence_case" not in _scores(planned=3, demanded=demanded_of(case, (), by_source=False))
    assert _scores(planned=0, demanded=demanded_of(case, system, by_source=True)) == {}
    assert _scores(planned=3) == {}


VALUES = st.sampled_from([0.0, 0.25, 1.0, None])
DRAWS = st.integers(1, 3).flatmap(
    lambda width: st.lists(st.lists(st.tuples(VALUES, VALUES), min_size=width, max_size=width), min_size=1, max_size=6)
)


@given(DRAWS, st.integers(0, 3))
def test_means_are_those_of_the_levels(drawn: list[list[tuple[float | None, float | None]]], undrawn: int) -> None:
    """Whatever is decided; and every draw is either scored or missing."""
    draws = [
        draw([replace(verdict(strict, name=str(place)), loose=loose) for place, (strict, loose) in enumerate(each)])
        for each in drawn
    ]
    found = _scores(*draws, planned=len(draws) + undrawn)
    levels = LevelsOfCases()
    levels.add(judged_draws(draws))
    for measure in MACRO:
        assert found[measure].mean == pytest.approx(levels.macro[measure][0])
    for measure in found:
        assert found[measure].scored + found[measure].missing == len(draws) + undrawn
        assert measure in LEVELS or measure.startswith(OF_CONSTRAINT)
    for place in range(len(drawn[0])):
        decided = [strict for strict, _ in (each[place] for each in drawn) if strict is not None]
        mean = fsum(decided) / len(decided) if decided else None
        assert found[f"constraint:{place}"].mean == pytest.approx(mean)
