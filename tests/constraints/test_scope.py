"""Constraints on another text than the suite looks at, and on every turn of a conversation."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Literal

import pytest

from evalkit.constraints.composite import within
from evalkit.constraints.edges import StartsWith
from evalkit.constraints.keywords import ContainsAny
from evalkit.constraints.logic import AllOf, Not
from evalkit.constraints.scope import InAnswer, InEveryTurn, InReasoning, looks_elsewhere, must_know
from evalkit.constraints.words import MaxWords
from evalkit.protocols import Context
from evalkit.score import score
from evalkit.types import JUDGED, Case, Completion, Condition, Message
from evalkit.verdicts import Score, Span

if TYPE_CHECKING:
    from evalkit.protocols import Constraint
    from evalkit.types import Judged
    from evalkit.verdicts import Verdict

SHORT = MaxWords(3)
LOG = ContainsAny(("log",))
BOTH = Completion("complete", "Use Kafka.", reasoning="They want a log, and Kafka keeps one.")


@dataclass(frozen=True, slots=True)
class Echoes:
    """Demand the words of the prompt, which it must know."""

    name: ClassVar[str] = "echoes"
    prompt: str | None = None

    def within(self, context: Context) -> Echoes:
        """Take the prompt."""
        return Echoes(context.prompt)

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - a constraint's signature
        """Look for the prompt."""
        if self.prompt is None:
            return Score(None, "the prompt is not known")
        return Score(1.0 if self.prompt in text else 0.0, f"looked for {self.prompt}")


def _context(completion: Completion, replies: tuple[Completion, ...] | None = None) -> Context:
    asked = [Message("system", "Be brief.")]
    for index, reply in enumerate(replies or ()):
        asked += [Message("user", f"question {index + 1}"), Message("assistant", reply.text)]
    asked.append(Message("user", "probe"))
    return Context(Case("one", "probe"), Condition(), tuple(asked), completion, replies)


def _verdict(
    constraint: Constraint,
    completion: Completion,
    replies: tuple[Completion, ...] | None = None,
    *,
    judged: Judged = "answer",
    truncated: Literal["undecided", "as_is"] = "undecided",
    refusals: Literal["apart", "fail"] = "apart",
) -> Verdict:
    scored = score(
        completion,
        [constraint],
        context=partial(_context, completion, replies),
        judged=judged,
        truncated=truncated,
        refusals=refusals,
    )
    return scored.verdicts[0]


@pytest.mark.parametrize("judged", JUDGED)
def test_a_scope_looks_at_its_own_text_whatever_the_suite_does(judged: Judged) -> None:
    """The word is in the reasoning, the answer is short."""
    assert _verdict(InReasoning(LOG), BOTH, judged=judged).value == 1
    assert _verdict(InReasoning(SHORT), BOTH, judged=judged).value == 0
    assert _verdict(InAnswer(LOG), BOTH, judged=judged).value == 0
    assert _verdict(InAnswer(SHORT), BOTH, judged=judged).value == 1


@pytest.mark.parametrize(
    ("judged", "of_reasoning", "of_answer"),
    [
        ("answer", (), (Span(4, 9),)),
        ("reasoning", (Span(12, 15),), ()),
        ("both", (Span(12, 15),), (Span(43, 48),)),
    ],
)
def test_spans_are_in_the_text_that_the_suite_looks_at(
    judged: Judged, of_reasoning: tuple[Span, ...], of_answer: tuple[Span, ...]
) -> None:
    """A verdict on what is no part of it has none."""
    assert _verdict(InReasoning(LOG), BOTH, judged=judged).spans == of_reasoning
    assert _verdict(InAnswer(ContainsAny(("kafka",))), BOTH, judged=judged).spans == of_answer


def test_hidden_reasoning_is_undecided() -> None:
    """In any composition; nothing is known of it."""
    hidden = Completion("complete", "Use Kafka.")
    for constraint in (InReasoning(SHORT), Not(InReasoning(SHORT)), AllOf((InReasoning(SHORT), SHORT))):
        assert _verdict(constraint, hidden).value is None
    assert _verdict(InReasoning(SHORT), hidden).reason == "reasoning: the model showed no reasoning"


def test_an_answer_that_never_began_says_nothing_of_the_reasoning() -> None:
    """A limit on reasoning is broken for good though there is no answer; one on the answer is undecided."""
    cut = Completion("truncated", reasoning="They want a log")
    assert _verdict(InReasoning(SHORT), cut).value == 0
    assert _verdict(Not(InReasoning(SHORT)), cut).value == 1
    assert _verdict(InReasoning(MaxWords(9)), cut).value is None
    assert _verdict(SHORT, cut).value is None
    assert _verdict(AllOf((SHORT, InReasoning(MaxWords(9)))), cut, truncated="as_is").value is None


def test_reasoning_is_whole_once_the_answer_has_begun() -> None:
    """A cut answer leaves a limit on the reasoning decided, but not one on itself."""
    cut = replace(BOTH, outcome="truncated")
    assert _verdict(InReasoning(MaxWords(9)), cut).value == 1
    assert _verdict(InAnswer(SHORT), cut).value is None
    assert _verdict(InAnswer(SHORT), cut, truncated="as_is").value == 1


def test_the_loose_verdict_is_on_the_scopes_own_text() -> None:
    """The first line of the reasoning may go, that of the answer does not help."""
    thought = Completion("complete", "Kafka\nSo: Kafka", reasoning="Hm.\nKafka it is")
    verdict = _verdict(InReasoning(StartsWith("Kafka")), thought)
    assert (verdict.value, verdict.loose) == (0, 1)
    verdict = _verdict(InReasoning(StartsWith("So")), thought)
    assert (verdict.value, verdict.loose) == (0, 0)
    nested = _verdict(Not(Not(InReasoning(StartsWith("Kafka")))), thought)
    assert (nested.value, nested.loose) == (0, 0)  # inside another constraint its text is taken as it is


LONG, BRIEF = Completion("complete", "one two three four log"), Completion("complete", "log it")


@pytest.mark.parametrize(
    ("replies", "answer", "value"),
    [
        ((), BRIEF, 1),
        ((BRIEF, BRIEF), BRIEF, 1),
        ((BRIEF, LONG), BRIEF, 0),
        ((BRIEF, BRIEF), LONG, 0),
        (None, BRIEF, None),
    ],
    ids=["no turns", "all", "one before", "the last", "not a live conversation"],
)
def test_every_turn_must_meet_it(
    replies: tuple[Completion, ...] | None, answer: Completion, value: float | None
) -> None:
    """The model's replies, and the answer at the end."""
    assert _verdict(InEveryTurn(SHORT), answer, replies).value == value


