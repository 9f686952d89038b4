"""`evalkit run`, end to end on the scripted provider."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from typing import TYPE_CHECKING, Any

import pytest

from vendors.asked import Reply

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import CommandLine
    from vendors.server import FakeVendors

SLOW_PROFILE = """\
adapter: scripted
model: script
limits: {concurrency: 2}
options:
  words: [3, 12]
  latency_s: 0.05
"""


def the_rows(folder: Path) -> list[dict[str, Any]]:
    """Read the rows of the newest run's report.json."""
    newest = max((folder / "reports/runs").iterdir())
    rows: list[dict[str, Any]] = json.loads((newest / "report.json").read_text(encoding="utf-8"))["rows"]
    return rows


def drawn(folder: Path) -> int:
    """Count the samples in the store."""
    store = folder / ".evalkit/runs.db"
    if not store.exists():
        return 0
    try:
        with sqlite3.connect(store) as connection:
            return int(connection.execute("SELECT count(*) FROM samples").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def wait_for(folder: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until the store holds `count` samples."""
    deadline = time.monotonic() + 60
    while drawn(folder) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_table_goes_to_stdout_and_the_rest_to_stderr(evalkit: CommandLine) -> None:
    """A run prints its table as data and names the written reports as talk."""
    done = evalkit("run", "suites/small.yaml")
    assert "adherence" in done.stdout
    assert "dense" in done.stdout
    assert "wrote" not in done.stdout
    for name in ("report.json", "report.md", "cells.csv", "constraints.csv", "verdicts.jsonl"):
        assert name in done.stderr


def test_every_probe_is_in_the_report(evalkit: CommandLine) -> None:
    """Two temperatures, two systems, two cases and three repeats make 24 completions in four rows."""
    evalkit("run", "suites/small.yaml")
    rows = the_rows(evalkit.folder)
    assert [row["completions"]["complete"] for row in rows] == [6, 6, 6, 6]


def the_reasons(folder: Path) -> list[str]:
    """Read the newest run's reasons, which count the words of each answer."""
    newest = max((folder / "reports/runs").iterdir())
    lines = (newest / "verdicts.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["reason"] for line in lines]


def test_suite_seed_repeats_the_draws(evalkit: CommandLine) -> None:
    """Two runs of a suite with a seed come to the same numbers; another --seed does not."""
    evalkit("run", "suites/small.yaml")
    first = the_reasons(evalkit.folder)
    time.sleep(1.1)  # run ids sort by second
    evalkit("run", "suites/small.yaml")
    assert the_reasons(evalkit.folder) == first
    time.sleep(1.1)
    evalkit("run", "suites/small.yaml", "--seed", "12")
    assert the_reasons(evalkit.folder) != first


def test_dry_run_draws_nothing(evalkit: CommandLine) -> None:
    """A dry run prints the size of the sweep and leaves no store behind."""
    done = evalkit("run", "suites/small.yaml", "--dry-run")
    assert "4 conditions x 2 cases x 3 repeats x 1 provider = 24 probes" in done.stdout
    assert not (evalkit.folder / ".evalkit/runs.db").exists()


@pytest.mark.parametrize(
    ("arguments", "probes"),
    [
        pytest.param(["--set", "temperature=1"], 12, id="one value"),
        pytest.param(["--set", "system=dense", "--set", "temperature=0"], 6, id="two axes"),
        pytest.param(["--set", "temperature=0.5,0.7"], 24, id="new values"),
        pytest.param(["--set", "top_p=0.9"], 24, id="new axis"),
        pytest.param(["--case", "two"], 12, id="one case"),
        pytest.param(["--repeats", "1"], 8, id="fewer repeats"),
    ],
)
def test_options_narrow_the_sweep(evalkit: CommandLine, arguments: list[str], probes: int) -> None:
    """Options choose axis values, cases and repeats."""
    done = evalkit("run", "suites/small.yaml", "--dry-run", *arguments)
    assert f"= {probes} probes" in done.stdout


def test_dry_run_of_a_resumed_run_says_what_is_missing(evalkit: CommandLine) -> None:
    """Of a run with everything drawn nothing is missing; a new value lacks its own samples, with --reuse."""
    evalkit("run", "suites/small.yaml", "--format", "none")
    done = evalkit("run", "suites/small.yaml", "--dry-run", "--resume", "last")
    assert "script: 0 calls to script; 24 are answered already" in done.stdout
    done = evalkit("run", "suites/small.yaml", "--dry-run", "--reuse", "--set", "temperature=0,0.5")
    assert "script: 12 calls to script; 12 are answered already" in done.stdout
    assert drawn(evalkit.folder) == 24


def test_dry_run_refuses_what_a_resumed_run_would_refuse(evalkit: CommandLine) -> None:
    """A run that is not there, and an option that a resumed run does not take."""
    assert "evalkit run" in evalkit("run", "suites/small.yaml", "--dry-run", "--resume", "last", expect=None).stderr
    evalkit("run", "suites/small.yaml", "--format", "none")
    done = evalkit("run", "suites/small.yaml", "--dry-run", "--resume", "last", "--repeats", "1", expect=2)
    assert "--repeats does not go with --resume" in done.stderr


def test_offline_is_for_dry_runs(evalkit: CommandLine) -> None:
    """A run cannot do without the network."""
    done = evalkit("run", "suites/small.yaml", "--offline", expect=2)
    assert "--offline goes with --dry-run" in done.stderr


PRICE = "price: {input: 100, output: 1000}"
"""Dollars for a million tokens: a call of 3 or 9 words in and 3 of 5 tokens out costs $0.0033 or $0.0039."""


def spent(folder: Path) -> float:
    """Add up what the answers in the store cost."""
    with sqlite3.connect(folder / ".evalkit/runs.db") as connection:
        return float(connection.execute("SELECT total(cost_usd) FROM completions").fetchone()[0])


def test_cap_ends_a_run_that_can_go_on(evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]) -> None:
    """The cap is never passed; the run exits 3, says so, and a later one draws only the rest."""
    vendors.reply = lambda _asked: Reply("Red and blue.")
    hosted("openai", "gpt-4.1-mini", PRICE, "settings: {max_tokens: 5}", "limits: {concurrency: 2}")
    done = evalkit("run", "suites/small.yaml", "--max-cost", "0.025", expect=3)
    asked = len(vendors.completions("openai"))
    assert 0 < asked == drawn(evalkit.folder) < 12
    assert 0 < spent(evalkit.folder) <= 0.025
    cost = f"${spent(evalkit.folder):.4f}"
    assert f"--max-cost 0.025 leaves no room for another call: the run has cost {cost}" in done.stderr
    assert "draws what is missing, given a higher --max-cost" in done.stderr
    resumed = evalkit("run", "suites/small.yaml", "--dry-run", "--offline", "--resume", "last", "--max-cost", "0.03")
    assert f"the run has cost {cost} so far" in " ".join(resumed.stdout.split())
    assert "the run is incomplete; `--resume" in done.stderr
    assert f"cost: ${spent(evalkit.folder):.4f}" in done.stdout
    dry = evalkit("run", "suites/small.yaml", "--dry-run", "--resume", "last", "--max-cost", "0.01", "--offline")
    assert f"openai: {12 - asked} calls to gpt-4.1-mini; {asked} are answered already" in dry.stdout
    assert "--max-cost 0.01 would be passed" in dry.stdout
    evalkit("run", "suites/small.yaml", "--resume", "last", "--max-cost", "1")
    assert len(vendors.completions("openai")) == drawn(evalkit.folder) == 12


def test_cap_is_passed_by_no_more_than_what_is_in_flight(
    evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]
) -> None:
    """Prompts turn out far longer than they looked, $0.101 each: when two have passed the cap, two are under way."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 1, "total_tokens": 1001}
    vendors.reply = lambda _asked: Reply("Red.", usage=usage)
    vendors.latency_s = 0.1
    hosted("openai", "gpt-4.1-mini", PRICE, "settings: {max_tokens: 5}", "limits: {concurrency: 2}")
    evalkit("run", "suites/small.yaml", "--max-cost", "0.15", "--format", "none", expect=3)
    assert 2 <= len(vendors.completions("openai")) <= 4
    assert spent(evalkit.folder) == pytest.approx(0.101 * len(vendors.completions("openai")))


def test_cap_of_nothing_asks_nothing(evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]) -> None:
    """Zero is a cap like any other, and a model that is free passes under it."""
    hosted("openai", "gpt-4.1-mini", PRICE)
    done = evalkit("run", "suites/small.yaml", "--max-cost", "0", expect=3)
    assert vendors.received == []
    assert "--max-cost 0 leaves no room for another call: the run has cost $0" in done.stderr
    evalkit("run", "suites/small.yaml", "--provider", "script", "--max-cost", "0")


def test_cap_needs_known_prices(evalkit: CommandLine, vendors: FakeVendors, hosted: Callable[..., None]) -> None:
    """A price that nobody knows is not taken for nothing, unless the user says so; a dry run says it beforehand."""
    hosted("openai", "gpt-4.1-mini")
    dry = evalkit("run", "suites/small.yaml", "--dry-run", "--max-cost", "1")
    assert "--max-cost 1 cannot hold: nobody knows what openai cost" in dry.stdout
    done = evalkit("run", "suites/small.yaml", "--max-cost", "1", expect=2)
    assert "--max-cost cannot hold: nobody knows what openai cost" in done.stderr
    assert vendors.completions("openai") == []
    done = evalkit("run", "suites/small.yaml", "--max-cost", "1", "--allow-unknown-cost")
    assert len(vendors.completions("openai")) == 12
    assert "cost: not known" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        pytest.param(["--set", "temprature=1"], "temprature", "temperature", id="unknown axis"),
        pytest.param(["--set", "temperature=-1"], "temperature must be at least 0, got -1", None, id="bad value"),
        pytest.param(["--set", "temperature"], "--set takes AXIS=VALUE,VALUE, got `temperature`", None, id="no value"),
        pytest.param(["--case", "onne"], "suite small has no case `onne`", "did you mean `one`", id="unknown case"),
        pytest.param(["--provider", "scrpt"], "scrpt", "script", id="unknown provider"),
        pytest.param(["--repeats", "0"], "repeats must be at least 1, got 0", None, id="no repeats"),
        pytest.param(["--resume", "last"], "no run `last`", None, id="nothing to resume"),
        pytest.param(["--format", "jsn", "--repeats", "1"], "jsn", "json", id="unknown format"),
    ],
)
def test_wrong_options_are_one_sentence(
    evalkit: CommandLine, arguments: list[str], message: str, hint: str | None
) -> None:
    """A wrong option ends with exit code 2, a sentence that holds the value met, and a hint where one helps."""
    done = evalkit("run", "suites/small.yaml", *arguments, expect=2)
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    if hint:
        assert hint in done.stderr.partition("hint: ")[2]


def test_failed_gate_exits_1_and_undecided_only_on_demand(evalkit: CommandLine) -> None:
    """A gate that fails for sure exits 1; one that two cases cannot decide exits 0, or 4 with --require-decision."""
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/undecided.yaml", suite + "gates: [{measure: adherence, at_least: 0.3}]\n")
    evalkit("run", "suites/undecided.yaml")
    evalkit("run", "suites/undecided.yaml", "--require-decision", expect=4)
    evalkit.write("suites/failing.yaml", suite + "gates: [{measure: adherence, at_least: 1, on: estimate}]\n")
    evalkit("run", "suites/failing.yaml", expect=1)


def test_errors_leave_the_run_incomplete(evalkit: CommandLine) -> None:
    """Calls that fail are counted apart, end the run with exit code 3, and are asked again on resumption."""
    evalkit.write("providers/script.yaml", "adapter: scripted\nmodel: script\noptions: {faults: {error: 0.5}}\n")
    done = evalkit("run", "suites/small.yaml", expect=3)
    assert "the run is incomplete" in done.stderr
    rows = the_rows(evalkit.folder)
    errors = sum(row["completions"]["error"] for row in rows)
    assert 0 < errors < 24
    again = evalkit("run", "suites/small.yaml", "--resume", "last", expect=3)
    assert f"{24:,}/{24:,}" in again.stderr


@pytest.mark.parametrize("moment", [1, 9, 20], ids=["early", "middle", "late"])
def test_killed_run_resumes_with_what_is_missing(evalkit: CommandLine, moment: int) -> None:
    """SIGKILL at any moment leaves a readable store; resuming draws only the rest, and the report is the same."""
    evalkit("run", "suites/small.yaml")
    whole = the_rows(evalkit.folder)
    evalkit.write("providers/script.yaml", SLOW_PROFILE)
    time.sleep(1.1)
    process = evalkit.start("run", "suites/small.yaml")
    wait_for(evalkit.folder, 24 + moment, process)
    process.kill()
    process.communicate()
    before = drawn(evalkit.folder)
    assert before < 48
    done = evalkit("run", "suites/small.yaml", "--resume", "last")
    assert drawn(evalkit.folder) == 48
    assert the_rows(evalkit.folder) == whole
    with sqlite3.connect(evalkit.folder / ".evalkit/runs.db") as connection:
        assert connection.execute("SELECT count(*) FROM completions").fetchone()[0] == 48
    assert "resuming run" in done.stderr


def test_ctrl_c_stops_cleanly_and_says_how_to_go_on(evalkit: CommandLine) -> None:
    """The first Ctrl-C keeps what was drawn, exits 130 and names the command that goes on."""
    evalkit.write("providers/script.yaml", SLOW_PROFILE)
    process = evalkit.start("run", "suites/small.yaml")
    wait_for(evalkit.folder, 4, process)
    os.kill(process.pid, signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "error: interrupted" in stderr
    assert "--resume" in stderr.partition("hint: ")[2]
    assert "Traceback" not in stderr
    evalkit("run", "suites/small.yaml", "--resume", "last")
    assert drawn(evalkit.folder) == 24


def test_reuse_asks_nothing_again(evalkit: CommandLine) -> None:
    """With --reuse a second run takes the stored answers of the first."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("run", "suites/small.yaml", "--reuse")
    assert "24 reused" in done.stderr
    with sqlite3.connect(evalkit.folder / ".evalkit/runs.db") as connection:
        assert connection.execute("SELECT count(*) FROM completions").fetchone()[0] == 24


def test_changed_suite_is_not_resumed(evalkit: CommandLine) -> None:
    """A run is of one suite; a suite that changed since needs a new run."""
    evalkit("run", "suites/small.yaml")
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/small.yaml", suite.replace("at most 8 words", "at most 9 words"))
    done = evalkit("run", "suites/small.yaml", "--resume", "last", expect=2)
    assert "suite small has changed since run" in done.stderr
    assert "--reuse" in done.stderr


def test_unsupported_setting_is_a_cell_and_not_an_error(evalkit: CommandLine) -> None:
    """A setting that the provider does not take makes its cells unsupported, with the reason, and asks nothing."""
    suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
    evalkit.write("suites/small.yaml", suite.replace("axes:\n", "axes:\n  top_p: [0.5]\n"))
    done = evalkit("run", "suites/small.yaml")
    assert "script does not take `top_p`" in done.stdout
    rows = the_rows(evalkit.folder)
    assert {row["unsupported"] for row in rows} == {"script does not take `top_p`"}
