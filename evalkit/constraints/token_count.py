"""The constraint on the number of tokens, as the model's own provider counted them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.counting import Count, judge_count, range_of
from evalkit.constraints.examples import Examples

if TYPE_CHECKING:
    from evalkit.constraints.counting import Range
    from evalkit.constraints.demands import Alternatives
    from evalkit.protocols import Constraint, Context
    from evalkit.types import Completion
    from evalkit.verdicts import Score


@dataclass(frozen=True, slots=True)
class TokenCount:
    """Demand a number of tokens.

    Attributes:
        exactly: The number demanded; stands alone.
        at_least: The least number.
        at_most: The greatest number.

    Tokens are those that the provider says it generated for the text that is judged: for the answer, all less those of
    the reasoning. Each model has its own tokens, so one number is another length for another model; some providers
    count the token that ends the answer. Where the provider did not say, where reasoning is shown and was not counted
    apart, and for a part of the answer or one of the loose verdict's variants, no tokenizer is guessed: a text then has
    at least one token, unless it is empty, and at most one for each byte of its UTF-8, and is undecided between.

    In a text that was cut off, a greatest number already exceeded stays exceeded, and a least number already reached
    stays reached; anything else is undecided.
    """

    name: ClassVar[str] = "token_count"
    family: ClassVar[str] = "length"
    demands_all: ClassVar[bool] = True
    examples: ClassVar[Examples] = Examples(
        arguments={"at_least": 1, "at_most": 9}, met="Kafka.", broken="", undecided="Kafka"
    )

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def __post_init__(self) -> None:
        self._range()

    def demands(self) -> Alternatives:
        """Say what it asks for."""
        return self._range().demands("tokens")

    def within(self, context: Context) -> Constraint:
        """Take the count from what the provider says of the completion."""
        return _Counted(self._range(), context.completion)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` as far as its length tells."""
        return judge_count(_bounds(text), self._range(), "token", whole=whole)

    def _range(self) -> Range:
        return range_of(self.exactly, self.at_least, self.at_most)


@dataclass(frozen=True, slots=True)
class _Counted:
    """The same with the completion that it is about."""

    wanted: Range
    completion: Completion

    name: ClassVar[str] = TokenCount.name
    family: ClassVar[str] = TokenCount.family

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the provider's count, where it is the text that was counted."""
        count = self._count(text)
        known = _bounds(text) if count is None else Count(count, count, count)
        return judge_count(known, self.wanted, "token", whole=whole)

    def _count(self, text: str) -> int | None:
        usage, answer, reasoning = self.completion.usage, self.completion.text, self.completion.reasoning
        if usage.output_tokens is not None and text == answer:
            if usage.reasoning_tokens is None:
                return None if reasoning else usage.output_tokens
            return usage.output_tokens - usage.reasoning_tokens
        if text == reasoning:
            return usage.reasoning_tokens
        return usage.output_tokens if text == f"{reasoning}\n\n{answer}" else None


def _bounds(text: str) -> Count:
    size = len(text.encode("utf-8", errors="surrogatepass"))
    least = min(1, size)
    return Count(least, size, least, "the provider did not say how many tokens this text is")
