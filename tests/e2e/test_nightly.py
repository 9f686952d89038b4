"""The regression gate on the embedded model: worse is noticed, the same is not, and what cannot be known is said."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.e2e.conftest import Folder

pytestmark = [pytest.mark.model, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[2]
DRAWS = ("--repeats", "3")


def _night(folder: Folder, seed: int, *options: str, expect: int = 0) -> dict[str, Any]:
    """Run the suite, and return what became of its gate on the baseline."""
    folder.run("run", "suites/nightly.yaml", "--seed", str(seed), "--format", "json", *options, expect=expect)
    (gate,) = [each for each in folder.report()["gates"] if "baseline" in each["name"]]
    found: dict[str, Any] = gate
    return found


def test_a_night_is_red_when_the_rules_are_gone_and_green_when_they_are_not(folder: Folder) -> None:
    """The same prompt drawn again passes; without its rules it fails; too few draws are undecided, and say so."""
    shutil.copytree(ROOT / "suites", folder.path / "suites")
    folder.write("providers/smollm2.yaml", (ROOT / "providers" / "smollm2.yaml").read_text(encoding="utf-8"))
    house = folder.path / "suites" / "prompts" / "house.md"
    rules = house.read_text(encoding="utf-8")

    assert _night(folder, 1, *DRAWS)["verdict"] == "undecided"  # there is nothing to compare with yet
    folder.run("baseline", "save", "main", "last")
    assert _night(folder, 2, "--baseline", "main", *DRAWS)["verdict"] != "worse"

    house.write_text(rules.splitlines()[0] + "\n", encoding="utf-8")
    red = _night(folder, 3, "--baseline", "main", *DRAWS, expect=1)
    assert red["verdict"] == "worse"
    assert "adherence" in red["name"]

    house.write_text(rules, encoding="utf-8")
    few = ("--repeats", "2", "--case", "capital", "--case", "rain")
    assert _night(folder, 4, "--baseline", "main", "--require-decision", *few, expect=4)["verdict"] == "undecided"
