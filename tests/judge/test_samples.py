"""The keys of votes: equal only where one stored answer may stand for the other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.expand import Plan
from evalkit.judge.ask import Ask, Shown, put
from evalkit.judge.form import YES_NO
from evalkit.judge.lookup import OpenVote
from evalkit.judge.samples import vote_sample

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.types import Profile, Suite


def vote_on(text: str, number: int = 0) -> OpenVote:
    """Return a vote on whether a text is polite."""
    ask: Ask = put(Shown("Polite?", text), YES_NO, judge=None, votes=3)
    return OpenVote("script", ask, ask.digest("script"), number)


def test_a_key_hashes_all_that_shapes_an_answer(
    make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]
) -> None:
    """The judge's model and settings, the messages, the vote and a seed that was asked for."""
    plan = Plan(make_suite(), make_profile(settings={"temperature": 0.5}), 7, seed_drawn=False)
    same = vote_sample(vote_on("a"), plan, 0)
    others = [
        vote_sample(vote_on("b"), plan, 0),
        vote_sample(vote_on("a", 1), plan, 0),
        vote_sample(vote_on("a"), replace(plan, seed=8), 0),
        vote_sample(vote_on("a"), replace(plan, profile=make_profile(settings={"temperature": 1.0})), 0),
        vote_sample(vote_on("a"), replace(plan, profile=make_profile(model="x", settings={"temperature": 0.5})), 0),
    ]
    assert len({each.key for each in (same, *others)}) == 1 + len(others)
    assert vote_sample(vote_on("a"), plan, 9).key == same.key


def test_a_seed_that_a_run_drew_is_not_in_the_key(
    make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]
) -> None:
    """No particular draw was asked for, so that another run may reuse it."""
    keys = {
        vote_sample(vote_on("a"), Plan(make_suite(), make_profile(), seed, seed_drawn=True), 0).key for seed in (1, 2)
    }
    assert len(keys) == 1


def test_votes_are_drawn_apart_with_the_judge_s_own_settings(
    make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]
) -> None:
    """Each vote has a seed of its own, and the suite's settings are not the judge's."""
    suite = make_suite(settings={"max_tokens": 5})
    plan = Plan(suite, make_profile(settings={"temperature": 0.5}), 7, seed_drawn=False)
    votes = [vote_sample(vote_on("a", number), plan, number) for number in range(3)]
    assert len({each.seed for each in votes}) == 3
    assert all(dict(each.settings) == {"temperature": 0.5} for each in votes)
    assert [each.repeat for each in votes] == [each.position for each in votes] == [0, 1, 2]
