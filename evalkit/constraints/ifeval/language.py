"""IFEval's checks of the language, and of English in capitals or in small letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.ifeval.answers import answer_verdict
from evalkit.constraints.ifeval.detection import LANGUAGES, detected
from evalkit.constraints.validation import check_text
from evalkit.errors import ArgumentError, suggestion

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score

_UNKNOWN = "no language can be told, which IFEval counts as followed"


@dataclass(frozen=True, slots=True)
class IfevalLanguage:
    """Demand that the text is in a language, as IFEval's `language:response_language` does.

    Attributes:
        language: A code that langdetect gives, such as `en`, `pt` or `zh-cn`.

    langdetect reads the first 10,000 characters and names the most likely of 55 languages; short texts are often taken
    for another. Where it finds nothing to go by, as in `42`, the benchmark counts the instruction as followed. The
    reference checker does not seed langdetect, so that its verdict on a doubtful text is a draw; here it is seeded.

    A text that was cut off is always undecided.
    """

    name: ClassVar[str] = "ifeval_language"
    family: ClassVar[str] = "language"
    ifeval_id: ClassVar[str] = "language:response_language"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments="de",
        met="Der Verteiler nimmt die Nachrichten an und gibt sie der Reihe nach weiter.",
        broken="The broker takes the messages and hands them on in their order.",
        undecided="Der Verteiler nimmt die Nachrichten an",
    )

    language: str

    def __post_init__(self) -> None:
        check_text("language", self.language)
        if self.language not in LANGUAGES:
            message = f"`language` must be a code that langdetect gives, got {self.language!r}"
            raise ArgumentError(message, path=("language",), hint=suggestion(self.language, sorted(LANGUAGES)))

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its language."""
        found = detected(text) if whole else None
        reason = _UNKNOWN if found is None else f"most likely `{found}`"
        met = found in (None, self.language)
        return answer_verdict(
            text, reason if whole else "the language may change", met=met, whole=whole, final="neither"
        )


@dataclass(frozen=True, slots=True)
class IfevalEnglishCapitals:
    """Demand English in capital letters, as IFEval's `change_case:english_capital` does.

    The text has letters, none of them small, and langdetect takes it for English or finds nothing to go by; of words
    in capitals it knows little, so that it often takes them for another language.

    In a text that was cut off, a small letter decides; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_english_capitals"
    family: ClassVar[str] = "case"
    ifeval_id: ClassVar[str] = "change_case:english_capital"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="THE BROKER TAKES THE MESSAGES AND HANDS THEM ON IN THEIR ORDER.",
        broken="The broker takes the messages.",
        undecided="THE BROKER TAKES THE MESSAGES AND HANDS THEM",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its letters, then by its language."""
        if text.isupper():
            return _english(text, "no small letter", whole=whole)
        settled = not f"{text}A".isupper()
        final: Final = self.final if settled else "neither"
        return answer_verdict(
            text, "a letter that is not a capital" if settled else "no letters", met=False, whole=whole, final=final
        )


@dataclass(frozen=True, slots=True)
class IfevalEnglishLowercase:
    """Demand English in small letters, as IFEval's `change_case:english_lowercase` does.

    The text has letters, none of them capitals, and langdetect takes it for English or finds nothing to go by.

    In a text that was cut off, a capital letter decides; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_english_lowercase"
    family: ClassVar[str] = "case"
    ifeval_id: ClassVar[str] = "change_case:english_lowercase"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="the broker takes the messages and hands them on in their order.",
        broken="The broker takes the messages.",
        undecided="the broker takes the messages and hands them",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its letters, then by its language."""
        if text.islower():
            return _english(text, "no capital letter", whole=whole)
        settled = not f"{text}a".islower()
        final: Final = self.final if settled else "neither"
        return answer_verdict(
            text, "a letter that is not small" if settled else "no letters", met=False, whole=whole, final=final
        )


def _english(text: str, letters: str, *, whole: bool) -> Score:
    if not whole:
        return answer_verdict(text, letters, met=True, whole=False, final="neither")
    found = detected(text)
    reason = f"{letters}; {_UNKNOWN if found is None else f'most likely `{found}`'}"
    return answer_verdict(text, reason, met=found in (None, "en"), whole=True, final="neither")
