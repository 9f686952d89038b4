"""The lint rules that keep adapters and heavy libraries out of the core really fire."""

from __future__ import annotations

import json
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def _rules_broken(place: str, code: str) -> set[str]:
    """Lint `code` as if it stood at `place`, with the project's own configuration."""
    files = distribution("ruff").files or []
    ruff = next(file for file in files if file.name in ("ruff", "ruff.exe")).locate()
    done = subprocess.run(
        [
            str(ruff), "check", "--no-cache", "--config", str(ROOT / "pyproject.toml"), "--output-format", "json",
            "--stdin-filename", str(ROOT / place), "-",
        ],
        input=code, capture_output=True, text=True, check=False, timeout=60, cwd=ROOT,
    )  # fmt: skip
    return {finding["code"] for finding in json.loads(done.stdout)}


@pytest.mark.parametrize(
    "code",
    ["import torch", "from transformers import AutoModel", "import openai", "import anthropic", "import altair"],
)
def test_the_core_may_not_import_models_sdks_or_plotting(code: str) -> None:
    """The banned-import rule fires on a core module, inside a function too."""
    assert "TID251" in _rules_broken("evalkit/generate.py", code + "\n")
    assert "TID251" in _rules_broken("evalkit/generate.py", f"def work() -> None:\n    {code}\n")


@pytest.mark.parametrize("adapter", ["scripted", "transformers", "local.decode"])
def test_the_core_may_not_import_an_adapter(adapter: str) -> None:
    """Adapters are reached through the lazy table only."""
    assert "TID251" in _rules_broken("evalkit/report.py", f"import evalkit.providers.{adapter}\n")


@pytest.mark.parametrize(
    "library", ["rich", "scipy", "torch", "transformers", "jsonschema", "langdetect", "punkt", "rapidfuzz"]
)
def test_heavy_libraries_may_not_be_imported_at_module_level(library: str) -> None:
    """The start of the command stays fast."""
    assert "TID253" in _rules_broken("evalkit/summarise/rows.py", f"import {library}\n")


def test_the_local_provider_may_import_its_libraries() -> None:
    """The one place where torch and transformers live is let through."""
    code = '"""Load."""\n\nimport torch\n\nprint(torch)\n'
    assert "TID251" not in _rules_broken("evalkit/providers/local/load.py", code)
