"""Tells the language of a text passage by passage, without chance."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from evalkit.constraints.prose import prose
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODES = (
    "ace af am an ar ary arz as az ba bcl be bg bn br bs ca crh cs cy da de dz el en eo es et "
    "eu ext fa fi fo fr fuv fy ga gcf gcr gd gl gom grc gu gug guw ha hbo he hi hr ht hu hy "  # codespell:ignore
    "id ig is it ja jv ka kab kik kk km kn ko ku ky la lb lg lij ln lo lt ltg lv mg mk ml mn "
    "mr ms mt my ne nl nn no nso oc om or pa pcm pl ps pt qu ro ru rw sa sdh se si sk sl sn "
    "so sq sr st sv sw ta te tg th tk tl tr tt ug uk ur uz uzs vec vi vo wa wuu xh yo yue zh "  # codespell:ignore
    "zu"
)
LANGUAGES = tuple(_CODES.split())
"""The codes that the detector knows (ISO 639-1 where there is one), written down so that checking needs no detector."""
KINDRED = {
    "ar": ("ary", "arz"),
    "el": ("grc",),
    "he": ("hbo",),
    "ku": ("sdh",),
    "no": ("nn",),
    "uz": ("uzs",),
    "zh": ("wuu", "yue"),
}
"""Languages that the detector tells apart and that a wider code includes."""

_LONG = 1_000
_LINE = 200
_SHORT = 40
_LETTERS = re.compile(r"[^\W\d_]+")
_PIECE = re.compile(rf"[^\n]{{1,{_LONG}}}\n?|\n")


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a text and what language it may be in.

    Attributes:
        span: Where it stands.
        letters: How many letters it has.
        shares: For each language how probable it is, the most probable first.
    """

    span: Span
    letters: int
    shares: tuple[tuple[str, float], ...]

    def probability(self, languages: tuple[str, ...]) -> float:
        """Return how probable it is that the passage is in one of `languages`."""
        wanted = {each for language in languages for each in (language, *KINDRED.get(language, ()))}
        return sum(share for language, share in self.shares if language in wanted)


@lru_cache(maxsize=8)
def passages(text: str) -> tuple[Passage, ...]:
    """Return the passages of a text that have letters, with code and addresses left out."""
    kept = prose(text, quotations=True, links=False)
    rank = _detector().rank
    return tuple(
        Passage(Span(start, end), letters, tuple(rank(" ".join(kept[start:end].split()))))
        for start, end, letters in _pieces(kept)
    )


def _pieces(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield the passages, each with its number of letters: paragraphs, long lines, and runs of short ones."""
    start = at = letters = 0
    for piece in _PIECE.findall(text):
        at += len(piece)
        enough = _SHORT
        if not piece.isspace():
            letters += len("".join(_LETTERS.findall(unicodedata.normalize("NFC", piece))))
            enough = _LINE
        if letters >= enough:
            yield start, at, letters
            start, letters = at, 0
    if letters:
        yield start, len(text), letters


@cache
def _detector() -> Any:  # noqa: ANN401 - ships no types
    module: Any = import_module("py3langid.langid")
    return module.LanguageIdentifier.from_model_file(module.MODEL_FILE, norm_probs=True)
