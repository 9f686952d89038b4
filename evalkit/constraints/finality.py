"""Which verdicts on a text that was cut off more text could not overturn."""

from __future__ import annotations

from typing import Literal, TypeAlias

from evalkit.types import Score, Span

Final: TypeAlias = Literal["met", "broken", "both", "neither"]
"""The verdicts that hold for every continuation of a text that was cut off."""

_CUT_OFF = "; undecided, as the text was cut off"


def verdict(reason: str, spans: tuple[Span, ...] = (), *, met: bool, whole: bool, final: Final) -> Score:
    """Turn what was found into a score that a continuation of the text cannot overturn.

    Args:
        reason: What was found, as a fact that reads the same under `not`.
        spans: What the verdict rests on.
        met: Whether the text, taken as it is, meets the constraint.
        whole: False when the text was cut off.
        final: The verdicts that no continuation overturns, for this text.

    Returns:
        Value 1 or 0; None on a cut text unless `final` covers the verdict.
    """
    if whole or final == "both" or final == ("met" if met else "broken"):
        return Score(1.0 if met else 0.0, reason, spans)
    return Score(None, reason + _CUT_OFF, spans)
