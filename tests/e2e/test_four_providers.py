"""One suite on three vendors and the embedded model: each report tells what became of a setting on each of them."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from vendors.asked import Asked, Reply

if TYPE_CHECKING:
    from tests.e2e.conftest import Folder
    from vendors.server import FakeVendors

pytestmark = [pytest.mark.model, pytest.mark.slow]

SUITE = """\
suite: knob
providers: [claude, gemini, openai, smollm2]
repeats: 2
max_tokens: 8
seed: 5
axes:
  temperature: [default, 0.2, 0.9]
constraints:
  - max_words: 3
cases:
  - {id: sea, prompt: What lives in the sea?}
  - {id: bread, prompt: How is bread made?}
measures: [exact_agreement]
"""
WORDS = "temperature: Extra inputs are not permitted"
IGNORES = "gemini-3.8-flash accepts `temperature` and ignores it"
VALUES = ("default", 0.2, 0.9)
REROUTED = "gemini: another model answered than the one asked for: gemini-3.5-flash-lite, not gemini-3.8-flash"


def rerouted(asked: Asked) -> Reply:
    """Let another of Gemini's models answer."""
    return Reply(f"You said: {asked.prompt}", served="gemini-3.5-flash-lite" if asked.vendor == "gemini" else None)


@pytest.fixture
def ran(folder: Folder, vendors: FakeVendors) -> tuple[Folder, str]:
    """Run the suite where Claude's profile wrongly believes that nobody knows what it does with the setting."""
    vendors.reply = rerouted
    folder.write("suites/knob.yaml", SUITE)
    folder.hosted("claude", vendors.base_url("claude"), supports={"temperature": "unknown"})
    folder.hosted("gemini", vendors.base_url("gemini"))
    folder.hosted("openai", vendors.base_url("openai"))
    folder.write("providers/smollm2.yaml", "adapter: transformers\nmodel: smollm2\n")
    folder.environment["COLUMNS"] = "80"
    return folder, folder.run("run", "suites/knob.yaml").stdout


def lines_of(table: str) -> dict[tuple[str, str], str]:
    """Return what stands under adherence by provider and temperature, as a reader of the terminal sees it."""
    found = re.findall(r"^(\w+) +(default|0\.\d) +\d+ +\d+  (.{0,17}?) {2}", table, re.MULTILINE)
    return {(provider, temperature): cell.strip() for provider, temperature, cell in found}


def test_one_table_tells_refused_ignored_and_honoured_apart(ran: tuple[Folder, str], vendors: FakeVendors) -> None:
    """Every report shows what a setting came to on each provider, and that another model answered."""
    folder, table = ran
    report = folder.report()
    check_calls(vendors)
    check_terminal(table)
    check_json(report)
    check_markdown((folder.newest / "report.md").read_text(encoding="utf-8"))
    with (folder.newest / "cells.csv").open(encoding="utf-8", newline="") as stream:
        check_csv(list(csv.DictReader(stream)))
    verdicts = [json.loads(line) for line in (folder.newest / "verdicts.jsonl").read_text("utf-8").splitlines()]
    assert {each["provider"] for each in verdicts if each["other_model"]} == {"gemini"}
    assert {each["served"] for each in verdicts if each["provider"] == "gemini"} == {"gemini-3.5-flash-lite"}
    applied = folder.stored("provider, applied", "outcome IN ('complete', 'truncated')")
    assert all(json.loads(each)["temperature"] in (0.2, 0.9, 1.0) for name, each in applied if name == "smollm2")


def check_calls(vendors: FakeVendors) -> None:
    """See at the servers that an ignored setting was never sent, and a refused one only until it was refused."""
    assert all("temperature" not in each.body["generationConfig"] for each in vendors.completions("gemini"))
    assert [each.status for each in vendors.completions("gemini")] == [200] * 4
    sent = [each.body.get("temperature") for each in vendors.completions("openai")]
    assert sorted(map(str, sent)) == ["0.2"] * 4 + ["0.9"] * 4 + ["None"] * 4
    refused = [each for each in vendors.completions("claude") if each.status == 400]
    assert 1 <= len(refused) <= 8
    assert all("temperature" in each.body for each in refused)