def test_the_reason_names_the_turn() -> None:
    """Spans are of the answer alone, for the reader sees only that."""
    verdict = _verdict(InEveryTurn(SHORT), BRIEF, (BRIEF, LONG))
    assert (verdict.reason, verdict.spans) == ("turn 2: 5 words, limit 3", ())
    verdict = _verdict(InEveryTurn(SHORT), LONG, (BRIEF,))
    assert (verdict.reason, verdict.spans) == ("answer: 5 words, limit 3", (Span(14, 22),))


def test_a_turn_that_was_cut_is_judged_as_such() -> None:
    """It is undecided what more text could overturn, unless the suite takes cut texts as they are."""
    cut = Completion("truncated", "log it")
    assert _verdict(InEveryTurn(SHORT), BRIEF, (cut,)).value is None
    assert _verdict(InEveryTurn(LOG), BRIEF, (cut,)).value == 1
    assert _verdict(InEveryTurn(SHORT), BRIEF, (cut,), truncated="as_is").value == 1
    assert _verdict(InEveryTurn(SHORT), BRIEF, (Completion("truncated"),)).value is None


def test_a_turn_that_was_refused_is_left_out_or_fails() -> None:
    """As the suite says of refusals."""
    refused = Completion("refusal")
    assert _verdict(InEveryTurn(SHORT), BRIEF, (refused,)).value == 1
    assert _verdict(InEveryTurn(SHORT), BRIEF, (refused,), refusals="fail").value == 0


def test_every_turn_is_judged_beside_what_was_asked_then() -> None:
    """A constraint that must know the prompt is told that of each turn."""
    replies = (Completion("complete", "question 1? yes"), Completion("complete", "question 2? no"))
    assert _verdict(InEveryTurn(Echoes()), Completion("complete", "probe"), replies).value == 1
    assert _verdict(InEveryTurn(Echoes()), Completion("complete", "probe"), replies[::-1]).value == 0


def test_scopes_may_stand_in_one_another() -> None:
    """The reasoning of every turn."""
    shown = Completion("complete", "x", reasoning="a log")
    long = Completion("complete", "x", reasoning="a log is more than that")
    assert _verdict(InEveryTurn(InReasoning(SHORT)), shown, (shown,)).value == 1
    assert _verdict(InEveryTurn(InReasoning(SHORT)), shown, (long,)).value == 0


def test_every_turn_has_its_own_loose_verdict() -> None:
    """Each may drop another line; the conversation meets it loosely when all do."""
    first, last = Completion("complete", "Sure:\nlog it"), Completion("complete", "log it\nthat was not so short")
    starts = InEveryTurn(AllOf((StartsWith("log"), SHORT)))
    verdict = _verdict(starts, last, (first,))
    assert (verdict.value, verdict.loose) == (0, 1)


def test_without_a_completion_a_scope_is_undecided() -> None:
    """A text by itself may be anything's."""
    for scope in (InAnswer(SHORT), InReasoning(SHORT), InEveryTurn(SHORT)):
        assert scope.score("log", whole=True).value is None
        assert "not known" in scope.score("log", whole=True).reason


def test_only_what_must_know_asks_for_the_context() -> None:
    """A composite of constraints that need nothing needs nothing."""
    assert not must_know(Not(AllOf((SHORT, LOG))))
    assert must_know(Not(AllOf((SHORT, InAnswer(LOG)))))
    assert must_know(AllOf((Echoes(), SHORT)))
    assert looks_elsewhere(Not(InAnswer(LOG)))
    assert not looks_elsewhere(AllOf((Echoes(), SHORT)))


def test_scopes_are_told_apart_by_what_they_look_at() -> None:
    """Placed beside other completions they are no longer the same constraint."""
    one, other = (within(InAnswer(SHORT), _context(completion)) for completion in (BRIEF, LONG))
    assert one != other
    assert InAnswer(SHORT) == InAnswer(SHORT)
    assert InReasoning(Not(LOG)).label == "in_reasoning(not contains_any)"
    assert InAnswer(LOG).label == "in_answer(contains_any)"
    assert InEveryTurn(LOG).label == "in_every_turn(contains_any)"
