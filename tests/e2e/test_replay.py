"""Recorded traffic: a run with its faults happens again from its files alone, without key and server."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import KEY, KEY_VARIABLE
from vendors.asked import Asked, Reply
from vendors.faults import Fault
from vendors.server import VENDORS, FakeVendors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.e2e.conftest import Folder

pytestmark = pytest.mark.slow

SUITE = """\
suite: traffic
providers: [claude, gemini, openai]
repeats: 4
max_tokens: 8
seed: 5
axes:
  temperature: [default, 0.7]
  system: [none, dense]
systems:
  none: null
  dense: Answer in at most 4 words.
constraints:
  - max_words: 3
cases:
  - {id: sea, prompt: What lives in the sea?}
measures: [exact_agreement]
"""
ANSWERS = "provider, position, outcome, text, error, stop_reason, applied, cost_usd, verdicts, served_model, request_id"
PRICE = {"input": 1.0, "output": 5.0}


def varied(asked: Asked) -> Reply:
    """Answer each call otherwise, in one to five words, and refuse now and then."""
    text = " ".join(["word"] * (1 + asked.number % 5))
    return Reply(f"{text}{asked.number}", ending="refused" if asked.number == 3 else "stop")


def troubled(asked: Asked) -> Fault | None:
    """Let calls fail in several ways, and others come late, so that the answers' order is not the calls'."""
    fault = {2: Fault("status", 503), 5: Fault("reset"), 7: Fault("truncated"), 9: Fault("html")}.get(asked.number)
    return fault or (Fault("slow", retry_after_s=0.1) if asked.number % 3 == 0 else None)


def make(folder: Folder, vendors: FakeVendors) -> None:
    """Write the suite; Claude's profile leaves it to the server to refuse the temperature."""
    folder.environment[KEY_VARIABLE] = KEY
    folder.write("suites/traffic.yaml", SUITE)
    for vendor in VENDORS:
        supports = {"temperature": "unknown"} if vendor == "claude" else None
        limits = {"concurrency": 6}
        folder.hosted(vendor, vendors.base_url(vendor), limits=limits, supports=supports, price=PRICE)


def forget(folder: Folder) -> None:
    """Take away the store, and the key."""
    del folder.environment[KEY_VARIABLE]
    (folder.path / ".evalkit").rename(folder.path / "before")


def told(report: dict[str, Any]) -> dict[str, Any]:
    """Return what a report says, but for the run's name."""
    assert report["missing"] == 0
    return {key: report[key] for key in ("rows", "gates", "notes", "knobs", "environment")}


def test_run_happens_again_from_its_traffic_alone(folder: Folder) -> None:
    """Texts, outcomes, scores, costs and notes are the same, sample for sample, with faults, retries and refusals."""
    with FakeVendors(key=KEY, reply=varied, fault=troubled) as vendors:
        make(folder, vendors)
        folder.run("run", "suites/traffic.yaml", "--record", "traffic")
    had, report = folder.stored(ANSWERS), folder.report()
    assert {outcome for _, _, outcome, *_ in had} == {"complete", "refusal", "unsupported"}
    assert len({text for _, _, outcome, text, *_ in had if outcome == "complete"}) > 12
    forget(folder)
    replayed = folder.run("run", "suites/traffic.yaml", "--replay", "traffic")
    assert folder.stored(ANSWERS) == had
    again = folder.report()
    assert again["run"] != report["run"]
    assert told(again) == told(report)
    assert sum(row["cost_usd"] or 0 for row in again["rows"]) > 0
    assert "refused" in replayed.stdout


def test_traffic_is_to_be_read(folder: Folder) -> None:
    """Each file says whose call it was, what was sent and what came back, a failure in words."""
    with FakeVendors(key=KEY, fault=troubled) as vendors:
        make(folder, vendors)
        folder.run("run", "suites/traffic.yaml", "--record", "traffic", "--provider", "openai", "--repeats", "3")
    exchanges = [json.loads(path.read_text("utf-8")) for path in sorted((folder.path / "traffic/openai").iterdir())]
    assert len(exchanges) == 12 + 4
    first = exchanges[0]
    assert list(first) == ["sample", "request", "attempt", "answer"]
    assert (first["sample"]["suite"], first["sample"]["case"]) == ("traffic", "sea")
    assert first["request"]["json"]["messages"][-1] == {"role": "user", "content": "What lives in the sea?"}
    failures = [each["answer"] for each in exchanges if "failure" in each["answer"]]
    assert [list(each) for each in failures] == [["failure", "message"]]
    assert sum(each["answer"].get("status") == 503 for each in exchanges) == 1
    assert max(each["attempt"] for each in exchanges) >= 2


def test_what_the_recording_lacks_is_one_sentence(folder: Folder) -> None:
    """A replay of more than was recorded says which sample it has no answer for, keeps the rest, and exits 3."""
    arguments = ("run", "suites/traffic.yaml", "--provider", "openai", "--set", "temperature=0.7")
    with FakeVendors(key=KEY) as vendors:
        make(folder, vendors)
        folder.run(*arguments, "--repeats", "2", "--record", "traffic")
    ended = folder.run(*arguments, "--repeats", "3", "--replay", "traffic", expect=3)
    line = next(line for line in ended.stderr.splitlines() if line.startswith("error: "))
    assert line.startswith("error: provider openai: traffic holds no answer to what openai is asked now for case sea")
    assert "repeat 2, temperature 0.7, system " in line
    assert "hint: replay the same suite" in ended.stderr
    assert folder.report()["missing"] > 0
    (folder.path / "empty").mkdir()
    ended = folder.run(*arguments, "--replay", "empty", expect=2)
    assert "error: empty holds no recorded exchanges\n\nhint: " in ended.stderr


def test_killed_recording_is_completed_by_its_resumption(
    folder: Folder, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    """Recorded in two sittings, the second after a kill, a run replays to what it came to in the end."""
    arguments = ("run", "suites/traffic.yaml", "--provider", "openai", "--repeats", "12")
    with FakeVendors(key=KEY, reply=varied, latency_s=0.05) as vendors:
        make(folder, vendors)
        process = folder.start(*arguments, "--record", "traffic")
        wait_until(lambda: len(vendors.completions("openai")) >= 20 or process.poll() is not None)
        assert process.poll() is None
        os.kill(process.pid, 9)
        process.communicate()
        folder.run("run", "suites/traffic.yaml", "--resume", "last", "--record", "traffic")
    had = folder.stored(ANSWERS)
    assert len(had) == 48
    forget(folder)
    folder.run(*arguments, "--replay", "traffic")
    assert folder.stored(ANSWERS) == had
