"""Test runs as users start them: what they ask for, in one process and several, and how they end before their time."""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from evalkit.store import Store
from sitting import bodies, counted, prompts
from vendors.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from sitting import SessionProject
    from vendors.server import FakeVendors

SUITES = "--evalkit=suites"


@pytest.fixture
def tests(project: SessionProject) -> SessionProject:
    """Give the project with a second suite of eight cases at the same vendor."""
    project.suite("two", cases=8)
    return project


def test_workers_ask_for_what_one_process_does(tests: SessionProject, vendors: FakeVendors) -> None:
    """The server gets the same calls, word for word, from one process and from two."""
    assert tests.ended(SUITES) == {"passed": 11}
    alone = bodies(vendors)
    vendors.received.clear()
    assert tests.ended(SUITES, "-n", "2") == {"passed": 11}
    assert bodies(vendors) == alone
    assert sum(alone.values()) == 22


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ["-n", "1"],
        ["-n", "8"],
        *(["-n", "2", "--dist", how] for how in ("worksteal", "loadfile", "loadscope", "loadgroup")),
    ],
    ids=" ".join,
)
def test_items_may_be_dealt_out_in_any_way(tests: SessionProject, vendors: FakeVendors, arguments: list[str]) -> None:
    """With any number of workers every item has its outcome, and every sample is asked for once."""
    assert tests.ended(SUITES, *arguments) == {"passed": 11}
    cases = [("one", number) for number in range(3)] + [("two", number) for number in range(8)]
    assert Counter(prompts(vendors)) == {f"Say {suite} {number}.": 2 for suite, number in cases}


@pytest.mark.slow
def test_each_worker_reports_the_same_samples(tests: SessionProject, vendors: FakeVendors) -> None:
    """With `--dist each` every item is reported by each worker, and each sample is asked for once."""
    assert tests.ended(SUITES, "--dist=each", "--tx=2*popen") == {"passed": 22}
    assert len(prompts(vendors)) == 22


def test_a_worker_that_is_killed_is_replaced(
    tests: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """One of the others goes on with the same runs, and only what was under way is asked for again."""
    vendors.latency_s = 0.15
    running = tests.pytest(SUITES, "-n", "2")
    wait_until(lambda: len(prompts(vendors)) >= 4)
    with Store(tests.root / ".evalkit" / "runs.db") as store:
        (noted,) = store.session_runs.of(_session(store))
        lease = store.leases.find(f"test session {noted.session}")
        assert lease is not None
        os.kill(lease.process, signal.SIGKILL)
    ended = counted(running, expect=1)
    assert ended["failed"] <= 1  # pytest-xdist's own word on the item that its worker was at
    assert ended.get("passed", 0) + ended["failed"] == 11
    assert 22 <= len(prompts(vendors)) <= 24
    with Store(tests.root / ".evalkit" / "runs.db") as store:
        assert [run.finished_at is not None for run in store.runs()] == [True, True]


def _session(store: Store) -> str:
    (run,) = store.runs()
    (session,) = store.session_runs.sessions_of(run.id)
    return session


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]], ids=["alone", "two workers"])
def test_a_failure_stops_the_drawing(tests: SessionProject, vendors: FakeVendors, arguments: list[str]) -> None:
    """With `-x` nothing more is asked for, and no item is blamed for it."""
    tests.suite("two", cases=40)
    vendors.latency_s = 0.1
    tests.profile("claude", limits={"concurrency": 1, "attempts": 1})
    tests.suite("one", constraints=[{"max_words": 1}])  # its first item fails
    ended = tests.ended(SUITES, "-x", *arguments, expect=2 if arguments else 1)
    assert ended["failed"] >= 1
    assert "error" not in ended
    assert len(prompts(vendors)) < 86
    with Store(tests.root / ".evalkit" / "runs.db") as store:
        assert len(prompts(vendors)) == sum(store.drawn_count(run.id) for run in store.runs())


@pytest.mark.slow
def test_a_failing_test_of_ones_own_stops_the_drawing(tests: SessionProject, vendors: FakeVendors) -> None:
    """The worker that draws hears of a failure in another one, although no item of a suite has been reported."""
    tests.suite("two", cases=40)
    vendors.latency_s = 0.1
    (tests.root / "test_own.py").write_text(
        "import pathlib, time\n\n\ndef test_own():\n    store = pathlib.Path('.evalkit/runs.db')\n"
        "    for _ in range(600):\n        time.sleep(0.1)\n        if store.exists():\n            break\n"
        "    time.sleep(0.5)\n    raise AssertionError\n",
        encoding="utf-8",
    )
    tests.opt_in()
    ended = tests.ended("-x", "-n", "2", "test_own.py", "suites/two.yaml", expect=2)
    assert ended["failed"] == 1
    assert len(prompts(vendors)) < 80


