"""What people are told of batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from evalkit.cli.batch_words import batch_lines, what_resuming_does
from evalkit.expand import Plan, expand, slots
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Callable

    from evalkit.store import Store
    from evalkit.types import Profile, Suite


def test_batches_are_told_by_number_time_and_end(
    store: Store, make_suite: Callable[..., Suite], make_profile: Callable[..., Profile]
) -> None:
    """One by its name, several by how many there are; and those of which nobody knows whether they are there."""
    suite, profile = make_suite(repeats=6), make_profile()
    run = store.create_run(suite, seed=7, seed_from="suite", selection={}, planned=6, versions={}, profiles=[profile])
    samples = list(expand(Plan(suite, profile, 7, seed_drawn=False), slots((Condition(),), suite.cases, 6)))
    assert list(batch_lines(store, run.id)) == []
    assert what_resuming_does(store, run) == f"`--resume {run.id}` draws what is missing"

    first = store.batches.intend(run.id, "script", samples[:3])
    since = f"{first.intended_at:%Y-%m-%d %H:%M} UTC"
    (line,) = batch_lines(store, run.id)
    assert line == (
        "script: whether the vendor has got 3 samples is not known, for no answer came to the batch when it was"
        " submitted; `--resume` looks for it"
    )
    end = datetime(2026, 11, 25, 10, 30, tzinfo=UTC)
    store.batches.submitted(first.id, "batch_1", end)
    expected = f"script: 3 samples are in batch batch_1 since {since}, which expires 2026-11-25 10:30 UTC"
    assert list(batch_lines(store, run.id)) == [expected]

    second = store.batches.intend(run.id, "script", samples[3:])
    store.batches.submitted(second.id, "batch_2", end + timedelta(hours=1))
    assert list(batch_lines(store, run.id)) == [
        f"script: 6 samples are in 2 batches since {since}, the first of which expires 2026-11-25 10:30 UTC"
    ]
    assert what_resuming_does(store, run) == f"`--resume {run.id}` collects what has ended"
    for batch in (first, second):
        store.batches.collect(batch, [], whole=True)
    assert what_resuming_does(store, run).endswith("draws what is missing, and with `--batch` at half price")
