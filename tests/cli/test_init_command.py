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
    assert (folder / ".gitignore").read_text(encoding="utf-8").split() == [".evalkit/", "/reports/runs/"]
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


def test_hosted_profiles_come_with_it_and_can_be_used(in_empty_folder: CommandLine) -> None:
    """The commands that it names next work: the sweep is planned on a hosted model, without its key."""
    line, folder = in_empty_folder, in_empty_folder.folder
    done = line("init", "tour")
    assert "next: cd tour" in done.stderr
    assert {"claude", "gemini", "openai", "smollm2"} <= {path.stem for path in (folder / "tour/providers").iterdir()}
    assert "evalkit run suites/quick.yaml --provider openai --max-cost 0.5" in done.stderr
    plan = line("--project", "tour", "run", "tour/suites/quick.yaml", "--provider", "openai", "--dry-run").stdout
    assert "calls to gpt-6-luna" in plan
    assert "unsupported" not in plan
