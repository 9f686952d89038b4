"""Keeping what was measured, for as long as it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalkit.rounds import Looks
from evalkit.store import Store, open_database
from evalkit.store.schema import MIGRATIONS
from evalkit.types import Completion, Condition, Profile
from evalkit.verdicts import Scored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from evalkit.types import Run, Sample, Suite

COLD, HOT = (Condition((("temperature", value), ("system", None))) for value in (0.0, 1.0))
ROWS = {("mine", HOT): '{"cases":[]}', ("mine", COLD): '{"cases":["é"]}', ("other", HOT): "{}"}
SELECTED: dict[str, Any] = {"providers": ["mine"], "repeats": 2, "cases": [], "axes": {}, "rounds": [1, 2]}


def _run(store: Store, suite: Suite) -> Run:
    return store.create_run(
        suite,
        seed=7,
        seed_from="suite",
        selection=SELECTED,
        planned=2,
        versions={},
        profiles=[Profile("mine", "scripted", "script")],
    )


def test_rows_come_back_as_they_were_kept(store: Store, make_suite: Callable[..., Suite]) -> None:
    """In their order, each with the axis values that it had; those of another run stay apart."""
    run, other = _run(store, make_suite()), _run(store, make_suite())
    assert store.measured.read(run.id, "f") is None
    assert store.measured.keep(run.id, ROWS, fingerprint="f", changes=0)
    assert store.measured.keep(other.id, {}, fingerprint="f", changes=0)
    found = store.measured.read(run.id, "f")
    assert found is not None
    assert list(found.items()) == list(ROWS.items())
    assert store.measured.read(other.id, "f") is None


def test_another_fingerprint_reads_nothing(store: Store, make_suite: Callable[..., Suite]) -> None:
    """What was kept under the old one is replaced as a whole."""
    run = _run(store, make_suite())
    store.measured.keep(run.id, ROWS, fingerprint="f", changes=0)
    assert store.measured.read(run.id, "g") is None
    assert store.measured.keep(run.id, {("mine", HOT): "{}"}, fingerprint="g", changes=0)
    assert store.measured.read(run.id, "f") is None
    assert store.measured.read(run.id, "g") == {("mine", HOT): "{}"}


def test_every_change_of_draws_or_verdicts_is_counted(
    store: Store, make_suite: Callable[..., Suite], make_sample: Callable[..., Sample]
) -> None:
    """First verdicts are none, for they follow from the draw."""
    run, other = _run(store, make_suite()), _run(store, make_suite())
    counted = [store.measured.changes(run.id)]

    def note() -> None:
        counted.append(store.measured.changes(run.id))

    store.commit(run.id, [(make_sample(0), Completion("complete", text="a"))])
    note()
    store.write_scores(run.id, "mine", [(0, Scored())])
    note()
    store.write_scores(run.id, "mine", [(0, Scored())], again=True)
    note()
    store.commit(run.id, [])
    note()
    batch = store.batches.intend(run.id, "mine", [make_sample(1)])
    store.batches.collect(batch, [(make_sample(1), Completion("complete", text="b"))], whole=True)
    note()
    assert store.reuse(run.id, make_sample(0)) is not None
    note()
    store.note_looks(run.id, Looks((1, 2)), 2)
    note()
    assert counted == [0, 1, 1, 2, 2, 3, 4, 5]
    assert store.measured.changes(other.id) == 0


def test_a_run_that_has_changed_meanwhile_is_not_kept(
    store: Store, make_suite: Callable[..., Suite], make_sample: Callable[..., Sample]
) -> None:
    """What another process has drawn since the reading began would be missing."""
    run = _run(store, make_suite())
    before = store.measured.changes(run.id)
    with Store(store.path) as other:
        other.commit(run.id, [(make_sample(0), Completion("complete", text="a"))])
    assert not store.measured.keep(run.id, ROWS, fingerprint="f", changes=before)
    assert store.measured.read(run.id, "f") is None
    assert store.measured.keep(run.id, ROWS, fingerprint="f", changes=before + 1)


def test_what_is_there_is_not_written_again(store: Store, make_suite: Callable[..., Suite]) -> None:
    """So that reading a run leaves the file alone."""
    run = _run(store, make_suite())
    store.measured.keep(run.id, ROWS, fingerprint="f", changes=0)
    with Store(store.path) as other:
        version = _data_version(other)
        store.measured.keep(run.id, ROWS, fingerprint="f", changes=0)
        assert _data_version(other) == version
        store.measured.keep(run.id, {("mine", HOT): "{}"}, fingerprint="f", changes=0)
        assert _data_version(other) != version


def _data_version(store: Store) -> int:
    """Return a number that changes when another connection has written."""
    return int(store._connection.execute("PRAGMA data_version").fetchone()[0])  # pyright: ignore[reportPrivateUsage] - what no method tells


def test_a_store_from_before_keeps_nothing_until_it_is_asked(
    tmp_path: Path, make_sample: Callable[..., Sample]
) -> None:
    """An older file becomes a newer one; its runs have not changed, and its verdicts say nothing of what judged."""
    path = tmp_path / "runs.db"
    connection = open_database(path, migrations=MIGRATIONS[:3])
    connection.execute(
        "INSERT INTO runs VALUES ('r1', 'now', NULL, 's', 'h', NULL, '{}', '1', 'suite', '{}', 1, '{}', '{}', '{}',"
        " '{}')"
    )
    connection.close()
    with Store(path) as store:
        assert store.measured.changes("r1") == 0
        assert store.measured.read("r1", "f") is None
        store.commit("r1", [(make_sample(0), Completion("complete", text="a"))])
        assert store.measured.changes("r1") == 1
