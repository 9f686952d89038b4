"""Tests of which runs can be baselines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.baselines.fitness import fitness, refuse_unfit
from evalkit.errors import BaselineError
from evalkit.types import Run
from tests.baselines.conftest import OF, Rows, case, row

if TYPE_CHECKING:
    from evalkit.measured import MeasuredRow

RUN = Run(
    id=OF.run, suite_name="tone", suite_version=2, suite_hash="f" * 64, suite_path=None, document={},
    started_at="2026-11-26T01:02:03.000+00:00", finished_at="2026-11-26T01:03:03+00:00", seed=1, seed_from="drawn",
    selection={}, planned=16, versions={}, profiles={},
)  # fmt: skip
OPEN = replace(RUN, finished_at=None)
WHOLE = row(case("a"), case("b"))


def _fit(*rows: MeasuredRow, run: Run = RUN, unjudged: int = 0, allow_incomplete: bool = False) -> None:
    found = fitness(Rows(OF, rows), run)
    refuse_unfit(found, run, max_failed=0.1, unjudged=unjudged, allow_incomplete=allow_incomplete)


def _refused(*rows: MeasuredRow, run: Run = RUN, unjudged: int = 0, allow_incomplete: bool = False) -> str:
    with pytest.raises(BaselineError) as refused:
        _fit(*rows, run=run, unjudged=unjudged, allow_incomplete=allow_incomplete)
    assert refused.value.hint
    return refused.value.message


def test_a_whole_run_is_taken() -> None:
    """So is one of which as many failed as may, and one that ended early as planned."""
    _fit(WHOLE)
    some = case("b", 6, outcomes={"complete": 6, "error": 1, "refusal": 1})
    _fit(row(case("a"), some), run=OPEN)
    early = row(case("a", 4, 4), case("b", 4, 4))
    _fit(early)


@pytest.mark.parametrize(
    ("rows", "run", "words"),
    [
        ([row(case("a"))], OPEN, "8 of 16 draws missing"),
        ([row(case("a"), case("b", outcomes={"complete": 7}))], RUN, "1 of 16 draws missing"),
        (
            [row(case("a"), case("b", outcomes={"complete": 6, "error": 2}))],
            RUN,
            "2 of 16 draws failed, above the share of 0.1 that may",
        ),
    ],
    ids=["cells", "draws", "errors"],
)
def test_an_incomplete_run_is_refused(rows: list[MeasuredRow], run: Run, words: str) -> None:
    """The message says what it lacks; a user may take it all the same."""
    assert _refused(*rows, run=run) == f"run {RUN.id} is incomplete: {words}"
    _fit(*rows, run=run, allow_incomplete=True)


def test_missing_votes_are_said_too() -> None:
    """What judges have still to say is missing as well."""
    assert _refused(WHOLE, unjudged=1) == f"run {RUN.id} is incomplete: 1 vote of judges missing"


@pytest.mark.parametrize("rows", [[], [row(case(scores={}))]], ids=["no rows", "no scores"])
def test_a_run_without_a_decided_score_is_never_taken(rows: list[MeasuredRow]) -> None:
    """Nothing can be held against it, whatever the user says."""
    assert "no decided score" in _refused(*rows)
    assert "no decided score" in _refused(*rows, allow_incomplete=True)
