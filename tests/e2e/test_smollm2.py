"""The whole road on the embedded model: what a new user does, and what a crash must not change."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.model, pytest.mark.slow]

SUITE = """\
suite: small
providers: [smollm2]
repeats: 2
max_tokens: 8
seed: 3
axes:
  temperature: [0.0, 0.9]
  system: [null, empty, dense]
  turns: [0, 2]
  refresh: [never, 2]
systems:
  empty: ""
  dense: Answer in at most 8 words.
conversation:
  exchanges:
    - {user: Hello., assistant: Hello! How can I help you today?}
    - {user: What is a log?, assistant: A log is a list of records.}
cases:
  - {id: sea, prompt: What lives in the sea?, constraints: [max_words: 8]}
  - {id: bread, prompt: How is bread made?, constraints: [max_words: 8]}
measures: [exact_agreement, first_divergence, edit_similarity]
"""
PROBES = 56


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start the command in a folder."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "evalkit", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "COLUMNS": "120"},
    )


def run(folder: Path, *arguments: str) -> str:
    """Run the command, which must succeed, and return its stdout."""
    process = start(folder, *arguments)
    stdout, stderr = process.communicate(timeout=240)
    assert process.returncode == 0, stderr
    return stdout


def make_project(folder: Path, batch_size: int = 8) -> None:
    """Write a project whose batches are small, so that a run has several."""
    (folder / "suites").mkdir(parents=True)
    (folder / "providers").mkdir()
    (folder / "pyproject.toml").write_text("[tool.evalkit]\n", encoding="utf-8")
    (folder / "suites/small.yaml").write_text(SUITE, encoding="utf-8")
    profile = f"adapter: transformers\nmodel: smollm2\nlimits: {{batch_size: {batch_size}}}\n"
    (folder / "providers/smollm2.yaml").write_text(profile, encoding="utf-8")


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the newest report."""
    newest = max((folder / "reports/runs").iterdir())
    rows: list[dict[str, Any]] = json.loads((newest / "report.json").read_text(encoding="utf-8"))["rows"]
    return rows


def texts_of(folder: Path) -> dict[int, str]:
    """Return every answer by its number."""
    with sqlite3.connect(folder / ".evalkit/runs.db") as connection:
        return dict(
            connection.execute(
                "SELECT position, text FROM samples JOIN completions ON completions.id = samples.completion"
            ).fetchall()
        )


def drawn(folder: Path) -> int:
    """Count the answers in the store; 0 before there is one."""
    try:
        return len(texts_of(folder))
    except sqlite3.OperationalError:
        return 0


def test_killed_run_resumes_to_the_same_report(tmp_path: Path) -> None:
    """SIGKILL in the middle, then --resume: only what was missing is drawn, and the report is the same to the digit."""
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    make_project(whole)
    run(whole, "run", "suites/small.yaml")
    make_project(killed)
    process = start(killed, "run", "suites/small.yaml")
    deadline = time.monotonic() + 120
    while drawn(killed) < PROBES // 4:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.kill()
    process.communicate()
    before = texts_of(killed)
    assert 0 < len(before) < PROBES
    assert len(before) % 8 == 0, "a batch is committed as one"
    run(killed, "run", "suites/small.yaml", "--resume", "last")
    assert rows_of(killed) == rows_of(whole)
    assert texts_of(killed) == texts_of(whole)
    with sqlite3.connect(killed / ".evalkit/runs.db") as connection:
        assert connection.execute("SELECT count(*) FROM completions").fetchone()[0] == PROBES


def test_ctrl_c_stops_within_a_batch(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a batch ends the run soon, cleanly, and with the command that goes on."""
    make_project(tmp_path, batch_size=32)
    (tmp_path / "suites/small.yaml").write_text(SUITE.replace("max_tokens: 8", "max_tokens: 512"), encoding="utf-8")
    process = start(tmp_path, "run", "suites/small.yaml")
    assert process.stderr is not None
    assert "probes" in process.stderr.readline()
    assert "loading" in process.stderr.readline()
    time.sleep(8)  # in the middle of the first batch, which takes minutes
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert "error: interrupted" in stderr
    assert "--resume" in stderr


def test_batch_size_does_not_change_texts(tmp_path: Path) -> None:
    """One sample at a time and 32 at a time give the same texts, up to the rate at which float32 rounding shows."""
    one, many = tmp_path / "one", tmp_path / "many"
    make_project(one, batch_size=1)
    make_project(many, batch_size=32)
    for folder in (one, many):
        run(folder, "run", "suites/small.yaml", "--format", "none")
    ones, manys = texts_of(one), texts_of(many)
    assert len(ones) == len(manys) == PROBES
    assert sum(ones[position] != manys[position] for position in ones) <= 1


def test_three_prompts_without_rules_are_three(tmp_path: Path) -> None:
    """No system message, an empty one and a given one are shown exactly as the model reads them."""
    make_project(tmp_path)
    run(tmp_path, "run", "suites/small.yaml", "--set", "temperature=0", "--set", "turns=0", "--set", "refresh=never")
    listing = run(tmp_path, "show", "last")
    prompts: list[str] = []
    for line in listing.splitlines():
        if "; sea  adherence" in line:
            shown = run(tmp_path, "show", "last", line.split("-")[0])
            prompts.append(shown.partition("reads it\n")[2].partition("\n--- answer")[0])
    assert len(prompts) == 3
    assert "You are a helpful AI assistant named SmolLM" in prompts[0]
    assert prompts[1].startswith("<|im_start|>system\n<|im_end|>\n")
    assert prompts[2].startswith("<|im_start|>system\nAnswer in at most 8 words.<|im_end|>\n")
    for prompt in prompts:
        assert prompt.rstrip("\n").endswith("<|im_start|>assistant")


def test_new_project_runs_at_once(tmp_path: Path) -> None:
    """`evalkit init` in an empty folder gives a suite that runs on the embedded model without a key."""
    run(tmp_path, "init")
    table = run(tmp_path, "run", "suites/quick.yaml", "--repeats", "1", "--case", "tea-or-coffee", "--set", "turns=0")
    assert "dense" in table
    assert len(texts_of(tmp_path)) == 4
