"""Tests of what promoting says it changes."""

from __future__ import annotations

from evalkit.baselines.changes import change_line, changes, mean_of
from evalkit.baselines.merge import Merged
from tests.baselines.conftest import OF, Rows, case, row


def test_rows_and_cases_and_means_are_said() -> None:
    """New rows first to last, then those that go."""
    old = Rows(OF, (row(case("a", 0), case("b", 8)), row(case("a"), temperature=0.0)))
    new = Rows(OF, (row(case("a", 8), case("c", 8)), row(case("a", 8), temperature=1.0)))
    assert [change_line(change) for change in changes(old, new)] == [
        "smollm2, temperature 0.8, system dense: adherence 0.75 -> 1.00, 2 cases (1 added, 1 removed)",
        "smollm2, temperature 1.0: added, adherence 1.00, 1 case",
        "smollm2, temperature 0.0: removed, with 1 case",
    ]


def test_what_is_kept_is_said() -> None:
    """A row of which the run has nothing is as it was."""
    old = Rows(OF, (row(case("a", 0)), row(case("a"), temperature=0.0)))
    new = Merged(old, Rows(OF, (row(case("a", 4)),)))
    assert [change_line(change) for change in changes(old, new)] == [
        "smollm2, temperature 0.8, system dense: adherence 0.50 -> 0.75, 1 case",
        "smollm2, temperature 0.0: kept as it was, 1 case",
    ]


def test_a_mean_counts_each_case_once() -> None:
    """A case with more draws counts no more; without decided draws there is no mean."""
    assert mean_of(row(case("a", 0, 2), case("b", 100, 100)), "adherence") == 0.75
    assert mean_of(row(case("a", scores={})), "adherence") is None
    assert mean_of(None, "adherence") is None
