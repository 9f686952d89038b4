"""A small project with a scripted provider, and the command line run as people run it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import SmallProject


@dataclass(frozen=True)
class CommandLine:
    """The command in one project folder."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and return its process."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "evalkit", *arguments],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "120", "NO_COLOR": "1", **self.environment},
        )

    def __call__(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run the command to its end and check its exit code; None accepts any."""
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=120)
        done = subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)
        if expect is not None:
            assert done.returncode == expect, f"exit {done.returncode}\n{stdout}\n{stderr}"
        assert "Traceback" not in stderr, stderr
        return done

    def write(self, relative: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def evalkit(small_project: SmallProject) -> CommandLine:
    """Give the command line in a project with the suite `suites/small.yaml` on the scripted provider `script`."""
    return CommandLine(small_project.folder)


@pytest.fixture
def in_empty_folder(tmp_path: Path) -> CommandLine:
    """Give the command line in a folder with nothing in it."""
    return CommandLine(tmp_path)
