"""Tests of pairs in which something is missing."""

from __future__ import annotations

import pytest

from evalkit.compare.paired import pairs_of_scores, pairs_of_values, values_of
from measured_rows import case, scores


def test_a_measure_that_only_one_side_has_is_missing_on_the_other() -> None:
    """All draws due on that side count as missing."""
    cases = [(case("a", planned=4), case("a", {"adherence": scores(1.0, 1.0)}))]
    found = pairs_of_scores(cases, "adherence", "population", "higher")
    assert (found.missing, found.cases, found.new, found.old) == ((4, 0), 1, None, None)
    assert (found.left_out.values, found.against.values, found.in_favour.values) == ((), (-1.0,), (0.0,))


def test_nothing_missing_makes_one_set_of_differences() -> None:
    """Without gaps all three are the same, so that they are computed once."""
    cases = [(case("a", {"adherence": scores(1.0)}), case("a", {"adherence": scores(0.0)}))]
    found = pairs_of_scores(cases, "adherence", "suite", "higher")
    assert found.left_out is found.against is found.in_favour


@pytest.mark.parametrize(("better", "against", "in_favour"), [("higher", -1.5, 2.5), ("lower", -2.5, 1.5)])
def test_a_gap_takes_the_end_of_the_range_that_speaks_against_the_answer(
    better: str, against: float, in_favour: float
) -> None:
    """With 2.5 before, on a scale from 1 to 5, the worst that is possible is 1.5 worse, and the best 2.5 better."""
    values = values_of([(case("a"), case("a", values={"spread": 2.5}))], "spread")
    found = pairs_of_values(values, (1.0, 5.0), "higher" if better == "higher" else "lower")
    assert (found.against.values, found.in_favour.values) == ((against,), (in_favour,))
    assert found.left_out.values == ()
