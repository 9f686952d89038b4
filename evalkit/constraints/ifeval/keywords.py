"""IFEval's checks of which words and letters appear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.ifeval.answers import answer_verdict, first_spans, threshold
from evalkit.constraints.ifeval.patterns import Unreadable, occurrences
from evalkit.constraints.reasons import listed, quoted
from evalkit.constraints.validation import check_text, check_texts
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final


@dataclass(frozen=True, slots=True)
class IfevalContainsAll:
    r"""Demand that every keyword appears, as IFEval's `keywords:existence` does.

    Attributes:
        keywords: Regular expressions of Python's to the benchmark, which does not escape them. At least one.

    Case does not count, and `log` is found in `blog`. A keyword without any of `\ . ^ $ * + ? { } [ ] | ( )` stands
    for itself; for what becomes of others see the page on IFEval. `contains_all` takes every keyword as it stands.

    In a text that was cut off, plain keywords that have been found stay found; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_contains_all"
    family: ClassVar[str] = "keywords"
    ifeval_id: ClassVar[str] = "keywords:existence"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=["Kafka", "log"],
        met="Kafka keeps a LOG.",
        broken="Kafka keeps a diary.",
        undecided="Kafka keeps a",
    )

    keywords: tuple[str, ...]

    def __post_init__(self) -> None:
        check_texts("keywords", self.keywords)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the keywords missing from it."""
        missing, spans, unread, plain = list[str](), list[tuple[int, int]](), None, True
        for keyword in self.keywords:
            found = occurrences(text, keyword)
            if isinstance(found, Unreadable):
                unread = found
                continue
            place = next(found.places, None)
            plain = plain and found.plain
            if place is None:
                missing.append(keyword)
            else:
                spans.append(place)
        if unread is not None and not missing:
            return Score(None, unread.why)
        verb = "is" if len(missing) == 1 else "are"
        reason = f"{listed(missing)} {verb} missing" if missing else f"found {listed(self.keywords)}"
        final: Final = self.final if plain else "neither"
        return answer_verdict(text, reason, first_spans(sorted(spans)), met=not missing, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class IfevalContainsNone:
    r"""Demand that no keyword appears as a word, as IFEval's `keywords:forbidden_words` does.

    Attributes:
        keywords: Regular expressions of Python's to the benchmark, which does not escape them. At least one.

    Case does not count. A keyword is looked for between two of Python's word boundaries (`\b`), so that `log` is not
    found in `blog`, and `C#` never before a space. Keywords are read as for `ifeval_contains_all`.

    In a text that was cut off, a plain keyword that has been found before the end stays found; anything else is
    undecided.
    """

    name: ClassVar[str] = "ifeval_contains_none"
    family: ClassVar[str] = "keywords"
    ifeval_id: ClassVar[str] = "keywords:forbidden_words"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=["broker", "queue"],
        met="Kafka has brokers.",
        broken="Kafka is a broker.",
        undecided="Kafka is a broker",
    )

    keywords: tuple[str, ...]

    def __post_init__(self) -> None:
        check_texts("keywords", self.keywords)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the keywords found in it."""
        present, spans, unread, settled = list[str](), list[tuple[int, int]](), None, False
        for keyword in self.keywords:
            found = occurrences(text, keyword, r"\b", r"\b")
            if isinstance(found, Unreadable):
                unread = found
                continue
            place = next(found.places, None)
            if place is not None:
                present.append(keyword)
                spans.append(place)
                settled = settled or (found.plain and place[1] < len(text))
        if unread is not None and not present:
            return Score(None, unread.why)
        reason = f"found {listed(present)}" if present else f"found none of {listed(self.keywords)}"
        final: Final = self.final if settled else "neither"
        return answer_verdict(text, reason, first_spans(sorted(spans)), met=not present, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class IfevalKeywordCount:
    """Demand how often a keyword appears, as IFEval's `keywords:frequency` does.

    Attributes:
        keyword: A regular expression of Python's to the benchmark, which does not escape it.
        at_least: The least number of times.
        less_than: One more than the greatest number of times. This or `at_least` is given.

    The keyword is read and found as for `ifeval_contains_all`, and counted without overlaps.

    In a text that was cut off, a number that a plain keyword has reached stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_keyword_count"
    family: ClassVar[str] = "keywords"
    ifeval_id: ClassVar[str] = "keywords:frequency"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments={"keyword": "log", "at_least": 2},
        met="A log is a log.",
        broken="Kafka keeps a log.",
        undecided="A log is a",
    )

    keyword: str
    at_least: int | None = None
    less_than: int | None = None

    def __post_init__(self) -> None:
        check_text("keyword", self.keyword)
        threshold(self.at_least, self.less_than)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the number of places where the keyword stands."""
        found = occurrences(text, self.keyword.strip())
        if isinstance(found, Unreadable):
            return Score(None, found.why)
        places = list(found.places)
        wanted = threshold(self.at_least, self.less_than)
        noun = f"place with {quoted(self.keyword)}"
        return wanted.verdict(text, len(places), noun, first_spans(places), whole=whole, grows=found.plain)


@dataclass(frozen=True, slots=True)
class IfevalLetterCount:
    """Demand how often a letter appears, as IFEval's `keywords:letter_frequency` does.

    Attributes:
        letter: One of `a` to `z`, in either case.
        at_least: The least number of times.
        less_than: One more than the greatest number of times. This or `at_least` is given.

    Counted in the text's lower-case form. For any other letter (`#` and `!` among the published prompts) the reference
    checker draws one at random, so that the verdict is undecided.

    In a text that was cut off, a number already reached stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_letter_count"
    family: ClassVar[str] = "keywords"
    ifeval_id: ClassVar[str] = "keywords:letter_frequency"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments={"letter": "k", "at_least": 3},
        met="Kafka keeps.",
        broken="Kafka.",
        undecided="Kafka",
    )

    letter: str
    at_least: int | None = None
    less_than: int | None = None

    def __post_init__(self) -> None:
        check_text("letter", self.letter)
        threshold(self.at_least, self.less_than)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the number of times the letter stands in it."""
        letter = self.letter.lower()
        if len(self.letter) != 1 or len(letter) != 1 or not "a" <= letter <= "z":
            return Score(None, f"{quoted(self.letter)} is none of a to z, and IFEval draws a letter at random instead")
        count = text.lower().count(letter)
        spans = first_spans(match.span() for match in _either_case(letter).finditer(text))
        return threshold(self.at_least, self.less_than).verdict(text, count, f"letter `{letter}`", spans, whole=whole)


@cache
def _either_case(letter: str) -> re.Pattern[str]:
    others = {"i": "\u0130", "k": "\u212a"}.get(letter, "")  # the other characters whose lower-case form has the letter
    return re.compile(f"[{letter}{letter.upper()}{others}]")
