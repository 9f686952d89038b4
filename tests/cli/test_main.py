"""The command group: help, errors and exit codes."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import CommandLine


def test_help_lists_every_command(evalkit: CommandLine) -> None:
    """`--help` names each command with its line."""
    done = evalkit("--help")
    for name in ("run", "check", "score", "report", "runs", "show", "providers", "init", "schema", "download"):
        assert f"\n  {name} " in done.stdout


def test_every_command_has_an_example(evalkit: CommandLine) -> None:
    """Each command's help ends with an example that begins with the command itself."""
    for name in ("run", "check", "score", "report", "runs", "show", "providers", "init", "schema", "download"):
        assert f"Example: evalkit {name}" in evalkit(name, "--help").stdout


def test_version_is_printed(evalkit: CommandLine) -> None:
    """`--version` names the program and a version."""
    assert evalkit("--version").stdout.startswith("evalkit, version ")


def test_unknown_command_is_a_usage_error(evalkit: CommandLine) -> None:
    """An unknown command exits 2."""
    assert "No such command 'rum'" in evalkit("rum", expect=2).stderr


def test_error_is_a_sentence_a_blank_line_and_a_hint(evalkit: CommandLine) -> None:
    """An expected error prints no traceback."""
    done = evalkit("report", "last", expect=3)
    lines = done.stderr.splitlines()
    assert lines[0].startswith("error: run store ")
    assert lines[1] == ""
    assert lines[2].startswith("hint: ")
    assert done.stdout == ""


def test_debug_shows_the_traceback(evalkit: CommandLine) -> None:
    """`--debug` shows where an error was raised."""
    process = evalkit.start("--debug", "report", "last")
    _, stderr = process.communicate(timeout=60)
    assert "Traceback" in stderr
    assert "StoreError" in stderr


def test_closed_pipe_is_no_error(evalkit: CommandLine) -> None:
    """A reader that goes away, as `head` does, ends the command quietly."""
    evalkit("run", "suites/small.yaml")
    command = f"{sys.executable} -P -m evalkit report last --format verdicts --out - | head -c 10"
    done = subprocess.run(["bash", "-c", command], cwd=evalkit.folder, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_project_option_chooses_the_root(evalkit: CommandLine) -> None:
    """`--project` finds the store of another folder; a folder that is not there is refused."""
    evalkit("run", "suites/small.yaml")
    done = evalkit("--project", str(evalkit.folder), "runs")
    assert "24/24  complete" in done.stdout
    assert "is not a folder" in evalkit("--project", "nowhere", "runs", expect=2).stderr
