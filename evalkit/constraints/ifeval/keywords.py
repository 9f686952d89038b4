"""IFEval's instructions on keywords and letters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.ifeval.following import check_relation, compared, following
from evalkit.constraints.ifeval.search import UnsearchableError, found
from evalkit.constraints.reasons import listed, quoted
from evalkit.constraints.validation import check_text, check_texts
from evalkit.errors import ArgumentError
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Span

_MOST_SPANS = 100


@dataclass(frozen=True, slots=True)
class IfevalContainsAll:
    """Demand that every keyword is found, as IFEval's `keywords:existence` does.

    Attributes:
        keywords: Each is an unescaped pattern there, found anywhere, inside words too, without regard to case.

    A keyword with special characters (`C++`, `3.5`) is a pattern; where its meaning cannot be had safely the verdict is
    undecided. `contains_all` takes keywords as they stand.
    """

    name: ClassVar[str] = "ifeval_contains_all"
    ifeval_id: ClassVar[str] = "keywords:existence"
    family: ClassVar[str] = "keywords"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=["kafka", "log"], met="Kafka is a blog.", broken="Kafka is a queue.", undecided="Kafka is a"
    )

    keywords: tuple[str, ...]

    def __post_init__(self) -> None:
        check_texts("keywords", self.keywords)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the keywords missing from it."""
        try:
            firsts = [(keyword, next(found(keyword, text), None)) for keyword in self.keywords]
        except UnsearchableError as error:
            return Score(None, str(error))
        missing = [keyword for keyword, span in firsts if span is None]
        spans = tuple(span for _, span in firsts if span is not None)
        reason = f"{listed(missing)} missing" if missing else f"found {listed(self.keywords)}"
        return following(text, reason, _in_order(spans), met=not missing, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class IfevalKeywordCount:
    """Demand a keyword so often, as IFEval's `keywords:frequency` does.

    Attributes:
        keyword: An unescaped pattern there, counted anywhere, inside words too, without regard to case or overlaps.
        at_least: The least number of times; or
        less_than: the number of times that is already too many.
    """

    name: ClassVar[str] = "ifeval_keyword_count"
    ifeval_id: ClassVar[str] = "keywords:frequency"
    family: ClassVar[str] = "keywords"
    examples: ClassVar[Examples] = Examples(
        arguments={"keyword": "log", "at_least": 2}, met="A log, a blog.", broken="A log.", undecided="A log"
    )

    keyword: str
    at_least: int | None = None
    less_than: int | None = None

    def __post_init__(self) -> None:
        check_text("keyword", self.keyword)
        check_relation(self.at_least, self.less_than)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by how often the keyword stands in it."""
        try:
            places = list(found(self.keyword.strip(), text))
        except UnsearchableError as error:
            return Score(None, str(error))
        return compared(
            text,
            len(places),
            f"place with {quoted(self.keyword)}",
            at_least=self.at_least,
            less_than=self.less_than,
            whole=whole,
            grows=True,
            spans=tuple(places[:_MOST_SPANS]),
        )


@dataclass(frozen=True, slots=True)
class IfevalContainsNone:
    """Demand that no keyword is found, as IFEval's `keywords:forbidden_words` does.

    Attributes:
        keywords: Each is an unescaped pattern there, found where it begins and ends at a word's edge, without regard to
            case.

    A keyword that begins or ends with a sign (`C++`, `.NET`) is hardly ever found. `not: {contains_any: [...]}` takes
    keywords as they stand.
    """

    name: ClassVar[str] = "ifeval_contains_none"
    ifeval_id: ClassVar[str] = "keywords:forbidden_words"
    family: ClassVar[str] = "keywords"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=["log"], met="It is a blog.", broken="It is a log.", undecided="It is a log"
    )

    keywords: tuple[str, ...]

    def __post_init__(self) -> None:
        check_texts("keywords", self.keywords)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the keywords found in it."""
        try:
            firsts = [(keyword, next(found(keyword, text, edges=True), None)) for keyword in self.keywords]
        except UnsearchableError as error:
            return Score(None, str(error))
        places = [(keyword, span) for keyword, span in firsts if span is not None]
        if not places:
            return following(text, f"found none of {listed(self.keywords)}", met=True, whole=whole, final=self.final)
        # A word at the very end of a cut text may go on, and then it is another word.
        final: Final = self.final if any(span.end < len(text) for _, span in places) else "neither"
        reason = f"found {listed([keyword for keyword, _ in places])}"
        spans = _in_order(tuple(span for _, span in places))
        return following(text, reason, spans, met=False, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class IfevalLetterCount:
    """Demand a letter so often, as IFEval's `keywords:letter_frequency` does.

    Attributes:
        letter: One letter from a to z, counted without regard to case.
        at_least: The least number of times; or
        less_than: the number of times that is already too many.

    For any other character the published checker draws a letter at random, so its verdict means nothing; here it is
    undecided. `letter_count` counts any character.
    """

    name: ClassVar[str] = "ifeval_letter_count"
    ifeval_id: ClassVar[str] = "keywords:letter_frequency"
    family: ClassVar[str] = "keywords"
    examples: ClassVar[Examples] = Examples(
        arguments={"letter": "k", "at_least": 2}, met="Kafka.", broken="A log, ok.", undecided="K"
    )

    letter: str
    at_least: int | None = None
    less_than: int | None = None

    def __post_init__(self) -> None:
        if not self.letter:
            raise ArgumentError("`letter` must not be empty", path=("letter",))
        check_relation(self.at_least, self.less_than)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by how often the letter stands in it."""
        letter = self.letter.lower()
        if len(letter) != 1 or not "a" <= letter <= "z":
            return Score(None, f"{quoted(self.letter)} is not a letter from a to z, so IFEval counts a random one")
        count = Counter(text.lower())[letter]
        return compared(
            text,
            count,
            f"letter {quoted(letter)}",
            at_least=self.at_least,
            less_than=self.less_than,
            whole=whole,
            grows=True,
            spans=_places(text, letter),
        )


def _places(text: str, letter: str) -> tuple[Span, ...]:
    return tuple(islice(found(letter, text), _MOST_SPANS))


def _in_order(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    return tuple(sorted(spans, key=lambda span: (span.start, span.end)))
