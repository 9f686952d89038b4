"""Several respects joined into one score."""

from __future__ import annotations

import pytest

from evalkit.constraints.joining import both
from evalkit.verdicts import Score, Span


@pytest.mark.parametrize(
    ("values", "joined"),
    [((1, 1), 1), ((1, 0), 0), ((1, None), None), ((None, 0), 0), ((1,), 1)],
    ids=["met", "broken", "undecided", "broken decides", "one"],
)
def test_all_must_be_met(values: tuple[float | None, ...], joined: float | None) -> None:
    """One broken decides, then one undecided."""
    assert both([Score(value, "so") for value in values]).value == joined


def test_the_reasons_are_those_that_decide() -> None:
    """With their spans in order."""
    scores = [Score(0.0, "late", (Span(5, 6),)), Score(1.0, "fine", (Span(1, 2),)), Score(0.0, "early", (Span(0, 1),))]
    assert both(scores) == Score(0.0, "late; early", (Span(0, 1), Span(5, 6)))
