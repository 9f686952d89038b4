"""Where answers come from, by the profile alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evalkit.providers.reach import EXTRAS, reach
from evalkit.providers.registry import ADAPTERS
from evalkit.types import Profile


@pytest.mark.parametrize(
    ("profile", "where"),
    [
        (Profile("a", "transformers", "gpt2"), "local"),
        (Profile("a", "claude", "claude-haiku-4-5"), "network"),
        (Profile("a", "openai", "m", base_url="http://127.0.0.1:8000/v1"), "network"),
        (Profile("a", "scripted", "script"), "process"),
        (Profile("a", "./mine.py:Mine", "m"), "process"),
        (Profile("a", "./mine.py:Mine", "m", key_env="MY_KEY"), "network"),
        (Profile("a", "./mine.py:Mine", "m", key_command="pass show it"), "network"),
        (Profile("a", "theirs", "m", base_url="https://models.example"), "network"),
    ],
    ids=["local", "hosted", "own server", "scripted", "own file", "with a key", "with a command", "with an address"],
)
def test_a_profile_says_where_its_answers_come_from(profile: Profile, where: str) -> None:
    """A key or an address belongs to a server."""
    assert reach(profile) == where


def test_every_adapter_that_needs_an_extra_is_there() -> None:
    """The table names no other."""
    assert set(EXTRAS) <= set(ADAPTERS.names())


def test_nothing_else_is_imported_for_it() -> None:
    """No adapter, no engine."""
    code = "import evalkit.providers.reach, sys; print([m for m in sys.modules if m.startswith('evalkit.providers.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "['evalkit.providers.reach']"
