"""Votes of judges, as the store keeps them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from evalkit.types import Completion, Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.store import Store
    from evalkit.types import Profile, Sample, Suite


def test_votes_come_back_by_question_and_number(
    store: Store,
    make_suite: Callable[..., Suite],
    make_profile: Callable[..., Profile],
    make_sample: Callable[..., Sample],
) -> None:
    """They are no samples of the sweep, a later answer replaces an error, and every call is counted as spent."""
    run = store.create_run(
        make_suite(),
        seed=1,
        seed_from="suite",
        selection={},
        planned=1,
        versions={},
        profiles=[make_profile()],
    ).id
    votes = [replace(make_sample(number), provider="judge", ask="q") for number in range(3)]
    yes, failed = Completion("complete", text="yes", cost_usd=0.5, attempts=1), Completion("error", error="HTTP 500")
    store.commit(run, [(votes[0], yes), (votes[1], failed)])
    assert {number: each.outcome for number, each in store.judgements(run, "q").items()} == {0: "complete", 1: "error"}
    assert store.judgement_count(run, "judge") == 1
    store.commit(run, [(votes[1], yes)])
    assert store.judgement_count(run, "judge") == 2
    assert store.judgements(run, "other") == {}
    assert list(store.drawn(run, "judge")) == []
    assert store.drawn_count(run) == 0
    assert store.begun(run) == {"judge"}
    assert store.spent(run)["judge"].answers == 2
    assert store.spent(run)["judge"].cost_usd == store.spent_usd(run) == 1.0


def test_a_vote_is_reused_by_its_key(
    store: Store,
    make_suite: Callable[..., Suite],
    make_profile: Callable[..., Profile],
    make_sample: Callable[..., Sample],
) -> None:
    """What an earlier run paid counts as reused."""
    runs = [
        store.create_run(
            make_suite(), seed=1, seed_from="suite", selection={}, planned=1, versions={}, profiles=[make_profile()]
        ).id
        for _ in range(2)
    ]
    vote = replace(make_sample(), provider="judge", ask="q")
    assert store.reuse(runs[0], vote) is None
    store.commit(runs[0], [(vote, Completion("complete", text="yes", cost_usd=0.5))])
    assert store.reuse(runs[1], vote) is not None
    assert store.judgements(runs[1], "q")[0].text == "yes"
    assert store.spent(runs[1])["judge"].reused_usd == 0.5
    assert store.spent_usd(runs[1]) == 0


def test_a_judge_has_lengths_of_its_own(
    store: Store,
    make_suite: Callable[..., Suite],
    make_profile: Callable[..., Profile],
    make_sample: Callable[..., Sample],
) -> None:
    """How long a model's verdicts are tells nothing of its answers, nor the other way round."""
    run = store.create_run(
        make_suite(), seed=1, seed_from="suite", selection={}, planned=1, versions={}, profiles=[make_profile()]
    ).id
    answer = replace(make_sample(), provider="script")
    store.commit(run, [(answer, Completion("complete", usage=Usage(1, 100)))])
    store.commit(run, [(replace(answer, ask="q"), Completion("complete", usage=Usage(1, 10)))])
    lengths, judged = store.answer_lengths("script", "script"), store.judge_lengths("script", "script")
    assert lengths is not None
    assert judged is not None
    assert (lengths.mean_tokens, judged.mean_tokens) == (100, 10)
