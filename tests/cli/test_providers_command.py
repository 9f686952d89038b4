"""`evalkit providers`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_own_and_shipped_profiles_are_listed(evalkit: CommandLine) -> None:
    """The project's profiles and those that come with evalkit are listed with what varies."""
    done = evalkit("providers")
    assert "script: scripted, script; needs no key" in done.stdout
    assert "smollm2: transformers, " in done.stdout
    assert "varies: temperature, max_tokens, seed" in done.stdout


def test_broken_profile_does_not_hide_the_others(evalkit: CommandLine) -> None:
    """A profile that cannot be used is listed with the reason."""
    evalkit.write("providers/broken.yaml", "adapter: scriptd\nmodel: x\n")
    done = evalkit("providers")
    assert "broken: cannot be used: " in done.stdout
    assert "script: scripted" in done.stdout
