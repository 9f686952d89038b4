"""Which votes a run lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.constraints.judge import Judge
from evalkit.constraints.logic import AllOf, AnyOf, Not
from evalkit.constraints.words import MaxWords
from evalkit.expand import Plan, expand, slots
from evalkit.judge.pending import open_votes
from evalkit.judge.samples import vote_sample
from evalkit.types import Case, Completion, Condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.protocols import Constraint
    from evalkit.store import Store
    from evalkit.types import Profile, Run, Suite


@pytest.fixture
def drawn(
    store: Store, make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]
) -> Callable[..., tuple[Run, Suite, Plan]]:
    """Give a function that stores a run whose completions are given, judged by the given constraints."""

    def draw(completions: list[Completion], *constraints: Constraint, **suite: object) -> tuple[Run, Suite, Plan]:
        case = Case("one", "Say one thing.", constraints=constraints)
        made = make_suite(cases=(case,), repeats=len(completions), judge="script", **suite)
        profile = make_profile()
        run = store.create_run(
            made,
            seed=7,
            seed_from="suite",
            selection={"providers": ["script"], "repeats": len(completions), "cases": [], "axes": {}},
            planned=len(completions),
            versions={},
            profiles=[profile],
        )
        plan = Plan(made, profile, 7, seed_drawn=False)
        samples = expand(plan, slots([Condition()], made.cases, made.repeats))
        store.commit(run.id, list(zip(samples, completions, strict=True)))
        return run, made, plan

    return draw


def texts(*words: str) -> list[Completion]:
    """Return whole completions."""
    return [Completion("complete", text=word) for word in words]


def test_each_text_is_judged_once_by_each_vote(store: Store, drawn: Callable[..., tuple[Run, Suite, Plan]]) -> None:
    """The same words are the same question; so many votes are due for each."""
    run, suite, _ = drawn(texts("a", "b", "a"), Judge("Polite?", votes=3))
    votes = list(open_votes(store, run, suite))
    assert [vote.number for vote in votes] == [0, 1, 2] * 2
    assert len({vote.digest for vote in votes}) == 2
    assert {vote.judge for vote in votes} == {"script"}


@pytest.mark.parametrize(
    "constraint",
    [
        Judge("Polite?"),
        Not(Judge("Polite?")),
        AllOf((MaxWords(5), Judge("Polite?"))),
        AnyOf((Not(AllOf((Judge("Polite?"), MaxWords(1)))), MaxWords(0))),
    ],
    ids=["bare", "not", "all_of", "deeper"],
)
def test_a_judge_is_found_however_deep_it_stands(
    constraint: Constraint, store: Store, drawn: Callable[..., tuple[Run, Suite, Plan]]
) -> None:
    """The question is put by whatever stands around the constraint."""
    run, suite, _ = drawn(texts("a b"), constraint)
    assert len(list(open_votes(store, run, suite))) == 1


@pytest.mark.parametrize(
    ("completion", "parts", "votes"),
    [
        (Completion("truncated", text="a"), {}, 0),
        (Completion("truncated", text="a"), {"truncated": "as_is"}, 1),
        (Completion("refusal"), {}, 0),
        (Completion("refusal"), {"refusals": "fail"}, 0),
        (Completion("error", error="HTTP 500"), {}, 0),
        (Completion("unsupported", error="no"), {}, 0),
        (Completion("complete", text=""), {}, 1),
        (Completion("complete", text="a"), {"judged": "reasoning"}, 0),
        (Completion("complete", text="a", reasoning="b"), {"judged": "reasoning"}, 1),
    ],
)
def test_only_what_can_be_judged_is_paid_for(
    completion: Completion,
    parts: dict[str, str],
    votes: int,
    store: Store,
    drawn: Callable[..., tuple[Run, Suite, Plan]],
) -> None:
    """A cut text, a refusal and a failed call are not put to a judge."""
    run, suite, _ = drawn([completion], Judge("Polite?"), **parts)
    assert len(list(open_votes(store, run, suite))) == votes


def test_a_stored_vote_is_not_open_unless_it_failed(
    store: Store, drawn: Callable[..., tuple[Run, Suite, Plan]]
) -> None:
    """An answer of any kind settles a vote; an error is asked again."""
    run, suite, plan = drawn(texts("a"), Judge("Polite?", votes=4))
    votes = [vote_sample(vote, plan, position) for position, vote in enumerate(open_votes(store, run, suite))]
    outcomes = [Completion("complete", text="?"), Completion("refusal"), Completion("error"), Completion("unsupported")]
    store.commit(run.id, list(zip(votes, outcomes, strict=True)))
    assert [vote.number for vote in open_votes(store, run, suite)] == [2]


def test_each_judge_is_asked_what_its_own_constraints_ask(
    store: Store, drawn: Callable[..., tuple[Run, Suite, Plan]]
) -> None:
    """One that a constraint names gets that constraint's question, and the suite's judge gets the others."""
    run, suite, _ = drawn(texts("a"), Judge("Polite?"), Judge("Kind?", by="other", votes=2))
    assert [vote.judge for vote in open_votes(store, run, suite)] == ["script", "other", "other"]
