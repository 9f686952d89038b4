"""From a profile to a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from evalkit.errors import ProfileError
from evalkit.providers.registry import ADAPTERS, build_provider, extra_of, is_embedded
from evalkit.providers.scripted import ScriptedProvider
from evalkit.types import Profile

if TYPE_CHECKING:
    from pathlib import Path


def test_the_adapter_gets_the_profile() -> None:
    """Unchanged."""
    profile = Profile("script", "scripted", "script-1")
    provider = build_provider(profile)
    assert isinstance(provider, ScriptedProvider)
    assert provider.profile is profile


def test_an_adapter_may_stand_beside_its_profile(tmp_path: Path) -> None:
    """In a Python file of the user's."""
    (tmp_path / "mine.py").write_text(
        "class Mine:\n"
        "    def __init__(self, profile):\n        self.profile = profile\n"
        "    def supports(self, setting):\n        return False\n"
        "    async def call(self, sample):\n        raise NotImplementedError\n",
        encoding="utf-8",
    )
    profile = Profile("own", "./mine.py:Mine", "m", path=tmp_path / "own.yaml")
    assert build_provider(profile).profile is profile


@pytest.mark.parametrize(
    ("profile", "message", "hint"),
    [
        (Profile("p", "scriptd", "m"), "p: no adapter named `scriptd`", "did you mean `scripted`?"),
        (
            Profile("p", "scripted", "m", options={"latency": 1}),
            "p: adapter `scripted` has no option `latency`",
            "did you mean `latency_s`?",
        ),
        (Profile("p", "./mine.py:Mine", "m"), "p: no adapter named `./mine.py:Mine`", None),
    ],
    ids=["misspelt", "refused", "no folder to look in"],
)
def test_what_cannot_be_built_names_the_profile(profile: Profile, message: str, hint: str | None) -> None:
    """And what is wrong with it."""
    with pytest.raises(ProfileError) as raised:
        build_provider(profile)
    assert raised.value.message == message
    if hint:
        assert raised.value.hint == hint


def test_a_profile_from_a_file_is_named_by_it(tmp_path: Path) -> None:
    """So that it can be opened."""
    path = tmp_path / "own.yaml"
    with pytest.raises(ProfileError) as raised:
        build_provider(Profile("own", "./absent.py:Mine", "m", path=path))
    assert raised.value.message.startswith(f"{path}: no file `")


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    """An adapter that imports its package only when it is built says which one it lacks."""
    source = "class Mine:\n    def __init__(self, profile):\n        import a_package_that_is_not_there\n"
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    with pytest.raises(ProfileError, match="needs the package `a_package_that_is_not_there`"):
        build_provider(Profile("own", "./mine.py:Mine", "m", path=tmp_path / "own.yaml"))


def test_the_built_in_adapters_are_known() -> None:
    """By the names that profiles use."""
    assert {"claude", "gemini", "openai", "scripted", "transformers"} <= set(ADAPTERS.names())


@pytest.mark.parametrize(
    ("adapter", "model", "extra", "embedded"),
    [
        ("transformers", "smollm2", "local", True),
        ("transformers", "openai-community/gpt2", "local", False),
        ("openai", "smollm2", "openai", False),
        ("scripted", "script", None, False),
        ("./mine.py:Mine", "mine", None, False),
    ],
)
def test_a_profile_tells_what_it_needs(adapter: str, model: str, extra: str | None, embedded: bool) -> None:
    """The extra of evalkit's own adapters, and whether the model comes as a package."""
    profile = Profile("any", adapter, model)
    assert extra_of(profile) == extra
    assert is_embedded(profile) is embedded
