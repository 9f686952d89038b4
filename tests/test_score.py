"""Scores of one completion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evalkit.constraints.edges import EndsWith, StartsWith
from evalkit.constraints.keywords import ContainsAll, ContainsAny
from evalkit.constraints.logic import AllOf, AnyOf, Not
from evalkit.constraints.pattern import Matches
from evalkit.constraints.structure import ValidJson
from evalkit.constraints.words import MaxWords, MinWords
from evalkit.score import judged_text, score
from evalkit.types import JUDGED, Completion, Outcome
from evalkit.verdicts import Score, Scored

if TYPE_CHECKING:
    from evalkit.protocols import Constraint, Context
    from evalkit.types import Judged

CONSTRAINTS: tuple[Constraint, ...] = (
    MaxWords(3),
    MinWords(3),
    ContainsAll(("log", "key")),
    ContainsAny(("log",), whole_words=True),
    StartsWith("log"),
    EndsWith("key"),
    Matches("(?m)^key$"),
    ValidJson(),
    Not(ContainsAny(("*",))),
    AllOf((MaxWords(4), Not(StartsWith("key")))),
    AnyOf((ValidJson(), MinWords(5))),
)
_TEXTS = st.lists(st.sampled_from(["log", "key", " ", "\n", "*", "**", "{}", "x", "1", "漢字"])).map("".join)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A constraint whose verdict is given."""

    name: ClassVar[str] = "fixed"

    value: float | None

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - a constraint's signature
        """Give the verdict."""
        return Score(self.value, "as given")


@dataclass(frozen=True, slots=True)
class Renewed:
    """A constraint whose meaning has changed once."""

    name: ClassVar[str] = "renewed"
    version: ClassVar[int] = 2

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - a constraint's signature
        """Give a verdict."""
        return Score(1.0, "as given")


def _complete(text: str) -> Completion:
    return Completion("complete", text)


def _one(constraint: Constraint, completion: Completion) -> tuple[float | None, float | None]:
    (verdict,) = score(completion, [constraint]).verdicts
    return verdict.value, verdict.loose


@pytest.mark.parametrize(
    ("values", "adherence", "full"),
    [
        ((), None, None),
        ((1, 1), 1, 1),
        ((1, 0), 0.5, 0),
        ((1, None), 1, None),
        ((0, None), 0, 0),
        ((None, None), None, None),
        ((1, 0.5), 0.75, 0),
    ],
    ids=["none", "all", "half", "rest open", "broken decides", "nothing decided", "graded"],
)
def test_adherence_is_the_share_of_the_decided(
    values: tuple[float | None, ...], adherence: float | None, full: float | None
) -> None:
    """Undecided constraints count neither way; one broken decides about all."""
    scored = score(_complete("x"), [Fixed(value) for value in values])
    assert (scored.adherence, scored.full_adherence) == (adherence, full)
    assert len(scored.verdicts) == len(values)


@pytest.mark.parametrize("outcome", ["refusal", "error", "unsupported"])
def test_what_has_no_answer_is_not_scored(outcome: Outcome) -> None:
    """A failed call is never a wrong answer."""
    assert score(Completion(outcome, "I cannot help with that."), CONSTRAINTS) == Scored()


def test_a_refusal_may_count_as_failed() -> None:
    """Every constraint is broken then, negated ones too."""
    scored = score(Completion("refusal"), [MaxWords(3), Not(MaxWords(3))], refusals="fail")
    assert [(verdict.value, verdict.loose, verdict.reason) for verdict in scored.verdicts] == [
        (0, 0, "the model refused")
    ] * 2
    assert (scored.adherence, scored.full_adherence) == (0, 0)


@pytest.mark.parametrize("outcome", ["error", "unsupported"])
def test_errors_never_count_as_failed(outcome: Outcome) -> None:
    """Only refusals can be made to count."""
    assert score(Completion(outcome), [MaxWords(3)], refusals="fail") == Scored()


def test_a_truncated_text_withholds_what_more_text_could_overturn() -> None:
    """Unless the suite takes it as it is."""
    truncated = Completion("truncated", "log")
    assert score(truncated, [MaxWords(3)]).adherence is None
    assert score(truncated, [MaxWords(3)], truncated="as_is").adherence == 1


def test_verdicts_carry_label_reason_and_spans() -> None:
    """A report needs nothing but the verdict."""
    (verdict,) = score(_complete("Great question!"), [Not(ContainsAny(("great question",)))]).verdicts
    assert (verdict.constraint, verdict.reason) == ("not contains_any", "found `great question`")
    assert [(span.start, span.end) for span in verdict.spans] == [(0, 14)]


