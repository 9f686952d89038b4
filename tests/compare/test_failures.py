"""Runs of which too much failed."""

from __future__ import annotations

import pytest

from evalkit.compare.failures import failed_draws, incomplete
from measured_rows import adherence, row, scores, summarised

ROWS = summarised(row(adherence(*[scores(1.0, 1.0)] * 50)), errors=5).rows
"""100 draws of which 5 failed."""


@pytest.mark.parametrize(
    ("missing", "max_failed", "over"),
    [(0, 0.05, False), (0, 0.04, True), (1, 0.05, True), (0, 0.0, True), (900, 1.0, False)],
    ids=["just the share", "above it", "one missing besides", "none may", "all may"],
)
def test_errors_and_missing_draws_count_together(missing: int, max_failed: float, *, over: bool) -> None:
    """The share is of all draws that there should be."""
    assert (incomplete(ROWS, missing, max_failed) is not None) is over


def test_the_words_name_both_numbers() -> None:
    """A reader learns how far above the share it is."""
    assert incomplete(ROWS, 100, 0.05) == "105 of 200 draws failed or are missing, above the share of 0.05 that may"
    assert failed_draws(ROWS, 100) == (105, 200)


def test_nothing_planned_is_nothing_failed() -> None:
    """An empty run is judged by whether its gates have anything to look at."""
    assert incomplete((), 0, 0.0) is None
