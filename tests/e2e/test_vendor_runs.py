"""Whole runs over hosted models on the command line: stopped, killed, capped, refused, and searched for the key."""

from __future__ import annotations

import re
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from evalkit.store import Store
from tests.cli.conftest import CommandLine
from tests.conftest import KEY, KEY_VARIABLE
from vendors.asked import RefusedError, Reply
from vendors.faults import Fault

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.conftest import SmallProject
    from vendors.asked import Asked
    from vendors.server import FakeVendors

MODEL = "gpt-4.1-mini"
UNDER_WAY = "hosted: calls under way when the run was stopped, and asked again: at most 4"
SUITE = """\
suite: hosted
version: 1
providers: [hosted]
repeats: {repeats}
seed: 11
max_tokens: 20
axes:
  temperature: [0.0, 1.0]
cases:
  - id: one
    prompt: Say one thing.
    constraints:
      - max_words: 8
"""


@pytest.fixture
def evalkit(small_project: SmallProject, vendors: FakeVendors) -> CommandLine:
    """Give the command line in a project with the suite `hosted` of 80 samples on a model of a fake vendor."""
    command = CommandLine(small_project.folder)
    command.write("suites/hosted.yaml", SUITE.format(repeats=40))
    command.write("providers/hosted.yaml", _profile(vendors))
    return command


def _profile(vendors: FakeVendors, more: str = "") -> str:
    return (
        f"adapter: openai\nmodel: {MODEL}\nkey_env: {KEY_VARIABLE}\nbase_url: {vendors.base_url('openai')}\n"
        f"limits: {{concurrency: 4, attempts: 2}}\n{more}"
    )


def _answered(vendors: FakeVendors) -> int:
    return sum(each.status == 200 for each in vendors.received)


def _stored(evalkit: CommandLine) -> int:
    with Store(evalkit.folder / ".evalkit" / "runs.db") as store:
        run = store.run("last")
        return len(store.done(run.id, "hosted"))


def _end(process: subprocess.Popen[str], number: int, when: Callable[[], bool]) -> tuple[int, str]:
    """Send a process a signal at some moment; return its exit code and what it wrote to stderr."""
    until = time.monotonic() + 60
    while not when() and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=60)
    return process.returncode, stderr


@pytest.mark.slow
def test_ctrl_c_keeps_what_came_back(evalkit: CommandLine, vendors: FakeVendors) -> None:
    """All but the calls under way at that moment; the run goes on without asking twice."""
    vendors.latency_s = 0.05
    process = evalkit.start("run", "suites/hosted.yaml")
    code, stderr = _end(process, signal.SIGINT, lambda: _answered(vendors) >= 20)
    assert code == 130, stderr
    answered = _answered(vendors)
    assert answered < 80
    assert answered - 4 <= _stored(evalkit) <= answered
    vendors.latency_s = 0.0
    done = evalkit("run", "suites/hosted.yaml", "--resume", "last")
    assert _stored(evalkit) == 80
    assert 80 <= _answered(vendors) <= 84
    assert UNDER_WAY in " ".join(done.stdout.split())


@pytest.mark.slow
def test_a_kill_loses_the_calls_under_way_and_says_how_many(evalkit: CommandLine, vendors: FakeVendors) -> None:
    """Also before the first answer came."""
    vendors.fault = lambda _asked: Fault("hang")
    process = evalkit.start("run", "suites/hosted.yaml")
    code, _ = _end(process, signal.SIGKILL, lambda: len(vendors.received) >= 4)
    assert code == -signal.SIGKILL
    vendors.fault = lambda _asked: None
    done = evalkit("run", "suites/hosted.yaml", "--resume", "last")
    assert UNDER_WAY in " ".join(done.stdout.split())
    assert _answered(vendors) == 80