@pytest.mark.parametrize(
    ("constraint", "text", "verdicts"),
    [
        (StartsWith("log"), "Sure:\nlog it", (0, 1)),
        (EndsWith("key"), "the key\nHope this helps", (0, 1)),
        (ValidJson(), "Here:\n{}\nDone", (0, 1)),
        (StartsWith("log"), "**log** it", (0, 1)),
        (ValidJson(), "Here:\n*{}*\nDone", (0, 1)),
        (MaxWords(1), "one two", (0, 0)),
        (MaxWords(0), "one", (0, 0)),
        (MaxWords(0), "", (1, 1)),
        (MinWords(1), "", (0, 0)),
    ],
    ids=[
        "first line",
        "last line",
        "both lines",
        "emphasis",
        "lines and emphasis",
        "none helps",
        "an empty variant does not count",
        "empty as it is",
        "empty and short",
    ],
)
def test_the_loose_verdict_forgives_what_ifeval_forgives(
    constraint: Constraint, text: str, verdicts: tuple[float, float]
) -> None:
    """A line before, a line after and Markdown's stars."""
    assert _one(constraint, _complete(text)) == verdicts


def _variants(text: str) -> list[str]:
    """The eight variants, written out as in the reference implementation of IFEval."""
    lines = text.split("\n")
    first, last, both = ("\n".join(part).strip() for part in (lines[1:], lines[:-1], lines[1:-1]))
    kept = [text, first, last, both]
    return [*kept, *(each.replace("*", "") for each in kept)]


@given(text=_TEXTS, constraint=st.sampled_from(CONSTRAINTS))
def test_the_loose_verdict_is_the_best_of_eight(text: str, constraint: Constraint) -> None:
    """Against all eight variants scored one by one; blank ones never count."""
    values = [constraint.score(each, whole=True).value for each in _variants(text) if each.strip()]
    strict = constraint.score(text, whole=True).value
    if strict == 1 or 1 in values:
        expected: float | None = 1
    else:
        expected = None if None in (strict, *values) else 0
    assert _one(constraint, _complete(text)) == (strict, expected)


@settings(max_examples=400)
@given(text=_TEXTS, continuation=_TEXTS, constraint=st.sampled_from(CONSTRAINTS))
@example(text="one two three four", continuation="\nlog", constraint=MaxWords(3))
@example(text="key\nlog", continuation="", constraint=StartsWith("log"))
def test_no_continuation_overturns_a_loose_verdict(text: str, continuation: str, constraint: Constraint) -> None:
    """A loose verdict on a truncated text is that of every text it could be the beginning of."""
    _, early = _one(constraint, Completion("truncated", text))
    if early is not None:
        assert _one(constraint, _complete(text + continuation))[1] == early


@pytest.mark.parametrize(
    ("constraint", "text", "verdicts"),
    [
        (ContainsAny(("log",)), "a log", (1, 1)),
        (StartsWith("log"), "Sure:\nlog i", (0, 1)),
        (StartsWith("log"), "Sure", (0, None)),
        (MaxWords(1), "a b\nc d\ne f\ng", (0, 0)),
        (MaxWords(1), "a b", (0, None)),
    ],
    ids=["met", "first line", "no second line yet", "every variant broken", "the first line may go"],
)
def test_a_truncated_text_has_a_loose_verdict_where_one_is_certain(
    constraint: Constraint, text: str, verdicts: tuple[float | None, float | None]
) -> None:
    """What is left when lines go is judged as cut, too."""
    assert _one(constraint, Completion("truncated", text)) == verdicts


@pytest.mark.parametrize(
    ("judged", "text", "reasoning", "found"),
    [
        ("answer", "Yes.", "Let me see.", "Yes."),
        ("reasoning", "Yes.", "Let me see.", "Let me see."),
        ("both", "Yes.", "Let me see.", "Let me see.\n\nYes."),
        ("both", "Yes.", "", "Yes."),
        ("both", "", "Let me see.", "Let me see."),
        ("reasoning", "Yes.", "", None),
        ("answer", "", "Let me see.", ""),
    ],
    ids=["answer", "reasoning", "both", "no reasoning in both", "no answer in both", "no reasoning", "empty answer"],
)
def test_a_suite_says_what_is_judged(judged: Judged, text: str, reasoning: str, found: str | None) -> None:
    """The answer, the reasoning before it, or one after the other; reasoning that is not shown is not an empty one."""
    assert judged_text(Completion("complete", text, reasoning=reasoning), judged) == found


