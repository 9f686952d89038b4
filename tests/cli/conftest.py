"""A small project with a scripted provider, and the command line run as people run it: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from tests.conftest import KEY_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import SmallProject
    from vendors.asked import Vendor
    from vendors.server import FakeVendors

TEMPERATURES = "  temperature: [0.0, 1.0]\n"


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


@pytest.fixture
def hosted(evalkit: CommandLine, vendors: FakeVendors) -> Callable[..., None]:
    """Give a function that writes the profile of a fake vendor's model and has the suite ask it for 12 samples.

    Temperature is no axis then, because newer models do not take it.
    Further lines of the profile follow the model: `hosted("claude", "claude-haiku-4-5", "price: ...")`.
    """

    def write(vendor: Vendor, model: str, *lines: str) -> None:
        head = (f"adapter: {vendor}", f"model: {model}", f"key_env: {KEY_VARIABLE}")
        evalkit.write(
            f"providers/{vendor}.yaml", "\n".join([*head, f"base_url: {vendors.base_url(vendor)}", *lines, ""])
        )
        suite = (evalkit.folder / "suites/small.yaml").read_text(encoding="utf-8")
        evalkit.write("suites/small.yaml", suite.replace("[script]", f"[{vendor}]").replace(TEMPERATURES, ""))

    return write
