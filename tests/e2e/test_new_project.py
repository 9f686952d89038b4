"""From an empty repository to a test run that is green, and red once the rules are gone."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Folder

pytestmark = [pytest.mark.model, pytest.mark.slow, pytest.mark.timeout(1300)]


def _pytest(folder: Folder, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest as a user does, with the plugin's entry point or its name."""
    plugin = () if entry_points(group="pytest11", name="evalkit") else ("-p", "evalkit.pytest_plugin")
    return subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-p", "no:randomly", "-p", "no:cacheprovider", *plugin, *arguments],
        cwd=folder.path,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


def test_a_new_repository_is_green_and_red_without_its_rules(folder: Folder) -> None:
    """No key, one command, pytest; then the rules are deleted, and workers see the same.

    Of the sweep `quick.yaml` one case is run, which has no gate that speaks of it.
    """
    (folder.path / "pyproject.toml").unlink()
    folder.run("init", "--ci", "github")
    green = _pytest(folder, "-k", "nightly.yaml or (tea-or-coffee and turns:0])")
    assert green.returncode == 0, green.stdout
    assert re.search(r"\b1[5-7] passed", green.stdout.splitlines()[-1])

    house = folder.path / "suites/prompts/house.md"
    house.write_text(house.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    red = _pytest(folder, "suites/nightly.yaml", "-n", "2")
    assert red.returncode == 1, red.stdout
    assert "max_words broken in" in red.stdout
    assert "gate adherence at least 0.5" in red.stdout
    assert re.search(r"^E? *\| .*«[^»]+»", red.stdout, re.MULTILINE)  # what is marked may go over several lines
    assert "evalkit show" in red.stdout