@pytest.mark.parametrize("text", ["import pytest; pytest.exit('enough', returncode=7)", "raise KeyboardInterrupt"])
def test_leaving_a_test_run_stops_the_drawing(tests: SessionProject, vendors: FakeVendors, text: str) -> None:
    """`pytest.exit`, with whatever exit code, and Ctrl-C end it without drawing what is left."""
    tests.suite("two", cases=40)
    vendors.latency_s = 0.1
    (tests.root / "test_own.py").write_text(f"def test_own():\n    {text}\n", encoding="utf-8")
    tests.opt_in()
    code = 7 if "exit" in text else 2
    assert tests.ended("suites/one.yaml", "test_own.py", "suites/two.yaml", expect=code) == {"passed": 3}
    assert 6 <= len(prompts(vendors)) < 86


@pytest.mark.slow
def test_an_interrupt_while_items_wait(
    tests: SessionProject, vendors: FakeVendors, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """Ctrl-C ends the wait; what was under way is kept, and `--evalkit-resume` goes on from there."""
    tests.suite("two", cases=20)
    vendors.latency_s = 0.2
    running = tests.pytest("--evalkit=suites/two.yaml")
    wait_until(lambda: len(prompts(vendors)) >= 2 and vendors.under_way > 0)
    running.send_signal(signal.SIGINT)
    counted(running, expect=2)
    with Store(tests.root / ".evalkit" / "runs.db") as store:
        assert len(prompts(vendors)) == sum(store.drawn_count(run.id) for run in store.runs())
    vendors.latency_s = 0
    assert tests.ended("--evalkit=suites/two.yaml", "--evalkit-resume") == {"passed": 20}
    assert len(prompts(vendors)) == 40


@pytest.mark.slow
def test_waiting_is_no_matter_of_time_limits(tests: SessionProject, vendors: FakeVendors) -> None:
    """What takes longer than a test may take is not counted, as pytest-timeout's clock starts when all is there."""
    vendors.latency_s = 6.0  # longer than the limit, which is long enough for what judges to be imported
    assert tests.ended("--evalkit=suites/one.yaml", "--timeout=5") == {"passed": 3}


def test_a_reached_budget_is_an_error_of_what_is_left(tests: SessionProject) -> None:
    """The items that were drawn for have their outcome; the others err in their set-up, and say why."""
    tests.profile("claude", price={"input": 0.0, "output": 1_000_000.0}, limits={"concurrency": 1})
    running = tests.pytest(SUITES, "--evalkit-max-cost", "60")
    output, _ = running.communicate(timeout=120)
    assert running.returncode == 1
    assert "--evalkit-max-cost 60 leaves no room for another call" in output
    assert "give a higher --evalkit-max-cost" in output
    assert " passed" in output
    assert " error" in output


@pytest.mark.slow
def test_an_outage_is_an_error_of_what_is_left(tests: SessionProject, vendors: FakeVendors) -> None:
    """It is counted as errors, not as failures; a later run that resumes draws only what is missing."""
    tests.profile("claude", limits={"concurrency": 1, "attempts": 1})
    vendors.fault = lambda asked: Fault("bad_key", 401) if asked.number >= 4 else None
    assert tests.ended(SUITES, expect=1) == {"passed": 2, "error": 9}
    vendors.fault = lambda _asked: None
    vendors.received.clear()
    assert tests.ended(SUITES, "--evalkit-resume") == {"passed": 11}
    assert len(prompts(vendors)) == 18


def test_nothing_is_begun_for_tests_of_ones_own(tests: SessionProject, vendors: FakeVendors) -> None:
    """Where no item of a suite is selected, there is no store and no call."""
    (tests.root / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    assert tests.ended(SUITES, "-k", "own", "test_own.py", "suites") == {"passed": 1, "deselected": 11}
    assert tests.ended(SUITES, "--collect-only", "-q") is not None
    assert not (tests.root / ".evalkit").exists()
    assert vendors.received == []
