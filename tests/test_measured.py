"""Tests of what is kept of scores."""

from __future__ import annotations

import pytest

from evalkit.measured import CaseScores


def test_a_mean_is_over_the_draws_with_a_score() -> None:
    """Missing draws are no zeros."""
    scores = CaseScores(((0.0, 1), (0.5, 2), (1.0, 1)), missing=4)
    assert scores.scored == 4
    assert scores.mean == pytest.approx(0.5)


def test_nothing_scored_has_no_mean() -> None:
    """Without scores the mean is not known."""
    assert CaseScores((), missing=3).mean is None
