"""One row held against thresholds."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.compare.thresholds import Held, sample_row
from evalkit.gate import Gate
from evalkit.statistics.estimates import mean_over_cases, mean_over_draws, measure_over_cases, ratio_over_cases
from measured_rows import adherence, case, row, scores

if TYPE_CHECKING:
    from evalkit.compare.thresholds import Sampled
    from evalkit.measured import MeasuredCase

_case = st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=2, max_size=4)
_limits = st.sampled_from([0.05, 0.2, 0.35, 0.5, 0.75, 0.9, 0.95])
LEVEL = 0.025


def _sampled(gate: Gate, *cases: MeasuredCase, bounds: tuple[float, float] | None = (0.0, 1.0)) -> Sampled:
    found = sample_row(row(cases), gate, bounds)
    assert found is not None
    return found


def _both(limit: float) -> Gate:
    return Gate("adherence", at_least=limit, at_most=limit)


@given(drawn=st.lists(_case, min_size=2, max_size=12), limit=_limits)
def test_several_cases_are_judged_as_their_interval_judges_them(drawn: list[list[float]], limit: float) -> None:
    """At 0.025 a side, the p say what the 95 % interval over the cases says, on both of its sides."""
    found = _sampled(_both(limit), *adherence(*(scores(*each) for each in drawn)))
    interval = mean_over_cases([fmean(each) for each in drawn])
    assert found.mean == pytest.approx(interval.estimate)
    assert found.low == pytest.approx(interval.low, abs=1e-6)
    assert found.high == pytest.approx(interval.high, abs=1e-6)
    _hold_together(found, interval.low, interval.high, limit)


@given(drawn=st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=12), limit=_limits)
def test_one_case_is_judged_by_its_draws(drawn: list[float], limit: float) -> None:
    """They are a sample of that case."""
    found = _sampled(_both(limit), *adherence(scores(*drawn)))
    interval = mean_over_draws(drawn)
    _hold_together(found, interval.low, interval.high, limit)


@given(
    shares=st.lists(st.tuples(st.integers(0, 3), st.integers(3, 5)), min_size=2, max_size=12),
    limit=_limits,
)
def test_instructions_are_judged_by_the_interval_of_their_share(shares: list[tuple[int, int]], limit: float) -> None:
    """A case counts with as many as it has."""
    of_cases = [scores(met / there, weight=float(there)) for met, there in shares]
    gate = Gate("instruction_accuracy", at_least=limit, at_most=limit)
    found = _sampled(gate, *adherence(*of_cases, measure="instruction_accuracy"))
    interval = ratio_over_cases([(float(met), float(there)) for met, there in shares])
    _hold_together(found, interval.low, interval.high, limit)


def _hold_together(found: Sampled, low: float | None, high: float | None, limit: float) -> None:
    assert low is not None
    assert high is not None
    assert found.at_least is not None
    assert found.at_most is not None
    if abs(low - limit) > 1e-6:
        assert (found.at_least.met <= LEVEL) is (low > limit)
        assert (found.at_most.missed <= LEVEL) is (low > limit)
    if abs(high - limit) > 1e-6:
        assert (found.at_least.missed <= LEVEL) is (high < limit)
        assert (found.at_most.met <= LEVEL) is (high < limit)


def test_draws_without_a_score_count_against_both_conclusions() -> None:
    """A row that answers half of the time, perfectly, is shown neither to meet a threshold nor to miss it."""
    gate = Gate("adherence", at_least=0.7, at_most=0.9, scope="suite")
    found = _sampled(gate, *adherence(*[scores(*[1.0] * 20, missing=20)] * 4))
    assert (found.mean, found.missing, found.draws) == (1.0, 80, 160)
    assert found.at_least is not None
    assert found.at_most is not None
    assert min(found.at_least.met, found.at_least.missed, found.at_most.met, found.at_most.missed) > 0.05


def test_repeats_count_in_scope_suite_alone() -> None:
    """Four cases with 15 draws each decide about themselves, and not about cases like them."""
    cases = adherence(*[scores(*[1.0] * 15)] * 4)
    suite, population = (
        _sampled(Gate("adherence", at_least=0.8, scope=scope), *cases) for scope in ("suite", "population")
    )
    assert suite.at_least is not None
    assert population.at_least is not None
    assert suite.at_least.met == pytest.approx(0.8**60)
    assert population.at_least.met == pytest.approx(0.8**4)


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
def test_the_ends_of_the_range_are_met_by_everything(score: float) -> None:
    """At least 0 and at most 1 demand nothing."""
    found = _sampled(Gate("adherence", at_least=0.0, at_most=1.0), *adherence(*[scores(score)] * 3))
    assert (found.at_least, found.at_most) == (Held(0.0, 1.0), Held(0.0, 1.0))


def test_nothing_to_go_by_is_none() -> None:
    """Without draws, without the measure, and for a number that needs several cases and has one."""
    gate = Gate("adherence", at_least=0.5)
    assert sample_row(row([]), gate, None) is None
    assert sample_row(row(adherence(scores(1.0), measure="full_adherence")), gate, None) is None
    value = Gate("unique_ratio", at_least=0.5)
    assert sample_row(row([case("a", values={"unique_ratio": 0.5})]), value, (0.0, 1.0)) is None


@given(
    values=st.lists(st.sampled_from([0.0, 3.0, 5.0, 10.0]), min_size=2, max_size=12),
    limit=st.sampled_from([1.0, 4.0, 9.0]),
)
def test_a_bounded_number_a_case_is_judged_by_its_interval(values: list[float], limit: float) -> None:
    """Whatever its bounds are."""
    gate = Gate("edit_similarity", at_least=limit, at_most=limit)
    cases = [case(f"{index}", values={"edit_similarity": each}) for index, each in enumerate(values)]
    interval = measure_over_cases(values, (0.0, 10.0))
    _hold_together(_sampled(gate, *cases, bounds=(0.0, 10.0)), interval.low, interval.high, limit)


@given(values=st.lists(st.sampled_from([1.0, 3.0, 5.0, 10.0, 1e6]), min_size=6, max_size=15))
def test_an_unbounded_number_a_case_is_judged_by_its_median(values: list[float]) -> None:
    """Values at the threshold meet it."""
    gate = Gate("first_divergence", at_least=3.0, at_most=3.0)
    cases = [case(f"{index}", values={"first_divergence": each}) for index, each in enumerate(values)]
    found = _sampled(gate, *cases, bounds=None)
    interval = measure_over_cases(values, None)
    assert found.at_least is not None
    assert found.at_most is not None
    assert interval.low is not None
    assert interval.high is not None
    assert (found.at_least.met <= LEVEL) is (interval.low >= 3)
    assert (found.at_least.missed <= LEVEL) is (interval.high < 3)
    assert (found.at_most.met <= LEVEL) is (interval.high <= 3)
    assert (found.at_most.missed <= LEVEL) is (interval.low > 3)


def test_a_number_that_is_lost_for_want_of_texts_counts_against_both() -> None:
    """One that is not defined for the texts there are says nothing."""
    known = [case(f"{index}", values={"unique_ratio": 1.0}) for index in range(9)]
    lost = [case(f"lost {index}", outcomes={"refusal": 2}, planned=2) for index in range(9)]
    undefined = [case(f"undefined {index}", planned=2) for index in range(9)]
    gate = Gate("unique_ratio", at_least=0.5)
    whole, holed, other = (_sampled(gate, *known, *more) for more in ((), lost, undefined))
    assert whole.at_least == other.at_least
    assert whole.at_least is not None
    assert holed.at_least is not None
    assert whole.at_least.met == pytest.approx(0.5**9)
    assert holed.at_least.met > 0.3
    assert holed.missing == 18
