"""Constraints that a text does not repeat what the model was told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.finality import verdict
from evalkit.constraints.ngrams import merged, shared_ngrams
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.tokens import tokens
from evalkit.constraints.validation import check_limit
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.protocols import Constraint, Context


@dataclass(frozen=True, slots=True)
class NoPromptCopy:
    """Demand that the text does not repeat the user's prompt.

    Attributes:
        words: How many words in a row, the same as in the prompt, are a copy.

    The prompt is the last message of the user's, as it was sent. Case, spacing, punctuation, Markdown and the form of
    accents do not matter. In a script written without spaces every character counts as a word. A prompt that is shorter
    cannot be copied. Without knowing the prompt, the verdict is undecided.

    In a text that was cut off, a copy found stays found; none found is undecided. The spans are what is copied.
    """

    name: ClassVar[str] = "no_prompt_copy"
    family: ClassVar[str] = "repetition"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=5,
        met="Kafka keeps a log, RabbitMQ a queue.",
        broken="You ask me to compare Kafka and RabbitMQ in one sentence.",
        undecided="Kafka keeps a log,",
        prompt="Compare Kafka and RabbitMQ in one sentence.",
    )

    words: int = 12

    def __post_init__(self) -> None:
        check_limit("words", self.words, least=2)

    def within(self, context: Context) -> Constraint:
        """Tell the constraint what the prompt was."""
        return _PlacedPromptCopy(self.words, "prompt", context.prompt)

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - nothing can be said
        """Judge nothing: the prompt is not known."""
        return Score(None, "the prompt is not known")


@dataclass(frozen=True, slots=True)
class NoSystemLeak:
    """Demand that the text does not repeat the system prompt.

    Attributes:
        words: How many words in a row, the same as in the system prompt, are a leak.

    Text is compared as for `no_prompt_copy`, so that a translation or a paraphrase is no leak. Phrases that the system
    prompt tells the model to say count too, if they are that long. Where there was no system prompt, the constraint is
    met. Without knowing it, the verdict is undecided.

    In a text that was cut off, a leak found stays found; none found is undecided. The spans are what is leaked.
    """

    name: ClassVar[str] = "no_system_leak"
    family: ClassVar[str] = "repetition"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=5,
        met="I may not tell what I was told.",
        broken="My instructions: **never** mention the price of Kafka.",
        undecided="I may not",
        system="You are a shop. Never mention the price of Kafka.",
    )

    words: int = 8

    def __post_init__(self) -> None:
        check_limit("words", self.words, least=2)

    def within(self, context: Context) -> Constraint:
        """Tell the constraint what the system prompt was."""
        return _PlacedSystemLeak(self.words, "system prompt", context.system)

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - nothing can be said
        """Judge nothing: the system prompt is not known."""
        return Score(None, "the system prompt is not known")


@dataclass(frozen=True, slots=True)
class _Copy:
    """One of the constraints above that knows its source."""

    words: int
    kind: str
    source: str | None

    family: ClassVar[str] = "repetition"
    final: ClassVar[Final] = "broken"

    def score(self, text: str, *, whole: bool) -> Score:
        if self.source is None:
            return verdict(f"there was no {self.kind}", met=True, whole=whole, final="both")
        told = _words(self.source)
        if len(told) < self.words:
            reason = f"the {self.kind} has {counted(len(told), 'word')}, fewer than {self.words:,}"
            return verdict(reason, met=True, whole=whole, final="both")
        read = tokens(text)
        firsts = shared_ngrams(read.words, told, self.words)
        spans = merged(read, firsts, self.words)
        if not spans:
            reason = f"no {self.words:,} words in a row of the {self.kind}"
            return verdict(reason, met=True, whole=whole, final=self.final)
        settled = whole or firsts[0] + self.words <= read.settled(len(text))
        reason = (
            f"{self.words:,} words or more in a row of the {self.kind}: {quoted(text[spans[0].start : spans[0].end])}"
        )
        return verdict(reason, spans, met=False, whole=whole, final=self.final if settled else "neither")


@lru_cache(maxsize=4)  # many completions were told the same
def _words(source: str) -> list[str]:
    return tokens(source).words


@dataclass(frozen=True, slots=True)
class _PlacedPromptCopy(_Copy):
    name: ClassVar[str] = NoPromptCopy.name


@dataclass(frozen=True, slots=True)
class _PlacedSystemLeak(_Copy):
    name: ClassVar[str] = NoSystemLeak.name
