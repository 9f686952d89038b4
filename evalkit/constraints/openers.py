"""Constraints on how an answer opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints import phrase_lists
from evalkit.constraints.english import foreign
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.phrases import book, match_at
from evalkit.constraints.prose import prose
from evalkit.constraints.reasons import quoted
from evalkit.constraints.tokens import tokens
from evalkit.constraints.validation import check_texts
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Span

_READ = 400  # characters: more than an opening has, and enough to tell the language
_MOST_INTERJECTIONS = 4


@dataclass(frozen=True, slots=True)
class NoFlatteryOpener:
    """Demand that the answer does not begin by praising the question or the user: `Great question!`.

    Attributes:
        also: Further openings to forbid, as they stand.

    The phrases are English: (what a, that's a, this is a, you raise a, ...) (very, really, truly) great / good /
    excellent / fantastic / wonderful / interesting / insightful / thoughtful ... question / point / observation /
    request; (what a) great ... idea / thought / choice; I love this question; you're (absolutely) right; you're (so)
    smart; thank you for asking / your question; that's great that you. They count at the very beginning, after
    interjections too (`Oh wow, great question`).

    Case, spacing, Markdown and the form of apostrophes do not matter; a quotation or code at the beginning does not
    count. Only the first 400 characters are read. Where nothing is found and these are plainly in another language, the
    verdict is undecided.

    In a text that was cut off beyond them, both verdicts hold; before, an opening found stays found. The span is the
    opening.
    """

    name: ClassVar[str] = "no_flattery_opener"
    family: ClassVar[str] = "register"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Kafka keeps a log.",
        broken="Great question! Kafka keeps a log.",
        undecided="Great",
    )

    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.also:
            check_texts("also", self.also)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its opening."""
        return _opening(text, phrase_lists.FLATTERY, self.also, "no flattery at the beginning", whole=whole)


@dataclass(frozen=True, slots=True)
class NoFillerOpener:
    """Demand that the answer does not begin with words that only announce it: `Sure!`, `Of course`.

    Attributes:
        also: Further openings to forbid, as they stand: `Here is`, for example.

    The phrases are English: sure, certainly, absolutely, definitely, of course, okay, alright, no problem, got it,
    understood, happy to help, my pleasure; I'd be (more than) happy to help; let's dive in; as you requested.

    Text is read as for `no_flattery_opener`, and a text that was cut off is treated alike. The span is the opening.
    """

    name: ClassVar[str] = "no_filler_opener"
    family: ClassVar[str] = "register"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Kafka keeps a log.",
        broken="Sure! Kafka keeps a log.",
        undecided="Of",
    )

    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.also:
            check_texts("also", self.also)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its opening."""
        return _opening(text, phrase_lists.FILLER_OPENERS, self.also, "no filler at the beginning", whole=whole)


def _opening(text: str, phrases: tuple[str, ...], also: tuple[str, ...], none: str, *, whole: bool) -> Score:
    skipped = len(text) - len(text.lstrip())
    read = text[skipped : skipped + _READ]
    beyond = len(text) > skipped + _READ
    kept = " " * skipped + prose(read, quotations=False)
    span = _span(kept, phrases, also, whole=True)
    if span is not None:
        cautious = " " * skipped + prose(read, quotations=False, cautious=True)
        settled = beyond or _span(cautious, phrases, also, whole=False) is not None
        reason = f"begins with {quoted(text[span.start : span.end])}"
        return verdict(reason, (span,), met=False, whole=whole, final="both" if settled else "neither")
    other = foreign(kept, tokens(kept))
    if other is not None:
        return Score(None, f"{none} in English, but the text is in {other}")
    return verdict(none, met=True, whole=whole, final="both" if beyond else "neither")


def _span(text: str, phrases: tuple[str, ...], also: tuple[str, ...], *, whole: bool) -> Span | None:
    """Return where the opening stands."""
    words = tokens(text, whole=whole)
    wanted = book(phrases, also)
    for first, word in enumerate(words.words[: _MOST_INTERJECTIONS + 1]):
        end = match_at(text, words, wanted, first)
        if end is not None:
            return words.span(first, end - 1)
        if word not in phrase_lists.INTERJECTIONS:
            break
    return None
