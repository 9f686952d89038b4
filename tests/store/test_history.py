"""Sums over stored completions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.expand import Plan, expand, slots
from evalkit.findings import Spent
from evalkit.types import Completion, Condition, Usage

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.store import Store
    from evalkit.types import Profile, Run, Sample, Suite


@pytest.fixture
def suite(make_suite: Callable[..., Suite]) -> Suite:
    """Give a suite of one case, drawn four times."""
    return make_suite(repeats=4)


@pytest.fixture
def samples(suite: Suite, make_profile: Callable[..., Profile]) -> list[Sample]:
    """Give its samples."""
    return list(expand(Plan(suite, make_profile(), 7, seed_drawn=False), slots([Condition()], suite.cases, 4)))


def begin(store: Store, suite: Suite, *profiles: Profile) -> Run:
    """Open a run."""
    return store.create_run(suite, seed=7, seed_from="suite", selection={}, planned=4, versions={}, profiles=profiles)


def said(output: int | None, **parts: object) -> Completion:
    """Make an answer of so many tokens to a prompt of ten."""
    fields = {"usage": Usage(10, output), "cost_usd": 0.25, "attempts": 1, **parts}
    return replace(Completion("complete", "Yes."), **fields)  # type: ignore[arg-type]  # any field


def test_lengths_are_the_mean_over_runs_of_the_model(
    store: Store, suite: Suite, samples: list[Sample], make_profile: Callable[..., Profile]
) -> None:
    """Answers of 10, 20 and 60 tokens in two runs have 30; refusals, errors and other models do not count."""
    assert store.answer_lengths("script", "script") is None
    first, second = begin(store, suite, make_profile()), begin(store, suite, make_profile())
    store.commit(first.id, [(samples[0], said(10)), (samples[1], said(20))])
    store.commit(second.id, [(samples[0], said(60)), (samples[1], Completion("refusal", usage=Usage(10, 1)))])
    store.commit(second.id, [(samples[2], said(None)), (samples[3], Completion("error", error="down"))])
    lengths = store.answer_lengths("script", "script")
    assert lengths is not None
    assert (lengths.answers, lengths.mean_tokens) == (3, 30)
    assert store.answer_lengths("script", "another") is None
    assert store.answer_lengths("other", "script") is None


def test_reused_answers_are_not_counted_twice(
    store: Store, suite: Suite, samples: list[Sample], make_profile: Callable[..., Profile]
) -> None:
    """An answer belongs to the run that drew it."""
    first, second = begin(store, suite, make_profile()), begin(store, suite, make_profile())
    store.commit(first.id, [(samples[0], said(10))])
    store.reuse(second.id, samples[0])
    store.commit(second.id, [(samples[1], said(30))])
    lengths = store.answer_lengths("script", "script")
    assert lengths is not None
    assert (lengths.answers, lengths.mean_tokens) == (2, 20)


def test_everything_that_a_run_took_is_added_up(
    store: Store, suite: Suite, samples: list[Sample], make_profile: Callable[..., Profile]
) -> None:
    """Replies of live conversations, refusals and retries count; an error costs nothing and has no tokens."""
    run = begin(store, suite, make_profile())
    reply = replace(samples[0], turn=0)
    refused = Completion("refusal", usage=Usage(10, 0, 4), cost_usd=0.5, attempts=3)
    store.commit(run.id, [(reply, said(7)), (samples[0], said(5)), (samples[1], refused)])
    store.commit(run.id, [(samples[2], Completion("error", error="down", attempts=6))])
    assert store.spent(run.id) == {"script": Spent(3, 1.0, 0, 0.0, Usage(30, 12, 4, None, None), 7, 1)}


def test_what_is_not_known_is_not_nothing(
    store: Store, suite: Suite, samples: list[Sample], make_profile: Callable[..., Profile]
) -> None:
    """An answer without a price is counted, and one without tokens makes their sum unknown."""
    run = begin(store, suite, make_profile())
    store.commit(run.id, [(samples[0], said(5)), (samples[1], said(None, cost_usd=None))])
    assert store.spent(run.id) == {"script": Spent(2, 0.25, 1, 0.0, Usage(20, None), 0, 0)}


def test_what_another_run_paid_is_told_apart(
    store: Store, suite: Suite, samples: list[Sample], make_profile: Callable[..., Profile]
) -> None:
    """A reused answer is part of the cost, but this run did not pay for it or ask again for it."""
    first, second = begin(store, suite, make_profile()), begin(store, suite, make_profile())
    store.commit(first.id, [(samples[0], said(5, attempts=4))])
    store.reuse(second.id, samples[0])
    store.commit(second.id, [(samples[1], said(5, cost_usd=0.5))])
    assert store.spent(second.id) == {"script": Spent(2, 0.75, 0, 0.25, Usage(20, 10), 0, 0)}
    assert store.spent(begin(store, suite, make_profile()).id) == {}


def test_an_answer_is_found_without_being_taken(
    store: Store, suite: Suite, samples: list[Sample], make_profile: Callable[..., Profile]
) -> None:
    """Looking a key up leaves every run as it is."""
    first, second = begin(store, suite, make_profile()), begin(store, suite, make_profile())
    store.commit(first.id, [(samples[0], said(5))])
    found = store.answer(samples[0].key)
    assert found is not None
    assert found.text == "Yes."
    assert store.answer("0" * 64) is None
    assert store.done(second.id, "script") == set()
