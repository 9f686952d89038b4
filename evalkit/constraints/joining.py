"""Joins what a constraint finds in several respects into one score."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Sequence


def both(scores: Sequence[Score]) -> Score:
    """Join scores that must all be met: one broken decides, then one undecided; the reasons are those that decide."""
    values = [score.value for score in scores]
    value = 0.0 if 0.0 in values else None if None in values else 1.0
    deciding = [score for score in scores if score.value == value]
    spans = {span for score in deciding for span in score.spans}
    reason = "; ".join(score.reason for score in deciding)
    return Score(value, reason, tuple(sorted(spans, key=lambda span: (span.start, span.end))))
