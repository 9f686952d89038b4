"""Tests of what is said to differ besides the scores."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.compare.flags import another_experiment, fisher, flags_of
from measured_rows import case, row

if TYPE_CHECKING:
    from evalkit.types import Outcome


def test_the_same_is_not_flagged() -> None:
    """Two rows that were made alike have nothing to say."""
    one = row([case("a")], requested={"temperature": 0.7}, applied={"temperature": 0.7}, temperature=0.7)
    assert flags_of(one, one) == ()


def test_settings_and_models_that_differ_are_named() -> None:
    """Both values are told, and what one side lacks is `none`; true is not 1."""
    new = row([], requested={"top_p": 1}, applied={"temperature": 1.0, "seed": 1}, served=("m-2",))
    old = row([], requested={"top_p": True}, applied={"temperature": 0.7}, served=())
    assert flags_of(new, old) == (
        "asked for top_p 1 against true",
        "applied seed 1 against none",
        "applied temperature 1.0 against 0.7",
        "answered by m-2 against a model that does not say",
    )


def test_another_model_or_other_settings_make_another_experiment() -> None:
    """What was asked for must be the same; what came of it may differ, and is flagged."""
    one = row([], requested={"max_tokens": 48}, applied={"max_tokens": 48}, served=("m-1",))
    assert another_experiment(one, row([], requested={"max_tokens": 48}, served=("m-2",))) is None
    assert another_experiment(one, row([], requested={"max_tokens": 96})) == (
        "it asks for max_tokens 48 against 96 in the baseline"
    )
    assert another_experiment(one, replace(one, model="other")) == "it asks model model, and the baseline asked other"


def test_what_is_meant_to_differ_is_not_flagged() -> None:
    """Conditions that differ in an axis ask for it, and two providers have two models."""
    new = row([], requested={"temperature": 1.0}, served=("m-2",), provider="b", temperature=1.0)
    old = row([], requested={"temperature": 0.0}, served=("m-1",), provider="a", temperature=0.0)
    assert flags_of(new, old) == ()


@pytest.mark.parametrize(
    ("outcome", "words"), [("truncated", "truncated"), ("refusal", "refused"), ("error", "failed")]
)
def test_rates_that_differ_are_named(outcome: Outcome, words: str) -> None:
    """Ten points are flagged at any number of draws."""
    new = row([case("a", outcomes={"complete": 9, outcome: 1})])
    assert flags_of(new, row([case("a", outcomes={"complete": 10})])) == (f"1 of 10 draws {words} against 0 of 10",)


@pytest.mark.parametrize(("count", "flagged"), [(7, False), (8, True)])
def test_smaller_differences_are_flagged_where_chance_does_not_explain_them(count: int, flagged: bool) -> None:
    """Of 1000 draws against none of 1000, 7 have p 0.0155 and 8 have p 0.0077."""
    new = row([case("a", outcomes={"complete": 1000 - count, "error": count})])
    old = row([case("a", outcomes={"complete": 1000})])
    assert bool(flags_of(new, old)) is flagged


def test_only_cases_that_both_have_are_counted() -> None:
    """A case that failed and is on one side alone makes no flag; no draws at all make none either."""
    new = row([case("a"), case("b", outcomes={"error": 2})])
    assert flags_of(new, row([case("a")])) == ()
    assert flags_of(row([case("a", outcomes={"unsupported": 0})]), row([case("a")])) == ()


@given(one=st.integers(0, 12), other=st.integers(0, 30))
def test_the_exact_test_is_scipy_s(one: int, other: int) -> None:
    """An independent implementation gives the same two-sided p."""
    scipy: Any = import_module("scipy.stats")  # slow to import
    expected = scipy.fisher_exact([[one, 12 - one], [other, 30 - other]])[1]
    assert fisher(one, 12, other, 30) == pytest.approx(float(expected))
