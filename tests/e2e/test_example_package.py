"""An adapter of somebody else's: installed as a package, and as a file beside its profile."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.conftest import SmallProject

EXAMPLE = Path(__file__).resolve().parents[1] / "example_package"
CONTRACT = """
from pathlib import Path
from evalkit.testing import check_adapter
check_adapter(Path("providers/script.yaml"))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the package into a folder of its own, as pip does it, without a network."""
    folder = tmp_path_factory.mktemp("parrot")
    source = shutil.copytree(EXAMPLE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-P", "-m", "pip", "--isolated", "--disable-pip-version-check", "install", "--quiet"]
    options = ["--no-index", "--no-deps", "--no-build-isolation", "--no-compile", "--target", str(folder / "site")]
    done = subprocess.run([*command, *options, str(source)], capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return folder / "site"


def _python(project: SmallProject, site: Path | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a project, with the folder where the package was installed before everything else."""
    paths = [str(site)] if site is not None else []
    paths += [os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else []
    environment: Mapping[str, str] = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-P", *arguments],
        cwd=project.folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_installed_adapter_is_found_by_its_entry_point(small_project: SmallProject, installed: Path) -> None:
    """A suite runs on it, and the report says what was applied; without the package its profile is refused."""
    small_project.write("providers/script.yaml", "adapter: parrot\nmodel: grey\n")
    missing = _python(small_project, None, "-m", "evalkit", "run", "suites/small.yaml")
    assert missing.returncode == 2
    assert "no adapter named `parrot`" in missing.stderr
    done = _python(small_project, installed, "-m", "evalkit", "run", "suites/small.yaml", "--out", "out")
    assert done.returncode == 0, done.stderr
    report = json.loads((small_project.folder / "out" / "report.json").read_text(encoding="utf-8"))
    assert [row["completions"]["complete"] for row in report["rows"]] == [6] * 4
    assert {row["applied"]["temperature"] for row in report["rows"]} == {0.0, 1.0}
    shown = _python(small_project, installed, "-m", "evalkit", "show", "last", "0")
    assert "Say one thing." in shown.stdout


def test_what_the_package_says_of_its_settings_holds(small_project: SmallProject, installed: Path) -> None:
    """Beyond its range, and where it ignores a setting, cells are unsupported."""
    small_project.write("providers/script.yaml", "adapter: parrot\nmodel: grey\n")
    narrowed = ("--set", "temperature=0.5,2", "--out", "out")
    done = _python(small_project, installed, "-m", "evalkit", "run", "suites/small.yaml", *narrowed)
    assert done.returncode == 0, done.stderr
    report = json.loads((small_project.folder / "out" / "report.json").read_text(encoding="utf-8"))
    reasons = {row["condition"]["temperature"]: row["unsupported"] for row in report["rows"]}
    assert reasons == {0.5: None, 2.0: "grey takes `temperature` from 0 to 1, not 2"}


@pytest.mark.parametrize("road", ["installed", "beside"])
def test_the_package_keeps_to_the_contract(road: str, small_project: SmallProject, installed: Path) -> None:
    """By its entry point, and as a file beside the profile."""
    if road == "beside":
        shutil.copy(EXAMPLE / "evalkit_parrot.py", small_project.folder / "providers")
    adapter = "parrot" if road == "installed" else "./evalkit_parrot.py:Parrot"
    small_project.write("providers/script.yaml", f"adapter: {adapter}\nmodel: grey\n")
    done = _python(small_project, installed if road == "installed" else None, "-c", CONTRACT)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_adapter_beside_its_profile_runs(small_project: SmallProject) -> None:
    """Nothing is installed for it."""
    shutil.copy(EXAMPLE / "evalkit_parrot.py", small_project.folder / "providers")
    small_project.write("providers/script.yaml", "adapter: ./evalkit_parrot.py:Parrot\nmodel: grey\n")
    done = _python(small_project, None, "-m", "evalkit", "run", "suites/small.yaml", "--format", "none")
    assert done.returncode == 0, done.stderr
    assert "script" in done.stdout
