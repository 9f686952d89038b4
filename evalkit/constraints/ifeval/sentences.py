r"""Splits text into sentences exactly as the NLTK does that IFEval's reference checker calls.

The package `punkt` has NLTK's English model and judges the word before a full stop as NLTK does, but its own splitter
mends NLTK: it takes `Wow!!!` at the end of a text for one sentence and `. . .` for one mark, where NLTK finds two
sentences and four. So the marks are looked for here, in NLTK's way.

Source: Kiss & Strunk 2006, "Unsupervised Multilingual Sentence Boundary Detection"; `nltk.tokenize.punkt` of NLTK 3.10.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from punkt import PunktParameters

LONGEST = 100_000
"""Characters of a text that are looked at; Punkt takes microseconds for each where a text is made to be slow."""
_QUOTES = "\u2018\u2019\u201c\u201d\xab\xbb"
_MARK = re.compile(rf"[.?!](?:(?=[)\";}}\]*:@'({{\[!?{_QUOTES}])|(?=\s+(\S+)))")
_CLOSING = re.compile(rf"[\"')\]}}{_QUOTES}]+?(?:\s+|(?=--)|$)", re.MULTILINE)
_SEPARATOR = re.compile("[\x1c-\x1f]")
_PLAIN_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class _Model:
    """NLTK's English parameters, with the words that a full stop needs a second look after."""

    parameters: PunktParameters
    doubtful: frozenset[str]


@lru_cache(maxsize=8)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Return where the sentences of a text stand."""
    seen = text
    if not text.isascii() or _SEPARATOR.search(text):
        seen = text.translate(_stand_ins())
    pieces = [*_pieces(seen, len(text.rstrip()))]
    return tuple(_realigned(seen, pieces))


def _pieces(text: str, end: int) -> Iterator[tuple[int, int]]:
    """Yield what stands between two ends of sentences, and what remains up to `end`."""
    start = 0
    for mark, word in _candidates(text):
        if _ends_sentence(text, mark, word):
            yield start, mark.end()
            start = mark.end() if mark[1] is None else mark.start(1)
    yield start, end


def _candidates(text: str) -> Iterator[tuple[re.Match[str], int]]:
    """Yield each mark that may end a sentence, with where the word before it begins; of marks in a row, the last."""
    previous: re.Match[str] | None = None
    start, stop = 0, 0  # the word before the previous mark
    for mark in _MARK.finditer(text):
        place = _last_blank(text, stop, mark.start())
        word = place + 1 if place > stop else start
        if previous is not None and stop <= word:
            yield previous, start
        previous, start, stop = mark, word, mark.start()
    if previous is not None:
        yield previous, start


def _last_blank(text: str, start: int, stop: int) -> int:
    """Return where the last ASCII white space of a range stands; -1 for none."""
    return max(text.rfind(blank, start, stop) for blank in " \n\t\r\x0b\x0c")


def _ends_sentence(text: str, mark: re.Match[str], word: int) -> bool:
    if mark[0] != ".":
        return True
    before = text[word : mark.start()]
    if _PLAIN_WORD.fullmatch(before) and before.lower() not in _model().doubtful:
        return True  # no abbreviation, no initial, no number: the model has nothing to say
    from punkt import annotate_tokens
    from punkt.rules import PunktWordTokenizer

    after = text[mark.end() : mark.end(1)] if mark[1] is not None else text[mark.end()]
    tokens = list(annotate_tokens(PunktWordTokenizer().tokenize_annotated(f"{before}.{after}"), _model().parameters))
    return any(token.sentbreak for token in tokens[:-1])


def _realigned(text: str, pieces: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Move quotes and brackets that close a sentence from the next one's beginning to its end."""
    moved = 0
    for number, (begun, end) in enumerate(pieces):
        start = begun + moved
        moved = 0
        if number + 1 < len(pieces):
            following = pieces[number + 1]
            closing = _CLOSING.match(text, *following)
            if closing is not None:
                yield start, following[0] + len(closing[0].rstrip())
                moved = closing.end() - following[0]
                continue
        if start < end:
            yield start, end


@cache
def _stand_ins() -> dict[int, int]:
    """Return others for the characters that Python's patterns and NLTK's do not both take for a letter or a blank."""
    categories = {code: unicodedata.category(chr(code)) for code in range(0x20000)}
    numbers = (code for code, category in categories.items() if category == "No")
    marks = (code for code, category in categories.items() if category[0] == "M")
    neither, letter = 1, ord("漢")
    return {**dict.fromkeys((*range(0x1C, 0x20), *numbers), neither), **dict.fromkeys(marks, letter)}


@cache
def _model() -> _Model:
    from punkt import load_model

    parameters = load_model("english")
    before_names = {first for first, _ in parameters.collocations}
    return _Model(parameters, frozenset({*parameters.abbrev_types, *before_names}))
