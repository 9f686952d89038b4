"""IFEval's instructions on language, case and punctuation."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import beginning_judged
from evalkit.constraints.ifeval.following import check_relation, compared, following
from evalkit.constraints.ifeval.tokens import LONGEST, UNDETECTED, capital_count, detected_language
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_text
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score

_MOST_SPANS = 100


@dataclass(frozen=True, slots=True)
class IfevalLanguage:
    """Demand a language, as IFEval's `language:response_language` does.

    Attributes:
        language: Its code: `en`, `de`, `zh-cn` and the like.

    Detected by langdetect, which is often wrong for short texts; one in which it finds nothing to go by is met. The
    published checker draws at random; here the draws are seeded. `language` says when it does not know. A text that was
    cut off is undecided.
    """

    name: ClassVar[str] = "ifeval_language"
    ifeval_id: ClassVar[str] = "language:response_language"
    family: ClassVar[str] = "language"
    examples: ClassVar[Examples] = Examples(
        arguments="de",
        met="Kafka hält alle Nachrichten in einem Protokoll fest.",
        broken="Kafka keeps all of the messages in a log.",
        undecided="Kafka hält alle Nachrichten",
    )

    language: str

    def __post_init__(self) -> None:
        check_text("language", self.language)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the language that is detected."""
        if not text.strip():
            return following(text, "", met=False, whole=whole)
        found = detected_language(text)
        if found == UNDETECTED:
            return following(text, "no language was detected, which counts as followed", met=True, whole=whole)
        return following(text, f"detected as `{found}`", met=found == self.language, whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalEnglishCapitals:
    """Demand English in capital letters, as IFEval's `change_case:english_capital` does.

    A letter without case does not count. The language is detected as for `ifeval_language`. In a text that was cut off,
    a small letter decides; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_english_capitals"
    ifeval_id: ClassVar[str] = "change_case:english_capital"
    family: ClassVar[str] = "case"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="THE BROKER KEEPS ALL OF THE MESSAGES THAT IT WAS EVER SENT, AND READERS KEEP THEIR PLACE.",
        broken="Kafka keeps all of the messages in a log.",
        undecided="KAFKA KEEPS ALL OF THE",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its case and language."""
        wrong = None if text.isupper() else _first(text, upper=False)
        return _in_english(text, wrong, "capital", cased=text.isupper(), whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalEnglishLowercase:
    """Demand English in small letters, as IFEval's `change_case:english_lowercase` does.

    A letter without case does not count. The language is detected as for `ifeval_language`. In a text that was cut off,
    a capital letter decides; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_english_lowercase"
    ifeval_id: ClassVar[str] = "change_case:english_lowercase"
    family: ClassVar[str] = "case"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="kafka keeps all of the messages in a log.",
        broken="Kafka keeps all of the messages in a log.",
        undecided="kafka keeps all of the",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its case and language."""
        wrong = None if text.islower() else _first(text, upper=True)
        return _in_english(text, wrong, "small", cased=text.islower(), whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalCapitalWords:
    """Demand so many words in capitals, as IFEval's `change_case:capital_word_frequency` does.

    Attributes:
        at_least: The least number; or
        less_than: the number that is already too many.

    Words are those of NLTK's tokenizer: `I` and `A` count, `well-KNOWN` does not, `U.S.A.` is one. A text of more than
    100,000 characters is judged by its beginning, as if cut off there; a text that was cut off is undecided.
    """

    name: ClassVar[str] = "ifeval_capital_words"
    ifeval_id: ClassVar[str] = "change_case:capital_word_frequency"
    family: ClassVar[str] = "case"
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 2}, met="I like KAFKA.", broken="We like KAFKA.", undecided="We like KAFKA"
    )

    at_least: int | None = None
    less_than: int | None = None

    def __post_init__(self) -> None:
        check_relation(self.at_least, self.less_than)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its words in capitals."""
        if len(text) > LONGEST:
            return beginning_judged(self, text, LONGEST)
        count = capital_count(text)
        noun = "word in capitals" if count == 1 else "words in capital"
        return compared(text, count, noun, at_least=self.at_least, less_than=self.less_than, whole=whole, grows=False)


@dataclass(frozen=True, slots=True)
class IfevalNoComma:
    """Demand that there is no comma, as IFEval's `punctuation:no_comma` does; only `,` is one."""

    name: ClassVar[str] = "ifeval_no_comma"
    ifeval_id: ClassVar[str] = "punctuation:no_comma"
    family: ClassVar[str] = "punctuation"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met="Use Kafka.", broken="Well, use Kafka.", undecided="Use Kafka"
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its commas."""
        places = (index for index, character in enumerate(text) if character == ",") if "," in text else iter(())
        spans = tuple(Span(index, index + 1) for index in islice(places, _MOST_SPANS))
        reason = "a comma" if spans else "no comma"
        return following(text, reason, spans, met=not spans, whole=whole, final=self.final)


def _first(text: str, *, upper: bool) -> Span | None:
    """Return the first letter in the wrong case; a title-case letter is in neither."""
    for index, character in enumerate(text):
        if character.istitle() and not (character.isupper() or character.islower()):
            return Span(index, index + 1)
        if character.isupper() if upper else character.islower():
            return Span(index, index + 1)
    return None


def _in_english(text: str, wrong: Span | None, case: str, *, cased: bool, whole: bool) -> Score:
    if wrong is not None:
        reason = f"{quoted(text[wrong.start : wrong.end])} is no {case} letter"
        return following(text, reason, (wrong,), met=False, whole=whole, final="broken")
    if not cased:
        return following(text, "no letter that has a case", met=False, whole=whole)
    found = detected_language(text)
    met = found in ("en", UNDETECTED)
    return following(text, f"in {case} letters, detected as `{found}`", met=met, whole=whole)
