"""The constraint that a text does not speak in the first person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.english import ENGLISH_ALONE, foreign
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
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
_NONE = "no English word of the first person"
_MOST_SPANS = 50
_LONGEST = 500_000  # characters read in good time
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
    undecided. The spans are the words. A text of more than 500,000 characters is judged by its beginning, as if cut off
    there.
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
        if len(text) > _LONGEST:
            return beginning_judged(self, text, _LONGEST)
        kept = prose(text, quotations=False)
        words = tokens(kept)
        sure, doubtful, certain = self._places(text, words)
        if whole:
            other = None if certain else foreign(kept, words)
            return _whole(text, sure, doubtful, other)
        if certain:  # in this text; what no continuation takes back is less
            certain = self._places(text, tokens(prose(text, quotations=False, cautious=True), whole=False))[2]
        found = [*sure, *doubtful]
        reason = _shown(text, found) if found else _NONE
        spans = tuple(found[:_MOST_SPANS])
        return verdict(reason, spans, met=not found, whole=False, final="broken" if certain else "neither")

    def _places(self, text: str, words: Tokens) -> tuple[list[Span], list[Span], bool]:
        """Return where the first person speaks, where it may, and whether English words around it show that it does."""
        wanted = _SINGULAR | _PLURAL if self.plural else _SINGULAR
        sure: list[Span] = []
        doubtful: list[Span] = []
        certain = False
        for at, word in enumerate(words.words):
            if word in wanted:
                reading = _reading(text, words, at)
                if reading is not None:
                    (sure if reading else doubtful).append(words.span(at, at))
                    certain = certain or (reading and (word in _CERTAIN or _english_near(words, at)))
        return sure, doubtful, certain


def _whole(text: str, sure: list[Span], doubtful: list[Span], other: str | None) -> Score:
    found = sure or doubtful
    spans = tuple(found[:_MOST_SPANS])
    reason = _shown(text, found) if found else _NONE
    if other is not None:
        return Score(None, f"{reason}, but the text is in {other}", spans)
    if doubtful and not sure:
        return Score(None, f"{reason}, which may be something else", spans)
    return Score(0.0 if sure else 1.0, reason, spans)


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
