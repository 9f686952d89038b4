"""`evalkit init` in an empty folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_empty_folder_becomes_a_project(in_empty_folder: CommandLine) -> None:
    """The suite it writes is valid at once, with a profile and what git should ignore."""
    line, folder = in_empty_folder, in_empty_folder.folder
    line("init")
    assert "[tool.evalkit]" in (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert ".evalkit/" in (folder / ".gitignore").read_text(encoding="utf-8")
    assert "probes" in line("check", "suites/quick.yaml").stdout


def test_nothing_is_overwritten(in_empty_folder: CommandLine) -> None:
    """Files that are there stay as they are, and a second init changes nothing."""
    line, folder = in_empty_folder, in_empty_folder.folder
    line.write("suites/quick.yaml", "mine\n")
    line.write("pyproject.toml", '[project]\nname = "mine"\n')
    done = line("init")
    assert "kept suites/quick.yaml" in done.stderr
    assert (folder / "suites/quick.yaml").read_text(encoding="utf-8") == "mine\n"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    line("init")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
