"""Tests of which runs can be baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.baselines.fitness import fitness, refuse_unfit
from evalkit.errors import BaselineError
from tests.baselines.conftest import OF, Rows, case, row

if TYPE_CHECKING:
    from evalkit.measured import MeasuredRow

WHOLE = row(case("a"), case("b"))


def _fit(*rows: MeasuredRow, unjudged: int = 0, allow_incomplete: bool = False) -> None:
    found = fitness(Rows(OF, rows))
    refuse_unfit(found, OF.run, max_failed=0.1, unjudged=unjudged, allow_incomplete=allow_incomplete)


def _refused(*rows: MeasuredRow, unjudged: int = 0, allow_incomplete: bool = False) -> str:
    with pytest.raises(BaselineError) as refused:
        _fit(*rows, unjudged=unjudged, allow_incomplete=allow_incomplete)
    assert refused.value.hint
    return refused.value.message


def test_a_whole_run_is_taken() -> None:
    """So is one of which as many failed as may, and one of whose draws some are unsupported."""
    _fit(WHOLE)
    _fit(row(case("a"), case("b", 6, outcomes={"complete": 6, "error": 1, "refusal": 1})))
    _fit(row(case("a"), case("b", 6, 6, outcomes={"complete": 6, "unsupported": 2})))


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ({}, "8 of 16 draws missing"),
        ({"complete": 7}, "1 of 16 draws missing"),
        ({"complete": 7, "unsupported": 1}, "1 of 16 draws missing"),
        ({"complete": 6, "error": 2}, "2 of 16 draws failed, above the share of 0.1 that may"),
        ({"error": 7}, "1 of 16 draws missing; 7 of 16 draws failed, above the share of 0.1 that may"),
    ],
)
def test_an_incomplete_run_is_refused(outcomes: dict[str, int], words: str) -> None:
    """The message says what it lacks; a user may take it all the same."""
    rows = row(case("a"), case("b", outcomes=outcomes))
    assert _refused(rows) == f"run {OF.run} is incomplete: {words}"
    _fit(rows, allow_incomplete=True)


def test_missing_votes_are_said_too() -> None:
    """What judges have still to say is missing as well."""
    assert _refused(WHOLE, unjudged=1) == f"run {OF.run} is incomplete: 1 vote of judges missing"


@pytest.mark.parametrize("rows", [[], [row(case(scores={}))]], ids=["no rows", "no scores"])
def test_a_run_without_a_decided_score_is_never_taken(rows: list[MeasuredRow]) -> None:
    """Nothing can be held against it, whatever the user says."""
    assert "no decided score" in _refused(*rows)
    assert "no decided score" in _refused(*rows, allow_incomplete=True)
