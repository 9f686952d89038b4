"""The constraint that a text does not speak in the first person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.english import ENGLISH_ALONE, foreign
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.prose import prose
from evalkit.constraints.reasons import listed
from evalkit.constraints.tokens import tokens
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.constraints.tokens import Tokens
    from evalkit.verdicts import Span

_SINGULAR = frozenset(["i", "i'm", "i've", "i'll", "i'd", "me", "my", "mine", "myself"])
_PLURAL = frozenset(
    ("we we're we've we'll we'd us our ours ourselves let's").split()  # noqa: SIM905 - a line for each word would fill pages
)
_CERTAIN = frozenset(
    ("i'm i've i'll i'd myself we're we've we'll we'd ours ourselves let's").split()  # noqa: SIM905 - a line for each word would fill pages
)
_BEFORE_NUMBERS = (
    "war part chapter type phase class book section article figure table volume act scene level stage schedule title "
    "grade category division elizabeth charles james william henry edward group tier round mark step appendix"
)
_NUMBERED = frozenset(_BEFORE_NUMBERS.split())
_OWNING = frozenset(
    ("of is are was were be been like than not").split()  # noqa: SIM905 - a line for each word would fill pages
)
_NEAR = 6  # words on each side in which English shows
_SENTENCE_END = re.compile(r"[.!?\n]")


@dataclass(frozen=True, slots=True)
class NoFirstPerson:
    """Demand that the text does not speak of itself: no `I`, `me`, `my`, and no `we`, `us`, `our`.

    Attributes:
        plural: False allows `we`, `us`, `our`, `ours`, `ourselves` and `let's`.

    The words are English: I (also I'm, I've, I'll, I'd), me, my, mine, myself and their plurals, in any case. They
    count for nothing where they are something else: `US` and `ME` in capitals, `i` in small letters alone, `I` as a
    number (`I.` before an item, `I/O`). What cannot be told is undecided when nothing else is found: `Part I`, `World
    War I`, `a mine`. So is a text that is plainly in another language. Code (fences and back-ticks), text between
    double quotation marks and quoted lines (`>`) do not count.

    In a text that was cut off, such a word stays found once English words around it show what it is; anything else is
    undecided. The spans are the words.
    """

    name: ClassVar[str] = "no_first_person"
    family: ClassVar[str] = "register"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met='Kafka keeps a log. "I like it", said one user.',
        broken="I would choose Kafka.",
        undecided="Choose",
    )

    plural: bool = True

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the words of the first person in it."""
        kept = prose(text, quotations=False)
        words = tokens(kept)
        sure, doubtful = self._places(text, words)
        if sure:
            final: Final = "neither" if whole or not self._settled(text) else "broken"
            other = foreign(kept, words) if whole and not self._settled(text) else None
            if other is not None:
                return Score(None, f"{_shown(text, sure)}, but the text is in {other}", tuple(sure))
            return verdict(_shown(text, sure), tuple(sure), met=False, whole=whole, final=final)
        other = foreign(kept, words) if whole else None
        if other is not None:
            return Score(None, f"no English word of the first person, but the text is in {other}")
        if doubtful:
            return Score(None, f"{_shown(text, doubtful)}, which may be something else", tuple(doubtful))
        return verdict("no word of the first person", met=True, whole=whole, final=self.final)

    def _places(self, text: str, words: Tokens) -> tuple[list[Span], list[Span]]:
        """Return where the first person speaks, and where it may."""
        wanted = _SINGULAR | _PLURAL if self.plural else _SINGULAR
        sure: list[Span] = []
        doubtful: list[Span] = []
        for at, word in enumerate(words.words):
            if word in wanted:
                reading = _reading(text, words, at)
                if reading is not None:
                    (sure if reading else doubtful).append(words.span(at, at))
        return sure, doubtful

    def _settled(self, text: str) -> bool:
        """Tell whether a word is of the first person however the text goes on, and in whatever language the rest is."""
        kept = prose(text, quotations=False, cautious=True)
        words = tokens(kept, whole=False)
        wanted = _SINGULAR | _PLURAL if self.plural else _SINGULAR
        return any(
            word in wanted and _reading(text, words, at) is True and (word in _CERTAIN or _english_near(words, at))
            for at, word in enumerate(words.words)
        )


def _shown(text: str, spans: list[Span]) -> str:
    return f"found {listed([text[span.start : span.end] for span in spans])}"


def _reading(text: str, words: Tokens, at: int) -> bool | None:
    """Tell whether a word is the first person: True, None when it is something else, False when that is open."""
    start, end = words.starts[at], words.ends[at]
    written = text[start:end]
    before = words.words[at - 1] if at and not _SENTENCE_END.search(text, words.ends[at - 1], start) else ""
    match words.words[at]:
        case "i":
            numeral = text.startswith((".", ")", ":"), end) and not text[:start].rpartition("\n")[2].strip()
            joined = text.startswith("/", end) or text[max(0, start - 1) : start] in {"/", "."}
            return None if written == "i" or numeral or joined else before not in _NUMBERED
        case "us" | "me":
            return None if written.isupper() else True
        case "mine":
            return before in _OWNING
        case _:
            return True


def _english_near(words: Tokens, at: int) -> bool:
    return not ENGLISH_ALONE.isdisjoint(words.words[max(0, at - _NEAR) : at + _NEAR + 1])
