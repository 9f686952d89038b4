"""A project on disk whose providers are the fake vendors, and the command line run in a process of its own."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from vendors.asked import Vendor
    from vendors.server import FakeVendors

KEY_VARIABLE = "EVALKIT_TEST_KEY"
MODELS: dict[str, str] = {"claude": "claude-haiku-4-5", "gemini": "gemini-3.8-flash", "openai": "gpt-5.4-mini"}


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Folder:
    """A project folder, and the command line in it."""

    path: Path
    environment: dict[str, str] = field(default_factory=dict[str, str])

    def write(self, relative: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.path / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def hosted(self, vendor: Vendor, base_url: str, name: str | None = None, **changes: object) -> None:
        """Write the profile of a model at a fake vendor; None leaves a key out."""
        profile: dict[str, object] = {
            "adapter": vendor,
            "model": MODELS[vendor],
            "key_env": KEY_VARIABLE,
            "base_url": base_url,
            "options": {"server": "openai"} if vendor == "openai" else None,
            **changes,
        }
        lines = [f"{key}: {json.dumps(value)}\n" for key, value in profile.items() if value is not None]
        self.write(f"providers/{name or vendor}.yaml", "".join(lines))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "evalkit", *arguments],
            cwd=self.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1", **self.environment},
        )

    def run(self, *arguments: str, expect: int = 0, traceback: bool = False) -> Ended:
        """Run the command to its end, and check its exit code and that it says no more than it should."""
        process = self.start(*arguments)
        stdout, stderr = process.communicate(timeout=120)
        assert process.returncode == expect, f"exit {process.returncode}\n{stdout}\n{stderr}"
        assert traceback or "Traceback" not in stdout + stderr, stderr
        return Ended(process.returncode, stdout, stderr)

    @property
    def newest(self) -> Path:
        """The folder of the newest run's reports."""
        return max((self.path / "reports/runs").iterdir())

    def report(self) -> dict[str, Any]:
        """Return the newest report."""
        report: dict[str, Any] = json.loads((self.newest / "report.json").read_text(encoding="utf-8"))
        return report

    def stored(self, columns: str, where: str = "1") -> list[tuple[Any, ...]]:
        """Return columns of samples with their completions, by provider and position; empty before there is a store."""
        try:
            with sqlite3.connect(self.path / ".evalkit/runs.db", timeout=30) as connection:
                return connection.execute(
                    f"SELECT {columns} FROM samples JOIN completions ON completions.id = samples.completion"
                    f" WHERE {where} ORDER BY samples.run, provider, turn, position"
                ).fetchall()
        except sqlite3.OperationalError:
            return []


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Give an empty project."""
    made = Folder(tmp_path)
    made.write("pyproject.toml", "[tool.evalkit]\n")
    return made


@pytest.fixture
def hosted_folder(folder: Folder, vendors: FakeVendors) -> Folder:
    """Give a project with the profiles `claude`, `gemini` and `openai`, each at its fake vendor."""
    folder.hosted("claude", vendors.base_url("claude"), options={"api_version": "2023-06-01"})
    folder.hosted("gemini", vendors.base_url("gemini"))
    folder.hosted("openai", vendors.base_url("openai"))
    return folder
