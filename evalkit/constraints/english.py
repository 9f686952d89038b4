"""Tells whether a text is in English, for constraints that know no other language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalkit.constraints.passages import passages

if TYPE_CHECKING:
    from evalkit.constraints.tokens import Tokens

_FUNCTION_WORDS = (
    "the and of is are was were with that this these those have has had would could should will can it its it's "
    "you your for not but been be what which when where how from by they their there them then than if or as at "
    "into about because while who i we he she his her our my me us a an to in on do does did don't doesn't i'm "
    "i'll i've i'd you're let's so no yes"
)
_ALONE = (
    "the and that this these those with would could should you your they their which what how are been because "
    "about think don't can't doesn't isn't it's there"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
ENGLISH_ALONE = frozenset(_ALONE.split())
"""Words that no other language written in the same letters has, near enough."""

_PLENTY = 0.3  # the share of words that they make up; English prose has 0.4 to 0.6, other languages less than half
_FEW_WORDS = 4
_CONFIDENT = 0.9
_ENGLISH = ("en", "pcm")  # Nigerian Pidgin is written with the same words


def foreign(text: str, words: Tokens) -> str | None:
    """Return what shows that a text is not in English; None where it is, or where nothing says that it is not."""
    count = len(words.words)
    known = sum(word in FUNCTION_WORDS for word in words.words)
    if known >= _PLENTY * count or (count < _FEW_WORDS and text.isascii()):
        return None
    return _other(text)


def _other(text: str) -> str | None:
    """Ask the detector, which is slow to load."""
    read = passages(text)
    others = [each for each in read if each.shares[0][1] >= _CONFIDENT and each.shares[0][0] not in _ENGLISH]
    if 2 * sum(each.letters for each in others) <= sum(each.letters for each in read):
        return None
    return f"`{others[0].shares[0][0]}`"
