r"""Counts the words in capitals that NLTK's `word_tokenize` finds, as IFEval's reference checker does.

Only tokens with letters matter here, and only what parts them from each other: white space, punctuation that stands
alone, and the clitics and contractions of English, for which `IT'S` is two tokens and `CANNOT` is two. The steps come
in NLTK's order, for one that puts a blank somewhere may make or hide the place of a later one.

Source: the tokenizer of the Penn Treebank (MacIntyre 1995), as `nltk.tokenize.destructive` of NLTK 3.10 extends it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from evalkit.constraints.ifeval.sentences import sentences
from evalkit.constraints.ifeval.words import word_characters

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENS = re.compile("[«“‘„`]")  # noqa: RUF001 - typographic quotes are what it looks for
_QUOTE_OPENS = re.compile(r"\A\"|(?<=[ (\[{<])(?:\"|'')")
_CLOSES = "])}>\"'»”’ "  # noqa: RUF001 - typographic quotes, again
_COMMA = re.compile(r"[:,](?:(\D)|\Z)")  # takes what follows along, so that of two in a row only the first is put apart
_APART = re.compile(r"\.{2,}|[;@#$%&\u2012-\u2015?!]")
_QUOTE_BEFORE_BLANK = re.compile(r"([^'])' ")
_THEN_APART = re.compile(r"[*\[\](){}<>»”’\"]|--|''")  # noqa: RUF001 - typographic quotes, again
_BLANKS = re.compile(r"[^\S\x1c-\x1f]+")
_CLITIC = re.compile(r"[^']('[sSmMdD]?)\Z")
_LONGER_CLITIC = re.compile(r"[^']('ll|'LL|'re|'RE|'ve|'VE|n't|N'T)\Z")
_CONTRACTION = re.compile(
    r"\b(?:(can)(not)|(d)('ye)|(gim)(me)|(gon)(na)|(got)(ta)|(lem)(me)|(more)('n)|(wan)(na)(?!\S))\b", re.IGNORECASE
)
_ARCHAIC = re.compile(r"\A(?:('t)(is)\b)?(?:('t)(was)\b)?", re.IGNORECASE)


def capital_words(text: str) -> int:
    """Return how many tokens of a text have capital letters and no small ones."""
    return sum(token.isupper() for start, end in sentences(text) for token in _tokens(text[start:end]))


def _tokens(sentence: str) -> Iterator[str]:
    """Yield the tokens that hold a capital letter, and some that hold no letter at all."""
    text = _QUOTE_OPENS.sub(" ` ", _OPENS.sub(" ` ", sentence))
    text = _end_apart(_apostrophe_opens(text.isascii()).sub("' ", text))
    text = _APART.sub(" ", _COMMA.sub(r" , \1", text))
    text = _THEN_APART.sub(" ", _QUOTE_BEFORE_BLANK.sub(r"\1 ' ", text))
    for token in _BLANKS.split(text):
        if token.islower() or not token.upper().isupper():
            continue
        for part in _without_clitics(token) if "'" in token else (token,):
            yield from _without_contractions(part)


@cache
def _apostrophe_opens(ascii_only: bool) -> re.Pattern[str]:  # noqa: FBT001 - a cache's key
    """Build the pattern of an apostrophe before a word that is no clitic."""
    word = r"\w" if ascii_only else f"[{word_characters()}]"
    return re.compile(rf"(?<!{word})'(?!(?:re|ve|ll|m|t|s|d|n)(?!{word}))(?={word})", re.IGNORECASE)


def _end_apart(sentence: str) -> str:
    """Put the full stop at the end of a sentence apart, and the quotes and brackets after it."""
    stem = sentence.rstrip(_CLOSES)
    if len(stem) < 2 or stem[-1] != "." or stem[-2] == ".":
        return sentence
    return f"{stem[:-1]} . {sentence[len(stem) :]} "


def _without_clitics(token: str) -> Iterator[str]:
    """Part a token from `'s`, then from `'ll` or `n't`."""
    clitic = _CLITIC.search(token)
    stem = token if clitic is None else token[: clitic.start(1)]
    longer = _LONGER_CLITIC.search(stem)
    if longer is not None:
        yield stem[: longer.start(1)]
        yield longer[1]
    else:
        yield stem
    if clitic is not None:
        yield clitic[1]


def _without_contractions(token: str) -> Iterator[str]:
    """Part `cannot`, `gimme` and their like into the words that they are made of."""
    for part in _CONTRACTION.sub(lambda match: f" {' '.join(filter(None, match.groups()))} ", token).split():
        archaic = _ARCHAIC.match(part)
        assert archaic is not None  # it may match nothing
        yield from filter(None, archaic.groups())
        yield part[archaic.end() :]
