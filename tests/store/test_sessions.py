"""What one sitting of a run leaves to the next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evalkit.store import Store
from evalkit.types import Completion, Profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Run, Sample, Suite


@pytest.fixture
def run(store: Store, make_suite: Callable[..., Suite]) -> Run:
    """Give an open run of two providers."""
    profiles = (Profile("mine", "scripted", "mine-1"), Profile("other", "scripted", "other-1"))
    return store.create_run(
        make_suite(), seed=7, seed_from="suite", selection={}, planned=9, versions={}, profiles=profiles
    )


def test_a_sitting_that_ended_leaves_nothing_under_way(store: Store, run: Run) -> None:
    """However many calls there were."""
    session = store.begin_session(run.id, "mine")
    store.commit(run.id, [], session=session, in_flight=8)
    assert session.in_flight == 8
    assert store.broken_off(run.id) == {"mine": 8}  # so it would look to anyone, were the process killed now
    store.end_session(session)
    assert store.broken_off(run.id) == {}


def test_a_killed_sitting_leaves_its_calls(store: Store, run: Run, tmp_path: Path) -> None:
    """Those of every sitting that did not end, by provider; the last number written counts."""
    for provider, calls in (("mine", (3, 8, 5)), ("mine", (2,)), ("other", (4,))):
        session = store.begin_session(run.id, provider)
        for each in calls:
            store.commit(run.id, [], session=session, in_flight=each)
    with Store(tmp_path / ".evalkit" / "runs.db") as later:
        assert later.broken_off(run.id) == {"mine": 7, "other": 4}
        assert later.broken_off("another run") == {}


def test_calls_and_completions_are_written_as_one(store: Store, run: Run, make_sample: Callable[..., Sample]) -> None:
    """A commit without a session counts no calls."""
    session = store.begin_session(run.id, "mine")
    store.commit(run.id, [(make_sample(0), Completion("complete"))], session=session, in_flight=2)
    store.commit(run.id, [(make_sample(1), Completion("complete"))], in_flight=9)
    assert store.broken_off(run.id) == {"mine": 2}
    assert store.done(run.id, "mine") == {0, 1}


def test_refusals_of_a_server_are_kept_once(store: Store, run: Run, make_sample: Callable[..., Sample]) -> None:
    """With the settings that were sent; what the table ruled out, or was not sent again, was refused by nobody."""

    def refused(position: int, reason: str, attempts: int, **settings: object) -> tuple[Sample, Completion]:
        return make_sample(position, **settings), Completion("unsupported", error=reason, attempts=attempts)

    drawn = [
        refused(0, "m refused `temperature`: no", 1, temperature=0.0),
        refused(1, "m refused `temperature`: no", 2, temperature=0.0),
        refused(2, "m refused `temperature`: no", 0, temperature=0.0),
        refused(3, "m refused `stop`: no", 1, top_p=0.5, stop=("a", "b")),
        refused(4, "m does not take `top_k`", 0, top_k=3),
        (make_sample(5, top_k=3), Completion("error", error="broken", attempts=6)),
    ]
    other = (replace(make_sample(6, seed=1), provider="other"), Completion("unsupported", error="x", attempts=1))
    store.commit(run.id, [*drawn, other])
    assert sorted(store.refused(run.id, "mine"), key=str) == [
        ({"max_tokens": 16, "temperature": 0.0}, "m refused `temperature`: no"),
        ({"max_tokens": 16, "top_p": 0.5, "stop": ("a", "b")}, "m refused `stop`: no"),
    ]
    assert store.refused(run.id, "nobody") == []


def test_what_a_run_cost_is_all_that_it_drew(store: Store, run: Run, make_sample: Callable[..., Sample]) -> None:
    """Errors that were billed and drawn again count too; what is not known and what other runs paid do not."""
    assert store.spent_usd(run.id) == 0.0
    store.commit(run.id, [(make_sample(0), Completion("error", error="cut", cost_usd=0.25))])
    store.commit(run.id, [(make_sample(0), Completion("complete", cost_usd=0.5))])
    store.commit(
        run.id, [(make_sample(1), Completion("complete")), (make_sample(2), Completion("refusal", cost_usd=1))]
    )
    assert store.spent_usd(run.id) == pytest.approx(1.75)
    assert store.spent_usd("another run") == 0.0
