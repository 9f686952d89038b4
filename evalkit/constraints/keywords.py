"""Constraints on which words or phrases appear."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

from evalkit.constraints.casing import fold
from evalkit.constraints.demands import Wording
from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.reasons import listed
from evalkit.constraints.searching import keyword_spans
from evalkit.constraints.validation import check_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evalkit.constraints.demands import Alternatives
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score, Span


@dataclass(frozen=True, slots=True)
class Keywords:
    """What constraints on several keywords have in common; see `contains_all` for what the fields mean."""

    name: ClassVar[str]
    family: ClassVar[str] = "keywords"
    demands_all: ClassVar[bool] = True

    keywords: tuple[str, ...]
    ignore_case: bool = True
    whole_words: bool = False

    def __post_init__(self) -> None:
        check_texts("keywords", self.keywords)

    def wording(self, keyword: str, where: Literal["in", "nowhere"]) -> Wording:
        """Return a demand on one of them."""
        return Wording(keyword, where, self.ignore_case, self.whole_words)

    def places(self, text: str, *, whole: bool) -> list[Iterator[Span]]:
        """Return for each keyword where it stands."""
        find = partial(
            keyword_spans,
            text,
            folded=fold(text, ignore_case=self.ignore_case),
            ignore_case=self.ignore_case,
            whole_words=self.whole_words,
            whole=whole,
        )
        return [find(keyword) for keyword in self.keywords]

    def first_places(self, text: str, *, whole: bool) -> list[Span | None]:
        """Return the first place of each keyword, None for those that are not in the text."""
        return [next(places, None) for places in self.places(text, whole=whole)]


@dataclass(frozen=True, slots=True)
class ContainsAll(Keywords):
    """Demand that every keyword appears somewhere in the text.

    Attributes:
        keywords: Words or phrases, taken as they stand: a point is a point, not a pattern. At least one.
        ignore_case: True finds `kafka` for `Kafka`, and `STRASSE` for `Straße`.
        whole_words: True demands that no letter, digit, underscore or accent touches the keyword; by default `log` is
            found in `blog`.

    A keyword is found as written, white space included, whether its accents are composed or not. In scripts written
    without spaces every place counts as a word's edge. The spans are the first place of each keyword found.

    In a text that was cut off, what has been found stays found; a missing keyword is undecided. With `whole_words`, a
    keyword at the very end of a cut text is not yet found, for its word may go on.
    """

    name: ClassVar[str] = "contains_all"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=["Kafka", "RabbitMQ"],
        met="Prefer RabbitMQ to Kafka here.",
        broken="Prefer Kafka here.",
        undecided="Prefer Kafka to",
    )

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return (tuple(self.wording(keyword, "in") for keyword in self.keywords),)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the keywords missing from it."""
        spans = self.first_places(text, whole=whole)
        missing = [keyword for keyword, span in zip(self.keywords, spans, strict=True) if span is None]
        if missing:
            reason = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        else:
            reason = f"found {listed(self.keywords)}"
        return verdict(reason, _in_order(spans), met=not missing, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class ContainsAny(Keywords):
    """Demand that at least one keyword appears somewhere in the text.

    Attributes:
        keywords: Words or phrases, taken as they stand: a point is a point, not a pattern. At least one.
        ignore_case: True finds `kafka` for `Kafka`, and `STRASSE` for `Straße`.
        whole_words: True demands that no letter, digit, underscore or accent touches the keyword; by default `log` is
            found in `blog`.

    Keywords are found as for `contains_all`. To forbid words, write `not: {contains_any: [great question]}`.

    In a text that was cut off, a keyword found stays found; none found is undecided.
    """

    name: ClassVar[str] = "contains_any"
    final: ClassVar[Final] = "met"
    examples: ClassVar[Examples] = Examples(
        arguments=["broker", "queue"],
        met="RabbitMQ is a broker.",
        broken="RabbitMQ is written in Erlang.",
        undecided="RabbitMQ is",
    )

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return tuple((self.wording(keyword, "in"),) for keyword in self.keywords)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the keywords found in it."""
        spans = self.first_places(text, whole=whole)
        found = [keyword for keyword, span in zip(self.keywords, spans, strict=True) if span is not None]
        reason = f"found {listed(found)}" if found else f"found none of {listed(self.keywords)}"
        return verdict(reason, _in_order(spans), met=bool(found), whole=whole, final=self.final)


def _in_order(spans: Sequence[Span | None]) -> tuple[Span, ...]:
    found = [span for span in spans if span is not None]
    return tuple(sorted(found, key=lambda span: (span.start, span.end)))
