"""What processes of a test session get of what one of them draws, and why they get nothing."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.conduct import Terms
from evalkit.plugin.drawing import Drawing
from evalkit.plugin.planned import Wanted
from evalkit.store import Store, open_database
from sitting import SessionProject, seen
from vendors.asked import Reply
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from vendors.asked import Asked
    from vendors.server import FakeVendors


@pytest.fixture
def project(tmp_path: Path, vendors: FakeVendors) -> SessionProject:
    """Give a project with the profile `claude`, and a suite `one` of three cases with two draws each."""
    made = SessionProject(tmp_path, vendors.base_url)
    (tmp_path / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    made.profile("claude")
    made.suite("one")
    return made


def _prompts(vendors: FakeVendors) -> list[str]:
    """Return what was asked, in order."""
    return [str(each.body["messages"][-1]["content"]) for each in vendors.completions("claude")]


def _bodies(vendors: FakeVendors) -> Counter[str]:
    return Counter(repr(each.body) for each in vendors.completions("claude"))


def _draw(*wanted: Wanted, session: str = "s", **options: Any) -> dict[tuple[str, str, int], str | None]:  # noqa: ANN401
    """Wait for every cell in this process, and return the kind of problem of each."""
    found: dict[tuple[str, str, int], str | None] = {}
    drawing = Drawing(wanted, session, **options)
    try:
        for each in wanted:
            for cell in each.cells:
                drawing.wait(each.planned, [cell])
                missing = drawing.missing(each.planned, [cell])
                found[each.planned.suite.name, cell.provider, cell.number] = missing and missing.kind
    finally:
        drawing.close()
    return found


def test_every_cell_is_drawn_once(project: SessionProject, vendors: FakeVendors) -> None:
    """One session is one run, and a second look at its cells asks nothing more."""
    (wanted,) = project.wanted("one")
    assert set(_draw(wanted).values()) == {None}
    assert Counter(_prompts(vendors)) == {f"Say one {number}.": 2 for number in range(3)}
    with closing(Drawing([wanted], "s")) as again:
        again.wait(wanted.planned, wanted.cells)
        assert again.missing(wanted.planned, wanted.cells) is None
        assert again.run(wanted.planned).finished_at is not None
        assert again.store.drawn_count(again.run(wanted.planned).id) == 6
    assert len(_prompts(vendors)) == 6
    assert threading.active_count() == 2  # this one, and the server's


def test_nothing_is_begun_before_the_first_wait(project: SessionProject, vendors: FakeVendors) -> None:
    """A test run that needs none of it opens no store, starts no thread and asks nothing."""
    before = threading.active_count()
    with closing(Drawing(project.wanted("one"), "s")) as drawing:
        assert threading.active_count() == before
        drawing.stop()
    assert not (project.root / ".evalkit").exists()
    assert vendors.received == []


def test_only_what_is_wanted_is_asked_in_its_order(project: SessionProject, vendors: FakeVendors) -> None:
    """Samples go out in the order of items, and a cell that no item selects is neither asked nor missed."""
    project.profile("claude", limits={"concurrency": 1})
    planned = project.wanted("one")[0].planned
    _, second, third = planned.cells()
    assert set(_draw(Wanted(planned, (third, second))).values()) == {None}
    assert _prompts(vendors) == ["Say one 2."] * 2 + ["Say one 1."] * 2
    with Store(planned.project.store) as store:
        (run,) = store.runs()
        assert run.selection["cells"] == {"claude": [2, 1]}
        assert run.finished_at is not None


def test_a_waiting_test_goes_on_before_all_is_drawn(
    project: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """The first item runs as soon as its own cells are there, while the rest is still being asked for."""
    project.profile("claude", limits={"concurrency": 1})
    project.suite("one", cases=8)
    vendors.latency_s = 0.05
    (wanted,) = project.wanted("one")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells[:1])
        assert drawing.missing(wanted.planned, wanted.cells[:1]) is None
        assert len(_prompts(vendors)) < 10
        assert drawing.missing(wanted.planned, wanted.cells[-1:]) is not None
    assert len(_prompts(vendors)) == 16  # closing waits for the rest, which other processes may wait for


def test_suites_that_share_a_provider_go_one_after_the_other(project: SessionProject, vendors: FakeVendors) -> None:
    """The second suite is asked when the first one has been; one at another provider does not wait for either."""
    project.suite("two")
    assert set(_draw(*project.wanted("two", "one")).values()) == {None}
    asked = _prompts(vendors)
    assert [each.split()[1] for each in asked] == ["two"] * 6 + ["one"] * 6


def test_suites_that_share_none_go_side_by_side(project: SessionProject, vendors: FakeVendors) -> None:
    """Two suites at two vendors are under way together."""
    project.profile("openai")
    project.suite("two", providers=["openai"])
    vendors.latency_s = 0.1
    assert set(_draw(*project.wanted("one", "two")).values()) == {None}
    assert vendors.most_at_once > 2  # each vendor alone is asked two at a time


@pytest.mark.parametrize("processes", [2, 8])
def test_processes_share_what_one_of_them_draws(
    project: SessionProject, vendors: FakeVendors, processes: int
) -> None:
    """However many processes a session has, the calls are those of one, and each process gets its cells."""
    project.suite("two", cases=5)
    _draw(*project.wanted("one", "two"), session="alone")
    alone = _bodies(vendors)
    vendors.received.clear()
    sitting = [project.sit("many", "one", "two", first=first, step=processes) for first in range(processes)]
    ended = [seen(each) for each in sitting]
    assert [(each.code, each.stderr) for each in ended] == [(0, "")] * processes
    assert all(each.closed for each in ended)
    cells = [cell for each in ended for cell in each.cells.items()]
    assert len(cells) == 8
    assert {kind for _, kind in cells} == {None}
    assert _bodies(vendors) == alone


def test_every_process_may_want_every_cell(project: SessionProject, vendors: FakeVendors) -> None:
    """As with `--dist each`: both see all cells, of the same run, and every sample is asked for once."""
    ended = [seen(each) for each in [project.sit("each", "one"), project.sit("each", "one")]]
    assert [each.cells for each in ended] == [{("one", "claude", number): None for number in range(3)}] * 2
    assert len(_prompts(vendors)) == 6
    with Store(project.wanted("one")[0].planned.project.store) as store:
        assert len(store.runs()) == 1


def test_another_process_takes_over_from_a_killed_one(
    project: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """The same run goes on, and nothing is asked again but what was under way when the process died."""
    project.suite("one", cases=10)
    vendors.latency_s = 0.15
    leading = project.sit("s", "one")
    wait_until(lambda: len(_prompts(vendors)) >= 4)
    following = project.sit("s", "one", first=9)
    wait_until(lambda: len(_prompts(vendors)) >= 8)
    leading.kill()
    leading.communicate()
    ended = seen(following)
    assert (ended.code, ended.stderr, ended.closed) == (0, "", True)
    assert set(ended.cells.values()) == {None}
    assert 20 <= len(_prompts(vendors)) <= 22  # two were under way
    with Store(project.wanted("one")[0].planned.project.store) as store:
        (run,) = store.runs()
        assert run.finished_at is not None
        assert store.drawn_count(run.id) == 20
        assert sum(store.broken_off(run.id).values()) == len(_prompts(vendors)) - 20


def test_stopping_lets_calls_under_way_come_back(
    project: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """After `-x` nothing more is asked for; what was under way is kept, and the run can go on another time."""
    project.suite("one", cases=10)
    vendors.latency_s = 0.1
    (wanted,) = project.wanted("one")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells[:1])
        drawing.stop("a test failed")
        drawing.wait(wanted.planned, wanted.cells)
        missing = drawing.missing(wanted.planned, wanted.cells)
        assert missing is not None
        assert (missing.kind, missing.message) == ("stopped", "a test failed")
        kept = drawing.store.drawn_count(drawing.run(wanted.planned).id)
        assert kept == len(_prompts(vendors)) < 20
    assert vendors.under_way == 0
    assert set(_draw(wanted, session="t", resume=True).values()) == {None}
    assert len(_prompts(vendors)) == 20


def test_stopping_reaches_the_process_that_draws(project: SessionProject, vendors: FakeVendors) -> None:
    """A process that stops stops the session: the one that draws asks for nothing more, and says why."""
    project.suite("one", cases=40)
    vendors.latency_s = 0.1
    leading = project.sit("s", "one")
    assert leading.stdout is not None
    leading.stdout.readline()
    seen(project.sit("s", "one", first=1, stop_after=1))
    ended = seen(leading)
    assert (ended.code, ended.stderr, ended.closed) == (0, "", True)
    assert set(ended.cells.values()) == {None, "stopped"}
    assert len(_prompts(vendors)) < 80


def test_the_budget_is_for_the_whole_session(project: SessionProject, vendors: FakeVendors) -> None:
    """Two suites share one cap; cells that were drawn before it was reached have no problem."""
    price = {"input": 0.0, "output": 1_000_000.0}  # a dollar a token
    vendors.reply = lambda _asked: Reply("one two three four five")
    project.profile("claude", price=price, limits={"concurrency": 1})
    project.suite("two")
    spent = 0.0
    kinds = _draw(*project.wanted("one", "two"), terms=Terms(max_cost_usd=60.0))
    with Store(project.root / ".evalkit" / "runs.db") as store:
        spent = sum(store.spent_usd(run.id) for run in store.runs())
        noted = store.session_runs.of("s")
    assert kinds["one", "claude", 0] is None
    assert kinds["two", "claude", 2] == "over_budget"
    assert 40 <= spent <= 60
    assert any(each.over_budget for each in noted)
    assert len(_prompts(vendors)) < 12
    # Another process of the session counts what is spent already.
    before = len(_prompts(vendors))
    _draw(*project.wanted("one", "two"), terms=Terms(max_cost_usd=60.0))
    assert len(_prompts(vendors)) == before


def test_a_provider_that_fails_ends_only_what_it_owes(project: SessionProject, vendors: FakeVendors) -> None:
    """Cells that came before the outage stand, the rest of the provider's says why, and the other provider goes on."""
    project.profile("claude", limits={"concurrency": 1, "attempts": 1})
    project.profile("openai")
    project.suite("one", providers=["claude", "openai"], cases=4)

    def outage(asked: Asked) -> Fault | None:
        return Fault("bad_key", 401) if asked.vendor == "claude" and asked.number >= 3 else None

    vendors.fault = outage
    wanted = project.wanted("one")
    kinds = _draw(*wanted)
    assert kinds["one", "claude", 0] is None
    assert {kinds["one", "claude", number] for number in range(1, 4)} == {"failed"}
    assert {kinds["one", "openai", number] for number in range(4)} == {None}
    with closing(Drawing(wanted, "s")) as drawing:
        problem = drawing.problem(wanted[0].planned, "claude")
        assert problem is not None
        assert "provider claude" in problem.message
        assert drawing.problem(wanted[0].planned, "openai") is None


