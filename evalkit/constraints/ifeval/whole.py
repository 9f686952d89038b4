"""IFEval's checks of how a text as a whole is laid out: where it begins and ends, and that it answers twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.ifeval.answers import answer_verdict
from evalkit.constraints.reasons import counted, quoted
from evalkit.constraints.validation import check_text
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score

_DIVIDER = "******"


@dataclass(frozen=True, slots=True)
class IfevalTwoResponses:
    """Demand two different answers parted by six asterisks, as IFEval's `combination:two_responses` does.

    Nothing before the first divider or after the last is no answer; nothing between two dividers breaks the check. The
    answers differ when any character in them does, but for white space around them.

    In a text that was cut off, too many answers stay too many, and so do two equal ones with a divider after them and
    nothing between two dividers; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_two_responses"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "combination:two_responses"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Use Kafka.\n******\nUse RabbitMQ.",
        broken="Use Kafka.\n******\nUse Kafka.",
        undecided="Use Kafka.\n******\nUse",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by the answers in it."""
        parts = [part.strip() for part in text.split(_DIVIDER)]
        if not all(parts[1:-1]):
            return answer_verdict(text, "nothing between two dividers", met=False, whole=whole, final=self.final)
        answers = [part for part in parts if part]
        ended = [part for part in parts[:-1] if part]
        reason = f"{counted(len(answers), 'answer')} parted by `{_DIVIDER}`, two different ones wanted"
        hopeless = len(ended) > 2 or (len(ended) == 2 and ended[0] == ended[1])
        met = len(answers) == 2 and answers[0] != answers[1]
        return answer_verdict(text, reason, met=met, whole=whole, final=self.final if hopeless else "neither")


@dataclass(frozen=True, slots=True)
class IfevalRepeatsPrompt:
    """Demand that the text begins by repeating a prompt, as IFEval's `combination:repeat_prompt` does.

    Attributes:
        prompt: What is to be repeated, word for word; case and white space around it do not count.

    In a text that was cut off, both verdicts hold as soon as the text is long enough to tell.
    """

    name: ClassVar[str] = "ifeval_repeats_prompt"
    family: ClassVar[str] = "position"
    ifeval_id: ClassVar[str] = "combination:repeat_prompt"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments="Which broker is faster?",
        met="Which broker is faster? Kafka is.",
        broken="Kafka is faster.",
        undecided="Which broker",
    )

    prompt: str

    def __post_init__(self) -> None:
        check_text("prompt", self.prompt)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its beginning."""
        begun = text.strip().lower()
        wanted = self.prompt.strip().lower()
        met = begun.startswith(wanted)
        # Small sigma depends on what follows, so that more text may change what was read.
        final: Final = "neither" if (wanted.startswith(begun) and not met) or "Σ" in text else self.final
        reason = f"{'repeats' if met else 'does not begin with'} {quoted(self.prompt)}"
        return answer_verdict(text, reason, met=met, whole=whole, final=final)


@dataclass(frozen=True, slots=True)
class IfevalEndsWith:
    """Demand that the text ends with a phrase, as IFEval's `startend:end_checker` does.

    Attributes:
        end: The phrase; case and white space around it do not count.

    White space and then double quotes after the text do not count.

    A text that was cut off is always undecided.
    """

    name: ClassVar[str] = "ifeval_ends_with"
    family: ClassVar[str] = "position"
    ifeval_id: ClassVar[str] = "startend:end_checker"
    final: ClassVar[Final] = "neither"
    examples: ClassVar[Examples] = Examples(
        arguments="Any other questions?",
        met='Use Kafka. Any other questions?"',
        broken="Use Kafka.",
        undecided="Use Kafka. Any other questions?",
    )

    end: str

    def __post_init__(self) -> None:
        check_text("end", self.end)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its ending."""
        met = text.strip().strip('"').lower().endswith(self.end.strip().lower())
        reason = f"{'ends' if met else 'does not end'} with {quoted(self.end)}"
        return answer_verdict(text, reason, met=met, whole=whole, final=self.final)


@dataclass(frozen=True, slots=True)
class IfevalQuoted:
    """Demand that the whole text stands in double quotes, as IFEval's `startend:quotation` does.

    Only the first and the last character count, white space around the text aside, and only `"` is a quote.

    In a text that was cut off, another first character decides; anything else is undecided.
    """

    name: ClassVar[str] = "ifeval_quoted"
    family: ClassVar[str] = "format"
    ifeval_id: ClassVar[str] = "startend:quotation"
    final: ClassVar[Final] = "broken"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met='"Use Kafka."',
        broken="“Use Kafka.”",
        undecided='"Use Kafka.',
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its first and last characters."""
        start, end = len(text) - len(text.lstrip()), len(text.rstrip())
        met = end - start > 1 and text[start] == text[end - 1] == '"'
        final: Final = self.final if text[start : start + 1] not in ("", '"') else "neither"
        reason = f"{'in' if met else 'not in'} double quotes"
        spans = (Span(start, start + 1), Span(end - 1, end)) if met else ()
        return answer_verdict(text, reason, spans, met=met, whole=whole, final=final)
