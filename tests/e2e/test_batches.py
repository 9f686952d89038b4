"""Batches through the command line: processes that end, or are killed, between submitting and collecting."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import CommandLine
from tests.conftest import KEY, KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from llmock.pytest_plugin import LLMock

    from vendors.asked import Vendor
    from vendors.server import FakeVendors

pytestmark = pytest.mark.slow

MODELS: Mapping[str, str] = {"claude": "claude-haiku-4-5", "openai": "gpt-4.1-mini", "gemini": "gemini-2.5-flash-lite"}
SUITE = """\
suite: night
version: 1
providers: [{vendor}]
repeats: 6
seed: 11
max_tokens: 20
axes:
  system: [none, dense]
systems:
  none: null
  dense: Be brief.
constraints: [{{max_words: 8}}]
cases:
  - id: one
    prompt: Say one thing.
{more}
"""
PROFILE = """\
adapter: {vendor}
model: {model}
key_env: {variable}
base_url: {base_url}
price: {{input: 1000000, output: 1000000}}
limits: {{batch_requests: 5, batch_poll_s: 0.1}}
options: {options}
"""


@pytest.fixture
def evalkit(tmp_path: Path) -> CommandLine:
    """Give the command line in an empty project, in which the providers' key is set."""
    made = CommandLine(tmp_path, {KEY_VARIABLE: KEY})
    made.write("pyproject.toml", "[tool.evalkit]\n")
    return made


def _project(evalkit: CommandLine, vendors: FakeVendors, vendor: Vendor, more: str = "") -> None:
    evalkit.write("suites/night.yaml", SUITE.format(vendor=vendor, more=more))
    profile = PROFILE.format(
        vendor=vendor,
        model=MODELS[vendor],
        variable=KEY_VARIABLE,
        base_url=vendors.base_url(vendor),
        options="{server: openai}" if vendor == "openai" else "{}",
    )
    evalkit.write(f"providers/{vendor}.yaml", profile)


def _rows(folder: Path) -> list[dict[str, Any]]:
    (newest,) = (folder / "reports/runs").iterdir()
    rows: list[dict[str, Any]] = json.loads((newest / "report.json").read_text(encoding="utf-8"))["rows"]
    return rows


def _named_batches(folder: Path) -> int:
    path = folder / ".evalkit/runs.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(path)) as connection:
        try:
            found = connection.execute("SELECT count(*) FROM batches WHERE vendor_id IS NOT NULL").fetchone()
        except sqlite3.OperationalError:  # the tables are being made
            return 0
    return int(found[0])


@pytest.mark.parametrize("vendor", ["claude", "openai", "gemini"])
def test_a_sweep_survives_a_kill_between_submitting_and_collecting(
    evalkit: CommandLine, vendors: FakeVendors, vendor: Vendor
) -> None:
    """Every sample is asked once, at half price, and the table is whole in the end."""
    _project(evalkit, vendors, vendor)
    waiting = evalkit.start("run", "suites/night.yaml", "--batch", "--wait")
    deadline = time.monotonic() + 60
    while _named_batches(evalkit.folder) < 3:
        assert waiting.poll() is None, waiting.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    waiting.kill()
    waiting.communicate()

    running = evalkit("run", "suites/night.yaml", "--resume", "last", expect=3)
    assert re.search(rf"{vendor}: 12 samples are in 3 batches since 20\d\d-\d\d-\d\d \d\d:\d\d UTC", running.stderr)
    assert "collects what has ended" in running.stderr
    assert f"{vendor}: samples in batches that are not collected yet: 12" in running.stdout
    if vendor != "gemini":
        assert "the first of which expires" in running.stderr
    assert "incomplete, 12 in batches" in evalkit("runs").stdout

    vendors.batches.end()
    evalkit("run", "suites/night.yaml", "--resume", "last")
    assert set(vendors.batches.asked(vendor).values()) == {1}
    assert [len(job.requests) for job in vendors.batches.jobs] == [5, 5, 2]
    assert vendors.completions(vendor) == []
    rows = _rows(evalkit.folder)
    assert [row["completions"]["complete"] for row in rows] == [6, 6]
    # "You said: Say one thing." is five words; the prompt has three, and two more with the system prompt.
    assert [row["cost_usd"] for row in rows] == [6 * (3 + 5) / 2, 6 * (5 + 5) / 2]


