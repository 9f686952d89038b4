"""Tests of what would decide an undecided comparison."""

from __future__ import annotations

import pytest

from evalkit.compare.needed import needed_for
from evalkit.compare.rows import Asked, compare_row
from evalkit.findings import Needed
from evalkit.measured import CaseScores
from measured_rows import adherence, case, row, scores

_SUITE, _POPULATION = Asked("adherence", "suite", 0.05), Asked("adherence", "population", 0.05)


def _drawn(met: int, draws: int) -> CaseScores:
    return CaseScores(tuple((value, count) for value, count in ((0.0, draws - met), (1.0, met)) if count))


def _rows(new: list[CaseScores], old: list[CaseScores], asked: Asked, level: float = 0.05) -> Needed:
    return needed_for(row(adherence(*new)), row(adherence(*old)), asked, level)


@pytest.mark.parametrize("cases", [3, 5, 20, 58])
def test_cases_without_a_difference_need_59_to_exclude_5_points(cases: int) -> None:
    """With a margin of 5 points and a level of 0.05 it takes ln 0.05 / ln 0.95 cases, rounded up."""
    perfect = [_drawn(2, 2)] * cases
    assert _rows(perfect, perfect, _POPULATION).cases == 59


def test_repeats_alone_never_exclude_a_drop_in_too_small_a_population() -> None:
    """Five cases say nothing of other cases, however often they are drawn; of themselves they do."""
    perfect = [_drawn(2, 2)] * 5
    assert _rows(perfect, perfect, _POPULATION).repeats is None
    assert _rows(perfect, perfect, _SUITE) == Needed(30, 12)  # 59 pairs, two for each of 30 cases or twelve for 5


@pytest.mark.parametrize("asked", [_SUITE, _POPULATION], ids=["suite", "population"])
@pytest.mark.parametrize(("new", "old"), [(13, 15), (11, 16), (15, 15)], ids=["dropped", "dropped far", "unchanged"])
def test_so_many_cases_decide_and_fewer_do_not(asked: Asked, new: int, old: int) -> None:
    """With the same cases again, up to the number needed, the comparison is decided, and not with much fewer."""
    ahead, behind = [_drawn(new, 16), _drawn(16, 16)] * 6, [_drawn(old, 16), _drawn(16, 16)] * 6
    needed = _rows(ahead, behind, asked, 1e-6)
    assert needed.cases is not None
    assert needed.cases > 12
    for share, decided in ((1.3, True), (0.7, False)):
        count = int(needed.cases * share)
        found = compare_row(row(adherence(*(ahead * count)[:count])), row(adherence(*(behind * count)[:count])), asked)
        assert found.p_worse is not None
        assert found.p_not_worse is not None
        assert (min(found.p_worse, found.p_not_worse) <= 1e-6) is decided


def test_repeats_help_where_draws_vary_and_not_where_cases_do() -> None:
    """Cases that are all alike need more repeats; where the cases themselves differ, no number of them decides."""
    noisy = [_drawn(met, 4) for met in (2, 3, 4, 3)] * 20
    helped = _rows(noisy, noisy[1:] + noisy[:1], _POPULATION)
    assert helped.repeats is not None
    assert helped.repeats > 4
    moved = [_drawn(400 if index % 2 else 200, 400) for index in range(40)]
    old = [_drawn(320, 400)] * 40
    assert _rows(moved, old, _POPULATION, 0.001).repeats is None


def test_one_draw_each_does_not_tell_what_repeats_would_do() -> None:
    """Without a second draw of any case, repeats in scope `population` are not known."""
    new, old = [_drawn(index % 2, 1) for index in range(30)], [_drawn(1, 1)] * 30
    assert _rows(new, old, Asked("adherence", "population", 0.45)).repeats is None


def test_exactly_the_margin_is_never_decided() -> None:
    """A drop of exactly the margin stays open, however much is drawn."""
    new, old = [_drawn(10, 20), _drawn(19, 20)], [_drawn(11, 20), _drawn(20, 20)]
    assert _rows(new, old, _SUITE) == Needed(None, None)


def test_draws_that_go_on_missing_are_never_decided() -> None:
    """Where half of the draws have no score, either conclusion stays open."""
    new = [CaseScores(((1.0, 2),), missing=2)] * 6
    assert _rows(new, [_drawn(4, 4)] * 6, _SUITE) == Needed(None, None)


def test_nothing_in_common_needs_nothing() -> None:
    """Without cases on both sides nothing can be foreseen."""
    assert _rows([], [_drawn(4, 4)], _SUITE) == Needed(None, None)


def test_measures_of_one_number_a_case_need_cases() -> None:
    """More repeats make another measure of it; more cases decide, with bounds and without."""
    new = row([case(f"{index}", values={"exact_agreement": 0.5 + index / 100}) for index in range(8)])
    old = row([case(f"{index}", values={"exact_agreement": 0.5}) for index in range(8)])
    bounded = needed_for(new, old, Asked("exact_agreement", "population", 0.1), 0.05)
    assert bounded.repeats is None
    assert bounded.cases is not None
    assert bounded.cases > 20
    unbounded = needed_for(new, old, Asked("exact_agreement", "population", bounds=None), 0.001)
    assert unbounded.cases == 19  # seven of eight cases, again and again: about 17 of 19
    assert unbounded.repeats is None


def test_decided_ones_need_what_there_is() -> None:
    """A comparison that is decided needs no more than it has."""
    assert _rows([_drawn(0, 8)] * 4, [_drawn(8, 8)] * 4, _SUITE) == Needed(4, 8)


def test_scores_of_draws_count_as_such() -> None:
    """Whole cases and their parts are told apart by their scores alone."""
    assert _rows([scores(0.5, 0.5)] * 4, [scores(0.5, 0.5)] * 4, _SUITE) == Needed(30, 15)
