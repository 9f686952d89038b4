"""`evalkit init` in an empty folder."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


NIGHTLY = """\
suite: nightly
providers: [openai]
cases: [{id: one, prompt: Hi., constraints: [max_words: 9]}]
gates: [{measure: adherence, no_worse_than: baseline}]
"""


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


def test_ci_adds_what_runs_each_night(in_empty_folder: CommandLine) -> None:
    """Workflows, a suite with gates and pytest's opt-in; a second time nothing changes."""
    line, folder = in_empty_folder, in_empty_folder.folder
    done = line("init", "--ci", "github")
    assert {path.name for path in (folder / ".github/workflows").iterdir()} == {
        "evalkit-nightly.yml",
        "evalkit-pull-request.yml",
        "evalkit-baseline.yml",
    }
    settings = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["tool"] == {"evalkit": {}, "pytest": {"ini_options": {"evalkit_suites": ["suites"]}}}
    assert "evalkit baseline save nightly last" in done.stderr
    line("check", "suites/quick.yaml", "suites/nightly.yaml")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    line("init", "--ci", "github")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_ci_of_gitlab_is_a_file_to_include(in_empty_folder: CommandLine) -> None:
    """And it says what is left to do."""
    line, folder = in_empty_folder, in_empty_folder.folder
    done = line("init", "--ci", "gitlab", "tour")
    assert (folder / "tour/.gitlab/evalkit.yml").is_file()
    assert "include: [{local: .gitlab/evalkit.yml}]" in done.stderr
    assert "EVALKIT_GITLAB_TOKEN" in done.stderr


def test_ci_runs_the_suites_that_are_there(in_empty_folder: CommandLine) -> None:
    """The workflows name a project's own suites, install what they need, and hand over their keys alone."""
    line, folder = in_empty_folder, in_empty_folder.folder
    line.write("suites/nightly.yaml", NIGHTLY)
    done = line("init", "--ci", "github")
    night = (folder / ".github/workflows/evalkit-nightly.yml").read_text(encoding="utf-8")
    assert "evalkit run suites/nightly.yaml" in night
    assert 'pip install "prompt-evalkit[openai]"' in night
    assert "OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}" in night
    assert "ANTHROPIC_API_KEY" not in night
    assert "evalkit-model" not in night
    assert "- OPENAI_API_KEY, as secrets of the repository" in done.stderr


def test_ci_without_a_suite_for_the_night_is_refused(in_empty_folder: CommandLine) -> None:
    """Nothing would be held against anything."""
    in_empty_folder.write("suites/nightly.yaml", NIGHTLY.partition("gates")[0])
    done = in_empty_folder("init", "--ci", "github", expect=2)
    assert "has a gate on a baseline, so there is nothing to run each night" in done.stderr
    assert not (in_empty_folder.folder / ".github").exists()


def test_ci_belongs_to_the_root_of_a_repository(in_empty_folder: CommandLine) -> None:
    """A folder below it is refused, before anything is written; the root itself is not."""
    line, folder = in_empty_folder, in_empty_folder.folder
    (folder / ".git").mkdir()
    done = line("init", "--ci", "github", "evals", expect=2)
    assert f"lies inside the repository {folder}" in done.stderr
    assert not (folder / "evals").exists()
    line("init", "evals")
    line("init", "--ci", "github")


def test_renamed_folders_are_used(in_empty_folder: CommandLine) -> None:
    """By the suites, by the workflows and by pytest."""
    line, folder = in_empty_folder, in_empty_folder.folder
    line.write("pyproject.toml", '[tool.evalkit]\nsuites = "evals"\n')
    line("init", "--ci", "github")
    assert (folder / "evals/prompts/house.md").is_file()
    assert not (folder / "suites").exists()
    assert "evalkit run evals/nightly.yaml" in (folder / ".github/workflows/evalkit-nightly.yml").read_text("utf-8")
    assert 'evalkit_suites = ["evals"]' in (folder / "pyproject.toml").read_text(encoding="utf-8")


def test_ci_that_is_not_known_is_refused(in_empty_folder: CommandLine) -> None:
    """Before anything is written."""
    done = in_empty_folder("init", "--ci", "jenkins", expect=2)
    assert "github" in done.stderr
    assert list(in_empty_folder.folder.iterdir()) == []
