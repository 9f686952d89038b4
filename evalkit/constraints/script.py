"""The constraint on the script that a text is written in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.prose import prose
from evalkit.constraints.reasons import listed
from evalkit.constraints.shares import share_of, shown_share
from evalkit.constraints.validation import check_share, check_texts
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final

_MOST_SPANS = 50


@dataclass(frozen=True, slots=True)
class Script:
    """Demand that the text is written in a script, or in several.

    Attributes:
        allowed: A script by its Unicode name (`Cyrillic`, `Latin`, `Han`), or a list of them: Japanese is `[Han,
            Hiragana, Katakana]`.
        at_least: The share of the letters that must belong to them; the rest may be names.

    Letters are told by Unicode's script data. Digits, signs, and letters that every script shares do not count, nor do
    code (fences and back-ticks) and addresses. A text without letters is undecided.

    A text that was cut off is always undecided. The spans are the first letters of other scripts.
    """

    name: ClassVar[str] = "script"
    family: ClassVar[str] = "language"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments={"allowed": "Cyrillic", "at_least": 0.7},
        met="Сервер пишет журнал в Kafka.",
        broken="The server пишет журнал.",
        undecided="Сервер пишет",
    )

    allowed: str | tuple[str, ...]
    at_least: float = 0.9

    def __post_init__(self) -> None:
        check_texts("allowed", self.names)
        for index, name in enumerate(self.names):
            if not name.replace("_", "").isalpha() or _letters((name,)) is None:
                raise ArgumentError(
                    f"`allowed` must hold names of scripts, got {name!r}",
                    path=("allowed",) if isinstance(self.allowed, str) else ("allowed", index),
                    hint="write Unicode's name, such as Latin, Cyrillic, Greek, Arabic, Devanagari, Han or Hangul",
                )
        check_share("at_least", self.at_least, above=0.0)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the scripts allowed."""
        return (self.allowed,) if isinstance(self.allowed, str) else self.allowed

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the scripts of its letters."""
        kept = prose(text, quotations=True, links=False)
        composed = unicodedata.normalize("NFC", kept)
        inside, outside = _letters(self.names) or (None, None)
        wanted, other = _length(inside, composed), _length(outside, composed)
        if not wanted + other:
            return Score(None, "no letters whose script could be told")
        share = share_of(wanted, 0, other)
        spans = tuple(Span(*match.span()) for match in islice(outside.finditer(kept), _MOST_SPANS)) if outside else ()
        reason = f"{shown_share(share)} of the letters are {listed(self.names)}"
        return verdict(reason, spans, met=share.low >= self.at_least, whole=whole, final=self.final)


def _length(pattern: Any, text: str) -> int:  # noqa: ANN401 - ships no types
    return sum(map(len, pattern.findall(text))) if pattern else 0


@cache
def _letters(names: tuple[str, ...]) -> tuple[Any, Any] | None:
    """Return patterns for runs of letters of these scripts and of others; None when one is no script."""
    regex: Any = import_module("regex")
    scripts = "".join(rf"\p{{Script={name}}}" for name in names)
    try:
        inside = regex.compile(rf"(?V1)[\p{{L}}&&[{scripts}]]+")
    except regex.error:
        return None
    return inside, regex.compile(rf"(?V1)[\p{{L}}--[{scripts}\p{{Script=Common}}\p{{Script=Inherited}}]]+")
