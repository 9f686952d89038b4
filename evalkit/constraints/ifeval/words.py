r"""Knows which characters NLTK takes for those of words.

NLTK from 3.10 on searches with the library `regex`, whose `\w` follows Unicode's annex 18: accents and joiners belong
to words, fractions and powers do not. Python's own differs in both.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_ASCII_WORD = re.compile(r"\w+", re.ASCII)
_LAST = 0x323AF  # the last letter of Han; beyond stand only the variation selectors
_OTHERS = (
    "\u200c\u200d\u24b6-\u24e9\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189\U000e0100-\U000e01ef"
)


def count_words(text: str) -> int:
    """Return how many runs of word characters a text has."""
    return len((_ASCII_WORD if text.isascii() else _any_word()).findall(text))


@cache
def word_characters() -> str:
    """Return the inside of a character class that holds every word character; it takes some 30 ms the first time."""
    codes = [code for code in range(_LAST + 1) if _of_word(unicodedata.category(chr(code)))]
    starts = [code for code, before in zip(codes, [-1, *codes], strict=False) if code != before + 1]
    ends = [code for code, after in zip(codes, [*codes[1:], 0], strict=True) if code != after - 1]
    return _OTHERS + "".join(f"{chr(start)}-{chr(end)}" for start, end in zip(starts, ends, strict=True))


def _of_word(category: str) -> bool:
    return category[0] in "LM" or category in ("Nd", "Nl", "Pc")


@cache
def _any_word() -> re.Pattern[str]:
    return re.compile(f"[{word_characters()}]+")
