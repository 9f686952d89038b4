"""What votes come to, against worked examples."""

from __future__ import annotations

from itertools import product

import pytest

from evalkit.judge.ask import Ask, Shown, put
from evalkit.judge.form import COMPARED, YES_NO, Form, choice, scale
from evalkit.judge.votes import counted
from evalkit.types import Completion

TIED = "; undecided, as the votes are tied"


def ask_for(form: Form, votes: int) -> Ask:
    """Ask so often."""
    against = "Other." if form.compared else None
    return put(Shown("Is it so?", "Mine.", against=against), form, judge=None, votes=votes)


def answers(ask: Ask, *words: str | None) -> list[Completion | None]:
    """Return votes: a word, `!` for a failed call, `?` for an answer without a verdict, None for none yet."""
    said: list[Completion | None] = []
    for word in words:
        if word == "!":
            said.append(Completion("error", error="HTTP 500"))
        elif word == "?":
            said.append(Completion("complete", text="Who knows."))
        else:
            text = f"Because.\nverdict {ask.code}: {word}"
            said.append(None if word is None else Completion("complete", text=text, served_model="m-1"))
    return said


@pytest.mark.parametrize(
    ("words", "value", "reason"),
    [
        (["yes"], 1, "judged `yes`"),
        (["no"], 0, "judged `no`"),
        (["?"], None, "judged no verdict to be read; undecided, as too few votes are left"),
        ([None], None, "judged not asked yet; undecided, as judgements are missing"),
        (["yes", "yes", "no"], 1, "2 of 3 votes `yes`, 1 `no`"),
        (["yes", "yes", "?"], 1, "2 of 3 votes `yes`, 1 no verdict to be read"),
        (["no", "no", "no"], 0, "3 of 3 votes `no`"),
        (["yes", "no", "?"], None, None),
        (["yes", "no"], None, "1 of 2 votes `yes`, 1 `no`; undecided, as the votes are tied"),
        (["yes", "yes", None], 1, "2 of 3 votes `yes`, 1 not asked yet"),
        (["yes", None, None], None, "2 of 3 votes not asked yet, 1 `yes`; undecided, as judgements are missing"),
        (["no", "!", "yes"], None, None),
    ],
)
def test_a_majority_of_all_votes_decides(words: list[str | None], value: float | None, reason: str | None) -> None:
    """Votes for nothing count as votes, so that none of them could overturn what is decided."""
    ask = ask_for(YES_NO, len(words))
    score = counted(ask, answers(ask, *words))
    assert score.value == value
    if reason is not None:
        assert score.reason == reason


@pytest.mark.parametrize("open_vote", ["?", "!", None])
def test_no_open_vote_could_overturn_a_verdict(open_vote: str | None) -> None:
    """Over all votes of up to five: whatever the open ones had said, what is decided stands."""
    for total in range(1, 6):
        ask = ask_for(YES_NO, total)
        for words in product(("yes", "no", open_vote), repeat=total):
            value = counted(ask, answers(ask, *words)).value
            if value is None:
                continue
            for said in ("yes", "no"):
                filled = [said if word == open_vote else word for word in words]
                assert counted(ask, answers(ask, *filled)).value == value


def test_choices_are_counted_by_whether_they_pass() -> None:
    """Two different answers that pass outvote one that does not."""
    ask = ask_for(choice(("good", "fair", "poor"), ("good", "fair")), 3)
    score = counted(ask, answers(ask, "good", "fair", "poor"))
    assert (score.value, score.reason) == (1, "1 of 3 votes `good`, 1 `fair`, 1 `poor`")


@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["4"], 0.75),
        (["1", "5", "4"], 0.75),
        (["2", "3"], 0.375),
        (["5", "?", "3"], 0.75),
        (["5", "?", "?"], None),
        (["5", "?"], None),
    ],
)
def test_the_middle_grade_is_taken(words: list[str], value: float | None) -> None:
    """One judge gone astray does not move it; half of the grades are not enough."""
    ask = ask_for(scale(1, 5, None), len(words))
    assert counted(ask, answers(ask, *words)).value == value


@pytest.mark.parametrize(
    ("words", "value", "reason"),
    [
        (["first", "second"], 1, "2 of 2 votes for the text; the order changed 0 of 1 pairs"),
        (["second", "first"], 0, "2 of 2 votes for the other text; the order changed 0 of 1 pairs"),
        (
            ["first", "first"],
            None,
            f"1 of 2 votes for the text, 1 for the other text; the order changed 1 of 1 pairs{TIED}",
        ),
        (
            ["first", "second", "first", "first"],
            1,
            "3 of 4 votes for the text, 1 for the other text; the order changed 1 of 2 pairs",
        ),
        (
            ["equal", "equal"],
            None,
            f"2 of 2 votes for neither; the order changed 0 of 1 pairs{TIED}",
        ),
    ],
)
def test_compared_texts_are_told_apart_whatever_their_order(words: list[str], value: float | None, reason: str) -> None:
    """A judge that always prefers what stands first decides nothing."""
    ask = ask_for(COMPARED, len(words))
    score = counted(ask, answers(ask, *words))
    assert (score.value, score.reason) == (value, reason)


def test_the_judge_s_words_are_kept() -> None:
    """Each vote with who gave it, and in which order the texts stood."""
    ask = ask_for(COMPARED, 2)
    detail = counted(ask, answers(ask, "first", "!")).detail
    assert detail == f"vote 1, m-1: Because.\nverdict {ask.code}: first\n\nvote 2, texts swapped: failed (HTTP 500)"
    assert counted(ask, [None, None]).detail is None