@pytest.mark.slow
def test_what_was_refused_is_not_asked_by_a_resumed_run(evalkit: CommandLine, vendors: FakeVendors) -> None:
    """The credit ends in the middle; the refusal of a value is known in the next sitting."""

    def reply(asked: Asked) -> Reply:
        if asked.settings["temperature"] == 0:
            raise RefusedError("'temperature' does not support 0", parameter="temperature", code="unsupported_value")
        return Reply("fine")

    vendors.reply = reply
    evalkit.write("providers/hosted.yaml", _profile(vendors, "supports: {temperature: unknown}\n"))
    # The cells of the refused value come last, so that some of them are left for the second sitting.
    text = SUITE.format(repeats=40).replace("[0.0, 1.0]", "[1.0, 0.0]").replace("axes:", "axes:\n  top_p: [0.5, 1.0]")
    evalkit.write("suites/hosted.yaml", text)

    def cold() -> int:
        return sum(each.body["temperature"] == 0 for each in vendors.completions("openai"))

    vendors.fault = lambda asked: Fault("quota") if asked.number > 60 else None
    done = evalkit("run", "suites/hosted.yaml", expect=3)
    assert "error: provider hosted: has no credit left: You exceeded your current quota" in done.stderr
    assert re.search(r"the run is incomplete; `--resume \S+` draws what is missing", done.stderr)
    first = cold()
    assert 1 <= first <= 4
    assert _stored(evalkit) < 160
    vendors.fault = lambda _asked: None
    evalkit("run", "suites/hosted.yaml", "--resume", "last")
    assert _stored(evalkit) == 160
    assert cold() == first


@pytest.mark.slow
def test_a_cap_holds_over_sittings(evalkit: CommandLine, vendors: FakeVendors) -> None:
    """`--max-cost` is of the whole run: the same cap again asks for nothing, a higher one goes on."""
    evalkit.write("providers/hosted.yaml", _profile(vendors, "price: {input: 1000, output: 1000}\n"))
    done = evalkit("run", "suites/hosted.yaml", "--max-cost", "0.2", expect=3)
    found = re.search(r"--max-cost 0\.2 leaves no room for another call: the run has cost \$(0\.\d+)", done.stderr)
    assert found
    assert 0.15 < float(found[1]) <= 0.2
    asked = len(vendors.received)
    evalkit("run", "suites/hosted.yaml", "--max-cost", "0.2", "--resume", "last", expect=3)
    assert len(vendors.received) - asked <= 1
    evalkit("run", "suites/hosted.yaml", "--max-cost", "2", "--resume", "last")
    assert _answered(vendors) == 80


def _gives_the_key_away(asked: Asked) -> Reply:
    said = f"your key is {KEY}"
    if asked.number == 3:
        raise RefusedError(said, status=400)
    if asked.number == 4:
        raise RefusedError(f"'temperature' is refused; {said}", parameter="temperature", code="unsupported_value")
    if asked.number >= 20:
        raise RefusedError(said, status=401, code="invalid_api_key")
    return Reply(said, reasoning=said, served=f"{MODEL}-{KEY}")


@pytest.mark.slow
@pytest.mark.parametrize("debug", [(), ("--debug",)], ids=["plain", "debug"])
def test_the_key_is_nowhere(evalkit: CommandLine, vendors: FakeVendors, debug: tuple[str, ...]) -> None:
    """Not in the store, a report, a recording, or on a terminal, although the server gives it back in every way."""
    vendors.reply = _gives_the_key_away
    evalkit.write("providers/hosted.yaml", _profile(vendors, "supports: {temperature: unknown}\n"))
    process = evalkit.start(*debug, "run", "suites/hosted.yaml", "--format", "md,json,csv", "--record", "recorded")
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 3
    assert f"hosted: refused the key: your key is [the key in {KEY_VARIABLE}]" in stderr
    assert KEY not in stdout + stderr
    files = [path for path in evalkit.folder.rglob("*") if path.is_file()]
    assert len([path for path in files if "recorded" in path.parts]) >= 20
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []
    statuses = Counter(each.status for each in vendors.received)
    assert statuses[401] <= 4
