"""Which verdicts on a text that was cut off more text could not overturn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.protocols import Constraint

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
    if whole or final in ("both", "met" if met else "broken"):
        return Score(1.0 if met else 0.0, reason, spans)
    return Score(None, reason + _CUT_OFF, spans)


def beginning_judged(constraint: Constraint, text: str, length: int) -> Score:
    """Judge a text that is too long to read in good time by its first `length` characters, as if cut off there."""
    score = constraint.score(text[:length], whole=False)
    if score.value is not None:
        return score
    return Score(None, f"{score.reason} after {length:,} characters, which is as far as it is read", score.spans)
