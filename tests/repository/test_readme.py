"""What the README quotes is what a real run reported."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from evalkit.load import load
from evalkit.project import find_project

ROOT = Path(__file__).resolve().parents[2]


def table_of(text: str) -> str:
    """Return the first table of a Markdown text."""
    found = re.search(r"^\| temperature.*?(?=\n\n)", text, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found.group(0)


def test_table_is_the_examples() -> None:
    """The table in the README stands in the report of the run that made it."""
    report = (ROOT / "reports/examples/quick/report.md").read_text(encoding="utf-8")
    assert table_of((ROOT / "README.md").read_text(encoding="utf-8")) == table_of(report)


@pytest.mark.parametrize("name", ["quick", "anchoring"])
def test_example_is_of_the_suite_as_it_is(name: str) -> None:
    """A suite that changes needs a new example."""
    report = json.loads((ROOT / f"reports/examples/{name}/report.json").read_text(encoding="utf-8"))
    suite = load(ROOT / f"suites/{name}.yaml", find_project(root=ROOT))
    assert report["suite"]["hash"] == suite.hash
    assert report["missing"] == 0
    assert {row["provider"] for row in report["rows"]} == {"smollm2"}
