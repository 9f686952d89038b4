"""Agreement, confusion and bias of a judge, against worked examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.constraints.judge import Judge
from evalkit.judge.ask import Shown, put
from evalkit.judge.labels import Label
from evalkit.judge.quality import Judged, answer_of, quality
from evalkit.types import Case, Completion

if TYPE_CHECKING:
    from collections.abc import Sequence

POLITE = Judge("Polite?")
BETTER = Judge("Better?", against="Hi.")
GRADED = Judge("Good?", scale=(1, 5))


def judged(judge: Judge, label: str, words: Sequence[str | None], text: str = "Hello.") -> Judged:
    """Return a label with what the judge said in each vote; None for a vote that is missing."""
    ask = put(Shown(judge.question, text, against=judge.against), judge.form, judge=None, votes=len(words))
    answers = [None if word is None else Completion("complete", text=f"verdict {ask.code}: {word}") for word in words]
    return Judged(Label(Case("one", "Say it."), judge, text, label), ask, answers)


def test_a_confusion_table_with_its_agreement() -> None:
    """Of 50 labels the judge agrees on 35; kappa is 0.4, as chance would agree on half."""
    told = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15
    found = quality([judged(POLITE, people, [judge]) for people, judge in told])
    assert found.answers == ("yes", "no")
    assert found.counts == ((20, 5), (10, 15))
    assert found.agreement == 0.7
    assert found.kappa.estimate == pytest.approx(0.4)
    assert found.agreement_interval is not None
    assert found.agreement_interval.low < 0.7 < found.agreement_interval.high


def test_what_the_judge_leaves_open_is_counted_apart() -> None:
    """An unreadable vote decides nothing, and a vote that is missing may still come."""
    found = quality([judged(POLITE, "yes", ["perhaps"]), judged(POLITE, "yes", [None]), judged(POLITE, "no", ["no"])])
    assert (found.undecided, found.missing, found.agreement) == (2, 1, 1.0)
    nothing = quality([judged(POLITE, "yes", [None])])
    assert (nothing.agreement, nothing.agreement_interval, nothing.kappa.estimate) == (None, None, None)


@pytest.mark.parametrize(
    ("judge", "words", "answer"),
    [
        (POLITE, ["yes", "yes", "no"], "yes"),
        (POLITE, ["yes", "no"], None),
        (POLITE, ["yes", "?", "?"], None),
        (GRADED, ["2", "5", "4"], "4"),
        (GRADED, ["5", "?", "?"], None),
        (BETTER, ["first", "second"], "text"),
        (BETTER, ["second", "first"], "other"),
        (BETTER, ["first", "first"], None),
        (BETTER, ["equal", "equal"], "equal"),
    ],
)
def test_votes_come_to_one_answer(judge: Judge, words: list[str], answer: str | None) -> None:
    """A majority of all votes, the middle grade, or the text that is preferred in either order."""
    assert answer_of(judged(judge, "text", words)) == answer


def test_a_judge_that_likes_length_is_shown() -> None:
    """People find half of each half polite; the judge finds all that is long polite."""
    told = [("a", "yes", "no"), ("b", "no", "no"), ("a long one", "yes", "yes"), ("a longer one yet", "no", "yes")]
    found = quality([judged(POLITE, people, [judge], text) for text, people, judge in told])
    assert found.shorter is not None
    assert found.longer is not None
    assert (found.shorter.labels, found.shorter.people, found.shorter.judge) == (2, 0.5, 0.0)
    assert (found.longer.labels, found.longer.people, found.longer.judge) == (2, 0.5, 1.0)


@pytest.mark.parametrize("texts", [["a", "b"], ["a", "a b", "a b"], ["a", "a", "a b"], ["a", "a", "a", "a b c"]])
def test_neither_half_is_empty(texts: list[str]) -> None:
    """Whatever the lengths, each half has a text, or there are no halves."""
    found = quality([judged(POLITE, "yes", ["yes"], text) for text in texts])
    if len({len(text.split()) for text in texts}) == 1:
        assert found.shorter is found.longer is None
    else:
        assert found.shorter is not None
        assert found.longer is not None
        assert found.shorter.labels + found.longer.labels == len(texts)


def test_a_judge_that_likes_what_stands_first_is_shown() -> None:
    """It chooses the first text every time, so that the order changes each pair."""
    found = quality([judged(BETTER, "text", ["first", "first"]) for _ in range(3)])
    assert found.first == (6, 6)
    assert found.turned == (3, 3)
    assert found.undecided == 3
    fair = quality([judged(BETTER, "text", ["first", "second"]), judged(BETTER, "equal", ["equal", "equal"])])
    assert fair.first == (1, 2)
    assert fair.turned == (0, 2)
    assert fair.counts == ((1, 0, 0), (0, 0, 0), (0, 0, 1))


def test_grades_one_apart_agree_more_than_grades_far_apart() -> None:
    """The weights of kappa are quadratic."""
    near = quality([judged(GRADED, str(grade), [str(min(5, grade + 1))]) for grade in range(1, 6)])
    far = quality([judged(GRADED, str(grade), [str(6 - grade)]) for grade in range(1, 6)])
    assert (near.kappa.estimate or 0) > 0.5
    assert (far.kappa.estimate or 0) < 0
