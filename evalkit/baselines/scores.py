"""How the scores of a case are written into a line of a baseline: short, readable in a diff, and without any loss.

Scores are pairs of value and count: `0:2 2/3:1 1:5` are two draws that scored 0, one that scored two thirds and five
that scored 1. `missing:1` follows where a draw has no score, and `weight:3` where the case counts as three. A level of
adherence that follows from another one is not written; one that differs from it in weight alone is `same weight:3`.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from evalkit.findings import FINAL, LEVELS
from evalkit.measured import OF_CONSTRAINT, CaseScores

if TYPE_CHECKING:
    from collections.abc import Mapping

WRITTEN_LEVELS = tuple(level for level in LEVELS if level != FINAL)
"""The levels that one case has; the final accuracy is of a row alone. A level follows only from those before it."""

_MISSING, _WEIGHT, _SAME = "missing:", "weight:", "same "
_SHORT = 6
"""Letters up to which a decimal number is as short as the fraction that it may be."""
_LARGEST_DENOMINATOR = 999


@lru_cache(maxsize=1 << 16)
def number_text(value: float) -> str:
    """Write a number so that it reads back as the very same.

    >>> number_text(2 / 3), number_text(0.25), number_text(1.0)
    ('2/3', '0.25', '1')
    """
    if value.is_integer():
        return str(int(value))
    decimal = repr(value)
    if len(decimal) > _SHORT:
        near = Fraction(value).limit_denominator(_LARGEST_DENOMINATOR)
        if near.numerator / near.denominator == value:
            return f"{near.numerator}/{near.denominator}"
    return decimal


def scores_text(scores: CaseScores) -> str:
    """Write the scores of one measure."""
    parts = [f"{number_text(float(score))}:{count}" for score, count in scores.counts]
    if scores.missing:
        parts.append(f"{_MISSING}{scores.missing}")
    if scores.weight != 1:
        parts.append(f"{_WEIGHT}{number_text(float(scores.weight))}")
    return " ".join(parts)


@lru_cache(maxsize=1 << 16)
def read_scores(text: str) -> CaseScores:
    """Read what `scores_text` has written.

    Raises:
        ValueError: It is nothing that `scores_text` writes; the message says what is wrong.
    """
    counts: list[tuple[float, int]] = []
    missing, weight = 0, 1.0
    for part in text.split(" ") if text else []:
        if part.startswith(_MISSING):
            missing = _whole(part.removeprefix(_MISSING))
        elif part.startswith(_WEIGHT):
            weight = _number(part.removeprefix(_WEIGHT))
        else:
            value, _, count = part.partition(":")
            counts.append((_number(value), _whole(count)))
    values = [value for value, _ in counts]
    if any(not 0 <= value <= 1 for value in values):
        raise ValueError(f"a score must be from 0 to 1, got `{text}`")
    if any(first >= second for first, second in pairwise(values)):
        raise ValueError(f"scores must rise, got `{text}`")
    return CaseScores(tuple(counts), missing, weight)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError(f"a count must be a whole number, got `{text}`")
    return int(text)


def _number(text: str) -> float:
    numerator, slash, denominator = text.partition("/")
    try:
        return int(numerator) / int(denominator) if slash else float(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"scores must be written as value:count, got `{text}`") from None


def levels_text(scores: Mapping[str, CaseScores]) -> dict[str, str | None]:
    """Write the levels of adherence that do not follow from others; None stands for one that is not there."""
    found: dict[str, str | None] = {}
    for level in WRITTEN_LEVELS:
        mine, expected = scores.get(level), derived_level(level, scores)
        if mine == expected:
            continue
        if mine is not None and expected is not None and replace(mine, weight=expected.weight) == expected:
            found[level] = f"{_SAME}{_WEIGHT}{number_text(float(mine.weight))}"
        else:
            found[level] = None if mine is None else scores_text(mine)
    return found


def read_level(level: str, text: str, scores: Mapping[str, CaseScores]) -> CaseScores:
    """Read a level of adherence.

    Args:
        level: Its name.
        text: What is written of it.
        scores: The levels before it, and all constraints.

    Raises:
        ValueError: The text is nothing that `levels_text` writes.
    """
    if not text.startswith(_SAME):
        return read_scores(text)
    expected = derived_level(level, scores)
    if expected is None:
        raise ValueError(f"`{level}` follows from nothing in this line, got `{text}`")
    return replace(expected, weight=read_scores(text.removeprefix(_SAME)).weight)


def derived_level(level: str, scores: Mapping[str, CaseScores]) -> CaseScores | None:
    """Return what a level comes to that is not written, because it follows from others; None when from nothing.

    Args:
        level: Its name.
        scores: The levels before it, and all constraints.
    """
    strict, loose = scores.get("adherence"), scores.get("adherence_loose")
    if level == "adherence_loose":
        return strict
    if level == "full_adherence":
        return _all_met(strict)
    if level == "full_adherence_loose":
        return scores.get("full_adherence") if loose == strict else _all_met(loose)
    if level == "instruction_accuracy":
        return _weighted(strict, scores)
    if level == "instruction_accuracy_loose":
        return scores.get("instruction_accuracy") if loose == strict else _weighted(loose, scores)
    return None


def _all_met(shares: CaseScores | None) -> CaseScores | None:
    """Return what whole completions come to when every constraint of each is decided."""
    if shares is None:
        return None
    met = sum(count for score, count in shares.counts if score == 1)
    counts = ((0.0, shares.scored - met), (1.0, met))
    return replace(shares, counts=tuple((score, count) for score, count in counts if count))


def _weighted(shares: CaseScores | None, scores: Mapping[str, CaseScores]) -> CaseScores | None:
    """Let a case count as often as it has constraints."""
    constraints = sum(1 for name in scores if name.startswith(OF_CONSTRAINT))
    return None if shares is None else replace(shares, weight=float(constraints))
