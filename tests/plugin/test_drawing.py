"""What processes of a test session get of what one of them draws, and why they get nothing."""

from __future__ import annotations

import threading
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from evalkit.plugin.drawing import Drawing
from evalkit.store import Store, open_database
from sitting import SessionProject, bodies, drawn, prompts, seen

if TYPE_CHECKING:
    from pathlib import Path

    from vendors.server import FakeVendors


def test_every_cell_is_drawn_once(project: SessionProject, vendors: FakeVendors) -> None:
    """One session is one run, and a second look at its cells asks nothing more."""
    there = set(threading.enumerate())
    (wanted,) = project.wanted("one")
    assert set(drawn(wanted).values()) == {None}
    assert Counter(prompts(vendors)) == {f"Say one {number}.": 2 for number in range(3)}
    with closing(Drawing([wanted], "s")) as again:
        again.wait(wanted.planned, wanted.cells)
        assert again.missing(wanted.planned, wanted.cells) is None
        assert again.run(wanted.planned).finished_at is not None
        assert again.store.drawn_count(again.run(wanted.planned).id) == 6
    assert len(prompts(vendors)) == 6
    assert set(threading.enumerate()) <= there


def test_nothing_is_begun_before_the_first_wait(project: SessionProject, vendors: FakeVendors) -> None:
    """A test run that needs none of it opens no store, starts no thread and asks nothing."""
    before = threading.active_count()
    with closing(Drawing(project.wanted("one"), "s")) as drawing:
        assert threading.active_count() == before
        drawing.stop()
    assert not (project.root / ".evalkit").exists()
    assert vendors.received == []


def test_a_waiting_test_goes_on_before_all_is_drawn(project: SessionProject, vendors: FakeVendors) -> None:
    """The first item runs as soon as its own cells are there, while the rest is still being asked for."""
    project.profile("claude", limits={"concurrency": 1})
    project.suite("one", cases=8)
    vendors.latency_s = 0.05
    (wanted,) = project.wanted("one")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells[:1])
        assert drawing.missing(wanted.planned, wanted.cells[:1]) is None
        assert len(prompts(vendors)) < 10
        assert drawing.missing(wanted.planned, wanted.cells[-1:]) is not None
    assert len(prompts(vendors)) == 16  # closing waits for the rest, which other processes may wait for


@pytest.mark.parametrize("processes", [2, pytest.param(8, marks=pytest.mark.slow)])
def test_processes_share_what_one_of_them_draws(project: SessionProject, vendors: FakeVendors, processes: int) -> None:
    """However many processes a session has, the calls are those of one, and each process gets its cells."""
    project.suite("two", cases=5)
    drawn(*project.wanted("one", "two"), session="alone")
    alone = bodies(vendors)
    vendors.received.clear()
    sitting = [project.sit("many", "one", "two", first=first, step=processes) for first in range(processes)]
    ended = [seen(each) for each in sitting]
    assert [(each.code, each.stderr) for each in ended] == [(0, "")] * processes
    assert all(each.closed for each in ended)
    cells = [cell for each in ended for cell in each.cells.items()]
    assert len(cells) == 8
    assert {kind for _, kind in cells} == {None}
    assert bodies(vendors) == alone


def test_every_process_may_want_every_cell(project: SessionProject, vendors: FakeVendors) -> None:
    """As with `--dist each`: both see all cells, of the same run, and every sample is asked for once."""
    ended = [seen(each) for each in [project.sit("each", "one"), project.sit("each", "one")]]
    assert [each.cells for each in ended] == [{("one", "claude", number): None for number in range(3)}] * 2
    assert len(prompts(vendors)) == 6
    with Store(project.wanted("one")[0].planned.project.store) as store:
        assert len(store.runs()) == 1


def test_a_read_only_store_is_said_to_be_one(project: SessionProject, vendors: FakeVendors) -> None:
    """Nobody waits for what cannot be kept, and nothing is asked."""
    (project.root / ".evalkit").write_text("in the way", encoding="utf-8")
    (wanted,) = project.wanted("one")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells)
        problem = drawing.missing(wanted.planned, wanted.cells)
    assert problem is not None
    assert problem.kind == "store"
    assert "run store" in problem.message
    assert problem.hint is not None
    assert vendors.received == []


def test_a_store_locked_for_too_long_is_said_to_be(project: SessionProject, vendors: FakeVendors) -> None:
    """Another process holds it, which is said instead of waiting for ever."""
    (wanted,) = project.wanted("one")
    path = wanted.planned.project.store
    with closing(open_database(path)) as holding:
        holding.execute("BEGIN IMMEDIATE")
        with closing(Drawing([wanted], "s", busy_timeout_s=0.05)) as drawing:
            drawing.wait(wanted.planned, wanted.cells)
            problem = drawing.missing(wanted.planned, wanted.cells)
    assert problem is not None
    assert (problem.kind, "another process holds it locked" in problem.message) == ("store", True)
    assert vendors.received == []


def test_a_session_is_of_one_project(project: SessionProject, tmp_path: Path, vendors: FakeVendors) -> None:
    """A suite of another project is refused, and those of the first are drawn."""
    other = SessionProject(tmp_path / "other", vendors.base_url)
    other.profile("claude")
    other.suite("elsewhere")
    (tmp_path / "other" / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    kinds = drawn(*project.wanted("one"), *other.wanted("elsewhere"))
    assert {kinds["one", "claude", number] for number in range(3)} == {None}
    assert kinds["elsewhere", "claude", 0] == "failed"


def test_who_dies_again_and_again_is_followed_no_further(project: SessionProject) -> None:
    """When drawing kills every process that does it, the next one says so instead of dying too."""
    (wanted,) = project.wanted("one")
    with Store(wanted.planned.project.store) as store:
        store.leases.acquire("test session s")
    with closing(open_database(wanted.planned.project.store)) as connection:
        connection.execute("UPDATE leases SET deaths = 5, process = 999999999")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells)
        problem = drawing.missing(wanted.planned, wanted.cells)
    assert problem is not None
    assert problem.message.startswith("6 processes that drew")


def test_rounds_are_waited_for_whole(project: SessionProject, vendors: FakeVendors) -> None:
    """A suite drawn in rounds is judged when the last round has been, whichever cell is asked after."""
    project.suite(
        "one",
        repeats={"min": 2, "max": 4, "until": {"measure": "adherence", "half_width": 0.9}},
    )
    (wanted,) = project.wanted("one")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells[:1])
        assert drawing.missing(wanted.planned, wanted.cells[:1]) is None
        noted = drawing.store.session_runs.of("s")
        assert drawing.run(wanted.planned).finished_at is not None
    assert [each.state for each in noted] == ["ended"]
    assert len(prompts(vendors)) in (6, 9, 12)


def test_the_whole_suite_can_be_waited_for(project: SessionProject, vendors: FakeVendors) -> None:
    """Gates wait until nothing more will be drawn of their suite."""
    (wanted,) = project.wanted("one")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, [])
        assert len(prompts(vendors)) == 6
        assert drawing.missing(wanted.planned, wanted.cells) is None
        assert drawing.baseline(wanted.planned) is None
