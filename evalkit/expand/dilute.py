"""System prompts of a chosen density: all rules in order, with as much filler between them as the density asks for."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from evalkit.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Diluted:
    """A system prompt with the share of its words that belong to rules."""

    text: str
    rule_share: float


def dilute(rules: Sequence[str], filler: Sequence[str], density: float, *, seed: int) -> Diluted:
    """Interleave filler with rules until rule words are at most the share `density` of all words.

    Args:
        rules: Sentences, rendered; all stay, in order.
        filler: Sentences, rendered; taken in an order drawn from `seed`, each at most once.
        density: Above 0, at most 1; 1 is the rules alone.
        seed: The same seed gives the same prompt.

    Returns:
        The sentences joined by single spaces. Words are what white space separates.

    Raises:
        SuiteError: There is not enough filler to get down to `density`.

    >>> dilute(["Be brief."], ["Have fun."], 0.5, seed=0).text
    'Have fun. Be brief.'
    """
    rule_words = sum(_words(rule) for rule in rules)
    share = Fraction(str(density))  # as written: in floats, 29 of 100 words are more than the share 0.29
    shuffled = list(filler)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 - an order, not a secret
    taken: list[str] = []
    total = rule_words
    for sentence in shuffled:
        if rule_words <= share * total:
            break
        taken.append(sentence)
        total += _words(sentence)
    if rule_words > share * total:
        needed = ceil(rule_words / share) - rule_words
        raise SuiteError(
            f"density {density:g} needs at least {needed} words of filler for {rule_words} words of rules, "
            f"got {total - rule_words}",
            hint="add filler sentences, or raise the least density",
        )
    return Diluted(" ".join(_interleave(rules, taken)), rule_words / total if total else 1.0)


def _words(sentence: str) -> int:
    return len(sentence.split())


def _interleave(rules: Sequence[str], filler: Sequence[str]) -> list[str]:
    """Spread filler evenly over the gaps before, between and after the rules."""
    gaps: list[list[str]] = [[] for _ in range(len(rules) + 1)]
    for index, sentence in enumerate(filler):
        gaps[index * len(gaps) // len(filler)].append(sentence)
    sentences = list(gaps[0])
    for rule, gap in zip(rules, gaps[1:], strict=True):
        sentences += [rule, *gap]
    return sentences
