"""Which runs a test session draws, and when a place of one needs no more waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.expand import Plan, expand, slots
from evalkit.store.session_runs import Problem, of_test
from evalkit.types import Case, Completion, Condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.store import Store
    from evalkit.types import Profile, Run, Sample, Suite

FAILED = Completion("error", error="the server is unwell")


@pytest.fixture
def suite(make_suite: Callable[..., Suite]) -> Suite:
    """Give a suite of two cases with three draws each."""
    return make_suite(cases=(Case("one", "Say one thing."), Case("two", "Say two.")), repeats=3)


@pytest.fixture
def samples(suite: Suite, make_profile: Callable[..., Profile]) -> list[Sample]:
    """Give the suite's samples."""
    plan = Plan(suite, make_profile(), 7, seed_drawn=False)
    return list(expand(plan, slots((Condition(),), suite.cases, suite.repeats)))


@pytest.fixture
def run(store: Store, suite: Suite, make_profile: Callable[..., Profile]) -> Run:
    """Give a run that has drawn nothing."""
    return store.create_run(
        suite, seed=7, seed_from="suite", selection={}, planned=6, versions={}, profiles=[make_profile()]
    )


def test_what_is_noted_is_read_back(store: Store, run: Run) -> None:
    """States and problems come back as they were noted, by session, in the order in which the suites were begun."""
    opened = store.session_runs.open("mine", "b.yaml", run.id)
    assert (opened.state, opened.run, dict(opened.problems), opened.over_budget) == ("open", run.id, {}, False)
    store.session_runs.open("mine", "a.yaml", None)
    store.session_runs.open("theirs", "b.yaml", None)
    problems = {"claude": Problem("unusable", "there is no key", "set it"), "": Problem("failed", "broken")}
    store.session_runs.note("mine", "b.yaml", state="ended", problems=problems, over_budget=True)
    first, second = store.session_runs.of("mine")
    assert (first.suite, second.suite) == ("b.yaml", "a.yaml")
    assert (first.state, dict(first.problems), first.over_budget) == ("ended", problems, True)
    assert (second.run, second.state) == (None, "open")
    assert store.session_runs.sessions_of(run.id) == ["mine"]
    assert store.session_runs.find("mine", "c.yaml") is None


def test_opening_again_changes_nothing(store: Store, run: Run, samples: list[Sample]) -> None:
    """A process that takes over finds the run of the session, and counts failures from when it was first opened."""
    first = store.session_runs.open("mine", "a.yaml", run.id)
    store.commit(run.id, [(samples[0], FAILED)])
    assert store.session_runs.open("mine", "a.yaml", None) == first


def test_settled_places(store: Store, run: Run, samples: list[Sample]) -> None:
    """A place is settled by an answer or a failure since the run was taken up; one that failed before is open."""
    store.commit(run.id, [(samples[3], FAILED)])
    opened = store.session_runs.open("mine", "a.yaml", run.id)
    store.commit(run.id, [(samples[0], Completion("complete", text="a")), (samples[1], Completion("refusal"))])
    assert not store.session_runs.settled(opened, "script", range(3))
    store.commit(run.id, [(samples[2], FAILED)])
    assert store.session_runs.settled(opened, "script", range(3))
    assert not store.session_runs.settled(opened, "other", range(3))
    store.commit(run.id, [(each, Completion("unsupported", error="no")) for each in samples[4:]])
    assert not store.session_runs.settled(opened, "script", range(3, 6))
    store.commit(run.id, [(samples[3], FAILED)])
    assert store.session_runs.settled(opened, "script", range(3, 6))


def test_totals_tell_this_session_s_calls_from_what_was_there(
    store: Store,
    run: Run,
    samples: list[Sample],
    make_suite: Callable[..., Suite],
    make_profile: Callable[..., Profile],
) -> None:
    """Answers of an earlier session or run are no calls; a failure that was asked again is one call and no error."""
    other = store.create_run(
        make_suite(), seed=7, seed_from="suite", selection={}, planned=1, versions={}, profiles=[make_profile()]
    )
    store.commit(other.id, [(samples[0], Completion("complete", text="there", cost_usd=5.0))])
    store.commit(run.id, [(samples[1], Completion("complete", text="there", cost_usd=3.0)), (samples[2], FAILED)])
    mine = store.session_runs.open("mine", "a.yaml", run.id)
    before = store.session_runs.totals(mine)
    assert (before.draws, before.calls, before.before, before.errors, before.cost_usd) == (2, 0, 2, 1, None)
    assert store.reuse(run.id, samples[0]) is not None
    store.commit(run.id, [(samples[2], FAILED)])
    store.commit(run.id, [(samples[2], Completion("complete", text="new", cost_usd=0.25))])
    store.commit(run.id, [(samples[3], Completion("complete", text="new")), (samples[4], Completion("unsupported"))])
    found = store.session_runs.totals(mine)
    assert (found.draws, found.calls, found.before, found.errors) == (5, 3, 2, 0)
    assert (found.cost_usd, found.unpriced) == (0.25, 1)


def test_a_suite_without_a_run_has_drawn_nothing(store: Store) -> None:
    """Not even of other runs."""
    found = store.session_runs.totals(store.session_runs.open("mine", "a.yaml", None))
    assert (found.draws, found.calls, found.before, found.errors, found.cost_usd, found.unpriced) == (
        0,
        0,
        0,
        0,
        None,
        0,
    )


def test_runs_of_test_functions_are_told_apart(store: Store, run: Run) -> None:
    """By what stands in the place of the suite's path."""
    assert store.session_runs.open("s", of_test(run.id, "tests/test_it.py::test_it"), run.id).by_test
    assert not store.session_runs.open("s", "/tests/suite.yaml", run.id).by_test
