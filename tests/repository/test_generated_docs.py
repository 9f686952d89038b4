"""Generated documentation is what the code gives now."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evalkit.arguments import construct
from evalkit.constraints.registry import CONSTRAINTS
from evalkit.load.document import parse_document

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
FILES = ["docs/reference/cli.md", "docs/reference/constraints.md", "docs/reference/measures.md",
         "docs/reference/models.md", "docs/reference/settings.md", "docs/nightly.md", "README.md",
         ".github/workflows/evalkit-baseline.yml", ".github/workflows/evalkit-nightly.yml"]  # fmt: skip


@pytest.fixture(scope="module")
def write_docs() -> ModuleType:
    """Import the script, which is not part of the package."""
    spec = importlib.util.spec_from_file_location("write_docs", ROOT / "scripts" / "write_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["write_docs"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("file", FILES)
def test_file_is_current(file: str, write_docs: ModuleType) -> None:
    """`make docs` would change nothing."""
    assert (ROOT / file).read_text(encoding="utf-8") == write_docs.current(file), "run `make docs`"


@pytest.mark.parametrize("columns", ["40", "200"])
def test_the_terminal_s_width_changes_nothing(
    columns: str, write_docs: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Help texts are as wide on every machine."""
    before = write_docs.current("docs/reference/cli.md")
    monkeypatch.setenv("COLUMNS", columns)
    assert write_docs.current("docs/reference/cli.md") == before


def test_every_generated_file_is_compared(write_docs: ModuleType) -> None:
    """The list above is the script's own."""
    assert sorted(write_docs.FILES) == sorted(FILES)


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "docs" / "reference").glob("*.md")))
def test_reference_says_how_it_was_made(file: str) -> None:
    """The first line names the command, so that nobody edits the file by hand."""
    first = (ROOT / "docs" / "reference" / file).read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith("<!-- Generated")
    assert "`make docs`" in first


def test_examples_of_constraints_are_yaml_that_builds_them() -> None:
    """What the reference shows can be pasted into a suite."""
    text = (ROOT / "docs" / "reference" / "constraints.md").read_text(encoding="utf-8")
    examples = re.findall(r"^Example: `(.*)`$", text, re.MULTILINE)
    assert len(examples) == len(CONSTRAINTS.builtins)
    built = [construct(CONSTRAINTS, parse_document(example, "example").data, beside=None).name for example in examples]
    assert built == list(CONSTRAINTS.builtins)