def test_without_a_key_a_provider_is_unusable(project: SessionProject, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said of the provider alone, at once, also where no other one is left; a wrong profile is a failure."""
    project.profile("openai", key_env="EVALKIT_TEST_NO_SUCH_KEY")
    project.suite("two", providers=["openai", "claude"])
    project.suite("three", providers=["openai"])
    project.suite("four", providers=["wrong"])
    project.profile("claude", "wrong", options={"no_such_option": 1})
    kinds = _draw(*project.wanted("two", "three", "four"))
    assert {kinds["two", "openai", number] for number in range(3)} == {"unusable"}
    assert {kinds["two", "claude", number] for number in range(3)} == {None}
    assert kinds["three", "openai", 0] == "unusable"
    assert kinds["four", "wrong", 0] == "failed"


def test_failed_calls_are_no_reason_to_wait(project: SessionProject, vendors: FakeVendors) -> None:
    """A call that failed for good is there to be judged, and a later session that resumes makes it again."""
    vendors.fault = lambda asked: Fault("status", 400) if asked.prompt.endswith("1.") else None
    (wanted,) = project.wanted("one")
    assert set(_draw(wanted).values()) == {None}
    vendors.fault = lambda _asked: None
    assert set(_draw(wanted, session="t", resume=True).values()) == {None}
    assert len(_prompts(vendors)) == 8
    with Store(wanted.planned.project.store) as store:
        (run,) = store.runs()
        assert {each.completion.outcome for each in store.drawn(run.id, "claude")} == {"complete"}


def test_only_the_same_selection_is_resumed(project: SessionProject, vendors: FakeVendors) -> None:
    """A finished run, one of other cells or one of another suite is no run to go on with."""
    planned = project.wanted("one")[0].planned
    first, second, _ = planned.cells()
    vendors.fault = lambda _asked: Fault("status", 400)
    _draw(Wanted(planned, (first, second)))
    vendors.fault = lambda _asked: None
    _draw(Wanted(planned, (first,)), session="t", resume=True)
    with Store(planned.project.store) as store:
        assert len(store.runs()) == 2
    _draw(Wanted(planned, (second, first)), session="u", resume=True)
    _draw(Wanted(planned, (second, first)), session="v", resume=True)
    with Store(planned.project.store) as store:
        assert len(store.runs()) == 3


def test_a_run_that_is_being_drawn_is_not_resumed(project: SessionProject, vendors: FakeVendors) -> None:
    """Another session has it, which is said with its process."""
    (wanted,) = project.wanted("one")
    vendors.latency_s = 0.3
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, wanted.cells[:1])
        with closing(Drawing([wanted], "t", resume=True)) as other:
            other.wait(wanted.planned, wanted.cells)
            problem = other.missing(wanted.planned, wanted.cells)
    assert problem is not None
    assert problem.kind == "failed"
    assert "is being drawn by another test session" in problem.message


def test_stored_answers_are_reused(project: SessionProject, vendors: FakeVendors) -> None:
    """A session that may reuse asks for nothing that any run has an answer to."""
    (wanted,) = project.wanted("one")
    _draw(wanted)
    assert set(_draw(wanted, session="t", terms=Terms(reuse=True)).values()) == {None}
    assert len(_prompts(vendors)) == 6


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
    kinds = _draw(*project.wanted("one"), *other.wanted("elsewhere"))
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
    assert len(_prompts(vendors)) in (6, 9, 12)


def test_the_whole_suite_can_be_waited_for(project: SessionProject, vendors: FakeVendors) -> None:
    """Gates wait until nothing more will be drawn of their suite."""
    (wanted,) = project.wanted("one")
    with closing(Drawing([wanted], "s")) as drawing:
        drawing.wait(wanted.planned, [])
        assert len(_prompts(vendors)) == 6
        assert drawing.missing(wanted.planned, wanted.cells) is None
        assert drawing.baseline(wanted.planned) is None
