"""Constraints on another text of the completion than the suite looks at, or on every turn of a conversation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from evalkit.constraints.composite import check_part, joined, named_with, within
from evalkit.constraints.examples import Examples
from evalkit.constraints.walk import every_part, made_of
from evalkit.judged import passage_of
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from evalkit.judged import Passage
    from evalkit.protocols import Constraint, Context
    from evalkit.types import Completion, Message

_REFUSED = "the model refused"


@dataclass(frozen=True, slots=True)
class Placed:
    """A constraint with the text that it is about.

    Attributes:
        name: What reasons call the text.
        constraint: Told what it must know of this text's completion.
        passage: The text.
        offset: Where it begins in the text that the suite looks at; None when it is no part of that.
        settled: The verdict where there is nothing to look at; None where there is.
    """

    name: str
    constraint: Constraint
    passage: Passage
    offset: int | None = None
    settled: Score | None = None

    def score(self) -> Score:
        """Judge the text as it is."""
        if self.settled is not None or self.passage.text is None:
            return self.settled or Score(None, self.passage.why)
        score = self.constraint.score(self.passage.text, whole=self.passage.whole)
        return replace(score, spans=_shifted(score.spans, self.offset))


@dataclass(frozen=True, slots=True)
class Scope:
    """What constraints on other texts of the completion have in common; `within` of each says which texts those are.

    Attributes:
        constraint: What is demanded.
        placed: Beside its texts; None until the completion is known.
    """

    name: ClassVar[str]

    constraint: Constraint
    placed: tuple[Placed, ...] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        check_part("constraint", self.constraint)

    @property
    def parts(self) -> tuple[Constraint, ...]:
        """What is demanded."""
        return (self.constraint,)

    @property
    def label(self) -> str:
        """What reports call it: `in_answer(max_words)`."""
        return named_with(self.name, self.parts)

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - it has texts of its own
        """Judge those texts."""
        if self.placed is None:
            return Score(None, "the completion that the text belongs to is not known")
        return joined([(each.name, each.score()) for each in self.placed], least=len(self.placed))

    def _with(self, constraint: Constraint, placed: tuple[Placed, ...]) -> Self:
        scope = type(self)(constraint)
        object.__setattr__(scope, "placed", placed)  # known only beside a completion, so no argument of the class
        return scope


@dataclass(frozen=True, slots=True)
class InAnswer(Scope):
    """Demand a constraint of the answer, whatever the suite looks at.

    Attributes:
        constraint: What is demanded.
        placed: Beside its texts; None until the completion is known.

    For suites that look at the reasoning (`judged: reasoning` or `judged: both`). Where the answer is not part of the
    text that the suite looks at, the verdict has no spans. What is not known to belong to a completion is undecided.
    """

    name: ClassVar[str] = "in_answer"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments={"max_words": 4}, met="Use Kafka.", broken="You had better use Kafka.", undecided="Use Kafka"
    )

    def within(self, context: Context) -> InAnswer:
        """Take the answer."""
        reasoning = context.completion.reasoning if context.judged == "both" else ""
        before = len(reasoning) + 2 if reasoning and context.completion.text else 0
        offset = None if context.judged == "reasoning" else before
        part = within(self.constraint, replace(context, judged="answer"))
        passage = passage_of(context.completion, "answer", truncated=context.truncated)
        return self._with(part, (Placed("answer", part, passage, offset),))


@dataclass(frozen=True, slots=True)
class InReasoning(Scope):
    """Demand a constraint of the reasoning before the answer, whatever the suite looks at.

    Attributes:
        constraint: What is demanded.
        placed: Beside its texts; None until the completion is known.

    Undecided where the model shows no reasoning. Reasoning counts as whole once the answer has begun, wherever that was
    cut off. Where the reasoning is not part of the text that the suite looks at, the verdict has no spans. What is not
    known to belong to a completion is undecided.
    """

    name: ClassVar[str] = "in_reasoning"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments={"max_words": 4}, met="Logs fit.", broken="Logs fit, and so do queues.", undecided="Logs"
    )

    def within(self, context: Context) -> InReasoning:
        """Take the reasoning."""
        part = within(self.constraint, replace(context, judged="reasoning"))
        passage = passage_of(context.completion, "reasoning", truncated=context.truncated)
        offset = None if context.judged == "answer" else 0
        return self._with(part, (Placed("reasoning", part, passage, offset),))


@dataclass(frozen=True, slots=True)
class InEveryTurn(Scope):
    """Demand a constraint of each reply of a live conversation, the answer at its end included.

    Attributes:
        constraint: What is demanded.
        placed: Beside its texts; None until the completion is known.

    Met when every reply meets it; one that breaks it decides. Each is looked at as the suite looks at answers
    (`judged`), and one that was cut off is judged as such. A reply that was refused is left out, unless the suite says
    `refusals: fail`, and breaks it then. The spans are those in the answer at the end; replies before it are named in
    the reason. Only for conversations with `mode: live`: where the replies are given, the model has not written them.
    What is not known to belong to a conversation is undecided.
    """

    name: ClassVar[str] = "in_every_turn"
    family: ClassVar[str] = "logic"
    examples: ClassVar[Examples] = Examples(
        arguments={"max_words": 4}, met="Use Kafka.", broken="You had better use Kafka.", undecided="Use Kafka"
    )

    def within(self, context: Context) -> InEveryTurn:
        """Take the replies and the answer."""
        if context.replies is None:
            return self
        part = within(self.constraint, context)
        passage = passage_of(context.completion, context.judged, truncated=context.truncated)
        answer = Placed("answer", part, passage, offset=0)
        return self._with(part, (*_turns(self.constraint, context, context.replies), answer))


def looks_elsewhere(constraint: Constraint) -> bool:
    """Tell whether a constraint, or a part of it, has a text of its own."""
    return any(isinstance(each, Scope) for each in every_part(constraint))


def must_know(constraint: Constraint) -> bool:
    """Tell whether a constraint must know what its completion was asked for."""
    parts = () if isinstance(constraint, Scope) else made_of(constraint)
    return any(must_know(part) for part in parts) if parts else hasattr(constraint, "within")


def _turns(constraint: Constraint, context: Context, replies: tuple[Completion, ...]) -> Iterator[Placed]:
    """Yield each reply before the answer, as it was asked for then."""
    places = [index for index, message in enumerate(context.messages) if message.role == "assistant"]
    for turn, reply in enumerate(replies):
        before: tuple[Message, ...] = context.messages[: places[turn]] if turn < len(places) else context.messages
        then = replace(context, messages=before, completion=reply, replies=replies[:turn])
        passage = passage_of(reply, context.judged, truncated=context.truncated)
        settled = _refused(context) if reply.outcome == "refusal" else None
        yield Placed(f"turn {turn + 1}", within(constraint, then), passage, settled=settled)


def _refused(context: Context) -> Score:
    return Score(0.0, _REFUSED) if context.refusals == "fail" else Score(None, _REFUSED, applies=False)


def _shifted(spans: tuple[Span, ...], offset: int | None) -> tuple[Span, ...]:
    if offset is None:
        return ()
    return tuple(Span(span.start + offset, span.end + offset) for span in spans)
