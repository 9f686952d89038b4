"""The constraint that asks a model: its arguments, and what it makes of the votes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from evalkit.arguments import construct
from evalkit.constraints.judge import Judge
from evalkit.constraints.logic import AllOf, Not, describe
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.constraints.words import MaxWords
from evalkit.errors import ArgumentError
from evalkit.protocols import Context
from evalkit.score import score
from evalkit.types import Case, Completion, Condition, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evalkit.judge.ask import Ask

CASE = Case("one", "Say {{ what }}.", variables={"what": "hello"})
MESSAGES = (Message("system", "Be brief."), Message("user", "Say hello."))


def context(judged: Callable[[Ask], Sequence[Completion | None]] | None = None) -> Context:
    """Return what a completion was asked for."""
    return Context(
        CASE, Condition((("tone", "warm"),)), MESSAGES, Completion("complete", text="Hello."), judgements=judged
    )


def says(*words: str) -> Callable[[Ask], Sequence[Completion | None]]:
    """Return judges who say so."""
    return lambda ask: [Completion("complete", text=f"verdict {ask.code}: {word}") for word in words]


def _with_question(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"question": "Is it so?", **arguments}


@pytest.mark.parametrize(
    ("arguments", "words", "value"),
    [
        ("Is it polite?", ["yes"], 1),
        ("Is it polite?", ["no"], 0),
        ({"question": "How is it?", "choices": ["good", "bad"], "passing": ["good"]}, ["bad"], 0),
        ({"question": "How good is it?", "scale": [1, 5]}, ["2"], 0.25),
        ({"question": "How good is it?", "scale": [1, 5], "at_least": 4, "votes": 3}, ["5", "4", "1"], 1),
        ({"question": "Which is better?", "against": "Hi."}, ["first", "second"], 1),
    ],
)
def test_a_suite_s_arguments_become_verdicts(arguments: Any, words: list[str], value: float) -> None:  # noqa: ANN401 - YAML
    """Yes or no, a choice, a grade, a grade with a threshold, a comparison."""
    constraint = construct(CONSTRAINTS, {"judge": arguments}, beside=None)
    assert constraint.within(context(says(*words))).score("Hello.", whole=True).value == value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"question": " "}, "`question` must hold more than white space"),
        ({"votes": 0}, "`votes` must be at least 1, got 0"),
        ({"votes": 100}, "`votes` must be at most 99, got 100"),
        ({"against": "Hi.", "votes": 3}, "`votes` must be even where texts are compared, got 3"),
        ({"passing": ("a",)}, "`passing` goes with `choices`"),
        ({"choices": ("a", "b")}, "`passing` must name some of `choices`, and not all"),
        ({"choices": ("a", "b"), "passing": ("a", "b")}, "`passing` must name some of `choices`, and not all"),
        ({"choices": ("a", "b"), "passing": ("c",)}, "`passing` must name some of `choices`, got 'c'"),
        ({"choices": ("a", "A."), "passing": ("a",)}, "`choices` must differ in their letters"),
        ({"choices": ("a", "b"), "passing": ("a",), "scale": (1, 5)}, "`scale` does not go with `choices`"),
        ({"scale": (5, 1)}, "`scale` must be the least and the greatest grade"),
        ({"scale": (1, 200)}, "`scale` must be the least and the greatest grade"),
        ({"scale": (1,)}, "`scale` must be the least and the greatest grade"),
        ({"scale": (1, 5), "at_least": 1}, "`at_least` must be a grade above 1 and up to 5, got 1"),
        ({"at_least": 4}, "`at_least` goes with `scale`"),
        ({"by": ""}, "`by` must hold more than white space"),
    ],
)
def test_arguments_that_make_no_sense_are_refused(arguments: dict[str, Any], message: str) -> None:
    """Each with the argument at fault."""
    with pytest.raises(ArgumentError) as raised:
        Judge(**_with_question(arguments))
    assert raised.value.message.startswith(message)
    assert raised.value.path


def test_nobody_is_asked_of_a_cut_text_or_without_a_run() -> None:
    """Undecided, with the reason."""
    judge = Judge("Is it polite?")
    assert judge.score("Hello.", whole=True).reason == "no judge was asked"
    assert judge.within(context()).score("Hello.", whole=True).value is None
    cut = judge.within(context(says("yes"))).score("Hel", whole=False)
    assert (cut.value, cut.reason) == (None, "no judge was asked, as the text was cut off")


def test_templates_are_filled_in_from_the_case_and_the_condition() -> None:
    """Question, reference and the other text may use variables and axes."""
    judge = Judge("Is it {{ tone }}?", reference="{{ what }}, friend", by="claude")
    prompt = judge.within(context()).ask("Hello.").prompt(0).messages[1].content
    assert "Question: Is it warm?\n" in prompt
    assert "| hello, friend\n" in prompt


@pytest.mark.parametrize(("sees", "shown"), [("prompt", True), ("text", False)])
def test_a_judge_sees_the_prompt_or_the_text_alone(sees: Any, *, shown: bool) -> None:  # noqa: ANN401 - a literal
    """Never the system prompt, which would tell it what is being compared."""
    prompt = Judge("Is it polite?", sees=sees).within(context()).ask("Hi.").prompt(0)
    assert ("| Say hello." in prompt.messages[1].content) is shown
    assert all("Be brief." not in message.content for message in prompt.messages)


def test_the_loose_verdict_is_the_strict_one() -> None:
    """Nobody is asked of the text without its first line, and a judge's part does not hide that of others."""
    asked: list[str] = []

    def judged(ask: Ask) -> Sequence[Completion | None]:
        asked.append(ask.code)
        return says("no")(ask)

    completion = Completion("complete", text="Sure!\nHello there, friend.")
    scored = score(completion, [Judge("Polite?"), Not(Judge("Polite?"))], context=lambda: context(judged))
    assert [(verdict.value, verdict.loose) for verdict in scored.verdicts] == [(0, 0), (1, 1)]
    assert len(asked) == 2


def test_a_verdict_tells_the_question_and_keeps_the_judge_s_words() -> None:
    """Reports show which judge it was; what it wrote is the verdict's detail."""
    judge = Judge("Is it polite?")
    scored = score(Completion("complete", text="Hi."), [judge], context=lambda: context(says("yes")))
    [verdict] = scored.verdicts
    assert verdict.constraint == "judge `Is it polite?`"
    assert verdict.family == "judged"
    assert verdict.detail is not None
    assert verdict.detail.startswith("vote 1: verdict ")
    assert describe(AllOf((judge, MaxWords(3)))) == "all_of(judge `Is it polite?`, max_words)"
