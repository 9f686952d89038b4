"""The budget of alarms, and the share of draws that may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.gate import Alarms
from tests.load.conftest import BASE

if TYPE_CHECKING:
    from tests.load.conftest import Loader


@pytest.mark.parametrize(
    ("alarms", "per_run", "per_month"),
    [
        ("{per_run: 0.01}", 0.01, 0.3),
        ("{per_month: 1}", 1 / 30, 1),
        ("{per_month: 1, runs_per_month: 4}", 0.25, 1),
        ("{per_run: 0.3, runs_per_month: 100}", 0.3, 30),
    ],
    ids=["per run", "per month", "few runs", "most"],
)
def test_a_budget_is_given_per_run_or_per_month(loader: Loader, alarms: str, per_run: float, per_month: float) -> None:
    """A month has 30 runs unless it says otherwise."""
    found = loader(BASE + f"alarms: {alarms}\n").alarms
    assert (found.per_run, found.per_month) == pytest.approx((per_run, per_month))


def test_changes_of_models_have_a_budget_of_their_own(loader: Loader) -> None:
    """It is given beside the other one."""
    assert loader(BASE + "alarms: {per_run: 0.01, change: 0.02}\n").alarms == Alarms(0.01, change=0.02)


def test_without_a_budget_one_run_in_twenty_may_be_alarmed(loader: Loader) -> None:
    """And one draw in twenty may fail."""
    suite = loader(BASE)
    assert (suite.alarms, suite.max_failed) == (Alarms(0.05, runs_per_month=30), 0.05)


@pytest.mark.parametrize(
    ("alarms", "column", "message", "hint"),
    [
        ("{}", 9, "alarms has neither per_run nor per_month", "per_month: 1"),
        ("{per_run: 0.05, per_month: 1}", 9, "alarms has both per_run and per_month", "per_month: 1"),
        ("{per_run: 0}", 19, "without any chance of a false alarm no gate could ever be alarmed", "0.05"),
        ("{per_run: 1}", 19, "with a false alarm in every run an alarm would say nothing", "0.05"),
        ("{per_run: 0.5}", 19, "so many false alarms leave no evidence in an alarm", "0.05"),
        ("{per_month: 30}", 21, "per_month over 30 runs must lie above 0 and at most at 0.3, got 1", "per_month: 1"),
        ("{per_month: 1, runs_per_month: 0}", 40, "runs_per_month must be above 0", "30"),
        ("{per_month: 1, change: 1}", 32, "change must lie above 0 and at most at 0.3, got 1", "per_month: 1"),
        ("{per_week: 1}", 10, "unknown key `per_week`", "per_"),
        ("0.05", 9, "alarms must be a mapping", "key: value"),
    ],
    ids=["none", "both", "0", "1", "much", "month", "runs", "change", "key", "number"],
)
def test_budgets_that_could_not_be_kept_are_refused(
    loader: Loader, alarms: str, column: int, message: str, hint: str
) -> None:
    """At 0 nothing could be shown, and at 1 everything would be."""
    said, advice = loader.refusal(BASE + f"alarms: {alarms}\n")
    assert said.startswith(f"16:{column}: ")
    assert message in said
    assert hint in str(advice)


@pytest.mark.parametrize("share", [0, 0.2, 1])
def test_a_share_of_the_draws_may_fail(loader: Loader, share: float) -> None:
    """From none to all."""
    assert loader(BASE + f"max_failed: {share}\n").max_failed == share


@pytest.mark.parametrize("share", ["5", "-0.1", "many"])
def test_what_is_no_share_is_refused(loader: Loader, share: str) -> None:
    """A percentage is written as a share."""
    said, hint = loader.refusal(BASE + f"max_failed: {share}\n")
    assert said.startswith("16:13: max_failed ")
    assert hint
