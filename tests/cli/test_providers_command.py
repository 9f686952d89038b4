"""`evalkit providers`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from evalkit.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import CommandLine
    from tests.conftest import SmallProject

KEY = "sk-marker-91fa33c0"
HOSTED = "adapter: claude\nmodel: claude-haiku-4-5\nkey_env: OWN_KEY\noptions: {api_version: '2023-06-01'}\n"
COMPATIBLE = """\
adapter: openai
model: llama-4
base_url: http://127.0.0.1:9/v1
supports: {temperature: [0, 1], top_k: ignored, reasoning_effort: [low, high]}
"""
RAISING = """\
class Mine:
    def __init__(self, profile):
        self.profile = profile

    def supports(self, setting):
        raise KeyError(setting)

    async def call(self, sample):
        return None
"""


@pytest.fixture
def listed(
    small_project: SmallProject, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Give a function that runs the command in this process, where the libraries are imported once."""
    monkeypatch.chdir(small_project.folder)
    monkeypatch.setenv("COLUMNS", "80")

    def run(*arguments: str, expect: int = 0) -> str:
        with pytest.raises(SystemExit) as ended:
            main(["providers", *arguments])
        said = capsys.readouterr()
        assert ended.value.code == expect, said.err
        return said.out + said.err

    return run


def _part(text: str, name: str) -> str:
    """Return the lines of one profile, unwrapped."""
    (found,) = [part for part in text.split("\n\n") if part.startswith(f"{name}: ")]
    return " ".join(found.split())


def test_own_and_shipped_profiles_are_listed(listed: Callable[..., str]) -> None:
    """Each with its model and library, what varies and what does not, its key and its price, in lines that fit."""
    text = listed()
    script = _part(text, "script")
    assert "script: scripted, script key: needs none price: costs nothing" in script
    assert "varies: temperature, max_tokens, seed not taken: top_k," in script
    assert "gpt2: transformers, openai-community/gpt2" in text
    assert "openai: openai, gpt-6-luna (openai " in text
    assert "varies: temperature 0 to 2, top_p 0 to 1, max_tokens, logprobs 0 to 20" in _part(text, "openai")
    assert "0.1 USD in, 0.5 USD out, for a million tokens" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_key_is_looked_for_and_never_shown(
    listed: Callable[..., str], small_project: SmallProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Present, missing, or printed by a command that is not run."""
    small_project.write("providers/hosted.yaml", HOSTED)
    small_project.write("providers/asking.yaml", HOSTED.replace("key_env: OWN_KEY", "key_command: touch asked"))
    small_project.write("providers/nameless.yaml", HOSTED.replace("key_env: OWN_KEY\n", ""))
    monkeypatch.delenv("OWN_KEY", raising=False)
    assert "key: OWN_KEY, missing" in listed("hosted")
    monkeypatch.setenv("OWN_KEY", KEY)
    assert "key: OWN_KEY, present" in listed("hosted")
    text = listed() + listed("hosted") + listed("--format", "json") + listed("hosted", "--format", "json")
    assert KEY not in text
    assert "from its key_command, which is not run here" in text
    assert not (small_project.folder / "asked").exists()
    assert "missing; the profile names no key_env" in listed("nameless")


def test_states_of_settings_are_told_apart(listed: Callable[..., str], small_project: SmallProject) -> None:
    """Applied, not taken, taken and ignored, and not known."""
    small_project.write("providers/own.yaml", COMPATIBLE)
    own = _part(listed(), "own")
    assert "key: needs none price: not known; state `price` in the profile" in own
    assert "varies: temperature 0 to 1, reasoning_effort (low, high) taken and ignored: top_k not known: top_p," in own


def test_one_profile_is_shown_in_full(listed: Callable[..., str], small_project: SmallProject) -> None:
    """With the source of each row and when it was read, and what a setting needs beside it."""
    small_project.write("providers/hosted.yaml", HOSTED)
    text = listed("hosted")
    unwrapped = " ".join(text.split())
    assert "options: api_version 2023-06-01" in text
    assert "temperature applied 0 to 1; with thinking disabled or not sent; not with top_p github.com/" in unwrapped
    assert "model-migration.md, read 2026-11-24" in unwrapped
    assert "thinking_budget applied from 1024; with thinking enabled" in unwrapped
    assert "API 2023-06-01" in text
    wide = [line for line in text.splitlines() if len(line) > 80]
    assert all(len(line.split()) == 1 for line in wide)  # an address stays whole


def test_json_has_the_same_for_programs(listed: Callable[..., str], small_project: SmallProject) -> None:
    """One entry for each profile; one that cannot be used has its reason."""
    small_project.write("providers/hosted.yaml", HOSTED)
    small_project.write("providers/broken.yaml", "adapter: scriptd\nmodel: x\n")
    document: dict[str, Any] = json.loads(listed("--format", "json"))
    assert document["format"] == 1
    entries = {entry["name"]: entry for entry in document["providers"]}
    assert {"hosted", "broken", "script", "claude", "gemini", "openai", "smollm2"} <= set(entries)
    assert "no adapter named `scriptd`" in entries["broken"]["error"]
    hosted = entries["hosted"]
    assert hosted["price"] == {"input": 1.0, "output": 5.0}
    assert hosted["probed"] is None
    assert hosted["knobs"]["temperature"]["state"] == "applied"
    assert hosted["knobs"]["temperature"]["needs"] == {"thinking": ["disabled", None]}
    assert json.loads(listed("hosted", "--format", "json"))["providers"] == [hosted]


def test_broken_profile_does_not_hide_the_others(listed: Callable[..., str], small_project: SmallProject) -> None:
    """A profile that cannot be used is listed with the reason, whoever's fault it is; alone it is an error."""
    small_project.write("providers/broken.yaml", "adapter: scriptd\nmodel: x\n")
    small_project.write("providers/mine.py", RAISING)
    small_project.write("providers/mine.yaml", "adapter: ./mine.py:Mine\nmodel: x\n")
    text = " ".join(listed().split())
    assert "broken: cannot be used: " in text
    assert "hint: did you mean `scripted`?" in text
    assert "mine: cannot be used: " in text
    assert "KeyError: 'temperature'" in text
    assert "script: scripted, script" in text
    assert "no adapter named `scriptd`" in listed("broken", expect=2)
    assert "no provider `scrpt`" in listed("scrpt", expect=2)


def test_a_record_of_a_probe_that_cannot_be_read_is_told_of(
    listed: Callable[..., str], small_project: SmallProject
) -> None:
    """The profile is listed all the same."""
    small_project.write("providers/script.probe.json", "{")
    text = listed("script")
    assert "warning: providers/script.probe.json is no record of a probe" in text
    assert "adapter: scripted" in text


def test_the_command_runs_as_people_run_it(evalkit: CommandLine) -> None:
    """In a process of its own, without a key and without a network."""
    assert "script: scripted" in evalkit("providers").stdout
