"""How far a case must lie from a threshold to miss it, against an independent reference and by simulation."""

from __future__ import annotations

from importlib import import_module
from itertools import product
from random import Random
from typing import Any

import pytest

from evalkit.gate import Gate
from evalkit.measured import CaseScores
from evalkit.plugin.case_thresholds import (
    ONE_SIDE,
    alpha_of,
    case_thresholds,
    lower_limit,
    speaks_of_cases,
    upper_limit,
)
from evalkit.rounds import Looks
from evalkit.types import Condition

DENSE = Condition((("system", "dense"), ("temperature", 0.0)))
ROW = ("script", DENSE)


def scores(*values: float, missing: int = 0) -> CaseScores:
    """Count scores."""
    return CaseScores(tuple((value, values.count(value)) for value in sorted(set(values))), missing)


@pytest.mark.parametrize(("met", "draws"), list(product(range(4), (3, 8, 20))))
def test_limits_of_zeros_and_ones_are_exact(met: int, draws: int) -> None:
    """They are the ends of the exact binomial interval with 5 % on either side."""
    found = scores(*[1.0] * met, *[0.0] * (draws - met))
    statsmodels: Any = import_module("statsmodels.stats.proportion")  # it has no types to import by name
    low, high = statsmodels.proportion_confint(met, draws, alpha=2 * ONE_SIDE, method="beta")
    assert upper_limit(found) == pytest.approx(high, abs=1e-9)
    assert lower_limit(found) == pytest.approx(low, abs=1e-9)


@pytest.mark.parametrize("chances", [(0.1, 0.8, 0.1), (0.02, 0.08, 0.9), (0.5, 0.0, 0.5)], ids=str)
def test_a_case_at_its_threshold_is_rarely_said_to_miss_it(chances: tuple[float, float, float]) -> None:
    """At most 5 % of the time, whichever scores lie between 0 and 1, with few draws or more."""
    random = Random(5)
    mean = 0.5 * chances[1] + chances[2]
    for draws in (2, 5, 10):
        samples = [scores(*random.choices((0.0, 0.5, 1.0), chances, k=draws)) for _ in range(2000)]
        below = sum(upper_limit(each) < mean - 1e-9 for each in samples) / len(samples)
        above = sum(lower_limit(each) > mean + 1e-9 for each in samples) / len(samples)
        assert max(below, above) <= ONE_SIDE + 3 * (ONE_SIDE * (1 - ONE_SIDE) / len(samples)) ** 0.5


def test_draws_without_a_score_count_for_the_case() -> None:
    """As met for a lower threshold and as broken for an upper one; so they never help to fail it."""
    assert upper_limit(scores(0.0, missing=3)) == pytest.approx(upper_limit(scores(0.0, 1.0, 1.0, 1.0)))
    assert lower_limit(scores(1.0, missing=3)) == pytest.approx(lower_limit(scores(1.0, 0.0, 0.0, 0.0)))
    assert upper_limit(CaseScores((), 2)) == 1
    assert lower_limit(CaseScores((), 2)) == 0


@pytest.mark.parametrize(
    ("gate", "speaks"),
    [
        (Gate("adherence", at_least=0.8), True),
        (Gate("constraint:max_words", at_most=0.2), True),
        (Gate("adherence", at_least=0.8, where={"system": ("dense",)}), True),
        (Gate("adherence", at_least=0.8, where={"system": ("none",)}), False),
        (Gate("adherence", no_worse_than="baseline", margin=0.05), False),
        (Gate("exact_agreement", at_least=0.8), False),
        (Gate("final_accuracy", at_least=0.8), False),
        (Gate("adherence", at_least=0.8, on="estimate"), True),
    ],
    ids=["adherence", "constraint", "here", "elsewhere", "comparison", "measure", "four numbers", "on the estimate"],
)
def test_gates_speak_of_cases_where_draws_have_scores(gate: Gate, speaks: bool) -> None:
    """Under the condition that they select."""
    assert speaks_of_cases(gate, DENSE) is speaks


def test_a_threshold_is_missed_only_beyond_the_limit() -> None:
    """A case at the limit itself does not miss it; each threshold of a gate is held on its own."""
    found = {"adherence": scores(0.0, 0.0, 0.0)}
    limit = upper_limit(found["adherence"])
    gates = [Gate("adherence", at_least=limit), Gate("adherence", at_least=limit + 1e-6, at_most=0.9)]
    held = list(case_thresholds(gates, DENSE, found))
    assert [(each.side, each.missed) for each in held] == [("at_least", False), ("at_least", True), ("at_most", False)]
    assert held[1].words == f"gate {gates[1].name}: this case comes to 0.632 at most (one-sided 95 % limit)"


def test_one_that_should_stay_low_is_missed_from_above() -> None:
    """By the lower limit."""
    gate = Gate("constraint:contains_any", at_most=0.3)
    high, low = scores(*[1.0] * 5), scores(*[0.0] * 5)
    assert [each.missed for each in case_thresholds([gate], DENSE, {gate.measure: high})] == [True]
    assert [each.missed for each in case_thresholds([gate], DENSE, {gate.measure: low})] == [False]


def test_what_a_case_has_no_score_on_is_not_held() -> None:
    """Neither a constraint that it does not have nor one that is undecided throughout."""
    gate = Gate("constraint:max_words", at_least=0.9)
    assert not list(case_thresholds([gate], DENSE, {}))
    assert not list(case_thresholds([gate], DENSE, {gate.measure: CaseScores((), 4)}))


def test_limits_of_a_run_in_rounds_are_wider() -> None:
    """They hold though the run may have ended at any look."""
    assert alpha_of(None, ROW) == ONE_SIDE
    first, last = Looks((2, 4, 8)), Looks((2, 4, 8), (frozenset(), frozenset()))
    assert 0 < alpha_of(first, ROW) < ONE_SIDE
    assert 0 < alpha_of(last, ROW) < ONE_SIDE
