"""What the store keeps of what runs were judged to be."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.errors import StoreError
from evalkit.outcome import Held, Point, RowMark, RunOutcome
from evalkit.store import Store
from evalkit.store.session_runs import of_test
from evalkit.types import Condition

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Run, Suite

MAIN, RENEWED, OTHER = Held("main", "0000aaaa", "r1"), Held("main", "0000bbbb", "r2"), Held("other", "0000cccc", "r3")


def _run(store: Store, suite: Suite) -> Run:
    return store.create_run(
        suite, seed=7, seed_from="suite", selection={"cases": []}, planned=2, versions={}, profiles=[]
    )


def _outcome(run: Run, hour: int = 2, **parts: Any) -> RunOutcome:  # noqa: ANN401 - any field of an outcome
    at = f"2026-10-01T{hour:02}:00:00.000+00:00"
    fields: dict[str, Any] = {"exit_code": 0, "state": "good", "suite_hash": "hash", **parts}
    return RunOutcome(run.id, at, **fields)


def test_an_outcome_comes_back(store: Store, make_suite: Callable[..., Suite], tmp_path: Path) -> None:
    """To another process, with everything that it holds."""
    run = _run(store, make_suite())
    row = RowMark("mine", Condition((("a", "é\ud800"),)), ("m",), 2, {"complete": 4}, {"adherence": Point(0.5, 0.1, 1)})
    outcome = _outcome(run, baseline=MAIN, rows=(row,), cost_usd=0.25, stopped=("why",))
    store.outcomes.note(outcome)
    with Store(tmp_path / ".evalkit" / "runs.db") as other:
        assert other.outcomes.of(run.id) == [outcome]


def test_the_same_baseline_replaces_and_another_stands_beside(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Neither its renewed file nor one of another name nor none is the same."""
    run = _run(store, make_suite())
    for hour, held in enumerate((MAIN, None, RENEWED, OTHER)):
        store.outcomes.note(_outcome(run, hour, baseline=held, exit_code=3))
    for hour, held in enumerate((None, MAIN), start=10):
        store.outcomes.note(_outcome(run, hour, baseline=held, exit_code=0))
    found = store.outcomes.of(run.id)
    assert [each.baseline for each in found] == [MAIN, None, RENEWED, OTHER]
    assert [each.exit_code for each in found] == [0, 0, 3, 3]


def test_a_night_is_what_it_was_against_its_first_baseline(store: Store, make_suite: Callable[..., Suite]) -> None:
    """As it was judged last, the file renewed or not; a look without a baseline or at another one changes nothing."""
    run = _run(store, make_suite())

    def shown() -> RunOutcome | None:
        (night,) = store.outcomes.nights(limit=5)
        return night.outcome

    assert shown() is None
    for outcome, expected in (
        (_outcome(run, 1), 1),
        (_outcome(run, 2, baseline=MAIN), 2),
        (_outcome(run, 3, baseline=OTHER), 2),
        (_outcome(run, 4), 2),
        (_outcome(run, 5, baseline=RENEWED), 5),
        (_outcome(run, 6, baseline=MAIN), 6),
    ):
        store.outcomes.note(outcome)
        assert shown() == _outcome(run, expected, baseline=getattr(shown(), "baseline", None))
    (night,) = store.outcomes.nights(limit=5)
    assert night.judged == 4


def test_nights_are_the_newest_of_each_suite_in_order_of_time(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Runs that were never judged are among them."""
    one, two = make_suite(name="one"), make_suite(name="two")
    runs = [_run(store, suite) for suite in (one, two, one, one, two)]
    store.outcomes.note(_outcome(runs[3]))
    store.finish_run(runs[4].id, {}, complete=True)
    nights = store.outcomes.nights(limit=2)
    assert [(night.suite, night.run) for night in nights] == [
        ("one", runs[2].id), ("one", runs[3].id), ("two", runs[1].id), ("two", runs[4].id)
    ]  # fmt: skip
    assert [night.outcome is not None for night in nights] == [False, True, False, False]
    assert [night.finished for night in nights] == [False, False, False, True]
    assert [night.run for night in store.outcomes.nights("two", limit=1)] == [runs[4].id]
    assert store.outcomes.nights("three", limit=1) == []
    assert store.outcomes.suites() == ["one", "two"]


def test_runs_of_test_functions_are_no_nights_unless_named(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Each is a suite of its own; the runs that a test session draws of suites are nights."""
    run, asked = _run(store, make_suite(name="suite")), _run(store, make_suite(name="test-tone"))
    store.session_runs.open("session", "/suites/suite.yaml", run.id)
    store.session_runs.open("session", "/suites/broken.yaml", None)
    store.session_runs.open("session", of_test(asked.id, "tests/test_it.py::test_tone"), asked.id)
    assert [night.run for night in store.outcomes.nights(limit=5)] == [run.id]
    assert [night.run for night in store.outcomes.nights("test-tone", limit=5)] == [asked.id]


def test_thousands_of_runs_with_long_documents_are_quick(store: Store, make_suite: Callable[..., Suite]) -> None:
    """Two thousand runs whose suites take 50 kB: what is read is names, and the outcomes that are asked for."""
    suite = make_suite(document={"suite": "made", "version": 1, "text": "x" * 50_000})
    with closing(sqlite3.connect(store.path)) as writing, writing:
        writing.executemany(
            "INSERT INTO runs (id, started_at, suite, suite_hash, document, seed, seed_from, selection, planned,"
            " versions, profiles) VALUES (?, '2026', 'made', '', ?, '1', 'suite', '{}', 1, '{}', '{}')",
            [(f"r{number}", suite.document["text"]) for number in range(2000)],
        )
    run = _run(store, suite)
    store.outcomes.note(_outcome(run))
    started = time.process_time()
    nights = store.outcomes.nights(limit=30)
    assert time.process_time() - started < 2
    assert len(nights) == 30
    assert nights[-1].outcome == _outcome(run)


def test_an_outcome_of_no_run_is_refused(store: Store, make_suite: Callable[..., Suite]) -> None:
    """It would be nobody's."""
    run = replace(_run(store, make_suite()), id="nobody")
    with pytest.raises(StoreError, match="FOREIGN KEY"):
        store.outcomes.note(_outcome(run))
