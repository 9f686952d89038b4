"""The process that draws for a test session: how it dies, how it is stopped, and who takes over."""

from __future__ import annotations

import signal
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from evalkit.plugin.drawing import Drawing
from evalkit.store import Store
from sitting import SessionProject, drawn, prompts, seen
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from vendors.server import FakeVendors


def test_another_process_takes_over_from_a_killed_one(
    project: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """The same run goes on, and nothing is asked again but what was under way when the process died."""
    project.suite("one", cases=10)
    vendors.latency_s = 0.15
    leading = project.sit("s", "one")
    wait_until(lambda: len(prompts(vendors)) >= 4)
    following = project.sit("s", "one", first=9)
    wait_until(lambda: len(prompts(vendors)) >= 8)
    leading.kill()
    leading.communicate()
    ended = seen(following)
    assert (ended.code, ended.stderr, ended.closed) == (0, "", True)
    assert set(ended.cells.values()) == {None}
    assert 20 <= len(prompts(vendors)) <= 22  # two were under way
    with Store(project.wanted("one")[0].planned.project.store) as store:
        (run,) = store.runs()
        assert run.finished_at is not None
        assert store.drawn_count(run.id) == 20
        assert sum(store.broken_off(run.id).values()) >= len(prompts(vendors)) - 20


def test_stopping_lets_calls_under_way_come_back(project: SessionProject, vendors: FakeVendors) -> None:
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
        assert kept == len(prompts(vendors)) < 20
    assert vendors.under_way == 0
    assert set(drawn(wanted, session="t", resume=True).values()) == {None}
    assert len(prompts(vendors)) == 20


@pytest.mark.slow
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
    assert len(prompts(vendors)) < 80


def _many(project: SessionProject, vendors: FakeVendors, cases: int = 40, latency_s: float = 0.1) -> None:
    project.suite("one", cases=cases)
    vendors.latency_s = latency_s


def test_an_interrupt_keeps_what_was_under_way(
    project: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """Ctrl-C ends the waiting and the drawing; calls that were under way come back and are kept."""
    _many(project, vendors, latency_s=0.3)
    leading = project.sit("s", "one")
    wait_until(lambda: len(prompts(vendors)) >= 2 and vendors.under_way > 0)
    leading.send_signal(signal.SIGINT)
    ended = seen(leading)
    assert (ended.code, ended.stderr, ended.closed) == (0, "", True)
    assert len(prompts(vendors)) < 80
    with Store(project.root / ".evalkit" / "runs.db") as store:
        (run,) = store.runs()
        assert store.drawn_count(run.id) == len(prompts(vendors))
        assert store.broken_off(run.id) == {}
        (noted,) = store.session_runs.of("s")
        assert (noted.state, noted.problems[""].message) == ("stopped", "it was interrupted")


def test_a_second_interrupt_waits_for_nothing(
    project: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """Who presses Ctrl-C again while calls hang is let go at once."""
    vendors.fault = lambda _asked: Fault("hang")
    began = time.monotonic()
    leading = project.sit("s", "one")
    assert leading.stdout is not None
    wait_until(lambda: len(prompts(vendors)) >= 2)
    leading.send_signal(signal.SIGINT)
    assert leading.stdout.readline() == '"interrupted"\n'
    time.sleep(0.3)
    leading.send_signal(signal.SIGINT)
    ended = seen(leading)
    assert "KeyboardInterrupt" in ended.stderr
    assert time.monotonic() - began < 50  # less than calls are waited for otherwise


def test_a_process_that_ends_without_a_word_draws_no_further(project: SessionProject, vendors: FakeVendors) -> None:
    """Where nobody closes the drawing, it stops by itself when the program has come to its end."""
    _many(project, vendors)
    ended = seen(project.sit("s", "one", leave_after=1))
    assert (ended.code, ended.closed) == (0, False)
    assert len(prompts(vendors)) < 80


@pytest.mark.slow
def test_a_process_that_was_held_up_gives_way(
    project: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """Another takes over from one that stands still; that one asks for nothing more and waits like the others."""
    _many(project, vendors, cases=30, latency_s=0.2)
    held_up = project.sit("s", "one")
    wait_until(lambda: len(prompts(vendors)) >= 2)
    held_up.send_signal(signal.SIGSTOP)
    following = project.sit("s", "one", first=1)
    before = len(prompts(vendors))
    wait_until(lambda: len(prompts(vendors)) >= before + 4)
    held_up.send_signal(signal.SIGCONT)
    ended = [seen(held_up), seen(following)]
    assert [(each.code, each.stderr, each.closed) for each in ended] == [(0, "", True)] * 2
    assert {kind for each in ended for kind in each.cells.values()} == {None}
    assert 60 <= len(prompts(vendors)) <= 68  # two of each, and what the first asked before it noticed
    with Store(project.root / ".evalkit" / "runs.db") as store:
        (run,) = store.runs()
        assert run.finished_at is not None


@pytest.mark.slow
def test_what_was_spent_counts_after_a_death(
    project: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """The one that takes over has no more left of the cap than the one that died had."""
    project.profile("claude", price={"input": 0.0, "output": 1_000_000.0})  # a dollar a token
    _many(project, vendors, cases=20)
    terms = {"max_cost_usd": 200.0}
    leading = project.sit("s", "one", terms=terms)
    wait_until(lambda: len(prompts(vendors)) >= 10)
    leading.kill()
    leading.communicate()
    seen(project.sit("s", "one", terms=terms))
    with Store(project.root / ".evalkit" / "runs.db") as store:
        (run,) = store.runs()
        (noted,) = store.session_runs.of("s")
        assert 150 < store.spent_usd(run.id) <= 200
        assert noted.over_budget


def test_an_adapter_that_breaks_ends_its_suite_alone(project: SessionProject) -> None:
    """What nobody expected is said of the suite that it happened to, and the others are drawn."""
    (project.root / "providers" / "broken.py").write_text(
        "class Broken:\n"
        "    def __init__(self, profile):\n"
        "        self.profile = profile\n"
        "    def supports(self, setting):\n"
        "        return True\n"
        "    async def call(self, sample):\n"
        "        raise AssertionError\n"
        "    async def prepare(self, say):\n"
        "        raise RuntimeError('no such disk')\n",
        encoding="utf-8",
    )
    (project.root / "providers" / "broken.yaml").write_text("adapter: ./broken.py:Broken\nmodel: m\n", encoding="utf-8")
    project.suite("two", providers=["broken"])
    wanted = project.wanted("two", "one")
    kinds = drawn(*wanted)
    assert {kinds["two", "broken", number] for number in range(3)} == {"failed"}
    assert {kinds["one", "claude", number] for number in range(3)} == {None}
    with closing(Drawing(wanted, "s")) as drawing:
        problem = drawing.problem(wanted[0].planned, "broken")
    assert problem is not None
    assert "no such disk" in problem.message
