"""Tells whether a text is in English, for constraints that know no other language."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from evalkit.constraints.passages import passages

if TYPE_CHECKING:
    from evalkit.constraints.tokens import Tokens

_ALONE = (
    "the and that this these those with would could should you your they their which what how are been because "
    "about think don't can't doesn't isn't it's there"
)
ENGLISH_ALONE = frozenset(_ALONE.split())
"""Words that no other language written in the same letters has, near enough."""

_PLENTY = 0.06  # the share of words that they make up; English prose has 0.1 to 0.2, other languages none
_FEW_WORDS = 4
_CONFIDENT = 0.9
_CANDIDATES = 3  # close relatives, such as Norwegian and Danish, share the probability
_CLEAR = 0.7
_LONGEST = 100_000
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+")
_ENGLISH = ("en", "pcm")  # Nigerian Pidgin is written with the same words


def foreign(text: str, words: Tokens) -> str | None:
    """Return what shows that a text is not in English; None where it is, or where nothing says that it is not.

    Of a long text the first 100,000 characters say what its language is.
    """
    count = len(words.words)
    known = sum(map(ENGLISH_ALONE.__contains__, words.words))
    if known >= _PLENTY * count or (count < _FEW_WORDS and text.isascii()):
        return None
    text = text[:_LONGEST]
    composed = unicodedata.normalize("NFC", text)
    if 2 * _count(_LATIN, composed) < _count(_LETTERS, composed):
        return "another script"
    return _other(text)


def _count(runs: re.Pattern[str], text: str) -> int:
    return len("".join(runs.findall(text)))


def _other(text: str) -> str | None:
    """Ask the detector, which is slow to load."""
    read = passages(text)
    others = [
        each
        for each in read
        if each.probability(_ENGLISH) <= 1 - _CONFIDENT
        and sum(share for _, share in each.shares[:_CANDIDATES]) >= _CLEAR
    ]
    if 2 * sum(each.letters for each in others) <= sum(each.letters for each in read):
        return None
    return f"`{others[0].shares[0][0]}`"
