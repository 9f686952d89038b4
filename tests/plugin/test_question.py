"""Suites of one case, made of what a test asks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalkit.errors import UsageError
from evalkit.expand import sweep
from evalkit.expand.messages import build_prompt
from evalkit.plugin.question import Question, naming, question_suite, with_constraints
from evalkit.verdicts import Score

if TYPE_CHECKING:
    from evalkit.plugin.question import ConstraintLike

PATH = Path("tests/test_it.py")
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1).filter(lambda text: text.strip() != "")


@dataclass(frozen=True)
class Begins:
    """A constraint that is an object."""

    letter: str
    name: ClassVar[str] = "begins"

    def score(self, text: str, *, whole: bool) -> Score:  # noqa: ARG002 - as the protocol has it
        """Look at the first letter."""
        return Score(float(text.startswith(self.letter)), "it looks")


@given(TEXT, TEXT, st.lists(st.tuples(TEXT, TEXT), max_size=3))
def test_what_is_asked_is_sent_word_for_word(prompt: str, system: str, history: list[tuple[str, str]]) -> None:
    """Whatever brackets, dollars and quotes stand in it; a system prompt ends without line breaks, as in suites."""
    question = Question(prompt, PATH, system, tuple(history))
    suite = question_suite(question, naming("a::b", "b", 1), provider="script", repeats=2)
    (condition,) = sweep(suite).conditions
    messages = [(each.role, each.content) for each in build_prompt(suite, suite.cases[0], condition).messages]
    said = [pair for user, reply in history for pair in (("user", user), ("assistant", reply))]
    assert messages == [("system", system.rstrip("\n")), *said, ("user", prompt)]


def test_settings_are_the_suite_s() -> None:
    """A seed is the run's, and several stops stay several."""
    question = Question("Say.", PATH, settings={"temperature": 0.5, "stop": ("a", "b"), "seed": 3})
    suite = question_suite(question, naming("a::b", "b", 1), provider="script", repeats=2)
    assert (suite.settings, suite.seed) == ({"temperature": 0.5, "stop": ("a", "b")}, 3)


@pytest.mark.parametrize(
    ("node_id", "name", "number", "suite", "case"),
    [
        ("tests/test_a.py::test_b", "test_b", 1, "tests-test_a.py-test_b", "test_b"),
        (
            "test_a.py::TestC::test_b[0.5-ü/x]",
            "test_b[0.5-ü/x]",
            3,
            "test_a.py-TestC-test_b-0.5-ü-x",
            "test_b-0.5-ü-x.3",
        ),
        ("::[]", "[]", 1, "test", "test"),
    ],
)
def test_suites_are_named_after_tests(node_id: str, name: str, number: int, suite: str, case: str) -> None:
    """With the characters that the names of suites may have, and a number from the second call on."""
    named = naming(node_id, name, number)
    assert (named.suite, named.case, named.node_id) == (suite, case, node_id)
    made = question_suite(Question("Say.", PATH), named, provider="script", repeats=1)
    assert (made.name, made.cases[0].id, made.description) == (suite, case, node_id)


def test_the_same_constraints_make_the_same_suite() -> None:
    """So that judges' votes are found again; others make another, and objects count by what they demand."""
    question = Question("Say.", PATH, constraints=({"max_words": 3}, "valid_json"))
    suite = question_suite(question, naming("a::b", "b", 1), provider="script", repeats=1)
    assert with_constraints(suite, [{"max_words": 3}, "valid_json"]).hash == suite.hash
    others: list[list[ConstraintLike]] = [
        [{"max_words": 4}],
        [Begins("a")],
        [Begins("b")],
        [Begins("b"), {"max_words": 4}],
        [],
    ]
    hashes = {with_constraints(suite, constraints).hash for constraints in others}
    assert len(hashes | {suite.hash}) == 6
    assert with_constraints(suite, [Begins("b")]).hash == with_constraints(suite, [Begins("b")]).hash


def test_a_judge_who_was_not_asked_is_refused() -> None:
    """Judges are asked while answers are drawn; the same question may be judged by later."""
    judged = {"judge": "Is it kind?"}
    suite = question_suite(Question("Say.", PATH), naming("a::b", "b", 1), provider="script", repeats=1)
    with pytest.raises(UsageError, match="a constraint asks a judge"):
        with_constraints(suite, [{"not": judged}])
    question = Question("Say.", PATH).demanding([judged], "claude")
    asked = question_suite(question, naming("a::b", "b", 1), provider="script", repeats=1)
    assert with_constraints(asked, [judged]).judge == "claude"


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (Question("Say.", PATH, settings={"cases": 3}), "no setting `cases`"),
        (Question(" ", PATH), "prompt must not be empty"),
        (Question("Say.", PATH, constraints=({"max_words": -1},)), "max_words"),
        (Question("Say.", PATH, constraints=({"max_words": {1}},)), "must be plain data"),
        (Question("Say.", PATH, constraints=({"./none.py:None": 1},)), "none.py"),
    ],
)
def test_what_cannot_be_asked_is_refused_without_a_place_in_a_file(question: Question, message: str) -> None:
    """There is no file that it would be in."""
    with pytest.raises(UsageError, match=message) as raised:
        question_suite(question, naming("a::b", "b", 1), provider="script", repeats=1)
    assert not raised.value.message.startswith("suite:")
    assert ":1:1" not in raised.value.message
