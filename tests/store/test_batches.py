"""What is kept of batches, so that nothing is asked or collected twice."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from evalkit.expand import Plan, expand, slots
from evalkit.store import Store
from evalkit.types import Case, Completion, Condition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Profile, Run, Sample, Suite


@pytest.fixture
def suite(make_suite: Callable[..., Suite]) -> Suite:
    """Give a suite of six samples."""
    return make_suite(cases=(Case("one", "Say one thing."),), repeats=6)


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


ANSWER = Completion("complete", text="One thing.", cost_usd=0.5)


def test_the_intent_is_there_before_the_vendor_is_asked(
    store: Store, run: Run, samples: list[Sample], tmp_path: Path
) -> None:
    """Another process finds it, without a name, under the label that the vendor is to be told."""
    batch = store.batches.intend(run.id, "script", samples[:4])
    with Store(tmp_path / ".evalkit" / "runs.db") as other:
        assert other.batches.open(run.id) == [batch]
        assert other.batches.waiting(run.id, "script") == {0, 1, 2, 3}
        assert [each.key for each in other.batches.samples(batch.id)] == [sample.key for sample in samples[:4]]
    assert batch.vendor_id is None
    assert batch.waiting == 4
    assert run.id in batch.label
    assert abs(datetime.now(UTC) - batch.intended_at) < timedelta(minutes=1)


def test_labels_differ(store: Store, run: Run, samples: list[Sample]) -> None:
    """Two batches of one run can be told apart at the vendor's."""
    labels = {store.batches.intend(run.id, "script", [sample]).label for sample in samples}
    assert len(labels) == 6


def test_the_vendors_name_is_kept(store: Store, run: Run, samples: list[Sample]) -> None:
    """With the time at which it expires, which a later word that names none leaves alone."""
    expires_at = datetime(2026, 11, 25, 10, tzinfo=UTC)
    batch = store.batches.intend(run.id, "script", samples)
    store.batches.submitted(batch.id, "batch_1", expires_at)
    store.batches.submitted(batch.id, "batch_1", None)
    (found,) = store.batches.open(run.id, "script")
    assert (found.vendor_id, found.expires_at) == ("batch_1", expires_at)
    assert store.batches.vendor_ids() == {"batch_1"}
    assert store.batches.open(run.id, "another") == []
    assert store.batches.open("another") == []


def test_samples_are_collected_with_their_completions(store: Store, run: Run, samples: list[Sample]) -> None:
    """In parts; what is collected waits no longer, and the whole batch is closed at the end."""
    batch = store.batches.intend(run.id, "script", samples)
    store.batches.collect(batch, [(sample, ANSWER) for sample in samples[:2]], whole=False)
    assert store.done(run.id, "script") == {0, 1}
    assert store.batches.waiting(run.id, "script") == {2, 3, 4, 5}
    assert [each.collected for each in store.batches.samples(batch.id)] == [True, True, False, False, False, False]
    assert [each.waiting for each in store.batches.open(run.id)] == [4]
    store.batches.collect(batch, [(sample, ANSWER) for sample in samples[2:]], whole=True)
    assert store.done(run.id, "script") == {0, 1, 2, 3, 4, 5}
    assert store.batches.open(run.id) == []
    assert store.batches.waiting(run.id, "script") == set()
    assert store.batches.used(run.id)


def test_two_processes_that_collect_at_once_keep_each_sample_once(
    store: Store, run: Run, samples: list[Sample], tmp_path: Path
) -> None:
    """Whoever is second is told what was left for it."""
    batch = store.batches.intend(run.id, "script", samples)
    answers = [(sample, ANSWER) for sample in samples]
    with Store(tmp_path / ".evalkit" / "runs.db") as other:
        assert store.batches.collect(batch, answers[:4], whole=False) == answers[:4]
        assert other.batches.collect(batch, answers, whole=True) == answers[4:]
        assert store.batches.collect(batch, answers, whole=True) == []
    with closing(sqlite3.connect(store.path)) as connection:
        assert connection.execute("SELECT count(*) FROM completions").fetchone() == (6,)


def test_what_fails_in_the_middle_is_not_half_collected(store: Store, run: Run, samples: list[Sample]) -> None:
    """The completion and the mark that it is collected stand or fall together."""
    batch = store.batches.intend(run.id, "script", samples)
    broken = Completion("complete", text="One.", sent={"not": float("nan")})
    with pytest.raises(ValueError, match="Out of range"):
        store.batches.collect(batch, [(samples[0], ANSWER), (samples[1], broken)], whole=True)
    assert store.done(run.id, "script") == set()
    assert store.batches.waiting(run.id, "script") == {0, 1, 2, 3, 4, 5}
    assert len(store.batches.open(run.id)) == 1


def test_a_refused_batch_leaves_nothing(store: Store, run: Run, samples: list[Sample]) -> None:
    """It never was."""
    batch = store.batches.intend(run.id, "script", samples)
    store.batches.refused(batch.id)
    assert store.batches.open(run.id) == []
    assert store.batches.samples(batch.id) == []
    assert not store.batches.used(run.id)


def test_a_lost_batch_is_remembered(store: Store, run: Run, samples: list[Sample]) -> None:
    """Its samples wait for nobody, and reports can say how many there were."""
    for number in (1, 2):
        store.batches.lose(store.batches.intend(run.id, "script", samples[:number]).id)
    assert store.batches.waiting(run.id, "script") == set()
    assert store.batches.lost(run.id) == {"script": 3}
    assert store.batches.lost("another") == {}


def test_a_batch_that_was_given_up_too_early_comes_back(store: Store, run: Run, samples: list[Sample]) -> None:
    """Another process had given it up while the first was still uploading; what was bought is collected."""
    batch = store.batches.intend(run.id, "script", samples)
    store.batches.lose(batch.id)
    store.batches.submitted(batch.id, "batch_1", None)
    assert [each.vendor_id for each in store.batches.open(run.id)] == ["batch_1"]
    assert store.batches.lost(run.id) == {}
    store.batches.collect(batch, [], whole=True)
    store.batches.submitted(batch.id, "batch_1", None)
    assert store.batches.open(run.id) == []


def test_a_stranger_can_be_given_back(store: Store, run: Run, samples: list[Sample]) -> None:
    """The batch is again one of which no name is known."""
    batch = store.batches.intend(run.id, "script", samples)
    store.batches.submitted(batch.id, "batch_1", datetime.now(UTC))
    store.batches.disown(batch.id)
    assert store.batches.open(run.id) == [batch]
    assert store.batches.vendor_ids() == set()


def test_what_came_in_a_batch_says_nothing_of_the_pace(store: Store, run: Run, samples: list[Sample]) -> None:
    """It waited for hours at the vendor's; calls tell how fast calls are."""
    batch = store.batches.intend(run.id, "script", samples[:3])
    answer = Completion("complete", text="One.", client="library 1.0, in a batch")
    store.batches.collect(batch, [(sample, answer) for sample in samples[:3]], whole=True)
    assert store.pace("script", "script") is None
    time.sleep(0.01)
    store.commit(run.id, [(sample, ANSWER) for sample in samples[3:]])
    assert store.pace("script", "script") is not None
