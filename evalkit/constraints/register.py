"""Constraints on the register of a text: phrases that system prompts forbid most often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints import phrase_lists
from evalkit.constraints.english import foreign
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged, verdict
from evalkit.constraints.phrases import book, found
from evalkit.constraints.prose import prose
from evalkit.constraints.reasons import listed
from evalkit.constraints.tokens import tokens
from evalkit.constraints.validation import check_texts
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from collections.abc import Sequence

    from evalkit.constraints.finality import Final
    from evalkit.constraints.tokens import Tokens
    from evalkit.verdicts import Span

_MOST_SPANS = 50
_LONGEST = 500_000  # characters read in good time
_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class _Phrases:
    """What constraints on phrases that may stand nowhere in a text's own prose have in common."""

    name: ClassVar[str]
    family: ClassVar[str] = "register"
    final: ClassVar[Final] = "broken"
    phrases: ClassVar[tuple[str, ...]]
    none: ClassVar[str]

    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_also(self.also)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the phrases found in it."""
        if len(text) > _LONGEST:
            return beginning_judged(self, text, _LONGEST)
        kept = prose(text, quotations=False)
        words = tokens(kept)
        wanted = book(self.phrases, self.also)
        places = [words.span(first, last) for first, last in found(kept, words, wanted)]
        if whole or not places:
            return _judged(text, kept, words, places, self.none, whole=whole, final="neither")
        kept = prose(text, quotations=False, cautious=True)
        words = tokens(kept, whole=False)
        final: Final = "neither" if next(found(kept, words, wanted), None) is None else self.final
        return _judged(text, kept, words, places, self.none, whole=False, final=final)


@dataclass(frozen=True, slots=True)
class NoHedging(_Phrases):
    """Demand that the text has no phrase of doubt: `I think`, `perhaps`, `it seems that`.

    Attributes:
        also: Further phrases to forbid, as they stand.

    The phrases are English: I think / believe / guess / suppose / suspect / feel / assume; I'm not sure; in my opinion
    / view / experience; to the best of my knowledge; to some extent; as far as I know; if I remember correctly; it
    seems / appears that; it looks like; it is possible / likely / probable that; it could be argued that; one might say
    that; perhaps, maybe, possibly, probably, presumably, supposedly, arguably, apparently, seemingly, conceivably,
    kinda, sorta. `May`, `might` and `could` are not among them, for they state possibilities as often as doubts.

    Case, spacing, Markdown and the form of apostrophes do not matter. Code (fences and back-ticks), text between double
    quotation marks and quoted lines (`>`) do not count. Where nothing is found in a text that is plainly in another
    language, the verdict is undecided.

    In a text that was cut off, a phrase found stays found; none found is undecided. The spans are the phrases.

    A text of more than 500,000 characters is judged by its beginning, as if cut off there.
    """

    name: ClassVar[str] = "no_hedging"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Kafka keeps a log.",
        broken="Perhaps Kafka keeps a log, I think.",
        undecided="Kafka keeps a",
    )

    phrases: ClassVar[tuple[str, ...]] = phrase_lists.HEDGES
    none: ClassVar[str] = "no phrase of doubt"


@dataclass(frozen=True, slots=True)
class NoApology(_Phrases):
    """Demand that the text does not apologise: `I'm sorry`, `my apologies`.

    Attributes:
        also: Further phrases to forbid, as they stand.

    The phrases are English: I am / we are (so, very, truly, ...) sorry; sorry at the beginning of a sentence; sorry
    about / for / but / to hear; I apologize / apologise; my / our (sincere, ...) apologies; apologies and forgive me at
    the beginning of a sentence; forgive / excuse me or my mistake; I regret to / that. A `sorry state` is none.

    Text is read, and quotations, code and other languages are treated, as for `no_hedging`.

    In a text that was cut off, a phrase found stays found; none found is undecided. The spans are the phrases.

    A text of more than 500,000 characters is judged by its beginning, as if cut off there.
    """

    name: ClassVar[str] = "no_apology"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="I cannot help with that.",
        broken="I'm sorry, but I cannot help with that.",
        undecided="I cannot",
    )

    phrases: ClassVar[tuple[str, ...]] = phrase_lists.APOLOGIES
    none: ClassVar[str] = "no apology"


@dataclass(frozen=True, slots=True)
class NoAiDisclaimer(_Phrases):
    """Demand that the text does not speak of its author as a model: `As an AI language model`.

    Attributes:
        also: Further phrases to forbid, as they stand: names that would give a persona away, for example.

    The phrases are English: as an / I am (just) an AI, artificial intelligence, (large) language model, chatbot,
    virtual or digital assistant, computer program; I am ChatGPT, GPT-4, Claude, Gemini, Bard, Copilot, Llama, Mistral,
    Qwen, DeepSeek, Grok, SmolLM; I was trained / created / developed / made by one of their makers; I was trained /
    programmed to / on; my training data, knowledge cutoff, last update, programming, creators; I don't have personal
    feelings / opinions / ..., access to the internet, the ability to. A text may speak of language models in general.

    Text is read, and quotations, code and other languages are treated, as for `no_hedging`.

    In a text that was cut off, a phrase found stays found; none found is undecided. The spans are the phrases.

    A text of more than 500,000 characters is judged by its beginning, as if cut off there.
    """

    name: ClassVar[str] = "no_ai_disclaimer"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="A language model predicts the next token.",
        broken="As an AI language model, I have no favourite broker.",
        undecided="A language model",
    )

    phrases: ClassVar[tuple[str, ...]] = phrase_lists.AI_DISCLAIMERS
    none: ClassVar[str] = "no mention of being a model"


@dataclass(frozen=True, slots=True)
class NoClosingOffer:
    """Demand that the text does not end by offering more: `Let me know if you have any questions!`.

    Attributes:
        also: Further phrases to forbid, as they stand.

    Only the last paragraph is looked at. The phrases are English: let me know if / when / what; feel free to ask /
    reach out / contact / share; don't hesitate to; I hope this helps; if you have any (more, further, ...) questions;
    if you'd like me to / more; if you want me to; would you like me to; do you want me to; shall I help / go; is there
    anything else; I'm happy / glad / here to help / assist / explain; happy coding / learning / reading.

    Text is read, and quotations, code and other languages are treated, as for `no_hedging`.

    A text that was cut off is always undecided. The spans are the phrases.
    """

    name: ClassVar[str] = "no_closing_offer"
    family: ClassVar[str] = "register"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Kafka keeps a log.",
        broken="Kafka keeps a log.\n\nLet me know if you have any questions!",
        undecided="Kafka keeps a log.\n\nLet me know if",
    )

    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_also(self.also)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the phrases found in its last paragraph."""
        kept = prose(text, quotations=False)
        words = tokens(kept)
        gaps = _BLANK_LINES.finditer(kept, 0, len(kept.rstrip()))
        start = max(map(re.Match[str].end, gaps), default=0)
        places = [
            words.span(first, last)
            for first, last in found(kept, words, book(phrase_lists.CLOSING_OFFERS, self.also))
            if words.starts[first] >= start
        ]
        return _judged(text, kept, words, places, "no offer at the end", whole=whole, final=self.final)


def _judged(
    text: str, kept: str, words: Tokens, places: Sequence[Span], none: str, *, whole: bool, final: Final
) -> Score:
    """Judge a text by the phrases found in what is left of it without code and quotations."""
    if places:
        reason = f"found {listed([text[span.start : span.end] for span in places])}"
        return verdict(reason, tuple(places[:_MOST_SPANS]), met=False, whole=whole, final=final)
    other = foreign(kept, words) if whole else None
    if other is not None:
        return Score(None, f"{none} in English, but the text is in {other}")
    return verdict(none, met=True, whole=whole, final=final)


def _check_also(also: tuple[str, ...]) -> None:
    if also:
        check_texts("also", also)
