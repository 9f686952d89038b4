"""The distribution is `prompt-evalkit`; the short name belongs to another package."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (".py", ".md", ".toml", ".yaml", ".yml", ".txt", "")
FOLDERS = (".ci", "benchmarks", "changelog.d", "docs", "evalkit", "providers", "scripts", "suites", "tests")
INSTALLS = re.compile(r"pip3? install (?:--?[\w-]+ )*['\"`]?(evalkit)\b")


def _files() -> list[Path]:
    found = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in TEXT]
    for folder in FOLDERS:
        found += [path for path in (ROOT / folder).rglob("*") if path.is_file() and path.suffix in TEXT]
    return [path for path in found if "__pycache__" not in path.parts]


def test_nothing_says_to_install_somebody_else_s_package() -> None:
    """No text tells anyone to install the name that another package has."""
    wrong = [
        str(path.relative_to(ROOT)) for path in _files() if INSTALLS.search(path.read_text("utf-8", errors="replace"))
    ]
    assert wrong == []


def test_the_pattern_finds_what_it_looks_for() -> None:
    """The search above would notice the wrong command, and leaves the right one alone."""
    command = "pip install "
    assert INSTALLS.search(command + "evalkit")
    assert INSTALLS.search(command + "--upgrade 'evalkit[local]'")
    assert not INSTALLS.search(command + "'prompt-evalkit[local]'")


def test_hints_and_documentation_name_the_distribution() -> None:
    """The code's hints and the guides say `prompt-evalkit` where they tell what to install."""
    for place in ("evalkit/providers/transformers.py", "docs/providers.md", "docs/index.md"):
        assert "prompt-evalkit" in (ROOT / place).read_text(encoding="utf-8"), place