@pytest.mark.parametrize("judged", JUDGED)
@pytest.mark.parametrize("outcome", ["refusal", "error", "unsupported"])
def test_without_an_answer_nothing_is_judged(outcome: Outcome, judged: Judged) -> None:
    """Reasoning that led to a refusal is no answer either."""
    completion = Completion(outcome, reasoning="I had better not.")
    assert judged_text(completion, judged) is None
    assert score(completion, [MaxWords(3)], judged=judged) == Scored()


def test_reasoning_is_never_taken_for_the_answer() -> None:
    """A word that only the reasoning has is missing in the answer, and counts once the suite asks for it."""
    completion = Completion("complete", "Yes.", reasoning="The log says so.")
    values = {judged: score(completion, [ContainsAny(("log",))], judged=judged).adherence for judged in JUDGED}
    assert values == {"answer": 0, "reasoning": 1, "both": 1}


@pytest.mark.parametrize("truncated", ["undecided", "as_is"])
@pytest.mark.parametrize("reasoning", ["Let me see, the log", ""], ids=["shown", "hidden"])
def test_an_answer_that_never_began_is_undecided(truncated: Literal["undecided", "as_is"], reasoning: str) -> None:
    """A limit that reasoning used up says nothing of the answer, so not even a word limit is met."""
    scored = score(Completion("truncated", reasoning=reasoning), [MaxWords(3), Not(ValidJson())], truncated=truncated)
    assert [verdict.value for verdict in scored.verdicts] == [None, None]
    assert {verdict.reason for verdict in scored.verdicts} == {
        "the limit on tokens was reached before the answer began"
    }
    assert (scored.adherence, scored.full_adherence) == (None, None)


def test_hidden_reasoning_is_undecided() -> None:
    """Where the model shows none, nothing is known of it."""
    (verdict,) = score(_complete("Yes."), [MaxWords(3)], judged="reasoning").verdicts
    assert (verdict.value, verdict.loose, verdict.reason) == (None, None, "the model showed no reasoning")


@pytest.mark.parametrize(
    ("judged", "text", "adherence"),
    [("reasoning", "", None), ("reasoning", "Ye", 1), ("both", "Ye", None)],
    ids=["cut in the reasoning", "cut in the answer", "both are cut at the end"],
)
def test_reasoning_is_whole_once_the_answer_has_begun(judged: Judged, text: str, adherence: float | None) -> None:
    """A word limit on the reasoning is met for good when an answer follows, however that was cut."""
    cut = Completion("truncated", text, reasoning="Let me")
    assert score(cut, [MaxWords(3)], judged=judged).adherence == adherence


def test_verdicts_of_the_system_prompt_come_last_and_say_so() -> None:
    """What case and system both demand is judged, and counts, once for each."""
    scored = score(_complete("one two three four"), [MaxWords(3), MinWords(1)], system=[MaxWords(3)])
    assert [(verdict.constraint, verdict.source, verdict.value) for verdict in scored.verdicts] == [
        ("max_words", "case", 0),
        ("min_words", "case", 1),
        ("max_words", "system", 0),
    ]
    assert scored.adherence == pytest.approx(1 / 3)


@pytest.mark.parametrize("refusals", ["apart", "fail"])
def test_refusals_count_the_same_for_the_system_prompt(refusals: Literal["apart", "fail"]) -> None:
    """Its constraints fail with the case's, or stand apart with them."""
    scored = score(Completion("refusal"), [MaxWords(3)], system=[MinWords(1)], refusals=refusals)
    assert [verdict.source for verdict in scored.verdicts] == (["case", "system"] if refusals == "fail" else [])


def test_a_system_prompt_alone_may_demand_something() -> None:
    """A case need not."""
    scored = score(_complete("one"), [], system=[MaxWords(3)])
    assert (scored.adherence, scored.full_adherence) == (1, 1)


def test_the_context_is_asked_for_only_where_it_is_needed() -> None:
    """Reading what was sent takes time."""

    def context() -> Context:
        raise AssertionError

    scored = score(_complete("one"), [Not(AllOf((MaxWords(3), ValidJson())))], context=context)
    assert len(scored.verdicts) == 1


def test_a_composite_is_of_a_later_version_when_a_part_is() -> None:
    """A stored verdict can be told from one of the part's new meaning."""
    (verdict,) = score(_complete("x"), [Not(Renewed())]).verdicts
    assert verdict.version == 2
