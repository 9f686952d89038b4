"""IFEval's instructions on how an answer begins, ends and is put together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.examples import Examples
from evalkit.constraints.ifeval.following import following
from evalkit.constraints.reasons import quoted
from evalkit.constraints.validation import check_text
from evalkit.verdicts import Span

if TYPE_CHECKING:
    from evalkit.constraints.finality import Final
    from evalkit.verdicts import Score

_SIGMAS = "\u03c3\u03c2"  # which of the two a capital becomes depends on what follows


@dataclass(frozen=True, slots=True)
class IfevalTwoResponses:
    """Demand two different answers between `******`, as IFEval's `combination:two_responses` does.

    A text that was cut off is undecided.
    """

    name: ClassVar[str] = "ifeval_two_responses"
    ifeval_id: ClassVar[str] = "combination:two_responses"
    family: ClassVar[str] = "format"
    examples: ClassVar[Examples] = Examples(
        arguments=None,
        met="Kafka.\n******\nRabbitMQ.",
        broken="Kafka.\n***\nRabbitMQ.",
        undecided="Kafka.\n******\nRab",
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its parts."""
        parts = text.split("******")
        filled = [part.strip() for part in parts if part.strip()]
        if not all(part.strip() for part in parts[1:-1]):
            return following(text, "an empty part between two dividers", met=False, whole=whole)
        met = len(filled) == 2 and filled[0] != filled[1]
        same = " that are the same" if len(filled) == 2 and not met else ""
        return following(text, f"{len(filled)} parts between dividers{same}, 2 wanted", met=met, whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalRepeatsPrompt:
    """Demand that the answer begins with the prompt, as IFEval's `combination:repeat_prompt` does.

    Attributes:
        prompt: What must be repeated, without regard to case; white space inside it counts.
    """

    name: ClassVar[str] = "ifeval_repeats_prompt"
    ifeval_id: ClassVar[str] = "combination:repeat_prompt"
    family: ClassVar[str] = "position"
    final: ClassVar[Final] = "both"
    examples: ClassVar[Examples] = Examples(
        arguments="Compare them.", met="Compare them. Well.", broken="Sure! Compare them.", undecided="Compare"
    )

    prompt: str

    def __post_init__(self) -> None:
        check_text("prompt", self.prompt)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its beginning."""
        skipped = len(text) - len(text.lstrip())
        lowered, wanted = text.strip().lower(), self.prompt.strip().lower()
        met = lowered.startswith(wanted)
        settled = len(lowered) > len(wanted) and not any(sigma in wanted for sigma in _SIGMAS)
        span = Span(skipped, min(len(text), skipped + len(wanted)))
        reason = f"begins with {quoted(text[span.start : span.end])}"
        return following(text, reason, (span,), met=met, whole=whole, final=self.final if settled else "neither")


@dataclass(frozen=True, slots=True)
class IfevalEndsWith:
    """Demand an ending, as IFEval's `startend:end_checker` does.

    Attributes:
        end: The ending, without regard to case; white space and quotation marks after it do not count.

    A text that was cut off is undecided.
    """

    name: ClassVar[str] = "ifeval_ends_with"
    ifeval_id: ClassVar[str] = "startend:end_checker"
    family: ClassVar[str] = "position"
    examples: ClassVar[Examples] = Examples(
        arguments="Any questions?", met='"Use Kafka. Any questions?"', broken="Use Kafka.", undecided="Any questions?"
    )

    end: str

    def __post_init__(self) -> None:
        check_text("end", self.end)

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its ending."""
        stripped = text.strip().strip('"')
        wanted = self.end.strip().lower()
        end = text.rfind(stripped) + len(stripped) if stripped else 0
        span = Span(max(0, end - len(wanted)), end)
        met = stripped.lower().endswith(wanted)
        return following(text, f"ends with {quoted(text[span.start : span.end])}", (span,), met=met, whole=whole)


@dataclass(frozen=True, slots=True)
class IfevalQuoted:
    """Demand quotation marks around the whole answer, as IFEval's `startend:quotation` does; only `"` is one."""

    name: ClassVar[str] = "ifeval_quoted"
    ifeval_id: ClassVar[str] = "startend:quotation"
    family: ClassVar[str] = "position"
    examples: ClassVar[Examples] = Examples(
        arguments=None, met='"Use Kafka."', broken="\u201cUse Kafka.\u201d", undecided='"Use'
    )

    def score(self, text: str, *, whole: bool) -> Score:
        """Judge `text` by its first and last character."""
        stripped = text.strip()
        met = len(stripped) > 1 and stripped[0] == stripped[-1] == '"'
        final: Final = "broken" if stripped and stripped[0] != '"' else "neither"
        reason = f"begins with {quoted(stripped[:1])} and ends with {quoted(stripped[-1:])}"
        return following(text, reason, met=met, whole=whole, final=final)
