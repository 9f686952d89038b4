"""Tests of one row held against another one."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.compare.family import correct
from evalkit.compare.rows import Asked, compare_row
from evalkit.errors import UsageError
from measured_rows import adherence, case, row, scores

if TYPE_CHECKING:
    from evalkit.gate import Better, Scope
    from evalkit.measured import CaseScores

_SCOPES: tuple[Scope, ...] = ("suite", "population")
_counts = st.lists(st.sampled_from([0.0, 0.5, 1.0]), max_size=5)
_case = st.tuples(_counts, st.integers(0, 3)).map(lambda each: scores(*each[0], missing=each[1]))
_sides = st.lists(st.tuples(_case, _case), max_size=14)


@pytest.mark.parametrize("scope", _SCOPES)
def test_equal_sides_have_the_chance_that_the_bound_works_out_to(scope: Scope) -> None:
    """With n differences of 0 the bound excludes a drop of m with p (1 - m)^n: 59 units for 5 points at 0.05."""
    side = adherence(*[scores(1.0)] * 59)
    found = compare_row(row(side), row(side), Asked("adherence", scope, margin=0.05))
    assert (found.new, found.old, found.difference.estimate, found.cases, found.units) == (1.0, 1.0, 0.0, 59, 59)
    assert found.p_not_worse == pytest.approx(0.95**59)
    assert found.p_worse == pytest.approx(1.0)
    assert correct([found], 0.05)[0].verdict == "not_worse"
    fewer = compare_row(row(side[:58]), row(side[:58]), Asked("adherence", scope, margin=0.05))
    assert correct([fewer], 0.05)[0].verdict == "undecided"


def test_repeats_decide_about_the_suite_and_not_about_the_population() -> None:
    """Four cases with 15 draws each are 60 pairs, but only 4 cases like these."""
    side = row(adherence(*[scores(*[1.0] * 15)] * 4))
    asked = [Asked("adherence", scope, margin=0.05) for scope in _SCOPES]
    suite, population = (correct([compare_row(side, side, each)], 0.05)[0] for each in asked)
    assert (suite.units, suite.verdict, suite.method) == (
        60,
        "not_worse",
        "Dirichlet bound over 60 pairs of draws of 4 cases",
    )
    assert (population.units, population.verdict) == (4, "undecided")


@pytest.mark.parametrize("scope", _SCOPES)
@given(sides=_sides, margin=st.sampled_from([0.0, 0.05, 0.5]), better=st.sampled_from(["higher", "lower"]))
def test_no_scores_make_nan_or_a_verdict_by_default(
    scope: Scope, sides: list[tuple[CaseScores, CaseScores]], margin: float, better: Better
) -> None:
    """Whatever is missing, every number is finite or None, p lie from 0 to 1, and the interval holds the estimate."""
    found = compare_row(
        row(adherence(*(new for new, _ in sides))),
        row(adherence(*(old for _, old in sides))),
        Asked("adherence", scope, margin, better),
    )
    json.dumps(asdict(found.difference), allow_nan=False)
    assert found.verdict == "undecided"
    for p in (found.p_worse, found.p_not_worse):
        assert (p is None) is (found.units == 0)
        assert p is None or 0 <= p <= 1
    if found.difference.estimate is not None:
        assert found.difference.low is not None
        assert found.difference.high is not None
        assert found.difference.low <= found.difference.estimate <= found.difference.high


@pytest.mark.parametrize("scope", _SCOPES)
@given(sides=st.lists(st.tuples(_counts.filter(len), _counts.filter(len)), min_size=1, max_size=9))
def test_exchanging_the_sides_turns_the_difference_around(
    scope: Scope, sides: list[tuple[list[float], list[float]]]
) -> None:
    """The difference changes its sign, and at margin 0 the two questions change places."""
    new, old = (row(adherence(*(scores(*side[index][:1]) for side in sides))) for index in (0, 1))
    one, other = (compare_row(*rows, Asked("adherence", scope)) for rows in ((new, old), (old, new)))
    assert one.difference.estimate == pytest.approx(-(other.difference.estimate or 0.0))
    assert one.difference.low == pytest.approx(-(other.difference.high or 0.0))
    assert one.p_worse == pytest.approx(other.p_not_worse)


@pytest.mark.parametrize("scope", _SCOPES)
def test_lower_is_better_turns_the_verdict_and_not_the_difference(scope: Scope) -> None:
    """A rise of what should be low is worse, and is shown as a rise."""
    new, old = row(adherence(*[scores(1.0)] * 9)), row(adherence(*[scores(0.0)] * 9))
    found = correct([compare_row(new, old, Asked("adherence", scope, 0.1, "lower"))], 0.05)[0]
    assert (found.difference.estimate, found.difference.high, found.verdict) == (1.0, 1.0, "worse")
    assert found.difference.low is not None
    assert found.difference.low > 0


@pytest.mark.parametrize("scope", _SCOPES)
def test_a_model_that_refuses_the_hard_cases_is_not_shown_to_be_no_worse(scope: Scope) -> None:
    """Half of the cases got no answer; the rest is perfect, and so was everything before."""
    new = row(adherence(*[scores(1.0, 1.0)] * 40, *[scores(missing=2)] * 40))
    old = row(adherence(*[scores(1.0, 1.0)] * 80))
    found = compare_row(new, old, Asked("adherence", scope, 0.05))
    assert (found.difference.estimate, found.missing, found.missing_old) == (0.0, 80, 0)
    assert correct([found], 0.05)[0].verdict == "undecided"


@pytest.mark.parametrize("scope", _SCOPES)
def test_all_missing_decides_nothing(scope: Scope) -> None:
    """Without a single score there is no difference, and neither question is answered."""
    new, old = row(adherence(*[scores(missing=3)] * 5)), row(adherence(*[scores(1.0, 1.0, 1.0)] * 5))
    found = correct([compare_row(new, old, Asked("adherence", scope, 0.1))], 0.05)[0]
    assert (found.new, found.old, found.difference.estimate, found.difference.low) == (None, None, None, None)
    assert found.difference.method == "no case was decided on both sides"
    assert (found.verdict, found.p_worse, found.p_not_worse) == ("undecided", 1.0, 1.0)


def test_harm_to_a_population_is_tested_by_flipping_signs_from_ten_cases_on() -> None:
    """Ten cases that all dropped have p 2^-10, as all signs alike have; nine are held to the bound."""
    for cases in (9, 10):
        new, old = row(adherence(*[scores(0.4)] * cases)), row(adherence(*[scores(0.5)] * cases))
        found = compare_row(new, old, Asked("adherence", "population"))
        flipped = cases == 10
        assert (found.p_worse == pytest.approx(2**-cases)) is flipped
        assert found.smallest_p == (pytest.approx(2**-10) if flipped else 0.0)
        assert found.p_not_worse == pytest.approx(1.0)
    assert found.method == "sign-flip test of harm, and Dirichlet bound of no harm, over 10 cases"


def test_the_worked_example_of_the_sign_flip_test() -> None:
    """Eight differences of the worked example and two of 0 keep its one-sided p of 8 / 256."""
    differences = [0.2, 0.1, 0.0, 0.3, -0.1, 0.25, 0.05, 0.15, 0.0, 0.0]
    new = row(adherence(*[scores(0.5 - each) for each in differences]))
    old = row(adherence(*[scores(0.5)] * 10))
    found = compare_row(new, old, Asked("adherence", "population"))
    assert (found.p_worse, found.smallest_p) == pytest.approx((0.03125, 2**-7))


def test_a_margin_moves_what_is_flipped() -> None:
    """A drop of exactly the margin in every case leaves nothing to flip, and p is 1."""
    new, old = row(adherence(*[scores(0.5)] * 12)), row(adherence(*[scores(0.75)] * 12))
    assert compare_row(new, old, Asked("adherence", "population", 0.25)).p_worse == 1.0
    assert compare_row(new, old, Asked("adherence", "population", 0.2)).p_worse == pytest.approx(2**-12)


def test_data_that_could_not_show_harm_say_so() -> None:
    """Three cases that changed, of twelve, give p 1/8 at least, however bad they are."""
    new = row(adherence(*[scores(0.0)] * 3, *[scores(1.0)] * 9))
    found = correct([compare_row(new, row(adherence(*[scores(1.0)] * 12)), Asked("adherence", "population"))], 0.05)
    assert found[0].p_worse == pytest.approx(0.125)
    assert found[0].verdict == "undecided"
    assert found[0].method.endswith("; the least p of harm that these differences could give is 0.125, above 0.05")


def test_no_common_case_leaves_nothing_to_test() -> None:
    """Sides without a case in common have no p, and the cases are named."""
    new, old = row([case("a", {"adherence": scores(1.0)})]), row([case("b", {"adherence": scores(1.0)})])
    found = correct([compare_row(new, old, Asked("adherence", "suite"))], 0.05)[0]
    assert (found.p_worse, found.p_not_worse, found.units, found.verdict) == (None, None, 0, "undecided")
    assert found.method == "there is nothing to test"
    assert found.left_out == ("1 case only on the new side: a", "1 case only on the old side: b")


def test_one_case_is_compared_and_says_so() -> None:
    """A single case has an interval, as wide as one case makes it."""
    side = row(adherence(scores(1.0, 1.0)))
    found = compare_row(side, side, Asked("adherence", "population"))
    assert (found.units, found.method) == (1, "Dirichlet bound over 1 case")
    assert (found.difference.low, found.difference.high) == pytest.approx((-0.9, 0.9), abs=0.1)


def test_cases_judged_by_other_constraints_are_left_out() -> None:
    """A case whose constraints changed is named and not compared; measures of the texts alone still are."""
    new = row([case("a", {"adherence": scores(1.0)}, {"distinct_2": 0.5}), case("b", {"adherence": scores(1.0)})])
    old = row(
        [
            case("a", {"adherence": scores(0.0)}, {"distinct_2": 0.25}, constraints="0ther"),
            case("b", {"adherence": scores(1.0)}),
        ]
    )
    found = compare_row(new, old, Asked("adherence", "suite"))
    assert (found.cases, found.left_out) == (1, ("1 case judged by other constraints than before: a",))
    assert compare_row(new, old, Asked("distinct_2", "population")).difference.estimate == pytest.approx(0.25)


def test_weights_count_in_the_means() -> None:
    """A case with three instructions counts three times in a share of instructions."""
    new = row(adherence(scores(1.0, weight=3), scores(0.0), measure="instruction_accuracy"))
    old = row(adherence(scores(0.5, weight=3), scores(0.0), measure="instruction_accuracy"))
    found = compare_row(new, old, Asked("instruction_accuracy", "population"))
    assert (found.new, found.old) == pytest.approx((0.75, 0.375))


def test_one_number_a_case_is_compared_within_its_bounds() -> None:
    """A measure from 0 to 4 is compared as a share of its range would be."""
    new = row([case(f"{index}", values={"spread": 1.0 + index % 2}) for index in range(9)])
    old = row([case(f"{index}", values={"spread": 2.0}) for index in range(9)])
    wide = compare_row(new, old, Asked("spread", "population", 0.4, bounds=(0.0, 4.0)))
    new = row([case(f"{index}", {"adherence": scores((1.0 + index % 2) / 4)}) for index in range(9)])
    old = row([case(f"{index}", {"adherence": scores(0.5)}) for index in range(9)])
    share = compare_row(new, old, Asked("adherence", "population", 0.1))
    assert wide.difference.estimate == pytest.approx(4 * (share.difference.estimate or 0.0))
    assert wide.difference.low == pytest.approx(4 * (share.difference.low or 0.0))
    assert (wide.p_worse, wide.p_not_worse) == pytest.approx((share.p_worse, share.p_not_worse))


@pytest.mark.parametrize("bounds", [(0.0, 1.0), None], ids=["bounded", "unbounded"])
def test_a_value_that_only_one_side_has_counts_against_both_answers(bounds: tuple[float, float] | None) -> None:
    """It is neither shown to be worse for what is missing, nor not to be worse."""
    new = row([case(f"{index}", planned=4, outcomes={"complete": 1, "error": 3}) for index in range(30)])
    old = row([case(f"{index}", values={"spread": 0.9}) for index in range(30)])
    found = correct([compare_row(new, old, Asked("spread", "population", 0.1, bounds=bounds))], 0.05)[0]
    assert (found.cases, found.new, found.difference.estimate) == (30, None, None)
    assert (found.verdict, found.missing, found.missing_old) == ("undecided", 90, 0)


def test_without_bounds_the_sign_test_asks_for_the_median() -> None:
    """Nine falls and one rise: the chance of as many heads of ten coins is 11 / 1024."""
    new = row([case(f"{index}", values={"chars": 10.0 if index else 1e6}) for index in range(10)])
    old = row([case(f"{index}", values={"chars": 20.0 + index}) for index in range(10)])
    found = compare_row(new, old, Asked("chars", "population", bounds=None))
    assert (found.p_worse, found.p_not_worse) == pytest.approx((11 / 1024, 1023 / 1024))
    assert found.difference.estimate == pytest.approx(-14.5)
    assert found.smallest_p == 2**-10
    assert found.method == "exact sign test over 10 cases"
    assert found.difference.method == "median of the differences of 10 cases; order statistics, 95 %"


def test_a_measure_defined_nowhere_leaves_nothing_to_test() -> None:
    """With one draw a case no spread is defined, and there is no p."""
    side = row([case("a"), case("b")])
    for bounds in ((0.0, 1.0), None):
        found = compare_row(side, side, Asked("spread", "population", bounds=bounds))
        assert (found.p_worse, found.p_not_worse, found.difference.estimate) == (None, None, None)


@pytest.mark.parametrize("margin", [-0.01, 1.0, 2.0, math.nan])
def test_a_margin_outside_the_range_is_refused(margin: float) -> None:
    """A margin as wide as the scale would make everything not worse."""
    side = row(adherence(scores(1.0)))
    with pytest.raises(UsageError, match="must be at least 0 and below 1, got"):
        compare_row(side, side, Asked("adherence", "suite", margin))


def test_repeats_of_a_number_a_case_say_nothing_of_the_suite() -> None:
    """Scope `suite` needs a score of each draw."""
    side = row([case("a", values={"spread": 0.5})])
    with pytest.raises(UsageError, match="spread is one number for all draws of a case"):
        compare_row(side, side, Asked("spread", "suite"))
