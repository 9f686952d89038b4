"""Tests of how many comparisons are corrected together, and of the verdicts."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.compare.family import correct, explore
from evalkit.compare.rows import Asked, compare_row
from evalkit.errors import UsageError
from measured_rows import adherence, row, scores

if TYPE_CHECKING:
    from evalkit.findings import Compared

_ROW = row(adherence(scores(1.0, 1.0)))
_PLAIN = compare_row(_ROW, _ROW, Asked("adherence", "suite"))
_CHANCES = st.lists(st.one_of(st.just(0.05), st.floats(0, 1)), min_size=1, max_size=12)


def _rows(worse: list[float | None], not_worse: list[float | None] | None = None) -> list[Compared]:
    other = not_worse or [1.0] * len(worse)
    return [replace(_PLAIN, p_worse=one, p_not_worse=two) for one, two in zip(worse, other, strict=True)]


def test_holm_has_the_worked_numbers() -> None:
    """Five p-values give the corrected ones that are worked out by hand, and two of them are findings."""
    found = correct(_rows([0.001, 0.012, 0.021, 0.04, 0.3]), 0.05)
    assert [each.corrected_worse for each in found] == pytest.approx([0.005, 0.048, 0.063, 0.08, 0.3])
    assert [each.verdict for each in found] == ["worse", "worse", "undecided", "undecided", "undecided"]


def test_exploring_has_the_worked_numbers() -> None:
    """The same five under Benjamini and Hochberg have four findings."""
    found = explore(_rows([0.001, 0.012, 0.021, 0.04, 0.3]))
    assert [each.corrected_worse for each in found] == pytest.approx([0.005, 0.03, 0.035, 0.05, 0.3])
    assert [each.verdict for each in found] == ["worse"] * 4 + ["undecided"]


@given(chances=_CHANCES)
def test_both_corrections_are_those_of_statsmodels(chances: list[float]) -> None:
    """An independent implementation gives the same corrected p, ties included."""
    statsmodels: Any = import_module("statsmodels.stats.multitest")  # it has no types to import by name
    for method, found in (("holm", correct(_rows([*chances]), 0.05)), ("fdr_bh", explore(_rows([*chances])))):
        assert [each.corrected_worse for each in found] == pytest.approx(
            statsmodels.multipletests(chances, method=method)[1]
        )


def test_the_two_questions_are_corrected_apart() -> None:
    """Evidence of harm in one row does not make evidence of no harm in another one weaker."""
    found = correct(_rows([0.04, 1.0], [1.0, 0.04]), 0.1)
    assert [(each.corrected_worse, each.corrected_not_worse) for each in found] == [(0.08, 1.0), (1.0, 0.08)]
    assert [each.verdict for each in found] == ["worse", "not_worse"]


def test_nothing_to_test_counts_in_the_family_and_is_never_decided() -> None:
    """A row without p stays undecided without a corrected p, and the others are corrected as if it had one of 1."""
    found = correct(_rows([None, 0.02], [None, 0.02]), 0.05)
    assert (found[0].corrected_worse, found[0].corrected_not_worse, found[0].verdict) == (None, None, "undecided")
    assert found[1].corrected_worse == pytest.approx(0.04)


def test_a_level_is_reached_by_a_p_that_equals_it() -> None:
    """A p of exactly the level is a finding, and one just above is none."""
    assert correct(_rows([0.05]), 0.05)[0].verdict == "worse"
    assert correct(_rows([0.0500001]), 0.05)[0].verdict == "undecided"


def test_no_rows_are_no_findings() -> None:
    """An empty family is answered by an empty one."""
    assert (correct([], 0.05), explore([])) == ((), ())


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 0.31, float("nan")])
def test_a_level_outside_its_range_is_refused(level: float) -> None:
    """A level of 0 could show nothing, and one of 1 would show everything."""
    for corrected in (correct, explore):
        with pytest.raises(UsageError, match=r"must lie above 0 and at most at 0\.3"):
            corrected(_rows([0.5]), level)
