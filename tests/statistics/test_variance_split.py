"""Parts of a variance, held against worked numbers, mixed models of statsmodels and simulated truths."""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.statistics.clustered import mean_of_clusters
from evalkit.statistics.standard_errors import error_of_mean
from evalkit.statistics.variance_split import (
    Part,
    VarianceSplit,
    design_effect,
    intraclass_correlation,
    split_judged_variance,
    split_panel_variance,
    split_variance,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

Split: TypeAlias = "Callable[[Sequence[Sequence[Sequence[float]]]], VarianceSplit]"
NOTHING = VarianceSplit(None, None, None)


def raw(split: VarianceSplit) -> list[float | None]:
    """Return the estimates of a split, below 0 or not."""
    return [None if part is None else part.raw for part in (split.case, split.sampling, split.judge)]


def draw_votes(chance: np.random.Generator, cases: int, draws: int, votes: int) -> NDArray[np.float64]:
    """Draw votes with variances of 0.3, 0.2 and 0.1 by case, draw and vote, of the shape (case, draw, vote)."""
    return (
        chance.normal(0, math.sqrt(0.3), (cases, 1, 1))
        + chance.normal(0, math.sqrt(0.2), (cases, draws, 1))
        + chance.normal(0, math.sqrt(0.1), (cases, draws, votes))
    )


def test_twenty_prompts_with_ten_answers_have_the_published_design_effect() -> None:
    """A correlation of .6 over ten answers makes the variance 6.4 times that of as many independent ones."""
    assert design_effect(0.6, [10] * 20) == pytest.approx(6.40)


def test_the_design_effect_is_the_ratio_of_the_squared_errors() -> None:
    """For many cases of one size it says by how much clustering by case raises the squared error of the mean."""
    scores = draw_votes(np.random.default_rng(1), 2000, 10, 1)[:, :, 0].tolist()
    found, clustered = intraclass_correlation(scores), mean_of_clusters(scores)
    naive = error_of_mean([score for case in scores for score in case])
    assert found is not None
    assert clustered is not None
    assert clustered.standard_error is not None
    assert naive is not None
    assert found.correlation == pytest.approx(0.5, abs=0.02)
    assert found.design_effect == pytest.approx((clustered.standard_error / naive) ** 2, rel=0.002)


def test_a_worked_table() -> None:
    """Two cases of 1, 3 and 5, 7 have mean squares of 16 and 2, so parts of 7 and 2, which share 9."""
    split = split_variance([[1.0, 3.0], [5.0, 7.0]])
    assert split == VarianceSplit(Part(7.0, 7.0), Part(2.0, 2.0), None)
    assert split.shares == pytest.approx({"case": 7 / 9, "sampling": 2 / 9})
    found = intraclass_correlation([[1.0, 3.0], [5.0, 7.0]])
    assert found is not None
    assert (found.correlation, found.design_effect) == pytest.approx((7 / 9, 16 / 9))


def test_cases_of_different_sizes_by_hand() -> None:
    """Cases of 0, 0, 3 and 4 have mean squares of 6.75 and 3, and n0 = (4 - 10 / 4) / 1 = 1.5."""
    found = intraclass_correlation([[0.0, 0.0, 3.0], [4.0]])
    assert found is not None
    assert found.raw == pytest.approx(2.5 / 5.5)
    assert found.design_effect == pytest.approx(1 + 1.5 * 2.5 / 5.5)


@pytest.mark.parametrize("seed", range(2))
def test_the_mixed_model_gives_the_same_two_parts(seed: int) -> None:
    """With as many draws in each case as in any other, restricted maximum likelihood ends at the same parts."""
    mixed: Any = import_module("statsmodels.regression.mixed_linear_model")  # it has no types to import by name
    scores = draw_votes(np.random.default_rng(seed), 25, 6, 1)[:, :, 0]
    groups = np.repeat(np.arange(25), 6)
    fitted = mixed.MixedLM(scores.ravel(), np.ones(scores.size), groups).fit(reml=True)
    assert raw(split_variance(scores.tolist()))[:2] == pytest.approx(
        [float(fitted.cov_re[0, 0]), float(fitted.scale)], rel=1e-3
    )


def test_the_mixed_model_gives_the_same_three_parts() -> None:
    """So it does with votes on draws in cases."""
    mixed: Any = import_module("statsmodels.regression.mixed_linear_model")  # it has no types to import by name
    votes = draw_votes(np.random.default_rng(7), 20, 4, 3)
    by_draw = np.kron(np.eye(4), np.ones((3, 1)))  # (vote of a case, draw)
    names = [[f"draw {draw}" for draw in range(4)]] * 20
    parts = mixed.VCSpec(["sampling"], [names], [[by_draw] * 20])
    fitted = mixed.MixedLM(
        votes.ravel(),
        np.ones(votes.size),
        np.repeat(np.arange(20), 12),
        exog_re=np.ones((votes.size, 1)),
        exog_vc=parts,
    ).fit(reml=True)
    expected = [float(fitted.cov_re[0, 0]), float(fitted.vcomp[0]), float(fitted.scale)]
    assert raw(split_judged_variance(votes.tolist())) == pytest.approx(expected, rel=1e-3)


def uneven(votes: NDArray[np.float64], chance: np.random.Generator) -> list[list[list[float]]]:
    """Leave some draws, and some votes on others, out."""
    return [
        [draw[: chance.integers(1, len(draw) + 1)].tolist() for draw in case[: chance.integers(1, len(case) + 1)]]
        for case in votes
    ]


def test_uneven_numbers_bias_no_part() -> None:
    """Over 300 tables with one to four draws and one to three votes the parts average to the truth."""
    chance = np.random.default_rng(11)
    found = np.array([raw(split_judged_variance(uneven(draw_votes(chance, 12, 4, 3), chance))) for _ in range(300)])
    errors = found.std(axis=0, ddof=1) / math.sqrt(len(found))
    assert np.all(np.abs(found.mean(axis=0) - [0.3, 0.2, 0.1]) < 3.5 * errors)


@pytest.mark.parametrize("even", [True, False])
def test_strict_judges_do_not_hide_the_sampling(even: bool) -> None:
    """With judges of different strictness, overall and by case, the parts average to the truth all the same."""
    chance = np.random.default_rng(5)
    found: list[list[float | None]] = []
    for _ in range(400):
        votes = draw_votes(chance, 10, 4, 3)
        votes += chance.normal(0, 0.5, (1, 1, 3)) + chance.normal(0, 0.4, (10, 1, 3))
        cases = [case[: 4 if even else chance.integers(1, 5)].tolist() for case in votes]
        found.append(raw(split_panel_variance(cases)))
    parts = np.array(found, dtype=np.float64)
    errors = parts.std(axis=0, ddof=1) / math.sqrt(len(parts))
    assert np.all(np.abs(parts.mean(axis=0) - [0.3, 0.2, 0.1 + 0.25 + 0.16]) < 3.5 * errors)


def test_a_panel_by_hand() -> None:
    """Judges who differ by exactly 1 leave the cases' 7 and the draws' 2 as they are, and add 0.5 of their own."""
    votes = [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]
    assert raw(split_panel_variance(votes)) == pytest.approx([7.0, 2.0, 0.5])
    assert raw(split_judged_variance(votes)) == pytest.approx([7.0, 1.75, 0.5])


def test_cases_that_differ_less_than_chance_have_a_part_of_nothing() -> None:
    """An estimate below 0 is read as 0 and kept."""
    split = split_variance([[0.0, 1.0], [1.0, 0.0]])
    assert split.case == Part(0.0, -0.25)
    assert split.shares == {"case": 0.0, "sampling": 1.0}
    found = intraclass_correlation([[0.0, 1.0], [1.0, 0.0]])
    assert found is not None
    assert (found.correlation, found.raw, found.design_effect) == (0.0, -1.0, 1.0)


@pytest.mark.parametrize(
    ("sizes", "known"),
    [((), ""), ((0,), ""), ((1,), ""), ((1, 1), ""), ((2,), "sampling"), ((2, 1), "both")],
    ids=["none", "empty", "one score", "one draw each", "one case", "enough"],
)
def test_what_cannot_be_told_is_not_told(sizes: tuple[int, ...], known: str) -> None:
    """Without a second draw nothing is known, without a second case nothing of cases."""
    cases = [np.random.default_rng(size).random(size).tolist() for size in sizes]
    split = split_variance(cases)
    assert (split.case is not None) == (known == "both")
    assert (split.sampling is not None) == (known != "")
    assert split.judge is None
    assert (intraclass_correlation(cases) is not None) == (known == "both")


@pytest.mark.parametrize("split", [split_judged_variance, split_panel_variance])
def test_votes_that_cannot_be_told_from_draws_are_not(split: Split) -> None:
    """One vote a draw still tells the cases; one draw a case tells the votes alone; nothing tells nothing."""
    cases_only = split([[[1.0], [3.0]], [[5.0], [7.0]]])
    assert cases_only == VarianceSplit(Part(7.0, 7.0), None, None)
    votes_only = split([[[1.0, 2.0]], [[5.0, 6.0]]])
    assert votes_only == VarianceSplit(None, None, Part(0.5, 0.5))
    one_case = split([[[1.0, 1.0], [3.0, 3.0]]])
    assert one_case == VarianceSplit(None, Part(2.0, 2.0), Part(0.0, 0.0))
    assert split([]) == split([[]]) == NOTHING


@pytest.mark.parametrize("score", [0.0, 0.1, 1.0])
def test_scores_that_are_all_the_same_have_parts_of_nothing(score: float) -> None:
    """No variance is a measurement, but shares of it do not exist."""
    split = split_variance([[score] * 3, [score] * 7, [score]])
    assert split == VarianceSplit(Part(0.0, 0.0), Part(0.0, 0.0), None)
    assert split.shares is None
    assert split_panel_variance([[[score] * 3] * 3, [[score] * 3]]).shares is None
    assert intraclass_correlation([[score] * 3, [score] * 7, [score]]) is None


@pytest.mark.parametrize("sizes", [[[1, 2]], [[1], [2]], [[0]]], ids=["in a case", "across cases", "no votes"])
def test_panels_with_a_judge_missing_are_refused(sizes: list[list[int]]) -> None:
    """Whose votes they are would not be known."""
    votes = [[[1.0] * size for size in case] for case in sizes]
    with pytest.raises(ValueError, match="one vote of each judge"):
        split_panel_variance(votes)


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=4), min_size=2, max_size=6),
    st.floats(-2, 2),
    st.floats(0.1, 10),
)
def test_another_unit_multiplies_the_parts(cases: Sequence[Sequence[float]], start: float, width: float) -> None:
    """Moving scores changes no part, and stretching them multiplies each by the square."""
    before = split_variance(cases)
    after = split_variance([[start + width * score for score in case] for case in cases])
    for one, other in zip(raw(before), raw(after), strict=True):
        assert (one is None) == (other is None)
        assert one is None or other == pytest.approx(width**2 * one, abs=1e-9)