def check_terminal(table: str) -> None:
    """Read the table as a person does, on 80 columns."""
    assert max(map(len, table.splitlines())) <= 80
    cells = lines_of(table)
    assert [cells["claude", value] for value in ("0.2", "0.9")] == ["refused"] * 2
    assert [cells["gemini", value] for value in ("0.2", "0.9")] == ["ignored"] * 2
    numbers = [cells[provider, str(value)] for provider in ("openai", "smollm2") for value in VALUES]
    numbers += [cells["claude", "default"], cells["gemini", "default"]]
    assert all(re.fullmatch(r"0\.00 \[0\.00, 0\.\d\d\]", each) for each in numbers)
    below = " ".join(table.split())
    assert f"setting: temperature: applied by openai, smollm2; refused by claude ({WORDS});" in below
    assert "accepted and ignored by gemini (ai.google.dev" in below
    assert f"note: {REROUTED}" in below


def check_json(report: dict[str, Any]) -> None:
    """Read the states, the settings asked for, and those applied."""
    rows = {(row["provider"], row["condition"]["temperature"]): row for row in report["rows"]}
    assert len(rows) == 12
    states = {key: row["unsupported_state"] for key, row in rows.items()}
    assert [states["claude", value] for value in VALUES] == [None, "refused", "refused"]
    assert [states["gemini", value] for value in VALUES] == [None, "ignored", "ignored"]
    assert {states[name, value] for name in ("openai", "smollm2") for value in VALUES} == {None}
    assert WORDS in rows["claude", 0.2]["unsupported"]
    assert rows["gemini", 0.9]["unsupported"] == IGNORES
    for (provider, value), row in rows.items():
        asked = {"max_tokens": 8} if value == "default" else {"max_tokens": 8, "temperature": value}
        assert row["requested"] == asked
        if row["unsupported"] is None:
            own = {"temperature": 1.0} if (provider, value) == ("smollm2", "default") else {}
            assert row["applied"] == {**asked, **own}
            assert row["scores"]["decided"] > 0
        else:
            assert (row["applied"], row["completions"]["unsupported"]) == ({}, 4)
            assert row["measures"]["adherence"]["estimate"] is None
    knobs = {each["provider"]: each for each in report["knobs"] if each["setting"] == "temperature"}
    assert {name: each["state"] for name, each in knobs.items()} == {
        "claude": "refused",
        "gemini": "ignored",
        "openai": "applied",
        "smollm2": "applied",
    }
    assert knobs["claude"]["why"] == WORDS
    others = {key: row["other_models"] for key, row in rows.items() if row["other_models"]}
    assert others == {("gemini", "default"): ["gemini-3.5-flash-lite"]}
    assert report["notes"][0] == REROUTED


def check_markdown(text: str) -> None:
    """Find the same in report.md."""
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    heading, lines = rows[0], {(row[0], row[1]): row for row in reversed(rows[1:])}  # the first table counts
    adherence = heading.index("adherence")
    assert [lines["claude", value][adherence] for value in ("0.2", "0.9")] == ["refused"] * 2
    assert [lines["gemini", value][adherence] for value in ("0.2", "0.9")] == ["ignored"] * 2
    assert lines["gemini", "default"][heading.index("other_model")] == "gemini-3.5-flash-lite"
    assert f"refused by claude ({WORDS})" in text
    assert "Provider smollm2, temperature: not asked for, applied 1.0 (1 row)" in text
    assert f"- Note: {REROUTED}" in text


def check_csv(lines: list[dict[str, str]]) -> None:
    """Find the same in cells.csv."""
    states = {(line["provider"], line["temperature"]): line["unsupported_state"] for line in lines}
    assert {key for key, state in states.items() if state == "refused"} == {("claude", "0.2"), ("claude", "0.9")}
    assert {key for key, state in states.items() if state == "ignored"} == {("gemini", "0.2"), ("gemini", "0.9")}
    assert {line["provider"] for line in lines if line["other_models"]} == {"gemini"}