def test_what_failed_in_a_batch_is_submitted_again(evalkit: CommandLine, vendors: FakeVendors) -> None:
    """Expired and failed requests make the run incomplete until another batch has answered them."""
    _project(evalkit, vendors, "openai")
    submitted = evalkit("run", "suites/night.yaml", "--batch", expect=3)
    assert "openai: 12 samples are in 3 batches" in submitted.stderr
    keys = sorted(vendors.batches.asked("openai"))
    fates: dict[str, Any] = {keys[0]: "expired", keys[1]: "failed"}
    vendors.batches.end(lambda key: fates.get(key, "drawn"))

    collected = evalkit("run", "suites/night.yaml", "--resume", "last", expect=3)
    assert "draws what is missing, and with `--batch` at half price" in collected.stderr
    assert sum(row["completions"]["error"] for row in _rows(evalkit.folder)) == 2
    evalkit("run", "suites/night.yaml", "--batch", "--resume", "last", expect=3)
    vendors.batches.end()
    evalkit("run", "suites/night.yaml", "--resume", "last")
    assert vendors.batches.asked("openai") == Counter({key: 2 if key in fates else 1 for key in keys})
    assert set(vendors.batches.paid("openai").values()) == {1}
    assert vendors.completions("openai") == []


LIVE = """\
conversation:
  mode: live
  exchanges:
    - user: Hello.
"""


def test_what_cannot_be_a_batch_is_refused_before_anything_is_bought(
    evalkit: CommandLine, vendors: FakeVendors
) -> None:
    """With a hint, and without a run in the store."""
    _project(evalkit, vendors, "claude", LIVE)
    text = (evalkit.folder / "suites/night.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/night.yaml", text.replace("axes:\n", "axes:\n  turns: [0, 1]\n"))
    done = evalkit("run", "suites/night.yaml", "--batch", expect=2)
    assert "live conversations cannot be drawn in batches" in done.stderr
    assert "hint: leave --batch out" in done.stderr
    assert evalkit("runs").stdout == ""
    recorded = evalkit.folder / "recorded"
    recorded.mkdir()
    replayed = evalkit("run", "suites/night.yaml", "--batch", "--replay", "recorded", expect=2)
    assert "--batch does not go with --replay" in replayed.stderr
    assert vendors.received == []


# llmock runs in this process, and leaves the files that were uploaded to it for the collector of garbage.
@pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <function SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
)
@pytest.mark.parametrize("vendor", ["claude", "openai"])
def test_an_independent_server_takes_and_answers_batches(evalkit: CommandLine, llmock: LLMock, vendor: Vendor) -> None:
    """Llmock's batches of Anthropic and OpenAI, written by others; it has none of Gemini."""
    evalkit.write("suites/night.yaml", SUITE.format(vendor=vendor, more=""))
    profile = PROFILE.format(
        vendor=vendor,
        model=MODELS[vendor],
        variable=KEY_VARIABLE,
        base_url=llmock.base_url("anthropic" if vendor == "claude" else "openai"),
        options="{server: openai}" if vendor == "openai" else "{}",
    )
    evalkit.write(f"providers/{vendor}.yaml", profile)
    evalkit("run", "suites/night.yaml", "--batch", "--wait")
    rows = _rows(evalkit.folder)
    assert [row["completions"]["complete"] + row["completions"]["truncated"] for row in rows] == [6, 6]
    assert all(row["cost_usd"] > 0 for row in rows)
