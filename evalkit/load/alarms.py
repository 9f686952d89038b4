"""Reads how often the gates of a suite may be alarmed for nothing, and how many of its draws may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.gate import MAX_FAILED, MOST_PER_RUN, RUNS_PER_MONTH, Alarms

if TYPE_CHECKING:
    from evalkit.load.cursor import Cursor

ALARM_KEYS = ("per_run", "per_month", "runs_per_month", "change")


def read_alarms(cursor: Cursor | None) -> Alarms:
    """Read the budget: a chance per run, or a number per month and how many runs a month has.

    Changes of the models have a budget of their own.

    Args:
        cursor: `alarms`; None stands for a suite that says nothing.

    Raises:
        SuiteError: It leaves nothing to decide with, or would decide everything.
    """
    if cursor is None:
        return Alarms()
    keys = cursor.mapping(ALARM_KEYS)
    if ("per_run" in keys) is ("per_month" in keys):
        why = "both per_run and per_month" if keys.get("per_run") else "neither per_run nor per_month"
        cursor.fail(f"alarms has {why}", hint="for example `alarms: {per_month: 1}`, or `alarms: {per_run: 0.05}`")
    runs = _runs(keys["runs_per_month"]) if "runs_per_month" in keys else RUNS_PER_MONTH
    if "per_run" in keys:
        per_run = _chance(keys["per_run"], keys["per_run"].number(), "per_run")
    else:
        month = keys["per_month"]
        per_run = _chance(month, month.number() / runs, f"per_month over {runs:g} runs")
    change = _chance(keys["change"], keys["change"].number(), "change") if "change" in keys else Alarms().change
    return Alarms(per_run, change=change, runs_per_month=runs)


def _runs(cursor: Cursor) -> float:
    runs = cursor.number()
    if runs <= 0:
        cursor.fail(f"runs_per_month must be above 0, got {runs:g}", hint="for example `runs_per_month: 30`")
    return runs


def _chance(cursor: Cursor, chance: float, name: str) -> float:
    """Demand a level at which gates can be decided, and not every one is."""
    if not 0 < chance <= MOST_PER_RUN:
        if chance <= 0:
            why = "without any chance of a false alarm no gate could ever be alarmed"
        elif chance >= 1:
            why = "with a false alarm in every run an alarm would say nothing"
        else:
            why = "so many false alarms leave no evidence in an alarm"
        cursor.fail(
            f"{name} must lie above 0 and at most at {MOST_PER_RUN:g}, got {chance:g}: {why}",
            hint="for example `alarms: {per_month: 1}`, or `alarms: {per_run: 0.05}`",
        )
    return chance


def read_max_failed(cursor: Cursor | None) -> float:
    """Read the share of draws that may fail before nothing is judged; None stands for a suite that says nothing."""
    if cursor is None:
        return MAX_FAILED
    share = cursor.number()
    if not 0 <= share <= 1:
        cursor.fail(f"max_failed is a share from 0 to 1, got {share:g}", hint="5 % is written 0.05")
    return share
